// SPDX-License-Identifier: Apache-2.0
// The book by itself, against a model that remembers every request.
#include "engine/rate_book.h"

#include <algorithm>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/random.h"
#include "base/text.h"
#include "engine/workers_test.h"

namespace usher {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Instant kStart = kServersBegin;

// Every holder's requests, one by one. Answers come in any order and from the dead; whether there
// is room is counted from the start each time.
struct Model {
  std::uint32_t limit = 0;
  Duration held{};
  std::vector<Instant> answers = {};
  std::vector<std::uint32_t> in_flight = std::vector<std::uint32_t>(RateBook::kMostHolders);

  [[nodiscard]] bool full(Instant now) const {
    std::uint64_t used = 0;
    for (const std::uint32_t count : in_flight) used += count;
    used += static_cast<std::uint64_t>(
        std::count_if(answers.begin(), answers.end(), [&](Instant at) { return at + held > now; }));
    return used >= limit;
  }
};

TEST(RateBook, IsFullWhenAModelThatForgetsNothingIs) {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    SCOPED_TRACE(fmt::format("seed {}", seed));
    Random random(seed);
    const RateWindow window{"w", static_cast<std::uint32_t>(1 + random.below(20)),
                            milliseconds{10 + random.below(500)}};
    BookMemory memory({window});
    const auto book = memory.look();
    Model model{window.limit, window.span + RateBook::kMargin};
    Instant now = kStart;
    for (int step = 0; step < 1'000; ++step) {
      now += milliseconds{random.below(window.limit < 4 ? 200 : 30)};
      const auto holder = static_cast<std::uint32_t>(random.below(4));
      book->forget(0, now);
      ASSERT_EQ(book->full(0), model.full(now)) << "step " << step;
      if (random.chance(0.6) && !book->full(0)) {
        book->hold(holder);
        book->take(holder, 1, now);
        ++model.in_flight[holder];
      } else if (random.chance(0.05)) {  // its death, already long noticed
        book->bury(holder, now);
        book->settle(now);
        for (; model.in_flight[holder] > 0; --model.in_flight[holder]) model.answers.push_back(now);
      } else if (model.in_flight[holder] > 0 || random.chance(0.1)) {
        // Also one too many, as after a death in the middle of it.
        book->answer(holder, 1, now);
        model.in_flight[holder] -= model.in_flight[holder] > 0 ? 1 : 0;
        model.answers.push_back(now);
      }
      if (random.chance(0.05)) book->repair();
      ASSERT_TRUE(book->sane(now));
    }
  }
}

TEST(RateBook, WhatTheDeadHadInFlightIsUsedUntilItsMomentAndOneWindowMore) {
  BookMemory memory({{"w", 3, seconds{1}}});
  const auto book = memory.look();
  book->hold(5);
  book->take(5, 1, kStart);
  book->take(5, 1, kStart);
  book->bury(5, kStart + seconds{3});
  EXPECT_FALSE(book->vacant(5));
  EXPECT_FALSE(book->held(5));
  const Instant free = kStart + seconds{4} + RateBook::kMargin;
  for (const Instant now : {kStart, kStart + seconds{3}, free - Duration{1}}) {
    book->forget(0, now);
    EXPECT_EQ(book->used(0), 2U);
    EXPECT_EQ(book->vacant(5), now >= kStart + seconds{3});
  }
  book->forget(0, free);
  EXPECT_EQ(book->used(0), 0U);
}

TEST(RateBook, WhoDiesWithNothingInFlightLeavesNothing) {
  BookMemory memory({{"w", 3, seconds{1}}});
  const auto book = memory.look();
  book->hold(5);
  book->queue_up(5, 0, kStart);
  book->hold(6);
  EXPECT_EQ(book->ahead_of(6, 0), 1U);
  book->bury(5, kStart + seconds{3});
  EXPECT_TRUE(book->vacant(5));
  EXPECT_EQ(book->ahead_of(6, 0), 0U);
}

