// SPDX-License-Identifier: Apache-2.0
// What becomes of items, answer by answer. Tokens and stops: batch_import_ways_test.cc.
#include "engine/batch_import.h"

#include <chrono>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/batch_machine_test.h"

namespace usher {
namespace {

using customers::Cause;
using customers::Change;
using customers::Outcome;
using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;

net::Response too_slow() {
  net::Response response = lost();
  response.timed_out = true;
  return response;
}

// An API that has answered before, so that a failure is no outage at once.
void settle_in(BatchMachine& machine) {
  machine.feed(900, 1);
  machine.answer(machine.next(), BatchMachine::success(machine.next()));
  machine.asked.clear();
  machine.ends.clear();
}

TEST(BatchImport, ABatchGoesOutWholeWithItsTokenAndEndsWhenAllArrived) {
  BatchMachine machine;
  machine.feed(1, 3);
  const auto send = machine.next();
  EXPECT_EQ(send.request.method, net::Method::post);
  EXPECT_EQ(send.request.url, "https://api.example.test/v1/customers");
  EXPECT_EQ(send.request.body, "");
  ASSERT_EQ(send.request.headers.size(), 1U);
  EXPECT_EQ(send.request.headers[0].name, "Authorization");
  EXPECT_EQ(send.request.headers[0].value.reveal(), "Bearer by-hand");
  EXPECT_EQ(send.batch, 1U);
  EXPECT_THAT(send.items, ElementsAre(0, 1, 2));
  machine.answer(send, BatchMachine::success(send));
  ASSERT_EQ(machine.ends.size(), 1U);
  EXPECT_EQ(machine.ends[1].counts.arrived, 3U);
  EXPECT_EQ(machine.ends[1].counts.total(), 3U);
  EXPECT_EQ(machine.ends[1].http_status, 201);
  EXPECT_EQ(machine.state(1, 2).outcome, Outcome::arrived);
  EXPECT_TRUE(machine.import.idle());
  EXPECT_EQ(machine.import.traffic().requests, 1U);
}

TEST(BatchImport, SendsThePassportToC4rOnly) {
  for (const auto platform : {customers::Platform::c4r, customers::Platform::engage}) {
    auto options = batch_options();
    options.endpoint.platform = platform;
    options.credentials.passport = Secret(std::string_view("till 7"));
    BatchMachine machine(options);
    machine.feed(1, 1);
    EXPECT_EQ(machine.next().request.headers.size(),
              platform == customers::Platform::c4r ? 2U : 1U);
  }
}

TEST(BatchImport, EachItemEndsAsItsResultSays) {
  BatchMachine machine;
  machine.feed(1, 6);
  const auto send = machine.next();
  machine.answer(send, BatchMachine::results(send, [](std::uint32_t item) {
                   constexpr std::array kCodes = {"SUCCESS",   "ERROR",     "CONFLICT",
                                                  "NOT_FOUND", "SOMETHING", ""};
                   return kCodes.at(item);
                 }));
  const auto& counts = machine.ends[1].counts;
  EXPECT_EQ(counts.arrived, 1U);
  EXPECT_EQ(counts.failed, 4U);
  EXPECT_EQ(counts.unconfirmed, 1U);
  EXPECT_EQ(counts.total(), 6U);
  for (const std::uint32_t item : {1U, 2U, 3U, 4U}) {
    const auto state = machine.state(1, item);
    EXPECT_EQ(state.outcome, Outcome::failed);
    EXPECT_FALSE(state.maybe);
    ASSERT_TRUE(state.cause);
    EXPECT_EQ(state.cause->kind, Cause::Kind::result);
    EXPECT_EQ(state.cause->http_status, 201);
  }
  EXPECT_EQ(machine.state(1, 4).cause->result, "SOMETHING");
  const auto silent = machine.state(1, 5);
  EXPECT_EQ(silent.outcome, Outcome::unconfirmed);
  EXPECT_TRUE(silent.maybe);
  EXPECT_EQ(silent.cause->kind, Cause::Kind::no_result);
}

TEST(BatchImport, ItemsThatTheAnswerDoesNotSpeakOfAreUnconfirmedAndNotSentAgain) {
  for (const char* body : {"", "<html>", "{}", R"({"data":[]})", "null", "[1,2]"}) {
    BatchMachine machine;
    machine.feed(1, 2);
    machine.answer(machine.next(), reply(200, body));
    EXPECT_EQ(machine.ends[1].counts.unconfirmed, 2U) << body;
    EXPECT_TRUE(machine.import.idle());
    EXPECT_EQ(machine.asked.size(), 1U);
  }
}

TEST(BatchImport, ItemsThatFailedForTheMomentGoAgainOnTheirOwnUntilTheAttemptsAreUp) {
  BatchMachine machine;
  machine.feed(1, 5);
  const auto odd = [](std::uint32_t item) { return item % 2 == 1 ? "FAILED" : "SUCCESS"; };
  machine.answer(machine.next(), BatchMachine::results(machine.next(), odd));
  EXPECT_TRUE(machine.flights.empty()) << "after a wait";
  EXPECT_TRUE(machine.ends.empty());
  const auto second = machine.next();
  EXPECT_THAT(second.items, ElementsAre(1, 3));
  machine.answer(second, BatchMachine::results(second, [](std::uint32_t item) {
                   return item == 1 ? "CONFLICT" : "failed";
                 }));
  EXPECT_EQ(machine.state(1, 1).outcome, Outcome::failed) << "FAILED says that it was not made";
  const auto third = machine.next();
  EXPECT_THAT(third.items, ElementsAre(3));
  machine.answer(third, BatchMachine::results(third, odd));
  ASSERT_EQ(machine.ends.size(), 1U);
  const auto& counts = machine.ends[1].counts;
  EXPECT_EQ(counts.arrived, 3U);
  EXPECT_EQ(counts.failed, 2U);
  const auto state = machine.state(1, 3);
  EXPECT_FALSE(state.maybe);
  EXPECT_EQ(state.cause->result, "FAILED");
  EXPECT_EQ(machine.import.traffic().requests, 3U);
}

TEST(BatchImport, AnEchoIsAConflictOfACreateOrANotFoundOfADeleteAfterADoubtfulAttempt) {
  for (const bool doubtful : {true, false}) {
    BatchMachine machine;
    settle_in(machine);
    machine.feed(1, 4);
    machine.fed[{1, 1}] = Change::del;
    machine.fed[{1, 2}] = Change::upsert;
    machine.fed[{1, 3}] = Change::create;
    machine.answer(machine.next(), reply(doubtful ? 502 : 429));
    const auto again = machine.next();
    machine.answer(again, BatchMachine::results(again, [](std::uint32_t item) {
                     constexpr std::array kCodes = {"CONFLICT", "NOT_FOUND", "CONFLICT",
                                                    "NOT_FOUND"};
                     return kCodes.at(item);
                   }));
    const Outcome echo = doubtful ? Outcome::echo : Outcome::failed;
    EXPECT_EQ(machine.state(1, 0).outcome, echo);
    EXPECT_EQ(machine.state(1, 1).outcome, echo);
    EXPECT_EQ(machine.state(1, 2).outcome, Outcome::failed);
    EXPECT_EQ(machine.state(1, 3).outcome, Outcome::failed);
    EXPECT_EQ(machine.state(1, 3).maybe, doubtful);
  }
}

TEST(BatchImport, WhatAnEarlierRunMayHaveMadeIsKnownByItsEcho) {
  BatchMachine machine;
  machine.feed(1, 2, true);
  machine.answer(machine.next(),
                 BatchMachine::results(machine.next(), [](std::uint32_t) { return "CONFLICT"; }));
  EXPECT_EQ(machine.ends[1].counts.echoes, 2U);
}

TEST(BatchImport, ABatchThatAGatewayTimesOutOnIsHalvedWithoutCountingAnAttempt) {
  for (const net::Response& slow : {reply(504), reply(524), reply(408), too_slow()}) {
    auto options = batch_options();
    options.retry.attempts = 1;
    options.workers = 1;
    BatchMachine machine(options);
    machine.feed(1, 5);
    machine.answer(machine.next(), slow);
    EXPECT_EQ(machine.warnings.size(), 1U);
    const auto first = machine.next();
    EXPECT_THAT(first.items, ElementsAre(0, 1, 2));
    machine.answer(first, slow);
    const auto rest = machine.next();
    EXPECT_THAT(rest.items, ElementsAre(3, 4));
    machine.answer(rest, BatchMachine::results(rest, [](std::uint32_t) { return "CONFLICT"; }));
    EXPECT_THAT(machine.next().items, ElementsAre(0, 1));
    machine.answer(machine.next(), BatchMachine::success(machine.next()));
    EXPECT_THAT(machine.next().items, ElementsAre(2));
    machine.answer(machine.next(), BatchMachine::success(machine.next()));
    ASSERT_EQ(machine.ends.size(), 1U);
    EXPECT_EQ(machine.ends[1].counts.arrived, 3U);
    EXPECT_EQ(machine.ends[1].counts.echoes, 2U);
    EXPECT_EQ(machine.import.traffic().halved, 2U);
    EXPECT_EQ(machine.warnings.size(), 1U) << "told once";
  }
}

TEST(BatchImport, WhatWasTooMuchOnceIsNotAskedOfTheNextBatchToo) {
  auto options = batch_options();
  options.workers = 1;
  BatchMachine machine(options);
  machine.feed(1, 80);
  machine.answer(machine.next(), reply(504));
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(machine.next().items.size(), 40U);
    machine.answer(machine.next(), BatchMachine::success(machine.next()));
  }
  machine.feed(2, 81);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(machine.next().items.size(), 27U) << "of about the same size";
    machine.answer(machine.next(), BatchMachine::success(machine.next()));
  }
  EXPECT_EQ(machine.ends.size(), 2U);
  EXPECT_EQ(machine.ends[2].counts.arrived, 81U);
  EXPECT_EQ(machine.import.traffic().halved, 1U);
}

