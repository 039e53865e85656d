// SPDX-License-Identifier: Apache-2.0
// The dispatcher's budget of attempts: what is counted, and how many steps a bad day gives up.
#include <array>
#include <cmath>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "engine/dispatching_test.h"
#include "engine/responses_test.h"

namespace usher {
namespace {

TEST_F(Dispatching, ALookUpThatWasAnsweredLetsTheReadsBeginAnew) {
  options_.retry.attempts = 3;
  settle_in();
  ToldStep& step = add("a");
  step.looking = true;
  step.on_answer = [](const Answer&) { return Move::ask(); };
  auto sends = pump();
  for (int round = 0; round < 5; ++round) {
    for (const int status : {500, 500, 200}) {
      answer(sends.at(0), reply(status));
      ASSERT_TRUE(ended_.empty());
      sends = pump_at_wake();
    }
  }
  for (int failed = 1; failed < 3; ++failed) {
    answer(sends.at(0), reply(500));
    sends = pump_at_wake();
  }
  answer(sends.at(0), reply(500, R"({"message":"Internal."})"));
  ASSERT_EQ(ended_.size(), 1U);
  EXPECT_TRUE(ended_[0].task->given_up);
  EXPECT_EQ(ended_[0].move.failure.message,
            "no useful answer after 3 attempts to look it up (Internal.)");
  EXPECT_TRUE(ended_[0].move.failure.passing);
}

TEST_F(Dispatching, FailedWritesAddUpWhateverTheLookUpsBetweenThemSay) {
  options_.retry.attempts = 3;
  settle_in();
  ToldStep& step = add("a");
  step.on_answer = [&step](const Answer&) {
    step.looking = false;  // nothing there: create again
    return Move::ask();
  };
  auto sends = pump();
  for (int written = 1; written < 3; ++written) {
    answer(sends.at(0), lost());
    answer(pump_at_wake().at(0), reply(500));
    answer(pump_at_wake().at(0), reply(500));
    answer(pump_at_wake().at(0), reply(200));
    sends = pump_at_wake();
    ASSERT_EQ(sends.at(0).request.method, net::Method::post);
  }
  answer(sends.at(0), lost());
  ASSERT_EQ(ended_.size(), 1U);
  EXPECT_EQ(ended_[0].move.failure.message,
            "no useful answer after 3 attempts to write it (connection reset)");
  EXPECT_TRUE(ended_[0].move.failure.passing);
}

// A step that looks, creates when nothing is there, and looks after every doubt, as users do.
class LookingStep final : public Step {
 public:
  LookingStep(std::size_t number, const char& there)
      : body_(std::to_string(number)), there_(there) {}
  void start(const Start& /*start*/) override {}
  [[nodiscard]] net::Request request() const override {
    return {looking_ ? net::Method::get : net::Method::post, "/user_management/users", body_};
  }
  [[nodiscard]] bool creates() const override { return !looking_; }
  Move answered(const Answer& /*answer*/) override {
    if (!looking_ || there_ != 0) return Move::created("id");
    if (in_doubt_ && ++looks_ < 3) return Move::ask(std::chrono::milliseconds{500});
    looking_ = false;
    return Move::ask();
  }
  void doubted() override {
    looking_ = in_doubt_ = true;
    looks_ = 0;
  }
  [[nodiscard]] FailedAt failed_at() const override { return FailedAt::user_create; }

 private:
  std::string body_;
  const char& there_;
  bool looking_ = true;
  bool in_doubt_ = false;
  int looks_ = 0;
};

// Three of ten requests fail, in every way there is. A step is given up when 8 writes fail or 8
// reads fail in a row. Each written request that is answered ends the step, so the first has the
// chance 0.3^8; and so has each look-up that the step makes. A step makes at most 1 look-up before
// its first write and 3 after each that fails: 1 + 3 * 0.3 / 0.7 of them on average, thus no more
// than (2 + 3 * 3 / 7) * 0.3^8 = 0.022 % of the steps. (A budget for reads and writes together gave
// up 0.6 %.)
TEST_F(Dispatching, ABadDayGivesUpNoMoreStepsThanTheArithmeticSays) {
  constexpr std::size_t kSteps = 20'000;
  const std::array bad = {lost(), unreachable(), reply(500), reply(503, "<html>"), reply(408)};
  Random random(20'260'302);
  settle_in();
  std::vector<char> there(kSteps);  // a failed write may have been carried out
  for (std::size_t i = 0; i < kSteps; ++i) {
    auto task = std::make_unique<Task>();
    task->step = std::make_unique<LookingStep>(i, there[i]);
    dispatcher().add(std::move(task), now_.steady);
  }
  std::size_t ended = 0;
  std::size_t given_up = 0;
  while (ended < kSteps) {
    const auto sends = pump_at_wake();
    ASSERT_FALSE(sends.empty());
    for (const Turn::Send& send : sends) {
      const bool fails = random.chance(0.3);
      const bool write = send.request.method == net::Method::post;
      if (write && (!fails || random.chance(0.5))) there[std::stoul(send.request.body)] = 1;
      const net::Response response = fails ? bad.at(random.below(bad.size())) : reply(200);
      const auto heard = dispatcher().answered(send.ticket, response, now_);
      if (!heard.ended) continue;
      ++ended;
      given_up += heard.ended->task->given_up ? 1U : 0U;
    }
  }
  const double expected = static_cast<double>(kSteps) * (2.0 + 9.0 / 7.0) * std::pow(0.3, 8);
  RecordProperty("given_up", static_cast<int>(given_up));
  EXPECT_LE(static_cast<double>(given_up), expected + 6 * std::sqrt(expected)) << "of " << kSteps;
}

}  // namespace
}  // namespace usher
