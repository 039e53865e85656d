// SPDX-License-Identifier: Apache-2.0
#include "engine/foresight.h"

#include <gtest/gtest.h>

#include "base/random.h"

namespace usher {
namespace {

TEST(Foresights, BeginByLooking) {
  EXPECT_TRUE(Foresight().look_first());
}

TEST(Foresights, TheLastThingLearnedDecides) {
  Foresight foresight;
  foresight.missing();
  EXPECT_FALSE(foresight.look_first());
  foresight.missing();
  EXPECT_FALSE(foresight.look_first());
  foresight.found();
  EXPECT_TRUE(foresight.look_first());
  foresight.found();
  EXPECT_TRUE(foresight.look_first());
}

// What the header promises of the two ends, and that in between no more is wasted than a request
// for every change from one to the other.
TEST(Foresights, WasteOneRequestForEveryChange) {
  for (const double share : {0.0, 0.1, 0.5, 0.9, 1.0}) {
    Random random(7);
    Foresight foresight;
    int wasted_reads = 0;
    int refused_writes = 0;
    int changes = 1;  // it begins by looking, which may be wrong
    bool before = random.chance(share);
    for (int i = 0; i < 10'000; ++i) {
      const bool there = random.chance(share);
      changes += there != before ? 1 : 0;
      before = there;
      if (foresight.look_first()) {
        wasted_reads += there ? 0 : 1;
      } else {
        refused_writes += there ? 1 : 0;
      }
      there ? foresight.found() : foresight.missing();
    }
    EXPECT_LE(wasted_reads + refused_writes, changes) << share;
    if (share == 0.0) {
      EXPECT_EQ(wasted_reads, 1);
    }
    if (share == 1.0) {
      EXPECT_EQ(refused_writes, 0);
    }
  }
}

}  // namespace
}  // namespace usher
