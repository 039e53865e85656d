// SPDX-License-Identifier: Apache-2.0
#include "check/splice.h"

#include <algorithm>

namespace usher::check {

Status Splice::copy_until(std::uint64_t end) {
  while (at_ < end) {
    if (at_ < room_begin_ || at_ >= room_begin_ + room_size_) {
      room_begin_ = at_;
      USHER_TRY_ASSIGN(room_size_, from_.read_at(at_, room_));
      if (room_size_ == 0) return fail(from_.name() + ": became shorter while it was read");
    }
    const std::size_t skip = at_ - room_begin_;
    const std::size_t size = std::min<std::uint64_t>(room_size_ - skip, end - at_);
    USHER_TRY(to_.write(std::string_view(room_).substr(skip, size)));
    at_ += size;
  }
  return {};
}

Status Splice::replace(std::uint64_t offset, std::uint64_t length, std::string_view text) {
  USHER_TRY(copy_until(offset));
  at_ = offset + length;
  return to_.write(text);
}

Status Splice::finish() {
  return copy_until(from_.size());
}

}  // namespace usher::check
