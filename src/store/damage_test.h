// SPDX-License-Identifier: Apache-2.0
// For tests: files as a bad disk gives them back.
#pragma once

#include <string>

#include "base/random.h"

namespace usher {

// A few wrong bits; half of them where pages begin: that is where the structure is.
inline std::string with_wrong_bits(std::string bytes, Random& random) {
  for (std::uint64_t flips = 1 + random.below(4); flips > 0; --flips) {
    const std::size_t at = random.chance(0.5)
                               ? random.below(bytes.size())
                               : random.below(bytes.size() / 4'096) * 4'096 + random.below(64);
    bytes[at] = static_cast<char>(static_cast<unsigned char>(bytes[at]) ^ (1U << random.below(8)));
  }
  return bytes;
}

}  // namespace usher