TEST(BatchImport, ABatchThatIsTooLargeIsHalvedAndLeavesNoDoubt) {
  BatchMachine machine;
  machine.feed(1, 2);
  machine.answer(machine.next(), reply(413, "<html>"));
  machine.answer(machine.next(), reply(413, "<html>"));
  EXPECT_EQ(machine.state(1, 0).outcome, Outcome::failed);
  EXPECT_EQ(machine.state(1, 0).cause->kind, Cause::Kind::refused);
  EXPECT_EQ(machine.state(1, 0).cause->http_status, 413);
  const auto second = machine.next();
  machine.answer(second, BatchMachine::results(second, [](std::uint32_t) { return "CONFLICT"; }));
  EXPECT_EQ(machine.state(1, 1).outcome, Outcome::failed) << "no echo";
  EXPECT_FALSE(machine.state(1, 1).maybe);
}

TEST(BatchImport, ARefusedBatchFailsWithTheWordsOfTheApi) {
  for (const int status : {400, 409, 412, 415, 422}) {
    BatchMachine machine;
    machine.feed(1, 2);
    machine.answer(machine.next(),
                   reply(status, R"({"type":"urn:bad","title":"Bad","detail":"No."})"));
    EXPECT_EQ(machine.ends[1].counts.failed, 2U);
    const auto state = machine.state(1, 1);
    EXPECT_FALSE(state.maybe);
    EXPECT_EQ(state.cause->kind, Cause::Kind::refused);
    EXPECT_EQ(state.cause->http_status, status);
    EXPECT_EQ(state.cause->code, "urn:bad");
    EXPECT_EQ(state.cause->message, "Bad: No.");
    EXPECT_EQ(state.cause, machine.state(1, 0).cause) << "shared";
  }
}

