// SPDX-License-Identifier: Apache-2.0
#include "cli/job_sheet.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/random.h"
#include "base/text.h"
#include "cli/sample_job.h"

namespace usher::cli {
namespace {

using State = job::Standing::State;
using ::testing::HasSubstr;
using ::testing::Not;

const WallTime kNoon{std::chrono::seconds{1'705'320'000}};  // 2024-01-15 12:00 UTC

std::string joined(const std::vector<std::string>& lines) {
  return fmt::format("\n{}\n", fmt::join(lines, "\n"));
}

TEST(JobList, FitsATerminal) {
  job::Standing running = sample_job("migration-acme-corp-2024-01-15");
  running.state = State::running;
  running.rows.created = 0;
  running.rows.failed = 0;
  running.chunks_done = 0;
  job::Standing dry = sample_job("try");
  dry.state = State::dry_run;
  job::Standing broken;
  broken.id = "old";
  broken.bytes = 40'960;
  broken.used = kNoon - std::chrono::hours{72};
  broken.problem = {"job.db: is damaged", ""};
  job::Standing foreign = sample_job("theirs");
  foreign.state = State::foreign;
  const std::vector<job::Standing> jobs = {running, sample_job(), dry, broken, foreign};
  EXPECT_EQ(joined(job_list(jobs, kNoon)), R"(
JOB                             STATE           LAST USED     SIZE
migration-acme-corp-2024-01-15  running               now   1.2 MB
  795 of 5,000 rows done, 0/5 chunks, users.csv
spring                          failed rows        3m ago   1.2 MB
  4,795 of 5,000 rows done, 205 failed, 5/5 chunks, users.csv
try                             dry run            3m ago   1.2 MB
  5,000 rows, nothing sent, users.csv
old                             unreadable         3d ago    41 KB
  job.db: is damaged
theirs                          other toolkit      3m ago   1.2 MB
  of another toolkit; usher import-users --resume takes it over
)");
}

TEST(JobList, NeverCutsAnId) {
  const std::string longest(100, 'x');
  const std::vector<job::Standing> jobs = {sample_job(longest), sample_job("a")};
  EXPECT_EQ(joined(job_list(jobs, kNoon)), "\nJOB  STATE           LAST USED     SIZE\n" + longest +
                                               R"(
     failed rows        3m ago   1.2 MB
  4,795 of 5,000 rows done, 205 failed, 5/5 chunks, users.csv
a    failed rows        3m ago   1.2 MB
  4,795 of 5,000 rows done, 205 failed, 5/5 chunks, users.csv
)");
}

TEST(JobList, FitsWhateverIsInIt) {
  for (std::uint64_t seed = 1; seed <= 500; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    const auto number = [&random] { return random.next() >> (36 + random.below(28)); };
    job::Standing job = sample_job(std::string(1 + random.below(100), 'j'));
    job.state = static_cast<State>(random.below(8));
    if (job.state == State::unreadable) continue;  // a problem may need more room
    job.rows.created = number();
    job.rows.failed = number();
    job.rows.total = job.rows.created + job.rows.unchanged + job.rows.failed + number();
    job.plan.rows = job.rows.total;
    job.chunks_done = job.plan.chunks();
    job.bytes = random.next() >> random.below(64);
    job.plan.csv.path = "/data/" + std::string(random.below(200), 'c') + "\n.csv";
    for (const std::string& block : job_list({&job, 1}, kNoon)) {
      for (const auto line : split(block, '\n')) {
        EXPECT_LE(utf8_length(line), job.id == line ? 100U : 80U) << line;
      }
    }
  }
}

TEST(JobSheet, TellsEverything) {
  EXPECT_EQ(joined(job_sheet(sample_job(), ".workos-checkpoints", kNoon)), R"(
Job:            spring
State:          failed rows: every row was tried, 205 failed
Made:           2024-01-15 10:12:00 UTC
Last used:      2024-01-15 11:57:00 UTC (3m ago)
Folder:         .workos-checkpoints/spring (1.2 MB)

Input:          /data/users.csv (583 KB)
SHA-256:        aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
Mode:           multi-org
API:            https://api.workos.com
Existing:       linked unchanged
Pace:           1 worker, 10 requests in flight, WorkOS's published limits

                      total      created already there     failed
Rows                  5,000        4,000           795        205
Users                 5,000        4,000           795        205
Memberships           4,795        4,700            95          0
Organizations            21           20             0          1

Chunk progress: 5/5 chunks (100%), 1000 rows each

Runs:
    1  2024-01-15 10:12:00 UTC  1h 12m 00s  1 worker    interrupted
    2  2024-01-15 11:52:00 UTC              4 workers   killed
    3  2024-01-15 11:56:00 UTC  1m 00s      4 workers   finished

Files in .workos-checkpoints/spring:
  job.db           the store: what was begun, and how it ended
  checkpoint.json  how far it is, for people and scripts
  errors.jsonl     the rows that are failed now

Next steps:
  See the failed rows:
    jq -r .errorMessage .workos-checkpoints/spring/errors.jsonl | sort | uniq -c | sort -rn | head
  Correct them in the file and try just these again:
    usher import-users --resume spring
)");
}

TEST(JobSheet, TellsWhatWasAskedForBesideTheDefaults) {
  job::Standing job = sample_job();
  UserImportOptions& options = job.plan.options;
  options.single_org = {OrgRef::By::external_id, "north", "North Ltd", true};
  options.require_membership = true;
  options.existing = Existing::update;
  options.rate_limit = {RateLimit::Kind::per_second, 50};
  job.plan.workers = 4;
  job.plan.role_mapping.path = "/data/roles.csv";
  job.plan.options.dry_run = false;
  const std::string text = joined(job_sheet(job, "/var/jobs", kNoon));
  EXPECT_THAT(text, HasSubstr("Role mapping:   /data/roles.csv\n"));
  EXPECT_THAT(text, HasSubstr("Organization:   external id north, made when it is not there\n"));
  EXPECT_THAT(text, HasSubstr("Existing:       updated\n"));
  EXPECT_THAT(text, HasSubstr("Memberships:    required: a person without one is not kept\n"));
  EXPECT_THAT(text, HasSubstr("4 workers, 10 requests in flight, 50 requests a second\n"));
  EXPECT_THAT(text, HasSubstr("usher import-users --resume spring --checkpoint-dir /var/jobs\n"));
}

TEST(JobSheet, TellsWhoWorksOnItAndHowToStopThem) {
  job::Standing job = sample_job();
  job.state = State::running;
  job.holder = job::Holder{4711, "host", "2024-01-15T11:52:00.000Z"};
  job.rows.created = 1000;
  job.users.open = 12;
  job.runs.back().ended.reset();
  const std::string text = joined(job_sheet(job, ".workos-checkpoints", kNoon));
  EXPECT_THAT(text, HasSubstr("running: process 4711 on host, since 2024-01-15T11:52:00.000Z\n"));
  EXPECT_THAT(text, HasSubstr("In flight:      12 steps begun\n"));
  EXPECT_THAT(text, HasSubstr("4 workers   under way\n"));
  EXPECT_THAT(text, HasSubstr("failed      to do\n"));
  EXPECT_THAT(text, HasSubstr("    usher jobs watch spring\n"));
  EXPECT_THAT(text, HasSubstr("    kill -INT 4711\n"));
}

TEST(JobSheet, ShowsTheLastRunsOfMany) {
  job::Standing job = sample_job();
  job.runs.assign(50, job.runs.front());
  for (std::uint32_t i = 0; i < 50; ++i) job.runs[i].number = i + 1;
  const std::string text = joined(job_sheet(job, ".workos-checkpoints", kNoon));
  EXPECT_THAT(text, HasSubstr("  (40 earlier)\n   41  "));
}

TEST(JobSheet, SaysWhyItCannotBeReadAndWhatToDo) {
  job::Standing job;
  job.id = "old";
  job.folder = ".workos-checkpoints/old";
  job.used = kNoon;
  job.problem = {"job.db: a newer version wrote it", "go on with that version"};
  EXPECT_EQ(joined(job_sheet(job, ".workos-checkpoints", kNoon)), R"(
Job:            old
State:          unreadable
Last used:      2024-01-15 12:00:00 UTC (just now)
Folder:         .workos-checkpoints/old (0 B)

Problem: job.db: a newer version wrote it

Next steps:
  go on with that version
)");
}

TEST(JobSheet, HasANextStepForEveryState) {
  for (int state = 0; state < 8; ++state) {
    job::Standing job = sample_job();
    job.state = static_cast<State>(state);
    job.problem = {"broken", "mend it"};
    EXPECT_GE(job_next_steps(job, ".workos-checkpoints").size(), 3U) << state;
  }
}

}  // namespace
}  // namespace usher::cli
