// SPDX-License-Identifier: Apache-2.0
// The invariants of ARCHITECTURE.md for customers in batches: every schedule is a random input,
// random troubles, and a cut or a stop at a random or at every action.
#include <algorithm>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "world/batch_world.h"
#include "world/schedules.h"

namespace usher::world {
namespace {

using customers::Change;
using customers::ItemCounts;

std::vector<WantedBatch> random_input(Random& random) {
  std::vector<WantedBatch> input(1 + random.below(6));
  for (WantedBatch& batch : input) {
    batch.resize(1 + random.below(random.chance(0.2) ? 20 : 5));
    for (WantedItem& item : batch) {
      item.bad = random.chance(0.05);
      if (random.chance(0.1)) item.change = Change::upsert;
      if (random.chance(0.1)) item.change = Change::del;
      item.there_before = item.change == Change::del ? random.chance(0.9) : random.chance(0.05);
    }
  }
  return input;
}

BatchTroubles random_troubles(Random& random) {
  BatchTroubles troubles;
  if (random.chance(0.5)) troubles.gateway = 1 + random.below(8);
  troubles.refuses_size = random.chance(0.3);
  if (random.chance(0.3)) troubles.token_uses = 1 + static_cast<int>(random.below(5));
  if (random.chance(0.2)) return troubles;
  const double each = 0.03 * static_cast<double>(random.below(4));
  troubles.lost = troubles.error = troubles.throttled = troubles.unreachable = each;
  troubles.failed = troubles.unsaid = each;
  troubles.garbled = each / 3;
  troubles.login = each;
  return troubles;
}

class BatchSchedule {
 public:
  explicit BatchSchedule(std::uint64_t seed)
      : random_(seed), world(seed * 2 + 1, random_input(random_)) {
    world.troubles = random_troubles(random_);
    world.workers = 1 + static_cast<int>(random_.below(4));
    world.begin_ahead = random_.chance(0.5) ? random_.below(5) : 0;
    world.spacing = random_.chance(0.3) ? std::chrono::milliseconds{random_.below(800)}
                                        : std::chrono::milliseconds{0};
    world.automatic = random_.chance(0.7);
  }

  void expect_right() {
    world.check_claims();
    EXPECT_EQ(world.violations(), std::vector<std::string>{});
    EXPECT_EQ(world.counts().total(), world.items());
  }
  // I9: what was told adds up to what the disk says.
  void expect_told(const BatchWorld::Life& life) {
    const ItemCounts counts = world.counts();
    EXPECT_EQ(counts.pending, 0U);
    EXPECT_EQ(life.ended.arrived, counts.arrived);
    EXPECT_EQ(life.ended.echoes, counts.echoes);
    EXPECT_EQ(life.ended.failed, counts.failed);
    EXPECT_EQ(life.ended.unconfirmed, counts.unconfirmed);
  }
  // What has not arrived is tried again until only what cannot arrive is left.
  void retry_to_the_end() {
    world.stop_at = UINT64_MAX;
    world.troubles = {};
    world.retry();
    const BatchWorld::Life life = world.live();
    ASSERT_TRUE(life.finished);
    expect_right();
    EXPECT_EQ(world.missing(), 0U);
    EXPECT_EQ(world.counts().unconfirmed, 0U);
  }

 private:
  Random random_;

 public:
  BatchWorld world;
};

TEST(BatchInvariants, I1I2I9HoldWhateverHappensOnTheWay) {
  std::uint64_t finished = 0;
  for (std::uint64_t seed = first_seed(); seed < end_seed(); ++seed) {
    SCOPED_TRACE(fmt::format("seed {}", seed));
    BatchSchedule schedule(seed);
    const BatchWorld::Life life = schedule.world.live();
    schedule.expect_right();
    if (life.finished) schedule.expect_told(life);
    finished += life.finished ? 1U : 0U;
    schedule.retry_to_the_end();
    if (testing::Test::HasFailure()) return;
  }
  EXPECT_GT(finished, schedules() * 9 / 10);
}

TEST(BatchInvariants, I3CutAnyNumberOfTimesEveryItemIsThereOnceInTheEnd) {
  for (std::uint64_t seed = first_seed(); seed < end_seed(); ++seed) {
    SCOPED_TRACE(fmt::format("seed {}", seed));
    BatchSchedule schedule(seed);
    Random random(seed + 7);
    for (std::uint64_t lives = 1 + random.below(4); lives > 0; --lives) {
      schedule.world.live(1 + random.below(60));
      schedule.expect_right();
    }
    schedule.world.live();
    schedule.expect_right();
    schedule.retry_to_the_end();
    if (testing::Test::HasFailure()) return;
  }
}

TEST(BatchInvariants, I3AStopAtAnyTimeEndsSoonAndLosesNothing) {
  std::uint64_t stops = 0;
  for (std::uint64_t seed = first_seed(); seed < end_seed(); ++seed) {
    SCOPED_TRACE(fmt::format("seed {}", seed));
    BatchSchedule schedule(seed);
    Random random(seed + 13);
    schedule.world.stop_at = 1 + random.below(60);
    const BatchWorld::Life life = schedule.world.live();
    stops += life.stopped ? 1U : 0U;
    EXPECT_LE(life.stopping, std::chrono::seconds{30});
    schedule.expect_right();
    schedule.world.stop_at = UINT64_MAX;
    schedule.world.live();
    schedule.expect_right();
    schedule.retry_to_the_end();
    if (testing::Test::HasFailure()) return;
  }
  EXPECT_GT(stops, schedules() / 4);
}

TEST(BatchInvariants, I3HoldsForACutAtEveryActionOfOneRun) {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    for (std::uint64_t cut = 1;; ++cut) {
      SCOPED_TRACE(fmt::format("seed {} cut {}", seed, cut));
      BatchSchedule schedule(seed);
      const BatchWorld::Life life = schedule.world.live(cut);
      schedule.expect_right();
      schedule.retry_to_the_end();
      if (testing::Test::HasFailure()) return;
      if (life.actions < cut) break;
    }
  }
}

}  // namespace
}  // namespace usher::world
