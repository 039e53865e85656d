// SPDX-License-Identifier: Apache-2.0
#include "source/customers/json_window.h"

#include <bit>
#include <cstring>
#include <span>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace usher::customers {
namespace {

std::uint64_t count_line_ends(std::string_view text) {
  std::uint64_t count = 0;
  std::size_t at = 0;
#if defined(__SSE2__)
  for (; at + 16 <= text.size(); at += 16) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text.data() + at));
    const int found = _mm_movemask_epi8(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('\n')));
    if (found != 0) count += static_cast<unsigned>(std::popcount(static_cast<unsigned>(found)));
  }
#endif
  for (; at < text.size(); ++at) count += text[at] == '\n' ? 1 : 0;
  return count;
}

}  // namespace

void JsonWindow::count_lines(std::uint64_t until) {
  if (until <= counted_) return;
  line_ += count_line_ends(from(counted_).substr(0, until - counted_));
  counted_ = until;
}

// Behind what is kept.
void JsonWindow::make_room(std::uint64_t keep, std::size_t room) {
  const auto kept = static_cast<std::size_t>(limit_ - keep);
  if (kept + room > capacity_) {
    const std::size_t capacity = std::bit_ceil(kept + room);
    auto grown = std::make_unique_for_overwrite<char[]>(capacity);
    if (kept > 0) std::memcpy(grown.get(), from(keep).data(), kept);
    memory_ = std::move(grown);
    capacity_ = capacity;
  } else if (kept > 0 && keep > origin_) {
    std::memmove(memory_.get(), from(keep).data(), kept);
  }
  origin_ = keep;
}

Result<bool> JsonWindow::more(std::uint64_t keep, std::size_t at_least) {
  count_lines(keep);
  const std::uint64_t wanted = limit_ + at_least;
  bool any = false;
  while (!ended_ && limit_ < wanted) {
    const auto kept = static_cast<std::size_t>(limit_ - keep);
    // Behind a short rest a whole step fits; a long one (an item larger than the step) makes room.
    if (origin_ != keep || kept + step_ > capacity_) make_room(keep, step_);
    const std::span<char> room(memory_.get() + kept, step_);
    USHER_TRY_ASSIGN(const std::size_t got, bytes_(room));
    limit_ += got;
    ended_ = got == 0;
    any = any || got > 0;
  }
  return any;
}

}  // namespace usher::customers