TEST(BatchImport, AfterTheLastAttemptAnErrorIsAFailureAndSilenceIsUnconfirmed) {
  struct Case {
    net::Response response;
    Outcome outcome;
    bool maybe;
    std::string code;
  };
  for (const Case& one : {Case{reply(503, ""), Outcome::failed, true, ""},
                          Case{reply(425, ""), Outcome::failed, false, ""},
                          Case{lost(), Outcome::unconfirmed, true, "lost"},
                          Case{unreachable(), Outcome::failed, false, "unreachable"}}) {
    BatchMachine machine;
    settle_in(machine);
    machine.feed(1, 2);
    for (int attempt = 0; attempt < 3; ++attempt) {
      EXPECT_TRUE(machine.ends.empty());
      machine.answer(machine.next(), one.response);
    }
    ASSERT_EQ(machine.ends.size(), 1U);
    const auto state = machine.state(1, 0);
    EXPECT_EQ(state.outcome, one.outcome);
    EXPECT_EQ(state.maybe, one.maybe);
    EXPECT_EQ(state.cause->kind, Cause::Kind::unanswered);
    EXPECT_EQ(state.cause->http_status, one.response.status);
    EXPECT_EQ(state.cause->code, one.code);
    EXPECT_EQ(machine.asked.size(), 3U);
  }
}

