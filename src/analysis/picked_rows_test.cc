// SPDX-License-Identifier: Apache-2.0
#include "analysis/picked_rows.h"

#include <map>

#include <gtest/gtest.h>

#include "base/random.h"

namespace usher::analysis {
namespace {

std::vector<std::pair<std::uint64_t, std::uint64_t>> drain(
    PickedRows& rows, std::optional<std::uint32_t> input = {}) {
  EXPECT_TRUE(rows.finish(input));
  std::vector<std::pair<std::uint64_t, std::uint64_t>> all;
  while (true) {
    const auto next = rows.next();
    EXPECT_TRUE(next);
    const auto pick = next.value_or(std::nullopt);
    if (!pick) return all;
    all.emplace_back(pick->record, pick->place);
  }
}

TEST(PickedRows, ComeInTheOrderOfTheInputEachOnce) {
  PickedRows rows;
  ASSERT_TRUE(rows.add({5, 0, true}));
  ASSERT_TRUE(rows.add({2, 10, true}));
  ASSERT_TRUE(rows.add({9, 20, false}));
  ASSERT_TRUE(rows.add({5, 30, true}));
  EXPECT_EQ(drain(rows), (std::vector<std::pair<std::uint64_t, std::uint64_t>>{{2, 10}, {5, 30}}));
  EXPECT_EQ(rows.overtaken(), 1U);
}

TEST(PickedRows, FollowTheLastLineAboutARecord) {
  PickedRows rows;
  ASSERT_TRUE(rows.add({1, 0, true}));
  ASSERT_TRUE(rows.add({2, 10, false}));
  ASSERT_TRUE(rows.add({1, 20, false}));
  ASSERT_TRUE(rows.add({2, 30, true}));
  EXPECT_EQ(drain(rows), (std::vector<std::pair<std::uint64_t, std::uint64_t>>{{2, 30}}));
}

TEST(PickedRows, WithoutANumberComeLastAndNoneIsLost) {
  PickedRows rows(2);
  ASSERT_TRUE(rows.add({0, 0, true}));
  ASSERT_TRUE(rows.add({7, 10, true}));
  ASSERT_TRUE(rows.add({0, 20, true}));
  EXPECT_EQ(drain(rows),
            (std::vector<std::pair<std::uint64_t, std::uint64_t>>{{7, 10}, {0, 0}, {0, 20}}));
}

TEST(PickedRows, AreTheSameInMemoryAndSpilt) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    const std::uint64_t numbers = 1 + random.below(3000);
    PickedRows spilt(1 + random.below(700));
    std::uint64_t all = 0;
    std::map<std::uint64_t, std::pair<std::uint64_t, bool>> expected;
    for (std::uint64_t line = 0; line < 5000; ++line) {
      const std::uint64_t record = 1 + random.below(numbers);
      const bool wanted = random.chance(0.7);
      ASSERT_TRUE(spilt.add({record, line * 100, wanted}));
      all += wanted ? 1 : 0;
      expected[record] = {line * 100, wanted};
    }
    std::vector<std::pair<std::uint64_t, std::uint64_t>> wanted;
    for (const auto& [record, last] : expected) {
      if (last.second) wanted.emplace_back(record, last.first);
    }
    EXPECT_EQ(drain(spilt), wanted);
    EXPECT_EQ(spilt.overtaken(), all - wanted.size()) << "each wanted line comes or is counted";
  }
}

TEST(PickedRows, OfOneInputAreNotOvertakenByThoseOfAnother) {
  PickedRows rows;
  ASSERT_TRUE(rows.add({1, 0, true, 1, 11}));
  ASSERT_TRUE(rows.add({2, 10, true, 1, 12}));
  ASSERT_TRUE(rows.add({1, 20, true, 2, 21}));
  ASSERT_TRUE(rows.add({2, 30, false, 2, 22}));
  ASSERT_TRUE(rows.add({3, 40, true, 0, 13}));
  ASSERT_TRUE(rows.add({1, 50, true, 1, 14}));  // corrected: the same row
  EXPECT_EQ(drain(rows, 1),
            (std::vector<std::pair<std::uint64_t, std::uint64_t>>{{1, 50}, {2, 10}, {3, 40}}));
  EXPECT_EQ(rows.overtaken(), 1U);
  EXPECT_EQ(rows.of_others(), 1U);
  EXPECT_EQ(rows.clash(), 0U);
}

TEST(PickedRows, OfNoNamedInputAreToldApartByTheirPersons) {
  PickedRows rows;
  ASSERT_TRUE(rows.add({1, 0, true, 0, 11}));
  ASSERT_TRUE(rows.add({1, 10, true, 0, 21}));
  ASSERT_TRUE(rows.add({1, 20, true, 0, 11}));
  ASSERT_TRUE(rows.add({1, 30, true, 7, 21}));
  EXPECT_EQ(drain(rows), (std::vector<std::pair<std::uint64_t, std::uint64_t>>{{1, 20}, {1, 30}}));
  EXPECT_EQ(rows.overtaken(), 2U);
  EXPECT_EQ(rows.clash(), 1U);
}

TEST(PickedRows, OfManyPersonsInOneRecordAreAllCounted) {
  PickedRows rows(100);
  for (std::uint64_t i = 0; i < 1000; ++i) ASSERT_TRUE(rows.add({1, i, true, 0, i}));
  EXPECT_EQ(drain(rows).size() + rows.overtaken(), 1000U);
}

TEST(PickedRows, OfNoLinesAreNone) {
  PickedRows rows;
  EXPECT_TRUE(drain(rows).empty());
}

}  // namespace
}  // namespace usher::analysis
