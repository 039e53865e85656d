// SPDX-License-Identifier: Apache-2.0
#include "cli/import_job.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/scratch.h"
#include "base/text.h"
#include "cli/sample_job.h"
#include "cli/stage.h"
#include "run/sample_failure.h"

namespace usher::cli {
namespace {

using End = UserImportReport::End;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

JobStart start_of(const std::string& id, bool resumed) {
  JobStart start;
  start.id = id;
  start.folder = ".workos-checkpoints/" + id;
  start.resumed = resumed;
  start.chunks = 5;
  start.rows = 5000;
  return start;
}

// 5,000 rows, of which so many succeeded and failed; the rest was not tried.
UserImportReport report_of(std::uint64_t created, std::uint64_t failed, End end = End::finished) {
  UserImportReport report;
  report.mode = Mode::multi_org;
  report.end = end;
  report.job = "spring";
  report.tally.rows.read = 5000;
  report.tally.rows.created = created;
  report.tally.rows.failed = failed;
  report.tally.rows.not_tried = 5000 - created - failed;
  report.tally.users.created = created;
  report.elapsed = std::chrono::seconds{100};
  return report;
}

TEST(ImportJob, IsAskedForWithEverythingThatWasTyped) {
  Stage stage;
  EXPECT_EQ(stage.run({"import-users", "--user-export", "u.csv", "--job-id", "spring",
                       "--chunk-size", "500", "--workers", "4", "--checkpoint-dir", "jobs",
                       "--org-id", "org_1", "--dry-run"}),
            0)
      << stage.err.text;
  ASSERT_EQ(stage.job_runs.size(), 1U);
  const job::Request& request = stage.job_runs[0];
  EXPECT_EQ(request.id, "spring");
  EXPECT_FALSE(request.resume);
  EXPECT_EQ(request.root, "jobs");
  EXPECT_EQ(request.chunk_size, 500U);
  EXPECT_EQ(request.workers, 4);
  EXPECT_EQ(request.program, "/usr/bin/usher");
  EXPECT_EQ(request.options.csv, "u.csv");
  EXPECT_EQ(request.options.single_org.value, "org_1");
  EXPECT_TRUE(request.options.dry_run);
  EXPECT_EQ(request.given, (std::set<std::string>{"--csv", "--job-id", "--chunk-size", "--workers",
                                                  "--checkpoint-dir", "--org-id", "--dry-run"}));
  EXPECT_THAT(stage.imports, IsEmpty());
}

TEST(ImportJob, RefusesWhatCannotBeMeantInOneLineAndMakesNothing) {
  const struct {
    std::vector<std::string> words;
    std::string error;
  } cases[] = {
      {{"--csv", "u", "--job-id", "a", "--resume"},
       "Cannot specify both --job-id and --resume (choose one)"},
      {{"--csv", "u", "--workers", "2"},
       "--workers requires --job-id or --resume (checkpoint mode)"},
      {{"--csv", "u", "--chunk-size", "500"}, "--chunk-size requires --job-id or --resume"},
      {{"--csv", "u", "--checkpoint-dir", "d"}, "--checkpoint-dir requires --job-id or --resume"},
      {{"--csv", "u", "--job-id", "a", "--workers", "33"},
       "--workers must be a whole number from 1 to 32 (got \"33\")"},
      {{"--csv", "u", "--job-id", "a", "--workers", "0"},
       "--workers must be a whole number from 1 to 32 (got \"0\")"},
      {{"--csv", "u", "--job-id", "a", "--chunk-size", "99"},
       "--chunk-size must be a whole number from 100 to 10000 (got \"99\")"},
      {{"--csv", "u", "--job-id", "a", "--checkpoint-dir", ""}, "--checkpoint-dir is empty"},
      {{"--csv", "u", "--job-id"}, "--job-id needs a value"},
      {{"--csv", "u", "--job-id="}, "--job-id needs a value"},
      {{"--resume="}, "--resume needs a value"},
      {{"--resume", "--resume", "a"}, "--resume is given more than once"},
      {{"--job-id", "a"}, "--csv FILE is required"},
      {{"--resume", "--csv", ""}, "--csv is empty: give a value, or leave it out"},
  };
  for (const auto& one : cases) {
    SCOPED_TRACE(one.error);
    Stage stage;
    stage.jobs = {sample_job()};
    std::vector<std::string> words = {"import-users"};
    words.insert(words.end(), one.words.begin(), one.words.end());
    EXPECT_EQ(run_program(words, stage.around), 2);
    EXPECT_EQ(stage.err.text,
              "usher import-users: " + one.error + "\nAll options: usher import-users --help\n");
    EXPECT_THAT(stage.imports, IsEmpty());
    EXPECT_THAT(stage.job_runs, IsEmpty());
  }
}

TEST(ImportJob, RefusesIdsThatAreNoNames) {
  for (const auto* id : {"../../x", "a/b", ".hidden", "-x", "", "a b", "\x1b[2J"}) {
    for (const std::string option : {"--job-id", "--resume"}) {
      if (option == "--resume" && std::string_view(id).starts_with('-')) continue;  // an option
      SCOPED_TRACE(option + " " + id);
      Stage stage;
      EXPECT_EQ(stage.run({"import-users", "--csv", "u.csv", option, id}), 2);
      EXPECT_THAT(stage.err.text, HasSubstr("is no job id"));
      EXPECT_THAT(stage.job_runs, IsEmpty());
    }
  }
}

TEST(ImportJob, CannotReadAPipe) {
  Stage stage;
  EXPECT_EQ(stage.run({"import-users", "--csv", "-", "--job-id", "spring"}), 2);
  EXPECT_THAT(stage.err.text, HasSubstr("a job cannot read the standard input"));
  EXPECT_THAT(stage.job_runs, IsEmpty());
}

TEST(ImportJob, NeedsTheKeyBeforeAnythingIsMade) {
  Stage stage;
  stage.environment.clear();
  stage.jobs = {sample_job()};
  EXPECT_EQ(stage.run({"import-users", "--csv", "u.csv", "--job-id", "spring"}), 2);
  EXPECT_EQ(stage.run({"import-users", "--resume"}), 2);
  EXPECT_THAT(stage.err.text, StartsWith("usher import-users: WORKOS_SECRET_KEY is missing\n"));
  EXPECT_THAT(stage.job_runs, IsEmpty());
  stage.jobs[0].plan.options.dry_run = true;
  EXPECT_EQ(stage.run({"import-users", "--resume"}), 0);
  EXPECT_EQ(stage.job_runs.size(), 1U);
}

TEST(Resume, GoesOnWithTheJobThatWasUsedLast) {
  Stage stage;
  stage.jobs = {sample_job("summer"), sample_job("spring")};
  EXPECT_EQ(stage.run({"import-users", "--resume"}), 0) << stage.err.text;
  EXPECT_EQ(stage.run({"import-users", "--resume", "--workers", "2"}), 0);
  EXPECT_EQ(stage.run({"import-users", "--resume", "spring"}), 0);
  ASSERT_EQ(stage.job_runs.size(), 3U);
  EXPECT_EQ(stage.job_runs[0].id, "summer");
  EXPECT_TRUE(stage.job_runs[0].resume);
  EXPECT_EQ(stage.job_runs[0].given, (std::set<std::string>{"--resume"}));
  EXPECT_EQ(stage.job_runs[1].id, "summer");
  EXPECT_EQ(stage.job_runs[2].id, "spring");
}

TEST(Resume, NamesTheJobThatWasProbablyMeant) {
  Stage stage;
  EXPECT_EQ(stage.run({"import-users", "--resume"}), 2);
  EXPECT_EQ(stage.err.text,
            "usher import-users: there is no job in .workos-checkpoints\n"
            "  start one with --job-id, or say where they are with --checkpoint-dir\n");
  stage.err.text.clear();
  stage.jobs = {sample_job("prod-migration-2024-01-15")};
  EXPECT_EQ(stage.run({"import-users", "--resume", "prod-migration-2024-01-16"}), 2);
  EXPECT_EQ(stage.err.text,
            "usher import-users: there is no job prod-migration-2024-01-16 in .workos-checkpoints "
            "(did you mean prod-migration-2024-01-15?)\n  all jobs: usher jobs\n");
  EXPECT_THAT(stage.job_runs, IsEmpty());
}

TEST(Resume, StaysWithTheApiOfTheJob) {
  Stage stage;
  stage.jobs = {sample_job()};
  stage.jobs[0].plan.options.api_url = "http://127.0.0.1:4100";
  EXPECT_EQ(stage.run({"import-users", "--resume"}), 0) << stage.err.text;
  ASSERT_EQ(stage.job_runs.size(), 1U);
  EXPECT_EQ(stage.job_runs[0].options.api_url, "http://127.0.0.1:4100");

  stage.environment["WORKOS_API_URL"] = "http://127.0.0.1:4100/";
  EXPECT_EQ(stage.run({"import-users", "--resume"}), 0) << stage.err.text;

  stage.environment["WORKOS_API_URL"] = "https://api.workos.com";
  EXPECT_EQ(stage.run({"import-users", "--resume"}), 2);
  EXPECT_EQ(stage.err.text,
            "usher import-users: the job spring goes to http://127.0.0.1:4100, but WORKOS_API_URL "
            "is https://api.workos.com\n  go on where it was begun: add --api-url "
            "http://127.0.0.1:4100; for another API, start another job with --job-id\n");
  EXPECT_EQ(stage.job_runs.size(), 2U);
  EXPECT_EQ(stage.run({"import-users", "--resume", "--api-url", "http://127.0.0.1:4100"}), 0);
}

TEST(Resume, LeavesToTheRunWhatCannotBeLookedAt) {
  for (const auto state : {job::Standing::State::foreign, job::Standing::State::unreadable}) {
    Stage stage;
    stage.jobs = {sample_job()};
    stage.jobs[0].state = state;
    EXPECT_EQ(stage.run({"import-users", "--resume"}), 0) << stage.err.text;
    ASSERT_EQ(stage.job_runs.size(), 1U);
    EXPECT_EQ(stage.job_runs[0].options.api_url, "https://api.workos.com");
  }
}

TEST(ImportJob, TellsChunksInTheFormOfTheToolkitOnAPipe) {
  Stage stage;
  stage.play_job([](Observer& observer) {
    JobStart start = start_of("prod-migration-2024-01-15", true);
    start.chunks = 100;
    start.chunks_done = 45;
    start.rows = 100'000;
    start.rows_done = 45'000;
    start.rows_again = 205;
    start.workers = 4;
    observer.job_opened(start);
    observer.started(Mode::multi_org, 100'000);
    Progress progress;
    progress.total_rows = 100'000;
    progress.earlier = 45'000;
    progress.chunks = 100;
    for (const std::uint64_t chunk : {46U, 48U}) {
      progress.chunks_done = chunk;
      progress.elapsed = std::chrono::seconds{(chunk - 45) * 10};
      progress.tally.rows.created = chunk * 1000;
      observer.progressed(progress);
    }
    UserImportReport report = report_of(5000, 0);
    report.tally.rows.read = report.tally.rows.created = 100'000;
    report.elapsed = std::chrono::seconds{550};
    return report;
  });
  stage.jobs = {sample_job("prod-migration-2024-01-15")};
  EXPECT_EQ(stage.run({"import-users", "--resume"}), 0);
  EXPECT_EQ(stage.err.text,
            "Resuming job: prod-migration-2024-01-15\n"
            "Checkpoint loaded: 45/100 chunks completed (45%)\n"
            "Trying 205 failed rows again.\n"
            "Importing /data/users.csv: 55,000 of 100,000 rows, multi-org, 4 workers, to "
            "https://api.workos.com\n"
            "Progress: 46/100 chunks (46%) - ETA: 9m 00s\n"
            "Progress: 48/100 chunks (48%) - ETA: 8m 40s\n"
            "Progress: 100/100 chunks (100%) - ETA: 0s\n");
  EXPECT_THAT(stage.out.text, HasSubstr("Duration:       9m 10s (100 rows/s)"));
  EXPECT_THAT(stage.out.text, HasSubstr("Job:            prod-migration-2024-01-15"));
  EXPECT_THAT(stage.out.text, HasSubstr("Chunk progress: 100/100 chunks (100%)"));
}

TEST(ImportJob, DrawsABarWithChunksOnATerminal) {
  Stage stage;
  stage.err.terminal = true;
  stage.play_job([](Observer& observer) {
    observer.job_opened(start_of("spring", false));
    Progress progress;
    progress.total_rows = 5000;
    progress.chunks = 5;
    progress.chunks_done = 2;
    progress.elapsed = std::chrono::seconds{10};
    progress.tally.rows.created = 2500;
    observer.progressed(progress);
    return report_of(5000, 0);
  });
  EXPECT_EQ(stage.run({"import-users", "--csv", "u.csv", "--job-id", "spring"}), 0);
  EXPECT_THAT(stage.err.text, HasSubstr("2,500/5,000 rows  2/5 chunks  250 rows/s  ETA 10s"));
  EXPECT_THAT(stage.err.text, EndsWith("\r\x1b[2K"));
}

TEST(ImportJob, LeavesOnlyTheSummaryWhenQuiet) {
  Stage stage;
  stage.play_job([](Observer& observer) {
    observer.job_opened(start_of("spring", false));
    observer.started(Mode::multi_org, 5000);
    return report_of(4795, 205);
  });
  EXPECT_EQ(stage.run({"import-users", "--csv", "u.csv", "--job-id", "spring", "--quiet"}), 1);
  EXPECT_THAT(stage.err.text, IsEmpty());
  EXPECT_THAT(stage.out.text, HasSubstr("Chunk progress: 5/5 chunks (100%)"));
}

// What is told after a run that ended so, with these options.
std::string ending_of(const UserImportReport& report, std::vector<std::string> options,
                      std::uint64_t earlier = 0) {
  Stage stage;
  stage.jobs = {sample_job()};
  stage.jobs[0].plan.options.dry_run = report.dry_run;
  const bool resumed = std::ranges::find(options, "--resume") != options.end();
  stage.play_job([&](Observer& observer) {
    JobStart start = start_of("spring", resumed);
    start.rows_done = earlier;
    observer.job_opened(start);
    return report;
  });
  options.insert(options.begin(), "import-users");
  run_program(options, stage.around);
  const auto at = stage.err.text.find("\nNext steps:");
  return at == std::string::npos ? "(nothing)\n" : stage.err.text.substr(at);
}

TEST(JobEnding, SaysHowToTryFailedRowsAgain) {
  EXPECT_EQ(ending_of(report_of(4795, 205), {"--csv", "u.csv", "--job-id", "spring"}), R"(
Next steps:
  1. See the failed rows: .workos-checkpoints/spring/errors.jsonl
       jq -r .errorMessage .workos-checkpoints/spring/errors.jsonl | sort | uniq -c | sort -rn | head
       usher analyze-errors --errors .workos-checkpoints/spring/errors.jsonl
  2. Correct them in u.csv and try just these again:
       usher import-users --resume spring
     Rows that succeeded are skipped; --csv FILE takes a repaired copy.
)");
}

TEST(JobEnding, SaysHowToGoOnAfterAnInterruption) {
  EXPECT_EQ(ending_of(report_of(300, 0, End::interrupted),
                      {"--csv", "u.csv", "--job-id", "spring", "--org-id", "o", "--workers", "4",
                       "--checkpoint-dir", "my jobs", "--errors-out", "/nonexistent/e.csv"}),
            "(nothing)\n");  // the errors file cannot be made: refused before
  EXPECT_EQ(ending_of(report_of(300, 0, End::interrupted),
                      {"--csv", "u.csv", "--job-id", "spring", "--org-id", "o", "--workers", "4",
                       "--checkpoint-dir", "my jobs"}),
            R"(
Next steps:
  1. Go on where it stopped:
       usher import-users --resume spring --checkpoint-dir 'my jobs'
)");
}

TEST(JobEnding, KeepsTheOptionsOfAResumeWhichNoPlanKeeps) {
  UserImportReport report = report_of(300, 0, End::unreachable);
  report.reason = {"the API cannot be reached", ""};
  EXPECT_EQ(ending_of(report, {"--csv", "fixed.csv", "--resume", "spring", "--workers", "4",
                               "--rate-limit", "20", "--api-url", "https://api.workos.com"}),
            R"(
Next steps:
  1. Once that is put right, go on where it stopped:
       usher import-users --resume spring --api-url https://api.workos.com --rate-limit 20 )"
            "--workers 4\n");
}

TEST(JobEnding, IsSilentWhenAllIsDone) {
  EXPECT_EQ(ending_of(report_of(5000, 0), {"--csv", "u.csv", "--job-id", "spring"}), "(nothing)\n");
  EXPECT_EQ(ending_of(report_of(5000, 0), {"--resume"}, 5000), "(nothing)\n");
}

TEST(JobEnding, LeadsFromADryRunToTheImport) {
  UserImportReport report = report_of(5000, 0);
  report.dry_run = true;
  EXPECT_EQ(ending_of(report, {"--job-id", "spring", "--dry-run", "--csv", "my users.csv"}), R"(
Next steps:
  1. Nothing was sent. The import itself, under the same name:
       usher import-users --csv 'my users.csv' --job-id spring
)");
  EXPECT_EQ(ending_of(report, {"--resume", "spring"}), "(nothing)\n");
}

TEST(Resume, OfAFinishedJobSaysSoInOneLine) {
  Stage stage;
  stage.jobs = {sample_job()};
  stage.play_job([](Observer& observer) {
    JobStart start = start_of("spring", true);
    start.chunks_done = 5;
    start.rows_done = 5000;
    observer.job_opened(start);
    UserImportReport report = report_of(5000, 0);
    report.elapsed = {};
    return report;
  });
  EXPECT_EQ(stage.run({"import-users", "--resume", "spring"}), 0);
  EXPECT_EQ(stage.err.text,
            "Resuming job: spring\n"
            "Checkpoint loaded: 5/5 chunks completed (100%)\n"
            "Nothing to do: all 5,000 rows are done.\n");
  EXPECT_THAT(stage.out.text, HasSubstr("Duration:       0 ms  "));
  EXPECT_THAT(stage.out.text, HasSubstr("Status:         Success"));
}

TEST(Resume, EndsWithTwoWhenTheJobCannotGoOn) {
  Stage stage;
  stage.jobs = {sample_job()};
  stage.play_job([](Observer&) -> Result<UserImportReport> {
    return fail("the job spring is being worked on by process 7", "watch it: usher jobs watch x");
  });
  EXPECT_EQ(stage.run({"import-users", "--resume"}), 2);
  EXPECT_EQ(stage.err.text,
            "usher import-users: the job spring is being worked on by process 7\n"
            "  watch it: usher jobs watch x\n");
  EXPECT_THAT(stage.out.text, IsEmpty());
}

// What earlier runs have done is no reason to lose what they told.
TEST(Resume, KeepsAnOldErrorsFileUntilItHasTriedARow) {
  const ScratchFolder folder;
  for (const bool tried : {false, true}) {
    const std::string path = folder.write("e.jsonl", "{\"recordNumber\":1}\n");
    Stage stage;
    stage.jobs = {sample_job()};
    stage.play_job([tried](Observer& observer) {
      JobStart start = start_of("spring", true);
      start.rows_done = 4000;
      observer.job_opened(start);
      Progress progress;
      progress.earlier = 4000;
      progress.tally.rows.created = tried ? 4001 : 4000;
      observer.progressed(progress);
      return report_of(tried ? 4001 : 4000, 0, End::interrupted);
    });
    EXPECT_EQ(stage.run({"import-users", "--resume", "--errors-out", path}), 130);
    EXPECT_EQ(folder.has("e.jsonl"), !tried);
  }
}

TEST(Resume, MayNotWriteOverTheInputOfTheJob) {
  const ScratchFolder folder;
  Stage stage;
  stage.jobs = {sample_job()};
  stage.jobs[0].plan.csv.path = folder.write("u.csv", "email\n");
  EXPECT_EQ(stage.run({"import-users", "--resume", "--errors-out", folder.at("u.csv")}), 2);
  EXPECT_THAT(stage.err.text, HasSubstr("names a file that is read by this run"));
}

}  // namespace
}  // namespace usher::cli
