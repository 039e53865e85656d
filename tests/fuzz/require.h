// SPDX-License-Identifier: Apache-2.0
// What a fuzzer demands of the code besides not crashing: an abort is what libFuzzer reports and
// keeps the input of.
#pragma once

#include <cstdio>
#include <cstdlib>

namespace usher {

inline void require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %s\n", what);
  std::abort();
}

}  // namespace usher
