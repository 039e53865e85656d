// SPDX-License-Identifier: Apache-2.0
// Seeded randomness for jitter, tests, the sandbox's faults and generated people: the same seed
// gives the same run on every machine (SplitMix64 by Steele, Lea and Flood). Not for secrets.
// Tested by random_test.cc.
#pragma once

#include <cstdint>

namespace usher {

class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next() {
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15ULL);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31);
  }
  // 0 <= result < bound; bound > 0. The bias is below bound / 2^64.
  std::uint64_t below(std::uint64_t bound) { return next() % bound; }
  // 0 <= result < 1
  double unit() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }
  bool chance(double probability) { return unit() < probability; }

 private:
  std::uint64_t state_;
};

}  // namespace usher
