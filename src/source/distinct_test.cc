// SPDX-License-Identifier: Apache-2.0
#include "source/distinct.h"

#include <string>
#include <unordered_set>

#include <gtest/gtest.h>

#include "base/random.h"
#include "base/text.h"

namespace usher {
namespace {

TEST(Distinct, CountsAsASetDoesInMemoryAndBeyond) {
  for (const std::uint64_t size : {0U, 1U, 300U, 200'000U, 700'000U}) {
    Random random(size);
    DistinctCounter counter;
    std::unordered_set<std::uint64_t> set;
    for (std::uint64_t i = 0; i < size; ++i) {
      const std::uint64_t hash = quick_hash(std::to_string(random.below(size / 2 + 1)), 0);
      ASSERT_TRUE(counter.add(hash));
      set.insert(hash);
    }
    EXPECT_EQ(counter.count().value(), set.size()) << size;
    EXPECT_EQ(counter.count().value(), set.size()) << "a second time";
  }
}

// All in one partition, and the two values that mark an empty slot.
TEST(Distinct, CountsHashesOfAnyShape) {
  DistinctCounter counter;
  for (int round = 0; round < 3; ++round) {
    for (std::uint64_t i = 1; i <= 5000; ++i) ASSERT_TRUE(counter.add(i << 12U));
  }
  EXPECT_EQ(counter.count().value(), 5000U);
  ASSERT_TRUE(counter.add(1));
  EXPECT_EQ(counter.count().value(), 5001U);
}

// More than fit into the table at once, all in one partition; of half of them those bits are alike
// that would part it.
TEST(Distinct, CountsALargePartitionInParts) {
  DistinctCounter counter;
  std::unordered_set<std::uint64_t> set;
  for (std::uint64_t i = 1; i <= 1'200'000; ++i) {
    const std::uint64_t hash = quick_hash_pair(i, 0) >> (i % 2 == 0 ? 6U : 32U);
    ASSERT_TRUE(counter.add(hash));
    set.insert(hash);
  }
  EXPECT_EQ(counter.count().value(), set.size());
}

TEST(Distinct, AFullDiskIsSaid) {
  ::setenv("TMPDIR", "/nonexistent/folder", 1);
  DistinctCounter counter;
  Status last;
  for (std::uint64_t i = 1; i <= 1000 && last; ++i) last = counter.add(i << 12U);
  ::unsetenv("TMPDIR");
  ASSERT_FALSE(last);
  EXPECT_NE(last.error().line().find("TMPDIR"), std::string::npos);
}

TEST(QuickHash, IgnoresTheCaseOfAsciiLettersAndNothingElse) {
  for (unsigned a = 0; a < 256; ++a) {
    for (unsigned b = 0; b < 256; ++b) {
      for (const std::size_t at : {0U, 7U, 8U, 11U}) {
        std::string one(12, 'x');
        std::string two = one;
        one[at] = static_cast<char>(a);
        two[at] = static_cast<char>(b);
        ASSERT_EQ(quick_hash_ignoring_case(one, 1) == quick_hash_ignoring_case(two, 1),
                  equal_ignoring_case(one, two))
            << a << " " << b << " at " << at;
        ASSERT_EQ(quick_hash(one, 1) == quick_hash(two, 1), a == b);
      }
    }
  }
}

TEST(QuickHash, DependsOnLengthSeedAndOrder) {
  EXPECT_NE(quick_hash("", 0), quick_hash(std::string_view("\0", 1), 0));
  EXPECT_NE(quick_hash("a", 0), quick_hash("a", 1));
  EXPECT_NE(quick_hash_pair(1, 2), quick_hash_pair(2, 1));
}

// Similar texts, as addresses are: every bit of the hash is set half of the time.
TEST(QuickHash, SpreadsNeighbours) {
  constexpr int kCount = 20'000;
  std::array<int, 64> ones{};
  for (int i = 0; i < kCount; ++i) {
    const auto hash = quick_hash("person." + std::to_string(i) + "@example.com", 0);
    for (unsigned bit = 0; bit < 64; ++bit) ones[bit] += static_cast<int>((hash >> bit) & 1U);
  }
  for (const int count : ones) {
    EXPECT_GT(count, kCount * 45 / 100);
    EXPECT_LT(count, kCount * 55 / 100);
  }
}

}  // namespace
}  // namespace usher
