// SPDX-License-Identifier: Apache-2.0
// kill -9 at random moments of an import of customers among all faults, resumed after one kill and
// continued by its retry files after another. In the end everybody is there or in the last retry
// files, once, with their bytes. USHER_KILLS asks for more kills (./dev soak does), USHER_KILL_SEED
// for others.
#include <algorithm>
#include <chrono>
#include <csignal>
#include <memory>
#include <optional>
#include <thread>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/random.h"
#include "scenarios/customer_scene.h"
#include "source/customers/inputs.h"

namespace usher::scenarios {
namespace {

constexpr std::size_t kCustomers = kSanitized ? 6'000 : 20'000;
constexpr std::uint64_t kKills = kSanitized ? 12 : 50;

std::string all_customer_faults(std::uint64_t seed) {
  return fmt::format(R"({{"seed": {}, "faults": [
  {{"kind": "latency", "probability": 0.5, "delay_ms": 1, "jitter_ms": 15}},
  {{"kind": "throttle", "probability": 0.01, "retry_after": "0"}},
  {{"kind": "throttle", "probability": 0.005}},
  {{"kind": "error_json", "probability": 0.01, "status": 500}},
  {{"kind": "error_html", "probability": 0.01, "status": 502}},
  {{"kind": "gateway_timeout", "probability": 0.05, "items_over": 60, "commit": 0.5}},
  {{"kind": "gateway_timeout", "probability": 0.02, "commit": 1}},
  {{"kind": "reset_before", "probability": 0.01}},
  {{"kind": "commit_then_cut", "probability": 0.02}},
  {{"kind": "commit_then_cut", "probability": 0.01, "commit": 0.3}},
  {{"kind": "commit_then_hang", "probability": 0.002}},
  {{"kind": "commit_then_error", "probability": 0.01, "status": 500}},
  {{"kind": "slow_body", "probability": 0.005, "delay_ms": 30}},
  {{"kind": "cut_body", "probability": 0.01}},
  {{"kind": "wrong_content_type", "probability": 0.01}},
  {{"kind": "shuffle_results", "probability": 0.05}},
  {{"kind": "lower_case", "probability": 0.05}},
  {{"kind": "extra_result", "probability": 0.05}},
  {{"kind": "no_ids", "probability": 0.03}},
  {{"kind": "empty_body", "probability": 0.003, "path": "/v1/customers"}},
  {{"kind": "html_page", "probability": 0.003, "path": "/v1/customers"}},
  {{"kind": "expire_tokens", "every": 97, "path": "/v1/customers"}},
  {{"kind": "result", "probability": 0.01}},
  {{"kind": "result", "probability": 0.005, "commit": 1}},
  {{"kind": "result", "probability": 0.001, "result": "LATER"}},
  {{"kind": "result", "probability": 0.001, "result": "", "commit": 1}},
  {{"kind": "drop_result", "probability": 0.001}}
]}})",
                     seed);
}

// The life of one import: killed, resumed, continued by its retry files, killed, ...
class CustomerLife {
 public:
  CustomerLife(const CustomerScene& scene, std::uint64_t seed) : scene_(scene), random_(seed) {}

  // One kill at a random moment. False: there was nothing left to kill.
  bool kill_one(std::uint64_t kills_left) {
    if (!process_ && (code_ == 0 || !start())) return false;
    if (!wait_a_while(kills_left)) return end_of_itself();
    process_->signal(SIGKILL);
    process_->wait();
    process_.reset();
    ++kills;
    return true;
  }

  // Nobody kills it any more: goes on until nothing is missing. The number of runs it took.
  int end() {
    for (int runs = 1; runs <= 60; ++runs) {
      if (!process_ && (code_ == 0 || !start())) return runs;
      if (!end_of_itself()) return runs;
    }
    ADD_FAILURE() << "it never ends: " << out_;
    return 60;
  }
  [[nodiscard]] int code() const { return code_; }

  std::uint64_t kills = 0;

