// SPDX-License-Identifier: Apache-2.0
// A copy of an input with some pieces replaced: every byte outside them is as it was, byte order
// mark, line ends and blank lines included. Tested by fixes_test.cc, agreement_test.cc
// and dedupe_test.cc.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/file.h"
#include "base/result.h"
#include "check/snapshot.h"

namespace usher::check {

class Splice {
 public:
  // Both outlive this.
  Splice(const Snapshot& from, Replacement& to) : from_(from), to_(to) {}

  // Writes `text` in place of `length` bytes at `offset`. Pieces come in order and do not overlap.
  [[nodiscard]] Status replace(std::uint64_t offset, std::uint64_t length, std::string_view text);
  [[nodiscard]] Status remove(std::uint64_t begin, std::uint64_t end) {
    return replace(begin, end - begin, {});
  }
  // The rest of the input.
  [[nodiscard]] Status finish();

 private:
  [[nodiscard]] Status copy_until(std::uint64_t end);

  const Snapshot& from_;
  Replacement& to_;
  std::uint64_t at_ = 0;
  std::string room_ = std::string(128 << 10, '\0');
  std::uint64_t room_begin_ = 0;  // what of the input is in `room_`
  std::size_t room_size_ = 0;
};

}  // namespace usher::check
