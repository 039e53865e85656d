// SPDX-License-Identifier: Apache-2.0
#include "analysis/picked_rows.h"

#include <map>

#include <gtest/gtest.h>

#include "base/random.h"

namespace usher::analysis {
namespace {

std::vector<std::pair<std::uint64_t, std::uint64_t>> drain(PickedRows& rows) {
  EXPECT_TRUE(rows.finish());
  std::vector<std::pair<std::uint64_t, std::uint64_t>> all;
  while (true) {
    const auto pick = rows.next();
    EXPECT_TRUE(pick);
    if (!pick || !*pick) return all;
    all.emplace_back((*pick)->record, (*pick)->place);
  }
}

TEST(PickedRows, ComeInTheOrderOfTheInputEachOnce) {
  PickedRows rows;
  ASSERT_TRUE(rows.add(5, 0, true));
  ASSERT_TRUE(rows.add(2, 10, true));
  ASSERT_TRUE(rows.add(9, 20, false));
  ASSERT_TRUE(rows.add(5, 30, true));
  EXPECT_EQ(drain(rows), (std::vector<std::pair<std::uint64_t, std::uint64_t>>{{2, 10}, {5, 30}}));
  EXPECT_EQ(rows.overtaken(), 1U);
}

TEST(PickedRows, FollowTheLastLineAboutARecord) {
  PickedRows rows;
  ASSERT_TRUE(rows.add(1, 0, true));
  ASSERT_TRUE(rows.add(2, 10, false));
  ASSERT_TRUE(rows.add(1, 20, false));
  ASSERT_TRUE(rows.add(2, 30, true));
  EXPECT_EQ(drain(rows), (std::vector<std::pair<std::uint64_t, std::uint64_t>>{{2, 30}}));
}

TEST(PickedRows, WithoutANumberComeLastAndNoneIsLost) {
  PickedRows rows(2);
  ASSERT_TRUE(rows.add(0, 0, true));
  ASSERT_TRUE(rows.add(7, 10, true));
  ASSERT_TRUE(rows.add(0, 20, true));
  EXPECT_EQ(drain(rows),
            (std::vector<std::pair<std::uint64_t, std::uint64_t>>{{7, 10}, {0, 0}, {0, 20}}));
}

TEST(PickedRows, AreTheSameInMemoryAndSpilt) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    const std::uint64_t numbers = 1 + random.below(3000);
    PickedRows spilt(1 + random.below(700));
    std::map<std::uint64_t, std::pair<std::uint64_t, bool>> expected;
    for (std::uint64_t line = 0; line < 5000; ++line) {
      const std::uint64_t record = 1 + random.below(numbers);
      const bool wanted = random.chance(0.7);
      ASSERT_TRUE(spilt.add(record, line * 100, wanted));
      expected[record] = {line * 100, wanted};
    }
    std::vector<std::pair<std::uint64_t, std::uint64_t>> wanted;
    for (const auto& [record, last] : expected) {
      if (last.second) wanted.emplace_back(record, last.first);
    }
    EXPECT_EQ(drain(spilt), wanted);
    EXPECT_EQ(spilt.overtaken(), 5000 - expected.size());
  }
}

TEST(PickedRows, OfNoLinesAreNone) {
  PickedRows rows;
  EXPECT_TRUE(drain(rows).empty());
}

}  // namespace
}  // namespace usher::analysis
