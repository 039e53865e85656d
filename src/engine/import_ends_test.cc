// SPDX-License-Identifier: Apache-2.0
// Runs of an import that end before the input does: stopped, denied, unreachable.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "engine/imports_test.h"
#include "engine/responses_test.h"

namespace usher {
namespace {

using net::Method;
using std::chrono::seconds;

// --- stopping ----------------------------------------------------------------------------------

TEST_F(Imports, AStopFinishesWhatIsBegunAndTriesNothingElse) {
  options_.concurrency = 2;
  const std::vector<UserRow> rows = people(300, "one");
  machine().take(rows);
  while (tally().rows.done() < 3) {
    machine().happen();
    machine().take(rows);
  }
  const std::size_t users = machine().count(Method::post, kUsers);
  machine().import.stop();
  EXPECT_FALSE(machine().import.wants_rows());
  while (!machine().import.idle()) machine().happen();
  EXPECT_LE(api_.users.size(), users + 2) << "nobody new but those who were being looked for";
  EXPECT_EQ(api_.memberships.size(), api_.users.size()) << "and everybody begun is finished";
  EXPECT_EQ(tally().rows.created, api_.users.size());
  EXPECT_GT(tally().rows.not_tried, 100U);
  EXPECT_EQ(tally().rows.failed, 0U);
  machine().expect_accounted(tally().rows.read);
}

TEST_F(Imports, AStopDoesNotWaitForTheRateLimitToBeginMore) {
  options_.concurrency = 2;
  options_.windows = {
      {"all", 8, seconds{1'000}}, {"reads", 8, seconds{1'000}}, {"writes", 8, seconds{1'000}}};
  const std::vector<UserRow> rows = people(50);
  machine().take(rows);
  while (!machine().flights.empty()) {
    machine().happen();
    machine().take(rows);
  }
  const Instant before = machine().now.steady;
  machine().import.stop();
  machine().obey();
  EXPECT_EQ(machine().now.steady, before);
  EXPECT_TRUE(machine().import.idle());
  EXPECT_GT(tally().rows.created, 0U);
  EXPECT_EQ(tally().rows.created, api_.users.size());
}

TEST_F(Imports, AStopWaitsForTheMembershipsOfThoseItHasMade) {
  options_.concurrency = 6;
  options_.windows = {
      {"all", 99, seconds{10}}, {"reads", 99, seconds{10}}, {"writes", 3, seconds{10}}};
  api_.add_organization("one");
  machine().take(people(6, "one"));
  while (api_.users.size() < 3) machine().happen();
  while (!machine().flights.empty()) machine().happen();
  EXPECT_EQ(api_.memberships.size(), 0U);
  machine().import.stop();
  while (!machine().import.idle()) machine().happen();
  EXPECT_EQ(api_.users.size(), 3U);
  EXPECT_EQ(api_.memberships.size(), 3U);
  EXPECT_EQ(tally().rows.created, 3U);
  EXPECT_EQ(tally().rows.not_tried, 3U);
}

TEST_F(Imports, AStopWhileAnOrganizationIsLookedUpTriesNoneOfItsRows) {
  const std::vector<UserRow> rows = people(10, "one");
  machine().take(rows);
  EXPECT_EQ(machine().flights.size(), 1U);
  machine().import.stop();
  while (!machine().import.idle()) machine().happen();
  EXPECT_EQ(hows(), std::string(10, 'n'));
  EXPECT_EQ(machine().count(Method::post, kUsers), 0U);
}

TEST_F(Imports, AStopBeforeAnythingLeftEndsAtOnce) {
  options_.windows = {{"all", 1, seconds{10}}};
  machine().take({person("p0", "one"), person("p1", "two"), person("p2", "two"), person("p3")});
  EXPECT_EQ(machine().flights.size(), 1U);
  machine().import.stop();
  machine().obey();
  EXPECT_EQ(tally().rows.not_tried, 3U);
  while (!machine().import.idle()) machine().happen();
  EXPECT_EQ(hows(), "nnnn");
}

// --- halting -----------------------------------------------------------------------------------

TEST_F(Imports, ADeadKeyEndsTheRunWithEveryRowAccountedFor) {
  options_.concurrency = 4;
  int answered = 0;
  instead_ = [&](const net::Request&) -> std::optional<net::Response> {
    if (++answered < 20) return std::nullopt;
    return reply(401, R"({"message":"Unauthorized"})");
  };
  const std::vector<UserRow> rows = people(300, "one");
  run(rows);
  EXPECT_EQ(machine().import.halt(), Import::Halt::denied);
  EXPECT_TRUE(machine().import.idle());
  EXPECT_FALSE(machine().import.wants_rows());
  EXPECT_GT(tally().rows.created, 0U);
  EXPECT_EQ(tally().rows.failed, 0U) << "no row is to blame for a dead key";
  EXPECT_LE(answered, 20 + 4);
}

TEST_F(Imports, AnUnreachableApiFailsNoRow) {
  instead_ = [](const net::Request&) { return unreachable(); };
  run({person("p0", "one"), person("p1")});
  EXPECT_EQ(machine().import.halt(), Import::Halt::unreachable);
  EXPECT_EQ(hows(), "nn");
}

}  // namespace
}  // namespace usher
