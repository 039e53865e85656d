// SPDX-License-Identifier: Apache-2.0
#include "cli/plan_words.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/import_samples_test.h"

namespace usher::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

// The sample of the seed.
MigrationPlan sample() {
  MigrationPlan plan;
  plan.valid = true;
  plan.csv = "users.csv";
  plan.rows = plan.rows_to_do = plan.work.users = 50'000;
  plan.mode = Mode::multi_org;
  plan.duration = "~42 minutes";
  plan.warnings = {
      "Workers set to 4 but checkpoint mode not enabled. Workers require --job-id or --resume."};
  plan.recommendations = {"Use --job-id for imports >10K rows to enable resumability",
                          "Use --workers 3 for faster processing (4 CPUs available)",
                          "Add --errors-out errors.jsonl to capture failures for retry"};
  plan.command = "usher orchestrate-migration --csv users.csv";
  return plan;
}

TEST(PlanWords, HaveTheLayoutOfTheSeed) {
  EXPECT_EQ(joined(plan_lines(sample(), false)), R"(
╔════════════════════════════════════════════════════╗
║              MIGRATION PLAN                        ║
╚════════════════════════════════════════════════════╝

CSV:              users.csv
Total rows:       50,000
Mode:             multi-org
Estimated time:   ~42 minutes

Configuration:
  Workers:        1
  Concurrency:    10 per worker
  Chunks:         none (no --job-id)
  Org resolution: per-row

⚠️  Warnings:
  • Workers set to 4 but checkpoint mode not enabled. Workers require --job-id or --resume.

Recommendations:
  • Use --job-id for imports >10K rows to enable resumability
  • Use --workers 3 for faster processing (4 CPUs available)
  • Add --errors-out errors.jsonl to capture failures for retry

✓ Plan is valid

Ready to import 50,000 users
To execute: usher orchestrate-migration --csv users.csv
)");
}

TEST(PlanWords, ListEveryErrorOfAnInvalidPlan) {
  MigrationPlan plan = sample();
  plan.valid = false;
  plan.warnings.clear();
  plan.recommendations.clear();
  plan.errors = {"Cannot specify both org-id and org-external-id", "bad \x1b[2J thing"};
  const std::string text = joined(plan_lines(plan, true));
  EXPECT_THAT(text, HasSubstr("  Org resolution: per-row\n\n❌ Configuration errors:\n"
                              "  • Cannot specify both org-id and org-external-id\n"
                              "  • bad \\x1b[2J thing\n\n"
                              "✗ Plan is invalid\nFix the errors above and try again.\n"));
  EXPECT_THAT(text, Not(HasSubstr("═")));
  EXPECT_THAT(text, Not(HasSubstr("To execute")));
}

TEST(PlanWords, SayOfAnInputThatIsNotThereNothingThatIsNotKnown) {
  MigrationPlan plan = sample();
  plan.valid = false;
  plan.rows.reset();
  plan.mode.reset();
  plan.duration = "N/A";
  plan.errors = {"CSV file not found: users.csv"};
  EXPECT_THAT(joined(plan_lines(plan, true)),
              HasSubstr("Total rows:       N/A\nMode:             N/A\nEstimated time:   N/A\n"));
}

TEST(PlanWords, NameACheckpointItsChunksAndWhatIsOpen) {
  MigrationPlan plan = sample();
  plan.chunk_size = 1000;
  plan.chunks = 50;
  EXPECT_THAT(joined(plan_lines(plan, true)), HasSubstr("Chunks:         50 (1,000 rows each)\n"));
  plan.has_checkpoint = true;
  plan.rows_done = 49'795;
  plan.rows_to_do = 205;
  const std::string text = joined(plan_lines(plan, true));
  EXPECT_THAT(text, HasSubstr("Estimated time:   ~42 minutes\nCheckpoint:       Existing "
                              "checkpoint found (49,795 of 50,000 rows done)\n"));
  EXPECT_THAT(text, HasSubstr("Ready to go on: 205 of 50,000 rows to do\n"));
}

TEST(PlanWords, SayOneUserAndThatADryRunSendsNothing) {
  MigrationPlan plan = sample();
  plan.rows = plan.rows_to_do = plan.work.users = 1;
  EXPECT_THAT(joined(plan_lines(plan, true)), HasSubstr("Ready to import 1 user\n"));
  plan.dry_run = true;
  EXPECT_THAT(joined(plan_lines(plan, true)),
              HasSubstr("Ready to check 1 row (a dry run: nothing is sent)\n"));
}

TEST(PlanWords, BeginAnExecutionWithItsHeader) {
  EXPECT_EQ(joined(header_lines(sample())), R"(
╔════════════════════════════════════════════════════╗
║              IMPORT ORCHESTRATOR                   ║
╚════════════════════════════════════════════════════╝

CSV:              users.csv
Total rows:       50,000
Mode:             multi-org
Workers:          1
)");
  MigrationPlan plan = sample();
  plan.rows.reset();
  plan.mode.reset();
  EXPECT_THAT(joined(header_lines(plan)), HasSubstr("Total rows:       not known"));
}

