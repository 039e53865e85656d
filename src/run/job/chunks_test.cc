// SPDX-License-Identifier: Apache-2.0
#include "run/job/chunks.h"

#include <algorithm>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/random.h"

namespace usher::job {
namespace {

RowCounts rows(std::uint64_t total) {
  RowCounts counts;
  counts.total = total;
  return counts;
}

TEST(Chunks, AreCompleteWhenEveryRowHasEndedWellOrNot) {
  Chunks chunks({rows(2), rows(1)}, 2);
  EXPECT_EQ(chunks.complete(), 0U);
  ChunkChanges changes;
  add_mark(changes, {.record = 1, .outcome = RowOutcome::created, .made_user = true}, 2);
  add_mark(changes, {.record = 3, .outcome = RowOutcome::failed}, 2);
  chunks.apply(changes);
  EXPECT_EQ(chunks.complete(), 1U);
  changes.clear();
  add_mark(changes, {.record = 2, .outcome = RowOutcome::unchanged}, 2);
  chunks.apply(changes);
  EXPECT_EQ(chunks.complete(), 2U);
  EXPECT_EQ(chunks.sum().failed, 1U);
  EXPECT_EQ(chunks.sum().made_users, 1U);
}

TEST(Chunks, StayCompleteWhileAFailedRowIsTriedAgain) {
  RowCounts failed = rows(1);
  failed.failed = 1;
  Chunks chunks({failed}, 1);
  EXPECT_EQ(chunks.complete(), 1U);
  ChunkChanges changes;
  add_mark(changes, {.record = 1, .outcome = RowOutcome::created, .again = true}, 1);
  chunks.apply(changes);
  EXPECT_EQ(chunks.complete(), 1U);
  EXPECT_EQ(chunks.sum().failed, 0U);
  EXPECT_EQ(chunks.sum().created, 1U);
}

// Rows end in any order, in any portions, some of them twice: the sums are those of the rows.
TEST(Chunks, AgreeWithCountingEveryRow) {
  for (std::uint64_t seed = 1; seed <= 500; ++seed) {
    SCOPED_TRACE(fmt::format("seed {}", seed));
    Random random(seed);
    const std::uint64_t total = 1 + random.below(40);
    const auto size = static_cast<std::uint32_t>(1 + random.below(9));
    std::vector<RowCounts> counts;
    for (std::uint64_t at = 0; at < total; at += size) {
      counts.push_back(rows(std::min<std::uint64_t>(size, total - at)));
    }
    Chunks chunks(counts, size);
    std::vector<RowOutcome> outcomes(total, RowOutcome::pending);
    ChunkChanges changes;
    for (std::uint64_t i = 0; i < total * 2; ++i) {
      RowOutcome& outcome = outcomes[random.below(total)];
      if (outcome == RowOutcome::created || outcome == RowOutcome::unchanged) continue;
      const bool again = outcome == RowOutcome::failed;
      outcome = static_cast<RowOutcome>(1 + random.below(3));
      const auto record = static_cast<std::uint64_t>(&outcome - outcomes.data()) + 1;
      add_mark(changes, {.record = record, .outcome = outcome, .again = again}, size);
      if (random.chance(0.3)) chunks.apply(std::exchange(changes, {}));
    }
    chunks.apply(changes);
    const auto count = [&](RowOutcome outcome) {
      return static_cast<std::uint64_t>(std::ranges::count(outcomes, outcome));
    };
    EXPECT_EQ(chunks.sum().created, count(RowOutcome::created));
    EXPECT_EQ(chunks.sum().unchanged, count(RowOutcome::unchanged));
    EXPECT_EQ(chunks.sum().failed, count(RowOutcome::failed));
    std::uint64_t complete = 0;
    for (std::uint64_t at = 0; at < total; at += size) {
      const auto begin = outcomes.begin() + static_cast<std::ptrdiff_t>(at);
      const auto end =
          outcomes.begin() + static_cast<std::ptrdiff_t>(std::min<std::uint64_t>(at + size, total));
      complete += std::count(begin, end, RowOutcome::pending) == 0 ? 1 : 0;
    }
    EXPECT_EQ(chunks.complete(), complete);
  }
}

}  // namespace
}  // namespace usher::job
