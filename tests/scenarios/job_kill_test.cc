// SPDX-License-Identifier: Apache-2.0
// I3 for real: kill -9 of a job's coordinator or of one of its workers at random moments, again and
// again, while the sandbox mixes all its faults. Afterwards it holds exactly what the input says.
// USHER_KILLS asks for more kills (./dev soak does), USHER_KILL_SEED for others.
#include <algorithm>
#include <chrono>
#include <csignal>
#include <memory>
#include <thread>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/random.h"
#include "base/scratch.h"
#include "base/text.h"
#include "scenarios/job_trial.h"
#include "scenarios/oracle.h"

namespace usher::scenarios {
namespace {

using ::testing::HasSubstr;

// The life of one job: killed, resumed, killed, ...
class Life {
 public:
  Life(const LocalApi& api, const ScratchFolder& folder, std::uint64_t rows, std::uint64_t seed)
      : api_(api), folder_(folder), rows_(rows), random_(seed) {}

  void start_or_resume() {
    const std::string workers = std::to_string(1 + random_.below(4));
    std::vector<std::string> arguments = {"--workers",    workers, "--concurrency", "10",
                                          "--rate-limit", "off",   "--timeout",     "1"};
    if (made_ || rows_of(folder_.path(), "spring").total > 0) {
      made_ = true;
      arguments.insert(arguments.end(), {"--resume", "spring"});
    } else {
      arguments.insert(arguments.end(),
                       {"--job-id", "spring", "--csv", "users.csv", "--chunk-size", "100"});
    }
    process_ = std::make_unique<Process>(import_into(api_, folder_.path(), std::move(arguments)));
  }

  // One kill at a random moment. False: the program had ended before it.
  bool kill_one(std::uint64_t kills_left) {
    if (!process_) start_or_resume();
    if (!wait_a_while(kills_left)) return false;
    std::vector<pid_t> workers = workers_of(process_->id());
    if (!workers.empty() && random_.chance(0.5)) {
      ::kill(workers[random_.below(workers.size())], SIGKILL);
      ++killed_workers;
      return true;
    }
    if (!still_runs(*process_)) return false;
    process_->signal(SIGKILL);
    ++killed_coordinators;
    // Its workers may still be there when the next process comes.
    if (random_.chance(0.5)) process_->wait();
    dying_.push_back(std::move(process_));
    return true;
  }

  // Nobody kills it any more. Its exit code.
  int end() {
    if (!process_) start_or_resume();
    return process_->wait();
  }
  [[nodiscard]] const Process& process() const { return *process_; }

  std::uint64_t killed_workers = 0;
  std::uint64_t killed_coordinators = 0;

 private:
  // So many requests more, so that the kills spread over the job whatever the machine; or a moment
  // of its beginning.
  bool wait_a_while(std::uint64_t kills_left) {
    if (random_.chance(0.15)) {
      std::this_thread::sleep_for(std::chrono::milliseconds{random_.below(60)});
      return still_runs(*process_);
    }
    const std::uint64_t open =
        rows_ - std::min(rows_, rows_of(folder_.path(), "spring").succeeded());
    const std::uint64_t each = 3 * open / (kills_left + 4);
    const auto goal =
        api_.count("requests.total") + static_cast<std::int64_t>(random_.below(each + 2));
    while (api_.count("requests.total") < goal) {
      if (!still_runs(*process_)) return false;
      std::this_thread::sleep_for(std::chrono::milliseconds{1});
    }
    return still_runs(*process_);
  }