 private:
  // Goes on with what there is. False: there is nothing left to do.
  bool start() {
    std::vector<std::string> words = next_input();
    if (words.empty()) return false;
    const bool resumes = words.front() == "--resume";
    words.insert(words.end(),
                 {"--workers", std::to_string(1 + random_.below(6)), "--timeout", "1"});
    Launch launch = log_in_and_import(scene_.api, scene_.folder.path(), words);
    if (resumes) {  // the address of a job is its own
      launch.arguments = {"import-customers"};
      launch.arguments.insert(launch.arguments.end(), words.begin(), words.end());
    }
    process_ = std::make_unique<Process>(launch);
    code_ = kKilled;
    return true;
  }

  // The first time the file itself; after a kill the job that was cut off, or the files that
  // whatever starts next writes for it; else the files that were left.
  std::vector<std::string> next_input() {
    if (!scene_.folder.has(std::string(kJobs) + "/spring/job.db")) {
      return {"customers.json", "--batch-size", "70", "--job-id", "spring"};
    }
    if (code_ == kKilled) {
      if (random_.chance(0.5)) return {"--resume"};
      const Ran nothing =
          run(log_in_and_import(scene_.api, scene_.folder.path(), {"nothing-like-it.json"}));
      EXPECT_EQ(nothing.code, 2) << nothing.out << nothing.err;
    }
    const auto folders = retry_folders(scene_.folder.path());
    if (folders.empty()) return {"--resume"};
    const auto origin = customers::read_retry_folder(folders.back()).value_or(std::nullopt);
    EXPECT_TRUE(origin.has_value()) << folders.back();
    if (origin.has_value() && !origin->used.empty()) return {"--resume"};
    return {folders.back()};
  }

  // False: nothing is left to kill.
  bool end_of_itself() {
    code_ = process_->wait();
    out_ = process_->out() + process_->err();
    process_.reset();
    // Tokens end on purpose, now and then a new one before anybody has seen it: that stops a run.
    // And what was killed before it had begun is no job to go on with.
    const bool stopped = code_ == 2 && (out_.contains("refuses a new token") ||
                                        out_.contains("nothing was sent: start it again"));
    EXPECT_TRUE(code_ == 0 || code_ == 1 || stopped) << code_ << out_;
    return code_ == 1 || stopped;
  }

  bool wait_a_while(std::uint64_t kills_left) {
    if (random_.chance(0.2)) {
      std::this_thread::sleep_for(std::chrono::milliseconds{random_.below(80)});
      return still_runs(*process_);
    }
    const auto there = static_cast<std::uint64_t>(scene_.api.count("customers"));
    const std::uint64_t each = 2 * (kCustomers - there) / (kills_left + 4);
    const auto goal = static_cast<std::int64_t>(there + random_.below(each + 1));
    while (scene_.api.count("customers") < goal) {
      if (!still_runs(*process_)) return false;
      std::this_thread::sleep_for(std::chrono::milliseconds{2});
    }
    return still_runs(*process_);
  }

  static constexpr int kKilled = -SIGKILL;
  const CustomerScene& scene_;
  Random random_;
  int code_ = 1;
  std::string out_;
  std::unique_ptr<Process> process_;
};

TEST(CustomerKill, AgainAndAgainAmongAllFaultsNobodyIsLostAndNobodyTwice) {
  const std::uint64_t kills = asked("USHER_KILLS", kKills);
  const std::uint64_t seed = asked("USHER_KILL_SEED", 1);
  SCOPED_TRACE(fmt::format("USHER_KILL_SEED={} USHER_KILLS={}", seed, kills));
  const CustomerScene scene(kCustomers, {"--seed", std::to_string(seed)});
  add_fault(scene.api, all_customer_faults(seed));
  CustomerLife life(scene, seed);
  for (std::uint64_t done = 0; done < kills; ++done) {
    SCOPED_TRACE(fmt::format("kill {}", done + 1));
    if (!life.kill_one(kills - done)) break;
  }
  const int runs = life.end();
  fmt::print(stderr, "killed: {}, runs until the end: {}\n", life.kills, runs);
  EXPECT_EQ(life.code(), 0);
  expect_everybody_once(scene.api, scene.items);
}

}  // namespace
}  // namespace usher::scenarios
