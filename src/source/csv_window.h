// SPDX-License-Identifier: Apache-2.0
// A sliding window over the bytes of an input, which finds the few bytes that matter to CSV (comma,
// quote, line ends, NUL) sixty-four at a time. Positions are offsets in the input, so that moving
// the window moves nobody's numbers. Tested through the reader, with windows of every small size.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <memory>
#include <utility>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include "source/csv.h"

namespace usher::csv {

// One bit per byte of a block of 64. `zero` is NUL, or the comma again when NUL does not matter.
struct Marks {
  std::uint64_t special = 0;
  std::uint64_t high = 0;  // not ASCII
};

#if defined(__SSE2__)
inline Marks mark(const char* block, char zero) {
  Marks marks;
  for (std::size_t part = 0; part < 4; ++part) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(block + 16 * part));
    const auto is = [&](char c) { return _mm_cmpeq_epi8(bytes, _mm_set1_epi8(c)); };
    const __m128i ends = _mm_or_si128(is('\n'), is('\r'));
    const __m128i found =
        _mm_or_si128(_mm_or_si128(is(','), is('"')), _mm_or_si128(ends, is(zero)));
    const auto bits = [part](__m128i mask) {
      return static_cast<std::uint64_t>(static_cast<unsigned>(_mm_movemask_epi8(mask)))
             << (16 * part);
    };
    marks.special |= bits(found);
    marks.high |= bits(bytes);
  }
  return marks;
}
#else
inline Marks mark(const char* block, char zero) {
  Marks marks;
  for (unsigned i = 0; i < 64; ++i) {
    const char c = block[i];
    const bool special = c == ',' || c == '"' || c == '\n' || c == '\r' || c == zero;
    marks.special |= static_cast<std::uint64_t>(special) << i;
    marks.high |= static_cast<std::uint64_t>((c & 0x80) != 0) << i;
  }
  return marks;
}
#endif

class Window {
 public:
  static constexpr std::uint64_t kNone = ~std::uint64_t{0};
  static constexpr std::size_t kPadding = 64;  // bytes behind the last one that may be read

  Window(Bytes bytes, std::size_t step) : bytes_(std::move(bytes)), step_(step) { grow(step); }

  // The next special byte, each told once, in order; kNone when the window holds no more of them,
  // and then every byte of it has been looked at.
  std::uint64_t next_special() {
    while (marks_ == 0) {
      if (marked_ == limit_) return kNone;
      mark_block();
    }
    const auto at = block_ + static_cast<unsigned>(std::countr_zero(marks_));
    marks_ &= marks_ - 1;
    return at;
  }

  // Whether a NUL is special. `from`: the first byte that next_special() has not come to.
  void heed_nul(bool heeded, std::uint64_t from) {
    zero_ = heeded ? '\0' : ',';
    if (from < marked_)
      marks_ = mark(data(block_), zero_).special & valid() & ~below(from - block_);
  }
  [[nodiscard]] bool heeds_nul() const { return zero_ == '\0'; }

  [[nodiscard]] const char* data(std::uint64_t offset) const {
    return memory_.get() + (offset - origin_);
  }
  [[nodiscard]] char at(std::uint64_t offset) const { return *data(offset); }
  [[nodiscard]] std::uint64_t limit() const { return limit_; }  // one past the last byte here

  // Reads more, giving up what is before `keep`. False at the end of the input, or when reading
  // fails. Only when next_special() has told everything.
  [[nodiscard]] bool refill(std::uint64_t keep);
  [[nodiscard]] Status status() const { return status_; }  // why reading failed

  // Whether a byte beyond ASCII was met since forget_high(), or shortly before it.
  [[nodiscard]] bool high() const { return high_; }
  void forget_high() { high_ = block_high_; }

 private:
  void mark_block() {
    block_ = marked_;
    marked_ += std::min<std::uint64_t>(64, limit_ - block_);
    const Marks marks = mark(data(block_), zero_);
    marks_ = marks.special & valid();
    block_high_ = (marks.high & valid()) != 0;
    high_ = high_ || block_high_;
  }
  [[nodiscard]] static std::uint64_t below(std::uint64_t bits) {
    return bits >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << bits) - 1;
  }
  // The bytes of the current block that are there.
  [[nodiscard]] std::uint64_t valid() const { return below(marked_ - block_); }
  void grow(std::size_t capacity);

  Bytes bytes_;
  std::size_t step_;
  std::unique_ptr<char[]> memory_;
  std::size_t capacity_ = 0;
  std::uint64_t origin_ = 0;  // offset of the first byte in memory
  std::uint64_t limit_ = 0;
  std::uint64_t marked_ = 0;  // everything before has been marked
  std::uint64_t block_ = 0;   // where the current marks begin
  std::uint64_t marks_ = 0;   // of the current block, not told yet
  char zero_ = '\0';
  bool block_high_ = false;
  bool high_ = false;
  bool ended_ = false;  // the source is not asked again: a terminal would wait
  Status status_;
};

}  // namespace usher::csv
