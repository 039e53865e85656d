// SPDX-License-Identifier: Apache-2.0
#include "engine/dispatcher.h"

#include <algorithm>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "engine/dispatching_test.h"
#include "engine/responses_test.h"

namespace usher {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// --- order and bounds --------------------------------------------------------------------------

TEST_F(Dispatching, SendsInTheOrderOfAskingAndMembershipsFirst) {
  for (const char* name : {"a", "b", "c"}) add(name);
  for (const char* name : {"x", "y"}) add(name, StepKind::membership);
  EXPECT_EQ(pumped(), (std::vector<std::string>{"x", "y", "a", "b", "c"}));
  EXPECT_EQ(pumped(), std::vector<std::string>{});
}

TEST_F(Dispatching, WhatHasAskedBeforeGoesBeforeWhatHasNot) {
  options_.concurrency = 1;
  ToldStep& looks = add("looks");
  looks.looking = true;
  looks.on_answer = [&looks](const Answer&) {
    looks.looking = false;
    return Move::ask();
  };
  add("waits");
  answer(pump().at(0), reply(200));
  EXPECT_EQ(pumped(), std::vector<std::string>{"looks"});
}

TEST_F(Dispatching, NeverHasMoreInFlightThanAllowed) {
  options_.concurrency = 3;
  for (int i = 0; i < 10; ++i) add(std::to_string(i));
  std::vector<Turn::Send> sends = pump();
  EXPECT_EQ(sends.size(), 3U);
  EXPECT_EQ(dispatcher().in_flight(), 3);
  EXPECT_EQ(dispatcher().wake(now_.steady), Pacer::kFarFuture) << "only an answer helps";
  answer(sends[1], reply(201));
  EXPECT_EQ(dispatcher().wake(now_.steady), now_.steady);
  EXPECT_EQ(pumped(), std::vector<std::string>{"3"});
}

TEST_F(Dispatching, KeepsToTheWindowsAndSaysSo) {
  options_.windows = {
      {"all requests", 100, seconds{60}}, {"reads", 1, seconds{10}}, {"writes", 2, seconds{10}}};
  for (int i = 0; i < 3; ++i) add(std::to_string(i));
  const std::vector<Turn::Send> sends = pump();
  ASSERT_EQ(sends.size(), 2U);
  EXPECT_EQ(dispatcher().wake(now_.steady), Pacer::kFarFuture);
  EXPECT_EQ(dispatcher().waiting(now_.steady),
            "rate limit (writes: 2 per 10 s), next when an answer comes");
  answer(sends[0], reply(201));
  const Instant answered = now_.steady;
  EXPECT_EQ(pump_at_wake().size(), 1U);
  EXPECT_GT(now_.steady, answered + seconds{10});
  EXPECT_LT(now_.steady, answered + seconds{10} + milliseconds{50});
  EXPECT_EQ(dispatcher().waiting(now_.steady), "");
}

TEST_F(Dispatching, ReadsGoOnWhileWritesWait) {
  options_.windows = {
      {"all requests", 100, seconds{60}}, {"reads", 5, seconds{10}}, {"writes", 1, seconds{10}}};
  add("a");
  add("b");
  add("c").looking = true;
  EXPECT_EQ(pump().size(), 2U);
}

TEST_F(Dispatching, NobodysAnswerIsIgnored) {
  EXPECT_FALSE(dispatcher().answered(7, reply(201), now_).ended);
  add("a");
  const auto sends = pump();
  answer(sends.at(0), reply(201));
  answer(sends.at(0), reply(201));
  EXPECT_EQ(ended_.size(), 1U);
}

// --- begun -------------------------------------------------------------------------------------

TEST_F(Dispatching, I1BegunIsWrittenInTheTurnOfTheFirstCreate) {
  settle_in();
  add("a");
  const auto sends = pump();
  ASSERT_EQ(writes_.size(), 1U);
  EXPECT_EQ(writes_[0].record.state, StepState::begun);
  EXPECT_EQ(writes_[0].record.begun_at, now_.wall);
  answer(sends.at(0), unreachable());
  EXPECT_EQ(pump_at_wake().size(), 1U);
  EXPECT_EQ(writes_.size(), 1U) << "it is begun already";
}

TEST_F(Dispatching, ALookUpBeginsNothing) {
  add("a").looking = true;
  EXPECT_EQ(pump().size(), 1U);
  EXPECT_TRUE(writes_.empty());
}

TEST_F(Dispatching, WhatWasGivenUpInDoubtBeginsAnewWhenItIsSentAgain) {
  add("a", StepKind::user, StepState::unsure);
  pump();
  ASSERT_EQ(writes_.size(), 1U);
  EXPECT_EQ(writes_[0].record.state, StepState::begun);
}

// --- moves -------------------------------------------------------------------------------------

TEST_F(Dispatching, HandsOverTheEndOfAStep) {
  add("a");
  answer(pump().at(0), reply(201));
  ASSERT_EQ(ended_.size(), 1U);
  EXPECT_EQ(ended_[0].move.kind, Move::Kind::created);
  EXPECT_EQ(ended_[0].move.id, "id-a");
  EXPECT_FALSE(ended_[0].task->given_up);
  EXPECT_EQ(dispatcher().in_flight(), 0);
}

TEST_F(Dispatching, AnAskGoesOutAgainAtItsTime) {
  ToldStep& step = add("a");
  step.on_answer = [](const Answer&) { return Move::ask(milliseconds{500}); };
  answer(pump().at(0), reply(201));
  const Instant before = now_.steady;
  EXPECT_EQ(pump_at_wake().size(), 1U);
  EXPECT_EQ(now_.steady, before + milliseconds{500});
  EXPECT_EQ(dispatcher().traffic.retries, 0U);
}

TEST_F(Dispatching, TellsWhatTheStepHasLearned) {
  ToldStep& step = add("a");
  step.on_answer = [&step](const Answer&) {
    step.was_there = false;
    return Move::ask();
  };
  const auto first = pump();
  EXPECT_EQ(dispatcher().answered(first.at(0).ticket, reply(201), now_).was_there, false);
  step.on_answer = [](const Answer&) { return Move::created("x"); };
  const auto second = pump();
  EXPECT_EQ(dispatcher().answered(second.at(0).ticket, reply(201), now_).was_there, std::nullopt);
}

// --- retries -----------------------------------------------------------------------------------

TEST_F(Dispatching, RetriesAfterTheBackoffAndGivesUpAfterTheLastAttempt) {
  options_.retry.attempts = 5;
  settle_in();
  ToldStep& step = add("a");
  Duration full = options_.retry.base;
  for (int attempt = 1; attempt < 5; ++attempt) {
    const auto sends = attempt == 1 ? pump() : pump_at_wake();
    ASSERT_EQ(sends.size(), 1U) << attempt;
    answer(sends[0], reply(425));
    const Duration wait = dispatcher().wake(now_.steady) - now_.steady;
    EXPECT_GE(wait, full / 2) << attempt;
    EXPECT_LE(wait, full) << attempt;
    EXPECT_NE(dispatcher().waiting(now_.steady).find("trying again in"), std::string::npos);
    full *= 2;
  }
  EXPECT_TRUE(ended_.empty());
  answer(pump_at_wake().at(0), reply(425, R"({"code":"too_early","message":"Not yet."})"));
  ASSERT_EQ(ended_.size(), 1U);
  const Dispatcher::Ended& end = ended_[0];
  EXPECT_EQ(end.move.kind, Move::Kind::failed);
  EXPECT_TRUE(end.task->given_up);
  EXPECT_FALSE(end.task->in_doubt);
  EXPECT_EQ(end.move.failure.at, FailedAt::membership_create);
  EXPECT_EQ(end.move.failure.message, "no useful answer after 5 attempts to write it (Not yet.)");
  EXPECT_EQ(end.move.failure.http_status, 425);
  EXPECT_EQ(end.move.failure.code, "too_early");
  EXPECT_EQ(end.move.failure.request_id, "req-425");
  EXPECT_EQ(dispatcher().traffic.retries, 4U);
  EXPECT_EQ(dispatcher().traffic.requests, 1U + 5U);
  EXPECT_EQ(step.doubts, 0);
}

TEST_F(Dispatching, GivingUpWithoutAnyAnswerSaysWhatTheNetworkSaid) {
  options_.retry.attempts = 1;
  settle_in();
  add("a");
  answer(pump().at(0), unreachable());
  ASSERT_EQ(ended_.size(), 1U);
  EXPECT_EQ(ended_[0].move.failure.http_status, 0);
  EXPECT_EQ(ended_[0].move.failure.message,
            "no useful answer after 1 attempts to write it (connection refused)");
}

TEST_F(Dispatching, WhatADoubtfulCreateDidIsLookedUpNotSentAgain) {
  for (const net::Response& doubtful :
       {lost(), reply(408), reply(500), reply(502, "<html>"), reply(201, "<html>")}) {
    settle_in();
    ToldStep& step = add("a");
    const auto looked_up = dispatcher().traffic.looked_up;
    answer(pump().at(0), doubtful);
    EXPECT_EQ(step.doubts, 1);
    EXPECT_EQ(dispatcher().traffic.looked_up, looked_up + 1);
    const auto sends = pump_at_wake();
    ASSERT_EQ(sends.size(), 1U);
    EXPECT_EQ(sends[0].request.method, net::Method::get);
    answer(sends[0], reply(200));
    ASSERT_EQ(ended_.size(), 1U);
    EXPECT_FALSE(ended_[0].task->in_doubt) << "the look-up has settled it";
  }
}

TEST_F(Dispatching, ADoubtLastsUntilTheStepEndsOrWouldCreateAgain) {
  options_.retry.attempts = 2;
  settle_in();
  ToldStep& looking = add("a");
  looking.on_answer = [](const Answer&) { return Move::ask(); };  // nothing found: look again
  answer(pump().at(0), lost());
  answer(pump_at_wake().at(0), reply(200));
  answer(pump_at_wake().at(0), reply(500));
  answer(pump_at_wake().at(0), reply(500));
  ASSERT_EQ(ended_.size(), 1U);
  EXPECT_TRUE(ended_[0].task->in_doubt);

  ToldStep& again = add("b");
  again.on_answer = [&again](const Answer&) {
    again.looking = false;
    return Move::ask();
  };
  answer(pump().at(0), lost());
  answer(pump_at_wake().at(0), reply(200));
  answer(pump_at_wake().at(0), unreachable());
  ASSERT_EQ(ended_.size(), 2U);
  EXPECT_FALSE(ended_[1].task->in_doubt);
}

TEST_F(Dispatching, AnEarlierLifesDoubtIsOneUntilItIsSettled) {
  options_.retry.attempts = 1;
  settle_in();
  for (const StepState known : {StepState::begun, StepState::unsure}) {
    add("a", StepKind::user, known).looking = true;
    answer(pump().at(0), reply(500));
    EXPECT_TRUE(ended_.back().task->in_doubt);
  }
}

// --- over everything ---------------------------------------------------------------------------

net::Response any_response(Random& random) {
  switch (random.below(9)) {
    case 0:
      return lost();
    case 1:
      return unreachable();
    case 2:
      return reply(429, "{}", random.chance(0.5) ? std::to_string(random.below(3)) : "");
    case 3:
      return reply(503, "<html>", random.chance(0.5) ? "2" : "");
    case 4:
      return reply(500);
    case 5:
      return reply(425);
    default:
      return reply(201);
  }
}

// Driven by answers and wakes alone, it never stands still, never spins, never sends early, and
// brings every step to one end.
TEST_F(Dispatching, AnswersAndWakesAreEnoughForEverything) {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    SCOPED_TRACE(fmt::format("seed {}", seed));
    Random random(seed);
    Import::Options options;
    options.concurrency = 1 + static_cast<int>(random.below(20));
    options.seed = seed;
    if (random.chance(0.7)) {
      options.windows = {
          {"all", 20, seconds{5}}, {"reads", 7, seconds{2}}, {"writes", 5, seconds{3}}};
    }
    Dispatcher fresh(options, api_);
    const std::size_t steps = 1 + random.below(60);
    for (std::size_t i = 0; i < steps; ++i) {
      auto task = std::make_unique<Task>();
      task->step = std::make_unique<ToldStep>(std::to_string(i));
      fresh.add(std::move(task), now_.steady + milliseconds{random.below(100)});
    }
    std::vector<Turn::Send> flying;
    std::size_t ends = 0;
    for (int round = 0; ends < steps && fresh.halt() == Import::Halt::none; ++round) {
      ASSERT_LT(round, 100'000);
      Turn turn;
      fresh.pump(now_, turn);
      for (Turn::Send& send : turn.sends) flying.push_back(std::move(send));
      ASSERT_LE(fresh.in_flight(), options.concurrency);
      const Instant wake = fresh.wake(now_.steady);
      ASSERT_TRUE(wake > now_.steady || fresh.halt() != Import::Halt::none);
      if (!flying.empty() && (wake == Pacer::kFarFuture || random.chance(0.7))) {
        const std::size_t which = random.below(flying.size());
        const Turn::Send send = std::move(flying[which]);
        flying.erase(flying.begin() + static_cast<std::ptrdiff_t>(which));
        const Duration passed =
            std::min<Duration>(milliseconds{random.below(200)}, wake - now_.steady - Duration{1});
        advance(passed);
        ends += fresh.answered(send.ticket, any_response(random), now_).ended ? 1U : 0U;
        continue;
      }
      ASSERT_LT(wake, Pacer::kFarFuture) << "it would wait for ever";
      advance((wake - now_.steady) * static_cast<int>(random.below(10)) / 10);
      Turn early;
      fresh.pump(now_, early);
      ASSERT_EQ(early.sends.size(), 0U) << "before the wake";
      if (wake > now_.steady) advance(wake - now_.steady);
    }
  }
}

}  // namespace
}  // namespace usher
