// SPDX-License-Identifier: Apache-2.0
// The dispatcher when the API asks to wait, is not there, or refuses everything.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "engine/dispatching_test.h"
#include "engine/responses_test.h"

namespace usher {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using Halt = Import::Halt;

// --- asked to wait -----------------------------------------------------------------------------

TEST_F(Dispatching, A429IsNotAnAttempt) {
  options_.retry.attempts = 2;
  settle_in();
  ToldStep& step = add("a");
  auto sends = pump();
  for (int i = 0; i < 10; ++i) {
    answer(sends.at(0), reply(429, "{}", "1"));
    const Instant before = now_.steady;
    sends = pump_at_wake();
    EXPECT_EQ(now_.steady, before + seconds{1});
  }
  answer(sends.at(0), reply(201));
  ASSERT_EQ(ended_.size(), 1U);
  EXPECT_EQ(ended_[0].move.kind, Move::Kind::created);
  EXPECT_EQ(dispatcher().traffic.throttled, 10U);
  EXPECT_EQ(dispatcher().traffic.retries, 0U);
  EXPECT_EQ(step.doubts, 0);
}

TEST_F(Dispatching, A429HoldsEverybodyAsLongAsItAsks) {
  settle_in();
  add("a");
  const auto sends = pump();
  add("b");
  answer(sends.at(0), reply(429, "{}", to_http_date(now_.wall + seconds{7})));
  EXPECT_TRUE(pump().empty());
  EXPECT_EQ(dispatcher().waiting(now_.steady), "the API asks to wait (429), next in 7.0 s");
  const Instant before = now_.steady;
  EXPECT_EQ(pump_at_wake().size(), 2U);
  EXPECT_EQ(now_.steady, before + seconds{7});
}

TEST_F(Dispatching, A429WithoutATimeDoublesWithEveryRoundAndABurstIsOneRound) {
  settle_in();
  for (int i = 0; i < 8; ++i) add(std::to_string(i));
  auto sends = pump();
  for (const int wanted : {250, 500}) {
    ASSERT_EQ(sends.size(), 8U);
    for (const Turn::Send& send : sends) answer(send, reply(429));
    const Instant before = now_.steady;
    sends = pump_at_wake();
    EXPECT_EQ(now_.steady, before + milliseconds{wanted});
  }
}

TEST_F(Dispatching, AnAnswerEndsTheDoubling) {
  settle_in();
  add("a");
  auto sends = pump();
  for (const int wanted : {250, 500, 1'000, 2'000}) {
    answer(sends.at(0), reply(429));
    const Instant before = now_.steady;
    sends = pump_at_wake();
    EXPECT_EQ(now_.steady, before + milliseconds{wanted});
  }
  answer(sends.at(0), reply(201));
  add("b");
  answer(pump().at(0), reply(429));
  const Instant before = now_.steady;
  pump_at_wake();
  EXPECT_EQ(now_.steady, before + milliseconds{250});
}

TEST_F(Dispatching, A503WithATimeHoldsEverybodyAndIsAnAttempt) {
  options_.retry.attempts = 2;
  settle_in();
  add("a").looking = true;
  const auto sends = pump();
  add("b");
  answer(sends.at(0), reply(503, "<html>", "5"));
  const Instant before = now_.steady;
  const auto later = pump_at_wake();
  EXPECT_EQ(now_.steady, before + seconds{5});
  ASSERT_EQ(later.size(), 2U);
  answer(later[0], reply(503));
  answer(later[1], reply(503));
  EXPECT_EQ(ended_.size(), 1U);
}

// --- outage ------------------------------------------------------------------------------------

TEST_F(Dispatching, AnOutageSendsOneProbeAtATimeAndGoesOnWithTheFirstAnswer) {
  options_.retry.attempts = 3;
  settle_in();
  for (int i = 0; i < 50; ++i) add(std::to_string(i));
  for (const Turn::Send& send : pump()) answer(send, unreachable());
  EXPECT_TRUE(pump().empty());
  EXPECT_EQ(dispatcher().waiting(now_.steady).find("the API does not answer"), 0U)
      << dispatcher().waiting(now_.steady);
  for (const int pause : {1, 2, 4, 8, 16, 30, 30}) {
    const Instant before = now_.steady;
    const auto probe = pump_at_wake();
    ASSERT_EQ(probe.size(), 1U);
    EXPECT_EQ(now_.steady, before + seconds{pause});
    EXPECT_EQ(dispatcher().wake(now_.steady), Pacer::kFarFuture);
    answer(probe[0], unreachable());
  }
  EXPECT_TRUE(ended_.empty()) << "an outage is nobody's attempt";
  const auto probe = pump_at_wake();
  answer(probe.at(0), reply(201));
  EXPECT_EQ(ended_.size(), 1U);
  EXPECT_EQ(pump().size(), 49U);
}

TEST_F(Dispatching, AnOutageThatLastsEndsTheRun) {
  settle_in();
  for (int i = 0; i < 50; ++i) add(std::to_string(i));
  for (const Turn::Send& send : pump()) answer(send, lost());
  const Instant start = now_.steady;
  int probes = 0;
  while (dispatcher().halt() == Halt::none) {
    const auto probe = pump_at_wake();
    if (probe.empty()) break;
    ++probes;
    answer(probe.at(0), lost());
  }
  EXPECT_EQ(dispatcher().halt(), Halt::unreachable);
  EXPECT_EQ(now_.steady, start + Outage::kGiveUp);
  EXPECT_GT(probes, 15);
  EXPECT_LT(probes, 40);
  EXPECT_NE(dispatcher().halt_reason().what.find("could not be reached"), std::string::npos);
  EXPECT_EQ(dispatcher().wake(now_.steady), Pacer::kFarFuture);
  EXPECT_TRUE(pump().empty());
  EXPECT_TRUE(ended_.empty());
  EXPECT_EQ(dispatcher().take_waiting().size(), 50U);
}

TEST_F(Dispatching, AnAddressThatNeverAnswersEndsTheRunSoonAndNoRow) {
  for (int rows = 1; rows < 30; rows += 9) {
    SCOPED_TRACE(rows);
    Dispatcher fresh(options_, api_);
    for (int i = 0; i < rows; ++i) {
      auto task = std::make_unique<Task>();
      task->step = std::make_unique<ToldStep>("a");
      fresh.add(std::move(task), now_.steady);
    }
    const Instant start = now_.steady;
    while (fresh.halt() == Halt::none) {
      Turn turn;
      fresh.pump(now_, turn);
      for (const Turn::Send& send : turn.sends) {
        EXPECT_FALSE(fresh.answered(send.ticket, unreachable(), now_).ended);
      }
      if (turn.sends.empty() && fresh.halt() == Halt::none) {
        advance(fresh.wake(now_.steady) - now_.steady);
      }
    }
    EXPECT_EQ(fresh.halt(), Halt::unreachable);
    EXPECT_EQ(fresh.halt_reason().line(),
              "the API could not be reached for too long (connection refused)\n"
              "  check --api-url and the network, and run it again");
    EXPECT_EQ(now_.steady, start + Outage::kGiveUpAtStart);
    EXPECT_EQ(fresh.take_waiting().size(), static_cast<std::size_t>(rows));
  }
}

// A certificate, say. Once the API has answered it may be one server of many that is not well.
TEST_F(Dispatching, WhatCannotMendItselfEndsTheRunAtOnceUnlessTheApiHasAnswered) {
  net::Response hopeless = unreachable();
  hopeless.hopeless = true;
  Dispatcher fresh(options_, api_);
  auto task = std::make_unique<Task>();
  task->step = std::make_unique<ToldStep>("a");
  fresh.add(std::move(task), now_.steady);
  Turn turn;
  fresh.pump(now_, turn);
  EXPECT_FALSE(fresh.answered(turn.sends.at(0).ticket, hopeless, now_).ended);
  EXPECT_EQ(fresh.halt(), Halt::unreachable);
  EXPECT_EQ(fresh.halt_reason().what, "the API cannot be reached: connection refused");
  EXPECT_EQ(fresh.halt_reason().next, "check --api-url");
  EXPECT_EQ(fresh.take_waiting().size(), 1U);

  settle_in();
  add("b");
  answer(pump().at(0), hopeless);
  EXPECT_EQ(dispatcher().halt(), Halt::none);
  answer(pump_at_wake().at(0), reply(201));
  EXPECT_EQ(ended_.size(), 1U);
}

TEST_F(Dispatching, ThereIsHopeWhileAProbeIsUnderWay) {
  add("a");
  answer(pump().at(0), unreachable());
  const auto probe = pump_at_wake();
  advance(minutes{20});
  EXPECT_TRUE(pump().empty());
  EXPECT_EQ(dispatcher().halt(), Halt::none);
  answer(probe.at(0), reply(201));
  EXPECT_EQ(ended_.size(), 1U);
}

// --- denied ------------------------------------------------------------------------------------

TEST_F(Dispatching, ADeadKeyStopsEverythingAtOnce) {
  options_.concurrency = 3;
  for (int i = 0; i < 6; ++i) add(std::to_string(i));
  const auto sends = pump();
  answer(sends.at(0), reply(401, R"({"message":"Unauthorized"})"));
  EXPECT_EQ(dispatcher().halt(), Halt::denied);
  EXPECT_EQ(dispatcher().halt_reason().what,
            "the API refuses every request: HTTP 401 Unauthorized");
  EXPECT_NE(dispatcher().halt_reason().next.find("WORKOS_SECRET_KEY"), std::string::npos);
  EXPECT_EQ(dispatcher().waiting(now_.steady), dispatcher().halt_reason().what);
  EXPECT_TRUE(pump().empty());
  EXPECT_EQ(dispatcher().wake(now_.steady), Pacer::kFarFuture);
  answer(sends.at(1), reply(201));
  EXPECT_EQ(ended_.size(), 1U) << "what was under way still counts";
  answer(sends.at(2), reply(401));
  EXPECT_EQ(dispatcher().in_flight(), 0);
  EXPECT_EQ(dispatcher().take_waiting().size(), 5U);
}

TEST_F(Dispatching, AWrongAddressIsSaidToBeOne) {
  for (const int status : {301, 404}) {
    Dispatcher fresh(options_, api_);
    auto task = std::make_unique<Task>();
    task->step = std::make_unique<ToldStep>("a");
    fresh.add(std::move(task), now_.steady);
    Turn turn;
    fresh.pump(now_, turn);
    EXPECT_FALSE(fresh.answered(turn.sends.at(0).ticket, reply(status, "<html>"), now_).ended);
    EXPECT_EQ(fresh.halt(), Halt::denied) << status;
    EXPECT_NE(fresh.halt_reason().next.find("--api-url"), std::string::npos) << status;
  }
}

}  // namespace
}  // namespace usher
