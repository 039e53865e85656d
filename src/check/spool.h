// SPDX-License-Identifier: Apache-2.0
// Text of any size that waits in a file without a name until its turn comes. Tested by
// spill_test.cc.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/file.h"
#include "base/result.h"

namespace usher::check {

class Spool {
 public:
  [[nodiscard]] Status add(std::string_view text);
  [[nodiscard]] std::uint64_t size() const { return written_ + buffer_.size(); }
  // Of what was added.
  [[nodiscard]] Status read(std::uint64_t at, std::uint64_t size, std::string& out);
  [[nodiscard]] Status copy_to(Replacement& file);

 private:
  [[nodiscard]] Status flush();

  Fd file_;
  std::uint64_t written_ = 0;
  std::string buffer_;
};

}  // namespace usher::check
