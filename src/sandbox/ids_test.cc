// SPDX-License-Identifier: Apache-2.0
#include "sandbox/ids.h"

#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace usher::sandbox {
namespace {

constexpr WallTime kNow{std::chrono::milliseconds(1'772'442'907'042)};

TEST(Ids, AreWrittenAndReadBack) {
  Random random(7);
  for (int i = 0; i < 1000; ++i) {
    const Ulid ulid{random.next(), random.next()};
    const std::string id = to_id(prefix::kUser, ulid);
    EXPECT_THAT(id, testing::MatchesRegex("user_[0-7][0-9A-HJKMNP-TV-Z]{25}"));
    EXPECT_EQ(parse_id(prefix::kUser, id), ulid);
    EXPECT_FALSE(parse_id(prefix::kOrganization, id));
  }
  EXPECT_EQ(to_id("x_", {}), "x_00000000000000000000000000");
  EXPECT_EQ(to_id("x_", {~0ULL, ~0ULL}), "x_7ZZZZZZZZZZZZZZZZZZZZZZZZZ");
}

TEST(Ids, NothingElseIsReadAsOne) {
  const std::string id = to_id("user_", {1, 2});
  for (std::size_t size = 0; size < id.size(); ++size)
    EXPECT_FALSE(parse_id("user_", id.substr(0, size)));
  EXPECT_FALSE(parse_id("user_", id + "0"));
  for (const char wrong : {'I', 'L', 'O', 'U', 'a', ' ', '\0', '-'}) {
    std::string other = id;
    other.back() = wrong;
    EXPECT_FALSE(parse_id("user_", other));
  }
  EXPECT_FALSE(parse_id("user_", "user_80000000000000000000000000"));
}

TEST(Ids, GrowWithinAMillisecondAndWhenTheClockGoesBack) {
  IdMaker ids(0);
  Ulid last = ids.next(kNow);
  const Ulid first = last;
  Random random(3);
  for (int i = 0; i < 10'000; ++i) {
    const auto shift = std::chrono::milliseconds(static_cast<int>(random.below(5)) - 2);
    const Ulid next = ids.next(kNow + shift);
    ASSERT_LT(last, next);
    ASSERT_LT(to_id("user_", last), to_id("user_", next));
    last = next;
  }
  EXPECT_TRUE(ids.may_have_issued(first));
  EXPECT_TRUE(ids.may_have_issued(last));
  EXPECT_FALSE(ids.may_have_issued({first.high - 1, 0}));
  EXPECT_FALSE(ids.may_have_issued({last.high + 1, 0}));
}

TEST(Ids, CarryTheirTime) {
  IdMaker ids(0);
  EXPECT_EQ(ids.next(kNow).high >> 16, 1'772'442'907'042ULL);
}

TEST(Ids, ASeedRepeatsThemAndNoSeedDoesNot) {
  IdMaker one(5);
  IdMaker other(5);
  Ulid last;
  for (int i = 0; i < 1000; ++i) {
    const Ulid next = one.next(kNow);
    ASSERT_EQ(next, other.next(kNow + std::chrono::milliseconds{i * i}));
    ASSERT_LT(last, next);
    last = next;
    if (i % 7 == 0) (void)other.uuid();  // somebody looks on
  }
  EXPECT_NE(IdMaker(5).next(kNow), IdMaker(6).next(kNow));
  EXPECT_NE(IdMaker(0).uuid(), IdMaker(0).uuid());
}

TEST(Ids, UuidsAreOfVersionFourAndDiffer) {
  IdMaker ids(1);
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) {
    const std::string uuid = ids.uuid();
    EXPECT_THAT(uuid, testing::MatchesRegex(
                          "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"));
    EXPECT_TRUE(seen.insert(uuid).second);
  }
}

}  // namespace
}  // namespace usher::sandbox
