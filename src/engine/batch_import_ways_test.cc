// SPDX-License-Identifier: Apache-2.0
// Tokens, stops and halts of a batch import.
#include <chrono>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/batch_import.h"
#include "engine/batch_machine_test.h"
#include "engine/outage.h"

namespace usher {
namespace {

using customers::Outcome;
using std::chrono::seconds;
using testing::ElementsAre;
using Halt = BatchImport::Halt;

BatchImport::Options automatic() {
  auto options = batch_options();
  options.credentials.token = {};
  options.credentials.user = "till";
  options.credentials.password = Secret(std::string_view("hush"));
  return options;
}

std::string token_of(const BatchTurn::Send& send) {
  return send.request.headers.empty() ? "none"
                                      : std::string(send.request.headers[0].value.reveal());
}

void log_in(BatchMachine& machine, const std::string& token, int life = 3'600) {
  const auto login = machine.next();
  ASSERT_EQ(login.batch, 0U);
  machine.answer(login, token_reply(token, life));
}

TEST(BatchTokens, LogsInOnceForAllAndOnlyWhenThereIsSomethingToSend) {
  BatchMachine machine(automatic());
  machine.obey();
  EXPECT_TRUE(machine.flights.empty());
  EXPECT_EQ(machine.import.wake(machine.now), Pacer::kFarFuture);
  for (std::uint64_t batch = 1; batch <= 3; ++batch) machine.feed(batch, 1);
  ASSERT_EQ(machine.flights.size(), 1U);
  EXPECT_EQ(machine.import.waiting(machine.now), "logging in");
  EXPECT_EQ(machine.flights[0].request.url, "https://login.example.test/token");
  EXPECT_FALSE(machine.flights[0].request.body.empty());
  log_in(machine, "one");
  ASSERT_EQ(machine.flights.size(), 3U);
  for (const auto& send : machine.flights) EXPECT_EQ(token_of(send), "Bearer one");
  EXPECT_EQ(machine.import.traffic().logins, 1U);
  EXPECT_EQ(machine.import.traffic().requests, 3U);
}

TEST(BatchTokens, A401RenewsOnceAndSendsAgainWithoutAnAttempt) {
  auto options = automatic();
  options.retry.attempts = 1;
  BatchMachine machine(options);
  machine.feed(1, 1);
  log_in(machine, "one");
  machine.answer(machine.next(), BatchMachine::success(machine.next()));
  for (std::uint64_t batch = 2; batch <= 4; ++batch) machine.feed(batch, 1);
  ASSERT_EQ(machine.flights.size(), 3U);
  const auto flights = machine.flights;
  machine.answer(flights[0], reply(401));
  ASSERT_EQ(machine.flights.size(), 3U);
  EXPECT_EQ(machine.flights[2].batch, 0U) << "a login";
  machine.answer(flights[1], reply(401));
  machine.answer(flights[2], BatchMachine::success(flights[2]));
  EXPECT_EQ(machine.flights.size(), 1U) << "of several refusals";
  log_in(machine, "two");
  ASSERT_EQ(machine.flights.size(), 2U);
  for (const auto& send : std::vector(machine.flights)) {
    EXPECT_EQ(token_of(send), "Bearer two");
    machine.answer(send, BatchMachine::success(send));
  }
  EXPECT_EQ(machine.ends.size(), 4U);
}

TEST(BatchTokens, LateRefusalsOfTheOldTokenAreSentAgainWithTheNewOne) {
  BatchMachine machine(automatic());
  machine.feed(1, 1);
  log_in(machine, "one");
  machine.answer(machine.next(), BatchMachine::success(machine.next()));
  machine.feed(2, 1);
  machine.feed(3, 1);
  const auto flights = machine.flights;
  machine.answer(flights[0], reply(401));
  machine.answer(machine.flights.at(1), token_reply("two"));
  machine.answer(flights[1], reply(401));
  ASSERT_EQ(machine.flights.size(), 2U);
  for (const auto& send : std::vector(machine.flights)) {
    EXPECT_EQ(token_of(send), "Bearer two");
    machine.answer(send, BatchMachine::success(send));
  }
  EXPECT_EQ(machine.ends.size(), 3U);
  EXPECT_EQ(machine.import.traffic().logins, 2U);
}

TEST(BatchTokens, ARefusalOfATokenThatNobodyEverTookEndsTheRunWithEverythingKept) {
  BatchMachine machine(automatic());
  machine.feed(1, 2);
  machine.feed(2, 1);
  log_in(machine, "one");
  machine.answer(machine.next(), reply(401, R"({"title":"Unauthorized"})"));
  EXPECT_EQ(machine.import.halt(), Halt::denied);
  EXPECT_EQ(machine.import.halt_reason().what,
            "the API refuses a new token: HTTP 401 Unauthorized");
  EXPECT_FALSE(machine.import.wants_batches());
  EXPECT_FALSE(machine.import.idle()) << "the other one is under way";
  machine.answer(machine.next(), BatchMachine::success(machine.next()));
  EXPECT_TRUE(machine.import.idle());
  EXPECT_EQ(machine.ends.size(), 1U);
  EXPECT_EQ(machine.state(1, 1).outcome, Outcome::pending);
  EXPECT_FALSE(machine.state(1, 1).begun);
  EXPECT_FALSE(machine.state(1, 1).maybe);
}

TEST(BatchTokens, ARequestThatEveryTokenIsRefusedForEndsTheRun) {
  BatchMachine machine(automatic());
  int logins = 0;
  machine.feed(1, 1);
  for (std::uint64_t batch = 2; machine.import.halt() == Halt::none; ++batch) {
    ASSERT_LT(batch, 100U);
    if (machine.import.wants_batches()) machine.feed(batch, 1);
    const auto send = machine.next();
    if (send.batch == 0) {
      machine.answer(send, token_reply(fmt::format("t{}", ++logins)));
    } else {
      machine.answer(send, send.batch == 2 ? reply(401) : BatchMachine::success(send));
    }
  }
  EXPECT_EQ(machine.import.halt(), Halt::denied);
  EXPECT_LE(logins, 4);
}

TEST(BatchTokens, ATokenByHandThatIsRefusedEndsTheRun) {
  BatchMachine machine;
  machine.feed(1, 1);
  machine.answer(machine.next(), reply(401));
  EXPECT_EQ(machine.import.halt(), Halt::denied);
  EXPECT_NE(machine.import.halt_reason().next.find("USHER_CUSTOMER_TOKEN"), std::string::npos);
  EXPECT_TRUE(machine.import.idle());
}

TEST(BatchTokens, ARejectedLoginEndsTheRunAtOnceWithEverythingKept) {
  BatchMachine machine(automatic());
  machine.feed(1, 2);
  machine.answer(machine.next(), reply(401, R"({"error":"invalid_grant"})"));
  EXPECT_EQ(machine.import.halt(), Halt::denied);
  EXPECT_TRUE(machine.import.idle());
  EXPECT_TRUE(machine.flights.empty());
  EXPECT_TRUE(machine.disk.empty()) << "nothing was begun";
  EXPECT_EQ(machine.import.traffic().logins, 1U);
  EXPECT_EQ(machine.import.traffic().requests, 0U);
  EXPECT_EQ(machine.import.wake(machine.now), Pacer::kFarFuture);
}

TEST(BatchTokens, ALoginThatCannotBeReachedEndsTheRunInTheEnd) {
  BatchMachine machine(automatic());
  machine.feed(1, 1);
  const Instant begin = machine.now.steady;
  while (machine.import.halt() == Halt::none) machine.answer(machine.next(), reply(503));
  EXPECT_EQ(machine.import.halt(), Halt::unreachable);
  EXPECT_TRUE(machine.import.idle());
  EXPECT_LT(machine.now.steady - begin, std::chrono::minutes{3});
}

TEST(BatchTokens, AShortLifeCostsNoLoginPerBatch) {
  auto options = automatic();
  options.workers = 1;
  BatchMachine machine(options);
  machine.feed(1, 1);
  for (std::uint64_t batch = 2; batch <= 600; ++batch) {
    while (machine.next().batch == 0) {
      machine.answer(machine.next(), token_reply("t", 30));
    }
    machine.pass(std::chrono::milliseconds{500});
    const auto send = *std::ranges::find_if(machine.flights,
                                            [](const auto& flight) { return flight.batch != 0; });
    machine.answer(send, BatchMachine::success(send));
    machine.feed(batch, 1);
  }
  EXPECT_LE(machine.import.traffic().logins, 14U) << "in 300 s";
  EXPECT_GE(machine.import.traffic().logins, 12U);
}

// --- stopping ----------------------------------------------------------------------------------

TEST(BatchStops, WhatIsInFlightIsAwaitedAndNothingElseLeaves) {
  auto options = batch_options();
  options.workers = 2;
  options.begin_ahead = 4;
  BatchMachine machine(options);
  machine.feed(1, 2);
  machine.feed(2, 2);
  machine.feed(3, 2, true);
  machine.feed(4, 2);
  ASSERT_EQ(machine.flights.size(), 2U);
  machine.import.stop();
  machine.obey();
  EXPECT_FALSE(machine.import.wants_batches());
  EXPECT_FALSE(machine.import.idle());
  const auto flights = machine.flights;
  machine.answer(flights[0], BatchMachine::success(flights[0]));
  machine.answer(flights[1], BatchMachine::results(flights[1], [](std::uint32_t item) {
                   return item == 0 ? "SUCCESS" : "FAILED";
                 }));
  EXPECT_TRUE(machine.import.idle());
  EXPECT_TRUE(machine.flights.empty());
  EXPECT_EQ(machine.ends.size(), 1U);
  EXPECT_EQ(machine.state(2, 0).outcome, Outcome::arrived);
  EXPECT_EQ(machine.state(2, 1).outcome, Outcome::pending);
  EXPECT_FALSE(machine.state(2, 1).maybe) << "FAILED says that it was not made";
  EXPECT_FALSE(machine.state(2, 1).begun);
  for (const std::uint64_t batch : {3U, 4U}) {
    EXPECT_EQ(machine.state(batch, 0).outcome, Outcome::pending);
    EXPECT_FALSE(machine.state(batch, 0).begun) << "it never left";
  }
  EXPECT_FALSE(machine.state(4, 0).maybe);
}

TEST(BatchStops, AStopWhileItIsDoubtfulKeepsTheDoubt) {
  for (const bool doubtful : {true, false}) {
    BatchMachine machine;
    machine.feed(1, 2);
    machine.import.stop();
    machine.answer(machine.next(), doubtful ? lost() : unreachable());
    EXPECT_TRUE(machine.import.idle());
    EXPECT_TRUE(machine.ends.empty());
    EXPECT_EQ(machine.state(1, 0).outcome, Outcome::pending);
    EXPECT_EQ(machine.state(1, 0).maybe, doubtful);
    EXPECT_FALSE(machine.state(1, 0).begun);
  }
}

TEST(BatchStops, NobodyWaitsForALogin) {
  BatchMachine machine(automatic());
  machine.feed(1, 1);
  ASSERT_EQ(machine.flights.size(), 1U);
  machine.import.stop();
  machine.obey();
  EXPECT_TRUE(machine.import.idle());
  machine.answer(machine.flights.at(0), token_reply("late"));
  EXPECT_TRUE(machine.flights.empty());
}

TEST(BatchStops, AStopWhileHalvesWaitLeavesThemInDoubt) {
  auto options = batch_options();
  options.workers = 1;
  BatchMachine machine(options);
  machine.feed(1, 4);
  machine.answer(machine.next(), reply(504));
  ASSERT_THAT(machine.next().items, ElementsAre(0, 1));
  machine.import.stop();
  machine.answer(machine.next(), BatchMachine::success(machine.next()));
  EXPECT_TRUE(machine.import.idle());
  EXPECT_EQ(machine.state(1, 1).outcome, Outcome::arrived);
  EXPECT_TRUE(machine.state(1, 2).maybe);
}

// --- halts -------------------------------------------------------------------------------------

TEST(BatchHalts, WhatEveryRequestWouldMeetEndsTheRunWithEverythingKept) {
  for (const int status : {302, 403, 404, 405, 431}) {
    BatchMachine machine;
    machine.feed(1, 2);
    machine.feed(2, 2);
    const auto flights = machine.flights;
    machine.answer(flights[0], reply(status, "<html>"));
    EXPECT_EQ(machine.import.halt(), Halt::denied) << status;
    EXPECT_FALSE(machine.import.halt_reason().next.empty());
    machine.answer(flights[1], BatchMachine::success(flights[1]));
    EXPECT_TRUE(machine.import.idle());
    EXPECT_EQ(machine.ends.size(), 1U) << "what was under way still counts";
    EXPECT_EQ(machine.state(1, 0).outcome, Outcome::pending);
    EXPECT_FALSE(machine.state(1, 0).maybe);
  }
}

TEST(BatchHalts, AnApiThatWasNeverThereEndsTheRunWithNothingFailed) {
  BatchMachine machine;
  machine.feed(1, 2);
  machine.feed(2, 2);
  for (int i = 0; machine.import.halt() == Halt::none; ++i) {
    ASSERT_LT(i, 1'000);
    if (machine.flights.empty()) machine.pass_to_wake();
    if (!machine.flights.empty()) machine.answer(machine.flights[0], unreachable());
  }
  EXPECT_EQ(machine.import.halt(), Halt::unreachable);
  EXPECT_TRUE(machine.import.idle());
  EXPECT_TRUE(machine.ends.empty());
  EXPECT_EQ(machine.state(1, 0).outcome, Outcome::pending);
}

TEST(BatchHalts, AnOutageGivesUpAFewBatchesAndThenWaitsUntilItIsOver) {
  auto options = batch_options();
  options.retry.attempts = 2;
  BatchMachine machine(options);
  std::uint64_t fed = 0;
  int failures = 0;
  bool over = false;
  const Instant begin = machine.now.steady;
  machine.feed(++fed, 1);
  machine.answer(machine.next(), BatchMachine::success(machine.next()));
  while (fed < 40 || !machine.import.idle()) {
    ASSERT_LT(failures, 1'000);
    while (fed < 40 && machine.import.wants_batches()) machine.feed(++fed, 1);
    over = over || machine.now.steady - begin > std::chrono::minutes{5};
    const auto send = machine.next();
    if (!over) ++failures;
    machine.answer(send, over ? BatchMachine::success(send) : reply(503));
  }
  EXPECT_EQ(machine.import.halt(), Halt::none);
  EXPECT_EQ(machine.ends.size(), 40U);
  std::size_t failed = 0;
  for (const auto& [batch, end] : machine.ends) failed += end.counts.failed;
  // Probes are attempts: what may have been carried out is not sent more often than allowed.
  EXPECT_LE(failed, static_cast<std::size_t>(failures) / 2 + 1);
  EXPECT_LE(failed, 20U);
}

}  // namespace
}  // namespace usher
