// SPDX-License-Identifier: Apache-2.0
#include "app/jobs.h"

#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/scratch.h"

namespace usher {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

std::string error_of(const JobChoice& choice, std::set<std::string> given) {
  const auto chosen = choose_job(choice, std::move(given));
  return chosen ? "(no error)" : chosen.error().line();
}

TEST(JobChoice, IsNoJobUnlessOneIsNamed) {
  const auto chosen = choose_job({}, {"--csv", "--workers"});
  ASSERT_TRUE(chosen);
  EXPECT_FALSE(*chosen);
}

TEST(JobChoice, RefusesWhatNeedsAJob) {
  JobChoice choice;
  choice.workers = 2;
  EXPECT_EQ(error_of(choice, {"--workers"}),
            "--workers requires --job-id or --resume (checkpoint mode)");
  EXPECT_EQ(error_of({}, {"--chunk-size"}), "--chunk-size requires --job-id or --resume");
  EXPECT_EQ(error_of({}, {"--checkpoint-dir"}), "--checkpoint-dir requires --job-id or --resume");
  choice.id = "spring";
  EXPECT_EQ(error_of(choice, {"--workers", "--chunk-size", "--checkpoint-dir"}), "(no error)");
}

TEST(JobChoice, RefusesANewJobThatIsAnOldOne) {
  JobChoice choice;
  choice.id = "spring";
  choice.resume = "";
  EXPECT_EQ(error_of(choice, {}), "Cannot specify both --job-id and --resume (choose one)");
}

TEST(JobChoice, IsPassedOn) {
  JobChoice choice;
  choice.resume = "spring";
  choice.root = "jobs";
  choice.chunk_size = 500;
  choice.workers = 4;
  const auto chosen = choose_job(choice, {"--workers"});
  ASSERT_TRUE(chosen);
  const job::Request request = chosen->value_or(job::Request{});
  EXPECT_EQ(request.id, "spring");
  EXPECT_TRUE(request.resume);
  EXPECT_EQ(request.root, "jobs");
  EXPECT_EQ(request.chunk_size, 500U);
  EXPECT_EQ(request.workers, 4);
  EXPECT_EQ(request.given, (std::set<std::string>{"--workers"}));
}

TEST(JobsRoot, MayBeMissingButNotUnreadable) {
  const ScratchFolder folder;
  EXPECT_TRUE(check_jobs_root(folder.path()));
  EXPECT_TRUE(check_jobs_root(folder.at("none")));
  const auto file = check_jobs_root(folder.write("file", ""));
  ASSERT_FALSE(file);
  EXPECT_THAT(file.error().what, HasSubstr("cannot list the jobs"));
}

TEST(JobPlan, IsOnlyThereWithAStore) {
  const ScratchFolder folder;
  EXPECT_FALSE(plan_of_job(job::Folder(folder.path(), "none")));
  std::filesystem::create_directory(folder.at("spring"));
  folder.write("spring/job.db", "no store");
  EXPECT_FALSE(plan_of_job(job::Folder(folder.path(), "spring")));
}

job::Standing sample() {
  job::Standing job;
  job.id = "spring";
  job.folder = "jobs/spring";
  job.state = job::Standing::State::failed_rows;
  job.plan.csv = {"/data/\"u\".csv", "abc", 12};
  job.plan.rows = 10;
  job.plan.chunk_size = 4;
  job.rows.total = 10;
  job.rows.created = 7;
  job.rows.failed = 3;
  job.users.open = 2;
  job.runs = {{1, {}, std::nullopt, "", 4}};
  return job;
}

TEST(JobJson, HasEverythingInOneLine) {
  EXPECT_EQ(
      to_json(sample()),
      R"({"id":"spring","folder":"jobs/spring","kind":"users","state":"failed-rows","bytes":0,)"
      R"("lastUsed":"1970-01-01T00:00:00.000Z","holder":null,)"
      R"("made":"1970-01-01T00:00:00.000Z","dryRun":false,"mode":"user-only","apiUrl":"",)"
      R"("csv":"/data/\"u\".csv","csvHash":"abc","roleMapping":"","workers":1,"concurrency":10,)"
      R"("chunks":{"total":3,"done":0,"size":4},)"
      R"("rows":{"total":10,"created":7,"alreadyThere":0,"failed":3,"toDo":0},)"
      R"("users":{"created":0,"alreadyThere":0,"updated":0,"failed":0,"inDoubt":2},)"
      R"("memberships":{"created":0,"alreadyThere":0,"updated":0,"failed":0,"inDoubt":0},)"
      R"("organizations":{"created":0,"alreadyThere":0,"updated":0,"failed":0,"inDoubt":0},)"
      R"("runs":[{"number":1,"began":"1970-01-01T00:00:00.000Z","ended":null,"end":"","workers":4}]})");
}

TEST(JobJson, SaysWhatIsKnownOfAJobThatCannotBeRead) {
  job::Standing job = sample();
  job.state = job::Standing::State::unreadable;
  job.problem = {"job.db: is damaged", "restore it"};
  EXPECT_EQ(
      to_json(job),
      R"({"id":"spring","folder":"jobs/spring","kind":"users","state":"unreadable","bytes":0,)"
      R"("lastUsed":"1970-01-01T00:00:00.000Z","holder":null,)"
      R"("problem":"job.db: is damaged","next":"restore it"})");
  job.state = job::Standing::State::foreign;
  EXPECT_THAT(to_json(job), Not(HasSubstr("rows")));
}

TEST(JobJson, NamesWhoHoldsIt) {
  job::Standing job = sample();
  job.state = job::Standing::State::running;
  job.holder = job::Holder{4711, "host", "2024-01-15T11:52:00.000Z"};
  EXPECT_THAT(
      to_json(job),
      HasSubstr(R"("holder":{"process":4711,"host":"host","since":"2024-01-15T11:52:00.000Z"})"));
}

}  // namespace
}  // namespace usher
