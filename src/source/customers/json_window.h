// SPDX-License-Identifier: Apache-2.0
// A sliding window over a file of JSON. Positions are offsets in the file, so that moving the
// window moves nobody's numbers; it grows to what has to be seen at once (an item), and no further.
// Lines are counted as the window leaves them. Tested through the scanner, with windows of every
// small size.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>

#include "base/result.h"
#include "source/customers/item_scanner.h"

namespace usher::customers {

class JsonWindow {
 public:
  JsonWindow(Bytes bytes, std::size_t step) : bytes_(std::move(bytes)), step_(step) {}

  // Everything from `offset` on that is here.
  [[nodiscard]] std::string_view from(std::uint64_t offset) const {
    return {memory_.get() + (offset - origin_), static_cast<std::size_t>(limit_ - offset)};
  }
  [[nodiscard]] std::uint64_t limit() const { return limit_; }  // one past the last byte here

  // Reads more, giving up what is before `keep`; false at the end of the file. `at_least`: so many
  // bytes, if they are there.
  [[nodiscard]] Result<bool> more(std::uint64_t keep, std::size_t at_least = 1);

  // Of the byte at `offset`; never asked for an earlier one than before.
  [[nodiscard]] std::uint64_t line_of(std::uint64_t offset) {
    count_lines(offset);
    return line_;
  }

 private:
  void count_lines(std::uint64_t until);
  void make_room(std::uint64_t keep, std::size_t room);

  Bytes bytes_;
  std::size_t step_;
  std::unique_ptr<char[]> memory_;
  std::size_t capacity_ = 0;
  std::uint64_t origin_ = 0;  // offset of the first byte in memory
  std::uint64_t limit_ = 0;
  std::uint64_t counted_ = 0;  // up to here
  std::uint64_t line_ = 1;
  bool ended_ = false;
};

}  // namespace usher::customers
