// SPDX-License-Identifier: Apache-2.0
// What only some targets need of the dispatcher: tokens that end, steps that are too large for one
// request, a least time between two starts.
#include <algorithm>
#include <chrono>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/random.h"
#include "engine/dispatching_test.h"

namespace usher {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// Its answers are their statuses.
class Table final : public Target {
 public:
  [[nodiscard]] Answer judge(net::Method /*method*/, const net::Response& response,
                             WallTime /*now*/) const override {
    Answer answer;
    answer.status = response.status;
    answer.message = "said";
    if (response.status == 401) answer.kind = Answer::Kind::stale;
    if (response.status == 413) answer.kind = Answer::Kind::refused;
    if (response.status == 429) answer.kind = Answer::Kind::throttled;
    if (response.status >= 500 || response.status == 0) answer.kind = Answer::Kind::in_doubt;
    answer.too_much = response.status == 413 || response.status == 504 || response.timed_out;
    return answer;
  }
  [[nodiscard]] std::uint32_t windows_of(net::Method /*method*/,
                                         std::string_view /*path*/) const override {
    return 0;
  }
};

class Batch final : public Step {
 public:
  explicit Batch(bool large) : large_(large) {}
  void start(const Start& /*start*/) override {}
  [[nodiscard]] net::Request request() const override { return {net::Method::post, "/batch"}; }
  [[nodiscard]] bool creates() const override { return true; }
  Move answered(const Answer& /*answer*/) override { return Move::created("x"); }
  void doubted() override { ++doubts; }
  [[nodiscard]] FailedAt failed_at() const override { return FailedAt::user_create; }
  [[nodiscard]] bool can_part() const override { return large_; }
  int doubts = 0;