TEST(RateBook, AWindowThatAllowsNothingIsAlwaysFull) {
  RateBook book({{"w", 0, seconds{1}}});
  EXPECT_TRUE(book.full(0));
  book.take(0, 1, kStart);
  book.answer(0, 1, kStart);
  book.forget(0, kStart + seconds{9});
  EXPECT_TRUE(book.full(0));
  EXPECT_EQ(book.frees_at(0), std::nullopt);
  EXPECT_TRUE(book.sane(kStart));
}

TEST(RateBook, ALongReasonIsCutBetweenCharacters) {
  for (std::size_t before = 240; before < 260; ++before) {
    RateBook book({});
    const std::string whole = std::string(before, 'a') + "ü€𝄞ü€𝄞";
    book.pause(kStart, whole);
    const std::string kept = book.pause_reason();
    EXPECT_LE(kept.size(), RateBook::kLongestReason);
    EXPECT_GE(kept.size(), std::min(whole.size(), RateBook::kLongestReason - 3));
    EXPECT_TRUE(whole.starts_with(kept));
    EXPECT_FALSE(find_invalid_utf8(kept)) << before;
  }
}

TEST(RateBook, AnswersOutOfOrderLeaveItInOrder) {
  RateBook book({{"w", 3, seconds{1}}});
  for (const int at : {50, 49, 51}) book.answer(0, 1, kStart + milliseconds{at});
  EXPECT_TRUE(book.sane(kStart + milliseconds{51}));
  EXPECT_EQ(book.frees_at(0), kStart + milliseconds{50} + book.held_for(0));
}

// Every set of the words that a change stores, as a death can leave them behind: none makes counts
// run below zero, and what was counted for the dead ends with them.
TEST(RateBook, RepairsWhatIsHalfCounted) {
  const std::vector<RateWindow> windows = {{"v", 9, seconds{1}}, {"w", 9, seconds{1}}};
  BookMemory before(windows);
  BookMemory after(windows);
  for (BookMemory* memory : {&before, &after}) {
    memory->look()->hold(3);
    memory->look()->take(3, 3, kStart);
  }
  after.look()->take(3, 3, kStart);
  after.look()->queue_up(3, 0, kStart);
  const auto changed = after.differences(before);
  ASSERT_GE(changed.size(), 6U);
  ASSERT_LE(changed.size(), 12U);
  for (std::uint32_t left_out = 0; left_out < 1U << changed.size(); ++left_out) {
    SCOPED_TRACE(left_out);
    BookMemory half(windows);
    half.copy(after);
    for (std::size_t i = 0; i < changed.size(); ++i) {
      if ((left_out >> i & 1U) != 0) half.copy(before, changed[i]);
    }
    const auto book = half.look();
    book->repair();
    for (const std::size_t window : {0U, 1U}) {
      ASSERT_GE(book->used(window), 1U);
      ASSERT_LE(book->used(window), 2U);
    }
    book->bury(3, kStart + seconds{1});
    book->settle(kStart + seconds{1});
    ASSERT_TRUE(book->vacant(3));
    ASSERT_TRUE(book->sane(kStart + seconds{1}));
    for (const std::size_t window : {0U, 1U}) {
      ASSERT_EQ(book->ahead_of(4, window), 0U);
      book->forget(window, kStart + seconds{3});
      ASSERT_EQ(book->used(window), 0U);
    }
  }
}

TEST(RateBook, SeesMomentsThatCannotBe) {
  BookMemory memory({{"w", 3, seconds{1}}});
  const auto book = memory.look();
  book->hold(0);
  book->take(0, 1, kStart);
  book->answer(0, 1, kStart);
  EXPECT_TRUE(book->sane(kStart));
  EXPECT_FALSE(book->sane(kStart - seconds{3'600})) << "it was used an hour from now";
}

}  // namespace
}  // namespace usher