TEST(BatchImport, A429IsNoAttemptAndWaitsAsAsked) {
  auto options = batch_options();
  options.retry.attempts = 1;
  BatchMachine machine(options);
  machine.feed(1, 1);
  for (int i = 0; i < 10; ++i) {
    const Instant before = machine.now.steady;
    machine.answer(machine.next(), reply(429, "", "7"));
    EXPECT_TRUE(machine.flights.empty());
    static_cast<void>(machine.next());
    EXPECT_EQ(machine.now.steady - before, seconds{7});
  }
  machine.answer(machine.next(), BatchMachine::success(machine.next()));
  EXPECT_EQ(machine.ends[1].counts.arrived, 1U);
  EXPECT_EQ(machine.import.traffic().throttled, 10U);
}

TEST(BatchImport, KeepsToItsWorkersAndToTheDelayBetweenStarts) {
  auto options = batch_options();
  options.workers = 2;
  options.spacing = milliseconds{500};
  BatchMachine machine(options);
  for (std::uint64_t batch = 1; batch <= 3; ++batch) machine.feed(batch, 2);
  EXPECT_EQ(machine.asked.size(), 1U);
  const Instant first = machine.now.steady;
  machine.pass_to_wake();
  EXPECT_EQ(machine.asked.size(), 2U);
  EXPECT_EQ(machine.now.steady - first, milliseconds{500});
  machine.pass(seconds{10});
  machine.obey();
  EXPECT_EQ(machine.asked.size(), 2U) << "two workers";
  EXPECT_EQ(machine.import.in_flight(), 2);
}

TEST(BatchImport, TheDelayCountsFromTheTimeAtWhichARequestReallyLeft) {
  auto options = batch_options();
  options.spacing = milliseconds{500};
  BatchMachine machine(options);
  OpenBatch batch;
  batch.number = 1;
  batch.items = {{0, false}};
  machine.import.feed(batch, machine.now);
  batch.number = 2;
  machine.import.feed(batch, machine.now);
  ASSERT_EQ(machine.import.turn(machine.now).sends.size(), 1U);
  machine.pass(milliseconds{30});
  machine.import.started(machine.now.steady);
  EXPECT_EQ(machine.import.wake(machine.now), machine.now.steady + milliseconds{500});
}

TEST(BatchImport, WantsBatchesForItsWorkersAndMoreWhileSomeRest) {
  auto options = batch_options();
  options.workers = 2;
  BatchMachine machine(options);
  std::uint64_t fed = 0;
  const auto fill = [&] {
    std::size_t more = 0;
    for (; machine.import.wants_batches(); ++more) machine.feed(++fed, 1);
    return more;
  };
  EXPECT_EQ(fill(), 4U);
  machine.answer(
      machine.flights.at(0),
      BatchMachine::results(machine.flights.at(0), [](std::uint32_t) { return "FAILED"; }));
  EXPECT_EQ(fill(), 1U) << "in place of the one that rests";
  machine.answer(machine.flights.at(0), BatchMachine::success(machine.flights.at(0)));
  EXPECT_EQ(fill(), 1U);
}

TEST(BatchImport, BeginsAheadOfItsTurnSoThatAnAnswerIsFollowedAtOnce) {
  auto options = batch_options();
  options.workers = 1;
  options.begin_ahead = 2;
  BatchMachine machine(options);
  for (std::uint64_t batch = 1; batch <= 4; ++batch) {
    OpenBatch open;
    open.number = batch;
    open.items = {{0, false}};
    machine.import.feed(std::move(open), machine.now);
  }
  machine.obey();
  EXPECT_EQ(machine.flights.size(), 1U);
  EXPECT_TRUE(machine.state(3, 0).begun);
  EXPECT_FALSE(machine.state(4, 0).begun);
}

}  // namespace
}  // namespace usher
