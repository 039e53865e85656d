// SPDX-License-Identifier: Apache-2.0
#include "app/estimate.h"

#include <gtest/gtest.h>

namespace usher {
namespace {

constexpr RateLimit kOff{RateLimit::Kind::off, 0};

Work users(std::uint64_t rows) {
  Work work;
  work.rows = work.users = rows;
  return work;
}

Work members(std::uint64_t rows) {
  Work work = users(rows);
  work.memberships = rows;
  return work;
}

TEST(Estimate, IsTheTableOfTheSeed) {
  const struct {
    std::uint64_t rows;
    std::int64_t concurrency;
    std::int64_t workers;
    std::string words;
  } cases[] = {
      {1'000, 10, 1, "~50 seconds"},  {10'000, 10, 1, "~8 minutes"},
      {50'000, 10, 4, "~10 minutes"}, {100'000, 20, 4, "~10 minutes"},
      {50'000, 10, 1, "~42 minutes"},
  };
  for (const auto& one : cases) {
    EXPECT_EQ(estimate(users(one.rows), one.concurrency, one.workers, kOff).in_words(), one.words);
  }
}

TEST(Estimate, ChangesWithConcurrencyAndWorkers) {
  const double once = estimate(users(1000), 10, 1, kOff).seconds();
  EXPECT_DOUBLE_EQ(once, 50);
  EXPECT_DOUBLE_EQ(estimate(users(1000), 20, 1, kOff).seconds(), once / 2);
  EXPECT_DOUBLE_EQ(estimate(users(1000), 10, 4, kOff).seconds(), once / 4);
}

TEST(Estimate, SaysWhenWorkOsAllowsLessThanTheFormulaPromises) {
  EXPECT_EQ(estimate(members(50'000), 10, 4, {}).in_words(),
            "~33 minutes (WorkOS allows 50 writes a second: 50,000 users + 50,000 memberships)");
  EXPECT_EQ(estimate(users(50'000), 10, 4, {}).in_words(),
            "~17 minutes (WorkOS allows 50 writes a second: 50,000 users)");
  // The first 500 leave at once.
  EXPECT_EQ(estimate(users(500), 100, 1, {}).by_limits, 0);
  EXPECT_EQ(estimate(users(550), 100, 1, {}).by_limits, 1);
}

TEST(Estimate, KeepsTheFormulaWhereTheLimitsAllowMore) {
  const Estimate slow = estimate(members(50'000), 10, 1, {});
  EXPECT_EQ(slow.in_words(), "~42 minutes");
  EXPECT_EQ(slow.by_limits, 1990);
  EXPECT_EQ(slow.limit, "");
}

TEST(Estimate, CountsOrganizationsAmongAllRequests) {
  Work work = members(100);
  work.organizations = work.new_organizations = 100'000;
  EXPECT_EQ(estimate(work, 10, 1, {}).in_words(),
            "~32 minutes (WorkOS allows 100 requests a second: 100 users + 100 memberships + "
            "100,000 organizations)");
}

TEST(Estimate, TakesTheRateThatWasAskedFor) {
  EXPECT_EQ(estimate(members(1000), 10, 1, {RateLimit::Kind::per_second, 5}).in_words(),
            "~7 minutes (--rate-limit 5: 1,000 users + 1,000 memberships)");
  EXPECT_EQ(estimate(users(1), 10, 1, {RateLimit::Kind::per_second, 5}).in_words(), "~1 second");
}

TEST(Estimate, IsRoundedToTheNearestWithTheSingularWhereItIsOne) {
  const struct {
    double seconds;
    std::string words;
  } cases[] = {
      {0, "~0 seconds"},    {0.05, "~1 second"},         {1.4, "~1 second"},
      {1.5, "~2 seconds"},  {59.4, "~59 seconds"},       {59.6, "~1 minute"},
      {89, "~1 minute"},    {91, "~2 minutes"},          {3569, "~59 minutes"},
      {3571, "~1 hour"},    {3661, "~1 hour 1 minute"},  {4020, "~1 hour 7 minutes"},
      {7200, "~2 hours"},   {7260, "~2 hours 1 minute"}, {50'000, "~13 hours 53 minutes"},
      {172'800, "~2 days"}, {176'400, "~2 days 1 hour"}, {500'000, "~5 days 19 hours"},
      {172'790, "~2 days"},
  };
  for (const auto& one : cases) EXPECT_EQ(about(one.seconds), one.words) << one.seconds;
}

}  // namespace
}  // namespace usher