  const LocalApi& api_;
  const ScratchFolder& folder_;
  std::uint64_t rows_;
  Random random_;
  bool made_ = false;
  std::unique_ptr<Process> process_;
  std::vector<std::unique_ptr<Process>> dying_;
};

void expect_counted(const ScratchFolder& folder, const People& people, std::int64_t rows) {
  const JobSheet sheet(folder.path(), "spring");
  EXPECT_EQ(sheet.text("state"), "done");
  EXPECT_EQ(sheet.number("rows.total"), rows);
  EXPECT_EQ(sheet.number("rows.created") + sheet.number("rows.alreadyThere"), rows);
  EXPECT_EQ(sheet.number("rows.failed"), 0);
  EXPECT_EQ(sheet.number("rows.toDo"), 0);
  const auto things = [&](const std::string& kind) {
    EXPECT_EQ(sheet.number(kind + ".failed"), 0);
    EXPECT_EQ(sheet.number(kind + ".inDoubt"), 0);
    return sheet.number(kind + ".created") + sheet.number(kind + ".alreadyThere");
  };
  EXPECT_EQ(things("users"), people.wanted.people());
  EXPECT_EQ(things("memberships"), people.wanted.memberships());
  EXPECT_EQ(things("organizations"), people.wanted.organizations());
}

TEST(JobKill, I3KilledFiftyTimesAmongAllFaultsItHoldsExactlyTheInput) {
  constexpr std::size_t kRows = 5'000;
  const std::uint64_t kills = asked("USHER_KILLS", 50);
  const std::uint64_t seed = asked("USHER_KILL_SEED", 1);
  SCOPED_TRACE(fmt::format("USHER_KILL_SEED={} USHER_KILLS={}", seed, kills));
  const ScratchFolder folder;
  const People people = many_people(kRows, seed);
  folder.write("users.csv", people.csv);
  const LocalApi api({"--seed", std::to_string(seed), "--idempotency", "off", "--multiple-roles"});
  make_roles(api);
  api.post("/_sandbox/faults", all_faults(seed));

  Life life(api, folder, kRows, seed);
  for (std::uint64_t done = 0; done < kills; ++done) {
    SCOPED_TRACE(fmt::format("kill {}", done + 1));
    if (life.kill_one(kills - done)) continue;
    const int code = life.end();  // by itself: all is done, or its workers have died too often
    ASSERT_TRUE(code == 0 || code == 2) << code << life.process().out() << life.process().err();
    if (code == 0) break;
    life.start_or_resume();
  }
  fmt::print(stderr, "killed: {} coordinators, {} workers\n", life.killed_coordinators,
             life.killed_workers);
  EXPECT_GE(life.killed_coordinators + life.killed_workers, kills * 9 / 10);
  int code = life.end();
  if (code == 2) {  // so many of its workers were killed that it has given up
    EXPECT_THAT(life.process().err(), HasSubstr("workers keep dying"));
    life.start_or_resume();
    code = life.end();
  }
  SCOPED_TRACE(life.process().out() + life.process().err());
  EXPECT_EQ(code, 0);
  EXPECT_FALSE(folder.has(std::string(kJobs) + "/spring/errors.jsonl"));
  expect_counted(folder, people, kRows);
  expect_holds_exactly(api, people.wanted);
}

// Many rows, all slow enough that a test can meet a job in its middle.
class SlowJob : public ::testing::Test {
 protected:
  static constexpr std::size_t kRows = 400;
  SlowJob() {
    folder.write("users.csv", people(kRows));
    for (std::size_t i = 1; i <= kRows; ++i) {
      wanted.person(fmt::format("p{}@example.com", i), "");
    }
  }
  [[nodiscard]] Launch command(std::vector<std::string> arguments) const {
    arguments.insert(arguments.end(), {"--concurrency", "2", "--rate-limit", "off"});
    return import_into(api, folder.path(), std::move(arguments));
  }
  [[nodiscard]] Launch first(const std::string& workers) const {
    return command({"--csv", "users.csv", "--job-id", "spring", "--workers", workers});
  }
  void expect_resumed_to_the_end() {
    const Ran last = run(command({"--resume", "spring"}));
    EXPECT_EQ(last.code, 0) << last.out << last.err;
    EXPECT_THAT(last.err, HasSubstr("Resuming job: spring\nCheckpoint loaded: "));
    expect_holds_exactly(api, wanted);
  }

  LocalApi api{{"--latency", "10"}};
  ScratchFolder folder;
  Wanted wanted;
};

TEST_F(SlowJob, ReplacesAWorkerThatIsKilledAndSaysSo) {
  Process job(first("3"));
  const auto workers = wait_for_workers(job, 3);
  ASSERT_EQ(workers.size(), 3U) << job.err();
  api.wait_for("users", 10);
  ::kill(workers[1], SIGKILL);
  EXPECT_EQ(job.wait(), 0) << job.err();
  EXPECT_THAT(job.err(), HasSubstr("Worker exited with signal 9"));
  expect_holds_exactly(api, wanted);
  const JobSheet sheet(folder.path(), "spring");
  EXPECT_EQ(sheet.number("users.created") + sheet.number("users.alreadyThere"), kRows);
}

TEST_F(SlowJob, EndsItsWorkersWhenTheCoordinatorIsKilledAndCanGoOnAtOnce) {
  Process job(first("4"));
  const auto workers = wait_for_workers(job, 4);
  ASSERT_EQ(workers.size(), 4U) << job.err();
  api.wait_for("users", 10);
  job.signal(SIGKILL);
  expect_resumed_to_the_end();
  for (const pid_t worker : workers) EXPECT_TRUE(is_gone_soon(worker)) << worker;
  EXPECT_EQ(job.wait(), -SIGKILL);
}

TEST_F(SlowJob, EndsWhenItsWorkersKeepDyingAndCanGoOn) {
  Process job(first("2"));
  std::vector<pid_t> killed;
  while (true) {
    const auto workers = wait_for_workers(job, 1);
    if (workers.empty()) break;
    for (const pid_t worker : workers) ::kill(worker, SIGKILL);
    killed.insert(killed.end(), workers.begin(), workers.end());
    ASSERT_LT(killed.size(), 10'000U);
  }
  EXPECT_EQ(job.wait(), 2) << job.out() << job.err();
  EXPECT_THAT(job.err(), HasSubstr("workers keep dying: Worker exited with signal 9"));
  EXPECT_THAT(job.err(), HasSubstr("usher import-users --resume spring"));
  expect_resumed_to_the_end();
}

}  // namespace
}  // namespace usher::scenarios
