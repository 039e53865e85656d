// SPDX-License-Identifier: Apache-2.0
// Going on with a job: nothing has to be said again, nothing is lost, what failed is tried again,
// and what would make another job of it is refused. Troubles with the disk: job_trouble_test.cc.
#include <csignal>
#include <cstdio>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/scratch.h"
#include "scenarios/job_trial.h"
#include "scenarios/oracle.h"

namespace usher::scenarios {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class JobResume : public ::testing::Test {
 protected:
  [[nodiscard]] Launch command(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), {"--rate-limit", "off"});
    return import_into(api, folder.path(), std::move(arguments));
  }
  [[nodiscard]] Ran import(std::vector<std::string> arguments) const {
    return run(command(std::move(arguments)));
  }
  // Started, and stopped by Ctrl-C when some people are there.
  void begin(std::vector<std::string> arguments, std::int64_t people_first) const {
    Launch launch = command(std::move(arguments));
    launch.own_group = true;
    Process job(launch);
    api.wait_for("users", people_first);
    EXPECT_EQ(::kill(-job.id(), SIGINT), 0);
    EXPECT_EQ(job.wait(), 130) << job.out() << job.err();
    EXPECT_THAT(job.out(), HasSubstr("Interrupted"));
    EXPECT_THAT(job.err(), HasSubstr("usher import-users --resume spring"));
  }
  [[nodiscard]] std::string path(const std::string& name) const {
    return std::string(kJobs) + "/spring/" + name;
  }

  LocalApi api{{"--latency", "5"}};
  ScratchFolder folder;
};

TEST_F(JobResume, NeedsNoOptionAgainAndLosesNoMembershipOfASingleOrganization) {
  constexpr int kPeople = 300;
  folder.write("users.csv", people(kPeople));
  begin({"--csv", "users.csv", "--job-id", "spring", "--org-external-id", "acct-1", "--org-name",
         "Account", "--create-org-if-missing", "--concurrency", "2"},
        20);
  EXPECT_LT(api.count("users"), kPeople);
  const Ran last = import({"--resume"});
  EXPECT_EQ(last.code, 0) << last.out << last.err;
  EXPECT_THAT(last.err, StartsWith("Resuming job: spring\nCheckpoint loaded: 0/1 chunks"));
  EXPECT_THAT(last.out, HasSubstr("Success"));
  Wanted wanted;
  wanted.organization("acct-1");
  for (int i = 1; i <= kPeople; ++i) {
    wanted.person(fmt::format("p{}@example.com", i), "");
    wanted.membership(fmt::format("p{}@example.com", i), "acct-1", {});
  }
  expect_holds_exactly(api, wanted);
}

TEST_F(JobResume, GoesOnAfterCtrlCInEachOfSeveralWorkers) {
  folder.write("users.csv", people(600));
  begin({"--csv", "users.csv", "--job-id", "spring", "--workers", "3", "--concurrency", "2"}, 30);
  EXPECT_LT(api.count("users"), 600);
  const RowCounts rows = rows_of(folder.path(), "spring");
  EXPECT_EQ(static_cast<std::int64_t>(rows.succeeded()), api.count("users"));
  const Ran last = import({"--resume", "spring", "--workers", "2"});
  EXPECT_EQ(last.code, 0) << last.out << last.err;
  EXPECT_EQ(api.count("users"), 600);
}

TEST_F(JobResume, LeavesAtOnceAtTheSecondCtrlC) {
  const LocalApi slow({"--latency", "600000"});
  folder.write("users.csv", people(20));
  Launch launch = import_into(slow, folder.path(),
                              {"--csv", "users.csv", "--job-id", "spring", "--workers", "2",
                               "--timeout", "3600", "--concurrency", "2"});
  launch.own_group = true;
  Process job(launch);
  slow.wait_for("requests.max_in_flight", 4);
  const auto workers = workers_of(job.id());
  EXPECT_EQ(workers.size(), 2U);
  EXPECT_EQ(::kill(-job.id(), SIGINT), 0);
  EXPECT_TRUE(job.read_until([&] { return job.err().contains("Stopping"); }));
  EXPECT_EQ(::kill(-job.id(), SIGINT), 0);
  EXPECT_EQ(job.wait(), 130) << job.err();
  for (const pid_t worker : workers) EXPECT_TRUE(is_gone_soon(worker));
}