 private:
  bool large_;
};

class Batches : public testing::Test {
 protected:
  Batches() {
    now_.steady = Instant{seconds{1'000}};
    options_.concurrency = 3;
    options_.retry.attempts = 3;
  }
  Dispatcher& dispatcher() {
    if (!dispatcher_) dispatcher_.emplace(options_, table_);
    return *dispatcher_;
  }
  Batch& add(bool large = true) {
    auto task = std::make_unique<Task>();
    auto step = std::make_unique<Batch>(large);
    Batch& batch = *step;
    task->step = std::move(step);
    dispatcher().add(std::move(task), now_.steady);
    return batch;
  }
  std::vector<Turn::Send> pump() {
    Turn turn;
    dispatcher().pump(now_, turn);
    return std::move(turn.sends);
  }
  std::vector<Turn::Send> pump_at_wake() {
    now_.steady = std::max(now_.steady, dispatcher().wake(now_.steady));
    return pump();
  }
  Dispatcher::Heard answer(const Turn::Send& send, const net::Response& response) {
    return dispatcher().answered(send.ticket, response, now_);
  }

  // The end that an answer brought; one without a task: none.
  Dispatcher::Ended end_by(const Turn::Send& send, const net::Response& response) {
    auto heard = answer(send, response);
    return heard.ended ? std::move(*heard.ended) : Dispatcher::Ended{};
  }

  Import::Options options_;
  Table table_;
  Now now_;

 private:
  std::optional<Dispatcher> dispatcher_;
};

TEST_F(Batches, ARefusalOfItsSizeEndsWhatCanBePartedAndFailsWhatCannot) {
  for (const bool large : {true, false}) {
    add(large);
    const auto end = end_by(pump().at(0), reply(413));
    ASSERT_TRUE(end.task);
    EXPECT_EQ(end.move.kind, large ? Move::Kind::parted : Move::Kind::created);
    EXPECT_EQ(end.answer.status, 413);
    EXPECT_FALSE(end.task->given_up);
  }
}

TEST_F(Batches, ATimeOutPartsALargeOneWithoutAnAttemptAndRepeatsASmallOne) {
  net::Response too_slow = lost();
  too_slow.timed_out = true;
  for (const net::Response& response : {reply(504), too_slow}) {
    Batch& batch = add();
    const auto send = pump().at(0);
    const auto end = end_by(send, response);
    EXPECT_EQ(batch.doubts, 1);
    ASSERT_TRUE(end.task);
    EXPECT_EQ(end.move.kind, Move::Kind::parted);
    EXPECT_EQ(end.task->failed_writes, 0);

    Batch& single = add(false);
    for (int attempt = 1; attempt <= 3; ++attempt) {
      const auto last = end_by(pump_at_wake().at(0), response);
      EXPECT_EQ(single.doubts, attempt);
      ASSERT_EQ(last.task != nullptr, attempt == 3);
      EXPECT_TRUE(attempt < 3 || last.task->given_up);
      EXPECT_EQ(last.answer.kind, attempt < 3 ? Answer::Kind::ok : Answer::Kind::in_doubt);
    }
  }
}

// 504 on everything is no matter of size.
TEST_F(Batches, NothingIsPartedWhileNothingElseIsAnsweredEither) {
  for (int i = 1; i <= Outage::kFailuresInARow + 5; ++i) {
    add();
    const auto sends = pump_at_wake();
    ASSERT_EQ(sends.size(), 1U);
    EXPECT_EQ(answer(sends[0], reply(504)).ended.has_value(), i < Outage::kFailuresInARow) << i;
  }
}

TEST_F(Batches, AStaleTokenCostsNoAttemptAndNothingLeavesWhileHeld) {
  options_.retry.attempts = 1;
  Batch& batch = add();
  add();
  auto sends = pump();
  ASSERT_EQ(sends.size(), 2U);
  for (int i = 0; i < 5; ++i) {
    const auto heard = answer(sends[0], reply(401));
    EXPECT_EQ(heard.stale.value_or(Answer{}).status, 401);
    EXPECT_FALSE(heard.ended);
    dispatcher().hold(true);
    EXPECT_TRUE(pump().empty());
    EXPECT_EQ(dispatcher().wake(now_.steady), Pacer::kFarFuture);
    EXPECT_FALSE(dispatcher().idle());
    dispatcher().hold(false);
    sends[0] = pump_at_wake().at(0);
  }
  EXPECT_EQ(batch.doubts, 0);
  EXPECT_TRUE(answer(sends[0], reply(201)).ended);
  EXPECT_TRUE(answer(sends[1], reply(201)).ended);
  EXPECT_TRUE(dispatcher().idle());
}

TEST_F(Batches, KnowsWhoseRequestIsInFlight) {
  Batch& batch = add();
  EXPECT_EQ(dispatcher().task_of(1), nullptr);
  const auto send = pump().at(0);
  ASSERT_NE(dispatcher().task_of(send.ticket), nullptr);
  EXPECT_EQ(dispatcher().task_of(send.ticket)->step.get(), &batch);
  answer(send, reply(201));
  EXPECT_EQ(dispatcher().task_of(send.ticket), nullptr);
}

// All attempts count, whatever came of those before; and nobody waits longer than that either.
TEST_F(Batches, TwoStartsAreTheSpacingApart) {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    SCOPED_TRACE(fmt::format("seed {}", seed));
    Random random(seed);
    options_.concurrency = 1 + static_cast<int>(random.below(5));
    options_.spacing = milliseconds{1 + random.below(700)};
    options_.retry.base = milliseconds{1 + random.below(50)};
    options_.retry.cap = milliseconds{50};
    Dispatcher fresh(options_, table_);
    for (int i = 0; i < 12; ++i) {
      auto task = std::make_unique<Task>();
      task->step = std::make_unique<Batch>(false);
      fresh.add(std::move(task), now_.steady);
    }
    std::vector<Instant> starts;
    std::vector<Turn::Send> flying;
    for (int round = 0; !fresh.idle(); ++round) {
      ASSERT_LT(round, 10'000);
      Turn turn;
      fresh.pump(now_, turn);
      for (const Turn::Send& send : turn.sends) {
        starts.push_back(now_.steady);
        flying.push_back(send);
      }
      const Instant wake = fresh.wake(now_.steady);
      if (!flying.empty() && (wake == Pacer::kFarFuture || random.chance(0.6))) {
        const std::size_t which = random.below(flying.size());
        const Turn::Send send = flying[which];
        flying.erase(flying.begin() + static_cast<std::ptrdiff_t>(which));
        static_cast<void>(
            fresh.answered(send.ticket, random.chance(0.3) ? reply(503) : reply(201), now_));
        now_.steady += milliseconds{random.below(100)};
      } else if (!fresh.idle()) {
        ASSERT_LT(wake, Pacer::kFarFuture);
        now_.steady = std::max(now_.steady, wake);
      }
    }
    ASSERT_GE(starts.size(), 12U);
    for (std::size_t i = 1; i < starts.size(); ++i) {
      ASSERT_GE(starts[i] - starts[i - 1], options_.spacing);
    }
  }
}

}  // namespace
}  // namespace usher
