// SPDX-License-Identifier: Apache-2.0
#include "source/csv_window.h"

namespace usher::csv {

void Window::grow(std::size_t capacity) {
  auto memory = std::make_unique<char[]>(capacity + kPadding);  // zeroed: marked, then masked
  if (memory_) std::memcpy(memory.get(), memory_.get(), limit_ - origin_);
  memory_ = std::move(memory);
  capacity_ = capacity;
}

bool Window::refill(std::uint64_t keep) {
  if (ended_) return false;
  const std::size_t kept = limit_ - keep;
  if (kept > 0 && keep != origin_) std::memmove(memory_.get(), data(keep), kept);
  origin_ = keep;
  if (capacity_ - kept < step_) grow(std::max(capacity_ * 2, kept + step_));
  auto got = bytes_(std::span<char>(memory_.get() + kept, std::min(step_, capacity_ - kept)));
  if (!got) {
    status_ = std::unexpected(std::move(got.error()));
    ended_ = true;
    return false;
  }
  limit_ += *got;
  ended_ = *got == 0;
  return !ended_;
}

}  // namespace usher::csv