TEST_F(JobResume, PicksTheJobThatWasUsedLastWhenNoneIsNamed) {
  folder.write("users.csv", people(3));
  EXPECT_EQ(import({"--csv", "users.csv", "--job-id", "zebra"}).code, 0);
  EXPECT_EQ(import({"--csv", "users.csv", "--job-id", "apple"}).code, 0);
  EXPECT_THAT(import({"--resume"}).err, StartsWith("Resuming job: apple\n"));
}

TEST_F(JobResume, TriesFailedRowsAgainAndForgetsTheirErrors) {
  folder.write("users.csv",
               "email,org_external_id,org_name,role_slugs\n"
               "a@example.com,acct-1,One,\nb@example.com,acct-1,One,editor\n"
               "c@example.com,acct-1,One,editor\n");
  const Ran first = import({"--csv", "users.csv", "--job-id", "spring"});
  EXPECT_EQ(first.code, 1) << first.out << first.err;
  EXPECT_TRUE(folder.has(path("errors.jsonl")));
  api.post("/authorization/roles", R"({"slug":"editor","name":"Editor"})");
  const Ran second = import({"--resume", "spring"});
  EXPECT_EQ(second.code, 0) << second.out << second.err;
  EXPECT_THAT(second.err, HasSubstr("Trying 2 failed rows again."));
  EXPECT_FALSE(folder.has(path("errors.jsonl")));
  Wanted wanted;
  wanted.organization("acct-1");
  for (const std::string person : {"a", "b", "c"}) {
    wanted.person(person + "@example.com", "");
    wanted.membership(person + "@example.com", "acct-1",
                      person == "a" ? std::set<std::string>{} : std::set<std::string>{"editor"});
  }
  expect_holds_exactly(api, wanted);
}

TEST_F(JobResume, LosesNothingWhenTheViewsAreDeleted) {
  folder.write("users.csv", people(50) + "not an address,Nobody\n");
  EXPECT_EQ(import({"--csv", "users.csv", "--job-id", "spring"}).code, 1);
  ASSERT_EQ(std::remove(folder.at(path("checkpoint.json")).c_str()), 0);
  ASSERT_EQ(std::remove(folder.at(path("errors.jsonl")).c_str()), 0);
  const std::int64_t users_asked = api.count("requests.writes_accepted");
  const Ran again = import({"--resume", "spring"});
  EXPECT_EQ(again.code, 1) << again.out << again.err;
  EXPECT_THAT(again.err, HasSubstr("Trying 1 failed row again."));
  EXPECT_EQ(api.count("requests.writes_accepted"), users_asked);
  EXPECT_THAT(folder.read(path("checkpoint.json")), HasSubstr(R"("successes":50,"failures":1)"));
  EXPECT_THAT(folder.read(path("errors.jsonl")), StartsWith(R"({"recordNumber":51,)"));
}

TEST_F(JobResume, IsNotPoisonedByADryRun) {
  folder.write("users.csv", people(20));
  const Ran dry = import({"--csv", "users.csv", "--job-id", "spring", "--dry-run"});
  EXPECT_EQ(dry.code, 0) << dry.err;
  EXPECT_EQ(api.count("users"), 0);
  const Ran resumed = import({"--resume", "spring"});
  EXPECT_EQ(resumed.code, 0) << resumed.err;
  EXPECT_EQ(api.count("users"), 0);
  const Ran real = import({"--csv", "users.csv", "--job-id", "spring"});
  EXPECT_EQ(real.code, 0) << real.err;
  EXPECT_EQ(api.count("users"), 20);
}