TEST(PlanWords, AskAsTheSeedDoes) {
  EXPECT_EQ(organization_question(),
            "\n⚠️  Single-org mode requires an organization identifier\n"
            "? Enter organization ID: › ");
  EXPECT_EQ(large_import_question(sample()),
            "\n⚠️  Large import detected: 50,000 rows\nEstimated duration: ~42 minutes\n\n"
            "? Proceed with import? › (Y/n) ");
}

Ending failed_job() {
  Ending ending;
  ending.report.tally.rows = {5000, 4795, 0, 205, 0};
  JobEnding job;
  job.id = "migration-1768597206636";
  job.errors_path = ".workos-checkpoints/migration-1768597206636/errors.jsonl";
  ending.job = job;
  return ending;
}

TEST(FailureWords, AreThoseOfTheSeed) {
  const Ending ending = failed_job();
  EXPECT_EQ(verdict(ending.report), "⚠️  Some imports failed");
  EXPECT_EQ(joined(failure_lines(ending,
                                 "usher orchestrate-migration --csv users.csv --resume "
                                 "migration-1768597206636 --workers 2")),
            R"(

Next steps:
  1. Review errors: cat .workos-checkpoints/migration-1768597206636/errors.jsonl
  2. Analyze errors: usher analyze-errors --errors .workos-checkpoints/migration-1768597206636/errors.jsonl
  3. Fix issues and retry

Retry Commands:

  # Resume from checkpoint (retries failed records):
  usher orchestrate-migration --csv users.csv --resume migration-1768597206636 --workers 2

  Note: Fix data issues in your CSV before retrying if errors are validation-related.
)");
}

TEST(FailureWords, NameTheErrorsFileOfAnImportWithoutAJob) {
  Ending ending;
  ending.report.tally.rows = {10, 9, 0, 1, 0};
  ending.errors_path = "my errors.jsonl";
  const std::string text = joined(failure_lines(ending, "usher import-users --csv u.csv"));
  EXPECT_THAT(text, HasSubstr("1. Review errors: cat 'my errors.jsonl'\n"));
  EXPECT_THAT(text, HasSubstr("2. Analyze errors: usher analyze-errors --errors "
                              "'my errors.jsonl'\n"));
  EXPECT_THAT(text,
              HasSubstr("  # Retry import (full re-run):\n  usher import-users --csv u.csv\n"));
  ending.errors_path = "errors.csv";
  EXPECT_THAT(joined(failure_lines(ending, "x")),
              HasSubstr("retry with --errors-out errors.jsonl"));
}

TEST(FailureWords, SayHowToGetAnErrorsFileWhereThereIsNone) {
  Ending ending;
  ending.report.tally.rows = {10, 9, 0, 1, 0};
  EXPECT_THAT(joined(failure_lines(ending, "x")),
              HasSubstr("1. Review errors: none were kept; the retry below writes them to "
                        "errors.jsonl\n  2. Analyze errors: usher analyze-errors --errors "
                        "errors.jsonl\n"));
  ending.existing = Existing::fail;
  EXPECT_THAT(joined(failure_lines(ending, "x")), HasSubstr("use --existing link"));
}

TEST(Verdict, SaysHowItEndedInOneLine) {
  UserImportReport report;
  EXPECT_EQ(verdict(report), "✓ Import completed successfully");
  report.dry_run = true;
  EXPECT_EQ(verdict(report), "✓ Dry run completed successfully (nothing was sent)");
  report.tally.rows.failed = 1;
  EXPECT_EQ(verdict(report), "⚠️  Some imports would fail");
  report.end = UserImportReport::End::interrupted;
  EXPECT_THAT(verdict(report), IsEmpty());
}

TEST(ExecutionJson, SaysHowItEnded) {
  Ending ending = failed_job();
  ending.report.mode = Mode::single_org;
  ending.report.elapsed = std::chrono::milliseconds{1234};
  EXPECT_EQ(to_json(Execution{1, &ending, "usher x", ""}),
            R"({"success":false,"exitCode":1,"status":"Completed with errors","dryRun":false,)"
            R"("mode":"single-org","summary":{"total":5000,"successes":4795,"failures":205,)"
            R"("notTried":0,"created":4795,"alreadyThere":0,)"
            R"("users":{"created":0,"alreadyThere":0,"failed":0},)"
            R"("memberships":{"created":0,"alreadyThere":0,"failed":0},)"
            R"("organizations":{"created":0,"alreadyThere":0,"failed":0},)"
            R"("rolesAssigned":0,"warnings":0},"duration":1234,)"
            R"("errorsPath":".workos-checkpoints/migration-1768597206636/errors.jsonl",)"
            R"("job":"migration-1768597206636","retryCommand":"usher x"})");
  EXPECT_EQ(to_json(Execution{2, nullptr, "", "no key"}),
            R"({"success":false,"exitCode":2,"error":"no key"})");
}

}  // namespace
}  // namespace usher::cli
