// SPDX-License-Identifier: Apache-2.0
// Several pacers on one book, against brute-force servers: together they are as one (I7), nothing
// of a limit is lost, and nobody starves.
#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/random.h"
#include "engine/pacer.h"
#include "engine/workers_test.h"

namespace usher {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Instant kStart = kServersBegin;

std::vector<RateWindow> published() {
  return {{"all requests", 6'000, seconds{60}}, {"user-management writes", 500, seconds{10}}};
}

void watch_published(Workers& workers) {
  for (int i = 0; i < 20; ++i) {
    workers.watch(2, std::make_unique<FixedWindow>(500, seconds{10}, milliseconds{i * 497}));
  }
  workers.watch(1, std::make_unique<SlidingWindow>(6'000, seconds{60}));
  workers.watch(2, std::make_unique<SlidingWindow>(500, seconds{10}));
  workers.watch(2, std::make_unique<TokenBucket>(500, seconds{10}));
}

std::vector<RateWindow> any_windows(Random& random) {
  std::vector<RateWindow> windows;
  for (std::uint64_t i = 1 + random.below(4); i > 0; --i) {
    windows.push_back({fmt::format("window {}", i),
                       static_cast<std::uint32_t>(1 + random.below(40)),
                       milliseconds{50 + random.below(3'000)}});
  }
  return windows;
}

// Some want much, some little, some now and then.
Workers::Worker any_worker(Random& random, std::size_t windows) {
  Workers::Worker worker;
  worker.concurrency = 1 + random.below(random.chance(0.3) ? 60 : 6);
  worker.lateness = milliseconds{random.below(4)};
  const WindowMask all = (1U << windows) - 1U;
  const bool always_all = random.chance(0.4);
  worker.next = [&random, all, always_all] {
    return always_all ? all : static_cast<WindowMask>(1 + random.below(all));
  };
  if (random.chance(0.4)) {
    const Duration on = milliseconds{1 + random.below(2'000)};
    const Duration off = milliseconds{1 + random.below(4'000)};
    worker.busy = [on, off](Instant now) { return (now - kStart) % (on + off) < on; };
  }
  return worker;
}

// --- never a refusal ---------------------------------------------------------------------------

TEST(SharedPacer, I7NoServerEverRefusesWhoeverDiesAndComesAgain) {
  for (std::uint64_t seed = 1; seed <= 400; ++seed) {
    SCOPED_TRACE(fmt::format("seed {}", seed));
    Random random(seed);
    const std::vector<RateWindow> windows = any_windows(random);
    Workers workers(windows, seed);
    for (std::size_t i = 0; i < windows.size(); ++i) {
      for (int twice = 0; twice < 2; ++twice) {
        workers.watch(1U << i, any_server(windows[i], random));
      }
    }
    const auto slowest = 1 + random.below(random.chance(0.2) ? 2'900 : 300);
    workers.latency = [&] { return milliseconds{workers.random.below(slowest)}; };
    const std::size_t count = 1 + random.below(6);
    for (std::size_t i = 0; i < count; ++i) workers.join(any_worker(random, windows.size()));
    for (std::uint64_t i = random.below(8); i > 0; --i) {
      workers.kill(random.below(count), kStart + milliseconds{random.below(30'000)},
                   milliseconds{random.below(500)});
    }
    Instant until = kStart;
    for (std::uint64_t run = 1 + random.below(3); run > 0; --run) {
      until += milliseconds{3'000 + random.below(12'000)};
      workers.run(until);
      workers.resume(windows);
    }
    workers.run(until + seconds{10});
    ASSERT_EQ(workers.refused, 0U);
    ASSERT_GE(workers.sent(), 2U);
  }
}

// Whichever limits a resumed run is given: what the servers count stays within the old ones or the
// new ones, whichever allow more.
TEST(SharedPacer, I7ResumesWithOtherLimitsKeepWhatWasUsed) {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    SCOPED_TRACE(fmt::format("seed {}", seed));
    Random random(seed);
    const Duration span = milliseconds{200 + random.below(2'000)};
    const auto some = [&] { return static_cast<std::uint32_t>(1 + random.below(40)); };
    const bool same_span = random.chance(0.7);
    const std::vector<RateWindow> before = {{"w", some(), span}};
    const std::vector<RateWindow> after = {
        {random.chance(0.7) ? "w" : "v", some(), same_span ? span : span + milliseconds{700}}};
    Workers workers(before, seed);
    workers.watch(1, std::make_unique<SlidingWindow>(std::max(before[0].limit, after[0].limit),
                                                     std::min(before[0].span, after[0].span)));
    workers.latency = [&] { return milliseconds{workers.random.below(300)}; };
    for (int i = 0; i < 3; ++i) workers.join(any_worker(random, 1));
    const Instant change = kStart + milliseconds{random.below(6'000)};
    workers.run(change);
    workers.resume(after);
    const std::uint64_t sent = workers.sent();
    workers.run(change + seconds{12});
    ASSERT_EQ(workers.refused, 0U);
    ASSERT_GT(workers.sent(), sent);
    // From the change on the new limit holds as well, over what went before.
    const Duration window = after[0].span;
    const auto changed = std::lower_bound(workers.arrived.begin(), workers.arrived.end(), change);
    for (auto last = changed; last != workers.arrived.end(); ++last) {
      const auto first = std::lower_bound(workers.arrived.begin(), last, *last - window);
      const auto count = static_cast<std::uint32_t>(last - first) + 1;
      // What had left before the change may still arrive after it.
      if (*last - change <= milliseconds{300} + window) continue;
      ASSERT_LE(count, after[0].limit);
    }
  }
}

// --- nothing of the limit is wasted, nobody starves --------------------------------------------

// One with little, one with much, one now and then, one that never sends.
void join_uneven(Workers& workers) {
  for (const std::size_t concurrency : {2U, 50U, 10U, 10U}) {
    Workers::Worker worker;
    worker.concurrency = concurrency;
    worker.lateness = milliseconds{2};
    worker.next = [] { return 3U; };
    workers.join(worker);
  }
  workers.worker(2).busy = [](Instant now) { return (now - kStart) % seconds{7} < seconds{2}; };
  workers.worker(3).busy = [](Instant) { return false; };
}

TEST(SharedPacer, UnevenWorkersUse98PercentOfTheLimitTogether) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    SCOPED_TRACE(seed);
    Workers workers(published(), seed);
    watch_published(workers);
    join_uneven(workers);
    workers.run(kStart + seconds{60});
    EXPECT_EQ(workers.refused, 0U);
    EXPECT_GE(workers.sent(), 3'000U * 98 / 100);
    workers.run(kStart + seconds{600});
    EXPECT_EQ(workers.refused, 0U);
    EXPECT_GE(workers.sent(), 30'000U * 98 / 100);
  }
}

TEST(SharedPacer, WhatOthersLeaveOneTakes) {
  Workers workers(published(), 1);
  for (int i = 0; i < 4; ++i) {
    Workers::Worker worker;
    worker.concurrency = 50;
    worker.next = [] { return 3U; };
    worker.busy = [i](Instant) { return i == 2; };
    workers.join(worker);
  }
  workers.run(kStart + seconds{60});
  EXPECT_GE(workers.worker(2).sent, 3'000U * 98 / 100);
}

// A worker that is always awake would win every slot against those whose sleep ends a moment late.
TEST(SharedPacer, NobodyStarvesBesideOneThatIsAlwaysAwake) {
  const std::vector<std::vector<RateWindow>> all = {
      published(), {{"--rate-limit", 50, seconds{1}}}, {{"--rate-limit", 10, seconds{1}}}};
  for (const auto& windows : all) {
    SCOPED_TRACE(windows[0].name);
    Workers workers(windows, 7);
    for (const int lateness : {0, 2, 4, 8}) {
      Workers::Worker worker;
      worker.concurrency = lateness == 0 ? 60 : 10;
      worker.lateness = milliseconds{lateness};
      worker.next = [] { return 3U; };
      workers.join(worker);
    }
    workers.run(kStart + seconds{120});
    const RateWindow& rate = windows.back();
    // One latency per window is the price of never a refusal.
    const Duration round = rate.span + workers.latency() + RateBook::kMargin;
    EXPECT_GE(workers.sent(), seconds{120} / round * rate.limit * 98 / 100);
    for (std::size_t i = 0; i < 4; ++i) {
      const auto& sent = workers.worker(i).sent_at;
      EXPECT_GE(sent.size(), workers.sent() / 20) << i;
      Duration longest{0};
      for (std::size_t k = 1; k < sent.size(); ++k)
        longest = std::max(longest, sent[k] - sent[k - 1]);
      EXPECT_LE(longest, 3 * rate.span) << i;
    }
  }
}

// --- what it answers ---------------------------------------------------------------------------

struct Two {
  explicit Two(const std::vector<RateWindow>& windows) : memory(windows) {
    book->hold(0);
    book->hold(1);
  }
  BookMemory memory;
  std::shared_ptr<RateBook> book = memory.look();
  Pacer one{memory.look(), 0};
  Pacer other{memory.look(), 1};
};

TEST(SharedPacer, ASlotIsTakenOnce) {
  Two two({{"w", 1, seconds{1}}});
  EXPECT_FALSE(two.one.wait(1, kStart));
  EXPECT_FALSE(two.other.wait(1, kStart));
  EXPECT_TRUE(two.one.take(1, kStart));
  EXPECT_FALSE(two.other.take(1, kStart));
  EXPECT_TRUE(two.other.wait(1, kStart));
}

TEST(SharedPacer, WhileOnlyAnAnswerToAnotherFreesASlotItAsksAgainInTime) {
  Two two({{"w", 1, seconds{1}}});
  ASSERT_TRUE(two.one.take(1, kStart));
  Instant now = kStart;
  const Instant answered = kStart + milliseconds{4'321};
  bool told = false;
  int asked = 0;
  while (!two.other.take(1, now)) {
    ASSERT_LT(++asked, 20);
    const Instant next = two.other.wait(1, now).value_or(now);
    ASSERT_GT(next, now);
    if (!told && next >= answered) two.one.answered(1, answered);
    told = next >= answered;
    now = next;
  }
  EXPECT_EQ(now, answered + seconds{1} + RateBook::kMargin) << "not a moment later than it could";
}

TEST(SharedPacer, AnAnswerWithAnEarlierClockReadingFreesNothingEarlier) {
  Two two({{"w", 2, seconds{1}}});
  ASSERT_TRUE(two.one.take(1, kStart));
  ASSERT_TRUE(two.other.take(1, kStart));
  two.one.answered(1, kStart + milliseconds{50});
  two.other.answered(1, kStart + milliseconds{49});
  const Instant free = kStart + milliseconds{50} + seconds{1} + RateBook::kMargin;
  EXPECT_EQ(two.one.wait(1, kStart + milliseconds{60}), free);
}

TEST(SharedPacer, APauseHoldsEverybodyAndSaysWhy) {
  Two two({{"w", 9, seconds{1}}});
  two.one.pause(kStart + seconds{3}, "the API asks to wait (429)");
  EXPECT_FALSE(two.other.take(1, kStart));
  EXPECT_TRUE(two.other.paused(kStart));
  EXPECT_EQ(two.other.wait(1, kStart), kStart + seconds{3});
  EXPECT_EQ(two.other.reason(1, kStart), "the API asks to wait (429), next in 3.0 s");
  EXPECT_TRUE(two.other.take(1, kStart + seconds{3}));
}

TEST(SharedPacer, ItsOwnTroubleHoldsOneAlone) {
  Two two({{"w", 9, seconds{1}}});
  two.one.pause_here(kStart + seconds{3}, "the API does not answer, trying again");
  EXPECT_TRUE(two.one.paused(kStart));
  EXPECT_FALSE(two.one.take(1, kStart));
  EXPECT_EQ(two.one.reason(1, kStart), "the API does not answer, trying again, next in 3.0 s");
  EXPECT_FALSE(two.other.paused(kStart));
  EXPECT_TRUE(two.other.take(1, kStart));
  EXPECT_EQ(two.other.reason(1, kStart), "");
}

TEST(SharedPacer, WhoHasWaitedLongerComesFirstForAMomentOnly) {
  Two two({{"w", 1, seconds{1}}});
  ASSERT_TRUE(two.one.take(1, kStart));
  two.one.answered(1, kStart);
  ASSERT_FALSE(two.other.take(1, kStart));
  const Instant free = two.one.wait(1, kStart).value_or(kStart);
  EXPECT_FALSE(two.one.take(1, free)) << "it has just had one";
  EXPECT_EQ(two.one.wait(1, free), free + Pacer::kCourtesy);
  EXPECT_FALSE(two.other.wait(1, free));
  EXPECT_TRUE(two.one.take(1, free + Pacer::kCourtesy)) << "the other does not come";
  // And it is not kept for who did not come a second time.
  two.one.answered(1, free + Pacer::kCourtesy);
  const Instant again = two.one.wait(1, free + Pacer::kCourtesy).value_or(kStart);
  EXPECT_TRUE(two.one.take(1, again));
}

}  // namespace
}  // namespace usher
