// SPDX-License-Identifier: Apache-2.0
// Which waiting tasks are left undone after a stop.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "engine/dispatching_test.h"
#include "engine/responses_test.h"

namespace usher {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class Stopping : public Dispatching {
 protected:
  std::size_t undone() { return dispatcher().take_undone(now_.steady).size(); }
  // Lets the one request fail until the wait for the next attempt is within these bounds.
  void fail_until(Duration least, Duration most) {
    for (auto sends = pump_at_wake(); true; sends = pump_at_wake()) {
      ASSERT_EQ(sends.size(), 1U);
      answer(sends[0], reply(425));
      const Duration wait = dispatcher().wake(now_.steady) - now_.steady;
      ASSERT_LE(wait, most);
      if (wait > least) return;
    }
  }
};

TEST_F(Stopping, WhatHasWrittenNothingIsLeftWhateverItWaitsFor) {
  options_.concurrency = 3;
  settle_in();
  add("looks").looking = true;
  for (int i = 0; i < 5; ++i) add(std::to_string(i));
  const auto sends = pump();
  answer(sends.at(0), reply(425));  // both back off
  answer(sends.at(1), reply(425));
  EXPECT_EQ(undone(), 4U);
  EXPECT_EQ(undone(), 0U);
  answer(sends.at(2), reply(201));
  EXPECT_EQ(pump_at_wake().size(), 1U) << "what has been written goes on";
}

TEST_F(Stopping, WhatIsOwedToAWriteOfItsRowGoesOnThoughItHasNotLeft) {
  settle_in();
  auto task = std::make_unique<Task>();
  task->step = std::make_unique<ToldStep>("a");
  task->owed = true;
  dispatcher().add(std::move(task), now_.steady + seconds{60});
  EXPECT_EQ(undone(), 0U) << "it waits for its look-up to make sense, not for the target";
}

TEST_F(Stopping, AShortBackoffIsWaitedForAndALongOneIsNot) {
  settle_in();
  add("a");
  fail_until(seconds{1}, seconds{2});
  EXPECT_EQ(undone(), 0U);
  fail_until(seconds{2}, seconds{30});
  EXPECT_EQ(undone(), 1U);
  EXPECT_EQ(dispatcher().wake(now_.steady), Pacer::kFarFuture);
}

TEST_F(Stopping, TheEndOfALongBackoffIsAShortOne) {
  settle_in();
  add("a");
  fail_until(seconds{2}, seconds{30});
  advance(dispatcher().wake(now_.steady) - now_.steady - Dispatcher::kPatience);
  EXPECT_EQ(undone(), 0U);
}

TEST_F(Stopping, InAnOutageNothingIsWaitedFor) {
  settle_in();
  for (int i = 0; i < 50; ++i) add(std::to_string(i));
  for (const Turn::Send& send : pump()) answer(send, lost());
  const auto probe = pump_at_wake();
  EXPECT_EQ(undone(), 49U);
  EXPECT_EQ(dispatcher().in_flight(), 1) << "what is in flight is awaited";
  answer(probe.at(0), lost());
  EXPECT_EQ(undone(), 1U);
}

TEST_F(Stopping, ARateLimitIsWaitedForAndALongPauseOfTheApiIsNot) {
  options_.windows = {
      {"all", 100, seconds{60}}, {"reads", 100, seconds{60}}, {"writes", 1, seconds{60}}};
  add("a");
  answer(pump().at(0), reply(425));
  EXPECT_TRUE(pump().empty());
  EXPECT_EQ(undone(), 0U);
  advance(seconds{61});
  answer(pump().at(0), reply(429, "{}", "2"));
  EXPECT_EQ(undone(), 0U);
  advance(seconds{61});
  answer(pump().at(0), reply(429, "{}", "3"));
  EXPECT_EQ(undone(), 1U);
}

TEST_F(Stopping, ALookUpThatIsToWaitForALaggingListIsNotTrouble) {
  settle_in();
  ToldStep& step = add("a");
  step.on_answer = [](const Answer&) { return Move::ask(seconds{5}); };
  answer(pump().at(0), reply(201));
  EXPECT_EQ(undone(), 0U);
}

}  // namespace
}  // namespace usher
