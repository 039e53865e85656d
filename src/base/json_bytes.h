// SPDX-License-Identifier: Apache-2.0
// Where a JSON string stops being plain, sixteen bytes at a time: gigabytes of JSON are walked over
// (json_walk.h) and checked (source/customers/json_check.h), and most of it is the inside of short
// strings. Tested by json_walk_test.cc, with every byte at every place.
#pragma once

#include <bit>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace usher::json_bytes {

// `strict`: control characters and bytes beyond ASCII stop, too.
template <bool Strict>
[[nodiscard]] inline bool stops(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return c == '"' || c == '\\' || (Strict && (byte < 0x20 || byte >= 0x80));
}

// The first byte from `at` on that is a quote or a backslash (or, strict, no plain ASCII); `end`
// when there is none.
template <bool Strict>
[[nodiscard]] inline const char* plain_end(const char* at, const char* end) {
#if defined(__SSE2__)
  for (; end - at >= 16; at += 16) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
    __m128i found = _mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('"')),
                                 _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\')));
    // Signed: what is beyond ASCII is negative, hence below a space as well.
    if constexpr (Strict) {
      found = _mm_or_si128(found, _mm_cmplt_epi8(bytes, _mm_set1_epi8(0x20)));
    }
    const auto bits = static_cast<unsigned>(_mm_movemask_epi8(found));
    if (bits != 0) return at + std::countr_zero(bits);
  }
#endif
  while (at < end && !stops<Strict>(*at)) ++at;
  return at;
}

[[nodiscard]] inline bool is_space(char c) {
  return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

[[nodiscard]] inline bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

}  // namespace usher::json_bytes
