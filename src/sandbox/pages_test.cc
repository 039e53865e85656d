// SPDX-License-Identifier: Apache-2.0
// Pages: against a model that slices a plain vector, for every size, limit and order. Numbers are
// the contract's statements.
#include "sandbox/pages.h"

#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sandbox/trial.h"

namespace usher::sandbox {
namespace {

using testing::ElementsAre;

std::string users(std::string_view query) {
  return fmt::format("/user_management/users?{}", query);
}

void populate(Trial& trial, int count) {
  for (int i = 0; i < count; ++i) trial.user(fmt::format("u{:03}@example.test", i));
}

TEST(Pages, FollowingAfterShowsEverythingOnce) {  // 96
  Trial trial;
  populate(trial, 250);
  std::vector<std::size_t> sizes;
  std::vector<std::string> seen;
  std::string after;
  do {
    const Answer page = trial.get(users("limit=100" + after));
    sizes.push_back(page.size());
    if (after.empty()) {
      EXPECT_EQ(page.at("/list_metadata/before"), "null");
    }
    for (const std::string& email : page.column("email")) seen.push_back(email);
    const std::string cursor = page.at("/list_metadata/after");
    after = cursor == "null" ? "" : "&after=" + cursor;
  } while (!after.empty());
  EXPECT_THAT(sizes, ElementsAre(100, 100, 50));
  EXPECT_EQ(seen.size(), 250U);
  EXPECT_EQ(seen.front(), "u249@example.test");
  EXPECT_EQ(seen.back(), "u000@example.test");
}

TEST(Pages, BeforeLeadsBack) {  // 98
  Trial trial;
  populate(trial, 9);
  const Answer first = trial.get(users("limit=3"));
  const Answer second = trial.get(users("limit=3&after=" + first.at("/list_metadata/after")));
  const Answer third = trial.get(users("limit=3&after=" + second.at("/list_metadata/after")));
  const Answer back = trial.get(users("limit=3&before=" + third.at("/list_metadata/before")));
  EXPECT_EQ(back.at("/data"), second.at("/data"));
  EXPECT_EQ(back.at("/list_metadata"), second.at("/list_metadata"));
}

TEST(Pages, OrdersAreAscDescAndNormal) {  // 98
  Trial trial;
  populate(trial, 3);
  EXPECT_THAT(trial.get(users("order=asc")).column("email"),
              ElementsAre("u000@example.test", "u001@example.test", "u002@example.test"));
  const Answer normal = trial.get(users("order=normal&limit=2"));
  EXPECT_THAT(normal.column("email"), ElementsAre("u002@example.test", "u001@example.test"));
  EXPECT_EQ(normal.at("/list_metadata/after"), "null");
  const Answer older =
      trial.get(users("order=normal&limit=2&before=" + normal.at("/list_metadata/before")));
  EXPECT_THAT(older.column("email"), ElementsAre("u000@example.test"));
  EXPECT_EQ(older.at("/list_metadata/after"), older.at("/data/0/id"));
  EXPECT_EQ(trial.get(users("order=odd")).status, 422);
}

TEST(Pages, WhatIsMadeOrDeletedDuringAWalkDoesNotDisturbIt) {  // 98
  Trial trial;
  populate(trial, 6);
  const Answer first = trial.get(users("limit=3"));
  trial.user("new@example.test");
  trial.del("/user_management/users/" + first.at("/data/2/id"));
  const Answer second = trial.get(users("limit=3&after=" + first.at("/list_metadata/after")));
  EXPECT_THAT(second.column("email"),
              ElementsAre("u002@example.test", "u001@example.test", "u000@example.test"));
}

TEST(Pages, WrongLimitsAndCursorsAreRefusedUnlessLenient) {  // 99
  Trial trial;
  Trial lenient({.lenient_pages = true});
  populate(trial, 12);
  populate(lenient, 12);
  for (const char* query : {"limit=0", "limit=101", "limit=x", "limit=", "limit=-1", "limit=1.5",
                            "after=user_nope", "before=user_01HZZZZZZZZZZZZZZZZZZZZZZZ"}) {
    const Answer refused = trial.get(users(query));
    EXPECT_EQ(refused.status, 422) << query;
    EXPECT_EQ(refused.code(), "invalid_request_parameters");
    EXPECT_EQ(lenient.get(users(query)).status, 200) << query;
  }
  EXPECT_EQ(lenient.get(users("limit=101")).size(), 12U);
  EXPECT_EQ(lenient.get(users("limit=0")).size(), 10U);
  EXPECT_EQ(lenient.get(users("limit=-5")).size(), 1U);
  EXPECT_EQ(trial.get(users("limit=100")).size(), 12U);
  EXPECT_EQ(trial.get(users("limit=1")).size(), 1U);
}

// The model: the accepted ids in the order shown; a page is a slice behind or in front of a cursor.
TEST(Pages, AgreeWithSlicesOfAVectorForEverySizeLimitCursorAndOrder) {
  for (std::uint64_t size = 0; size <= 8; ++size) {
    std::map<Ulid, int> map;
    for (std::uint64_t i = 0; i < size; ++i) map.emplace(Ulid{0, i * 10 + 10}, int(i));
    const auto accept = [](const auto& entry) { return entry.second % 3 != 1; };
    for (const bool newest_first : {false, true}) {
      std::vector<Ulid> shown;
      for (const auto& entry : map) {
        if (accept(entry)) shown.push_back(entry.first);
      }
      if (newest_first) std::ranges::reverse(shown);
      for (std::size_t limit = 1; limit <= size + 1; ++limit) {
        for (std::uint64_t cursor = 5; cursor <= size * 10 + 15; cursor += 5) {
          for (const bool backward : {false, true}) {
            SCOPED_TRACE(fmt::format("size {} limit {} cursor {} newest {} back {}", size, limit,
                                     cursor, newest_first, backward));
            const Ulid at{0, cursor};
            PageRequest request{.limit = limit, .newest_first = newest_first};
            (backward ? request.before : request.after) = at;
            const auto page = cut_page(map, request, accept);

            const auto precedes = [&](Ulid id) { return newest_first ? id > at : id < at; };
            const auto split = std::ranges::partition_point(shown, precedes);
            auto first = split;
            auto last = split;
            if (backward) {
              first =
                  split - std::min<std::ptrdiff_t>(std::ptrdiff_t(limit), split - shown.begin());
            } else {
              if (first != shown.end() && *first == at) ++first;
              last = first + std::min<std::ptrdiff_t>(std::ptrdiff_t(limit), shown.end() - first);
            }
            std::vector<Ulid> got;
            got.reserve(page.items.size());
            for (const auto* entry : page.items) got.push_back(entry->first);
            ASSERT_EQ(got, std::vector<Ulid>(first, last));
            if (got.empty()) continue;
            ASSERT_EQ(page.before.has_value(), first != shown.begin());
            ASSERT_EQ(page.after.has_value(), last != shown.end());
          }
        }
      }
    }
  }
}

}  // namespace
}  // namespace usher::sandbox
