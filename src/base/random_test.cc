// SPDX-License-Identifier: Apache-2.0
#include "base/random.h"

#include <gtest/gtest.h>

namespace usher {
namespace {

TEST(Random, IsTheSameOnEveryMachine) {
  Random random(1234567);
  // The reference values of the published SplitMix64 test for this seed.
  EXPECT_EQ(random.next(), 6457827717110365317U);
  EXPECT_EQ(random.next(), 3203168211198807973U);
}

TEST(Random, StaysInItsBounds) {
  Random random(5);
  for (int i = 0; i < 10'000; ++i) {
    EXPECT_LT(random.below(7), 7U);
    const double unit = random.unit();
    EXPECT_TRUE(unit >= 0 && unit < 1);
  }
  EXPECT_FALSE(random.chance(0));
  EXPECT_TRUE(random.chance(1));
}

}  // namespace
}  // namespace usher