TEST_F(JobResume, RefusesAnIdThatIsTakenAndSaysWhatToDo) {
  folder.write("users.csv", people(3));
  EXPECT_EQ(import({"--csv", "users.csv", "--job-id", "spring"}).code, 0);
  const std::int64_t requests = api.count("requests.total");
  const Ran again = import({"--csv", "users.csv", "--job-id", "spring"});
  EXPECT_EQ(again.code, 2);
  EXPECT_THAT(again.err, HasSubstr("there is a job spring already"));
  EXPECT_THAT(again.err, HasSubstr("usher import-users --resume spring"));
  EXPECT_EQ(api.count("requests.total"), requests);
}

TEST_F(JobResume, TellsASecondProcessWhoHoldsTheJob) {
  folder.write("users.csv", people(2000));
  Process job(command({"--csv", "users.csv", "--job-id", "spring", "--concurrency", "1"}));
  api.wait_for("users", 5);
  const Ran second = import({"--resume", "spring"});
  EXPECT_EQ(second.code, 2) << second.out << second.err;
  EXPECT_THAT(second.err, HasSubstr(fmt::format("process {}", job.id())));
  const Ran taken = import({"--csv", "users.csv", "--job-id", "spring"});
  EXPECT_EQ(taken.code, 2);
  job.signal(SIGINT);
  EXPECT_EQ(job.wait(), 130);
  EXPECT_EQ(static_cast<std::int64_t>(rows_of(folder.path(), "spring").succeeded()),
            api.count("users"));
}

TEST_F(JobResume, RefusesWhatWouldMakeAnotherJobOfIt) {
  folder.write("users.csv", people(3));
  EXPECT_EQ(import({"--csv", "users.csv", "--job-id", "spring"}).code, 0);
  const std::int64_t requests = api.count("requests.total");
  const LocalApi other;
  using Words = std::vector<std::string>;
  for (const Words& option :
       {Words{"--dry-run"}, Words{"--org-id", "org_01K3MA0V6R2S8W5Y3Z7B9D1F4H"},
        Words{"--org-external-id", "acct-1"}, Words{"--existing", "update"},
        Words{"--require-membership"}, Words{"--chunk-size", "500"},
        Words{"--api-url", other.url()}}) {
    SCOPED_TRACE(option.front());
    Words words = {"--resume", "spring"};
    words.insert(words.end(), option.begin(), option.end());
    const Ran refused = import(words);
    EXPECT_EQ(refused.code, 2) << refused.out << refused.err;
    EXPECT_THAT(refused.err, HasSubstr("would change what the job is"));
  }
  EXPECT_EQ(api.count("requests.total"), requests);
  EXPECT_EQ(other.count("users"), 0);
}

TEST_F(JobResume, FindsAFileThatHasMovedWhenItIsToldWhereItIs) {
  folder.write("users.csv", people(40) + "not an address,Nobody\n");
  EXPECT_EQ(import({"--csv", "users.csv", "--job-id", "spring"}).code, 1);
  const std::int64_t writes = api.count("requests.writes_accepted");
  ASSERT_EQ(std::rename(folder.at("users.csv").c_str(), folder.at("moved.csv").c_str()), 0);
  const Ran lost = import({"--resume", "spring"});
  EXPECT_EQ(lost.code, 2);
  EXPECT_THAT(lost.err, HasSubstr("users.csv"));
  EXPECT_THAT(lost.err, HasSubstr("--csv FILE"));
  const Ran found = import({"--resume", "spring", "--csv", "moved.csv"});
  EXPECT_EQ(found.code, 1) << found.err;
  EXPECT_THAT(found.err, Not(HasSubstr("Input changed")));
  EXPECT_EQ(import({"--resume", "spring"}).code, 1);  // it knows now
  EXPECT_EQ(api.count("requests.writes_accepted"), writes);
}

}  // namespace
}  // namespace usher::scenarios
