// SPDX-License-Identifier: Apache-2.0
// A dispatcher with a clock cranked by hand, and steps that do as they are told.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "engine/dispatcher.h"
#include "engine/responses_test.h"
#include "target/workos/judge.h"

namespace usher {

// A step that creates, looks when it is in doubt, and otherwise does as it is told.
class ToldStep final : public Step {
 public:
  explicit ToldStep(std::string name) : name_(std::move(name)) {}

  void start(const Start& /*start*/) override {}
  [[nodiscard]] net::Request request() const override {
    if (looking) return {net::Method::get, "/user_management/users?email=" + name_};
    return {net::Method::post, "/user_management/users", name_};
  }
  [[nodiscard]] bool creates() const override { return !looking; }
  Move answered(const Answer& answer) override { return on_answer(answer); }
  void doubted() override {
    ++doubts;
    looking = true;
  }
  [[nodiscard]] FailedAt failed_at() const override { return FailedAt::membership_create; }

  bool looking = false;
  int doubts = 0;
  std::function<Move(const Answer&)> on_answer = [this](const Answer&) {
    return Move::created("id-" + name_);
  };

 private:
  std::string name_;
};

class Dispatching : public testing::Test {
 protected:
  Dispatching() {
    now_.steady = Instant{std::chrono::seconds{1'000}};
    now_.wall = WallTime{std::chrono::seconds{1'772'442'907}};
    options_.concurrency = 100;
  }

  Dispatcher& dispatcher() {
    if (!dispatcher_) dispatcher_.emplace(options_, api_);
    return *dispatcher_;
  }
  // The target has spoken before, so that a failure is no outage at once.
  void settle_in() {
    add("first");
    answer(pump().at(0), reply(201));
    ended_.clear();
    writes_.clear();
  }
  ToldStep& add(const std::string& name, StepKind kind = StepKind::user,
                StepState known = StepState::absent) {
    auto task = std::make_unique<Task>();
    auto step = std::make_unique<ToldStep>(name);
    ToldStep& told = *step;
    task->step = std::move(step);
    task->record.kind = kind;
    task->record.state = known;
    dispatcher().add(std::move(task), now_.steady);
    return told;
  }
  std::vector<Turn::Send> pump() {
    Turn turn;
    dispatcher().pump(now_, turn);
    for (StepWrite& write : turn.writes) writes_.push_back(std::move(write));
    return std::move(turn.sends);
  }
  std::vector<std::string> pumped() {
    std::vector<std::string> names;
    for (const Turn::Send& send : pump()) names.push_back(send.request.body);
    return names;
  }
  void answer(const Turn::Send& send, const net::Response& response) {
    auto heard = dispatcher().answered(send.ticket, response, now_);
    if (heard.ended) ended_.push_back(std::move(*heard.ended));
  }
  void advance(Duration span) {
    now_.steady += span;
    now_.wall += std::chrono::duration_cast<std::chrono::milliseconds>(span);
  }
  // What leaves next, now or at the next wake; nothing may leave before that.
  std::vector<Turn::Send> pump_at_wake() {
    auto sends = pump();
    if (!sends.empty()) return sends;
    const Instant wake = dispatcher().wake(now_.steady);
    EXPECT_GT(wake, now_.steady);
    EXPECT_LT(wake, Pacer::kFarFuture);
    advance(wake - now_.steady - Duration{1});
    EXPECT_EQ(pump().size(), 0U) << "before the wake";
    advance(Duration{1});
    return pump();
  }

  Import::Options options_;
  workos::Api api_;
  Now now_;
  std::vector<StepWrite> writes_;
  std::vector<Dispatcher::Ended> ended_;

 private:
  std::optional<Dispatcher> dispatcher_;
};

}  // namespace usher
