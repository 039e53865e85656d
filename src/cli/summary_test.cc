// SPDX-License-Identifier: Apache-2.0
#include "cli/summary.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/random.h"
#include "base/text.h"
#include "cli/import_samples_test.h"

namespace usher::cli {
namespace {

using End = UserImportReport::End;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

Ending some_failed() {
  Ending ending;
  ending.csv = "users.csv";
  ending.errors_path = "errors.jsonl";
  ending.again = "usher import-users --csv users.csv --errors-out errors.jsonl";
  ending.report.mode = Mode::multi_org;
  ending.report.elapsed = std::chrono::milliseconds{12'400};
  Tally& tally = ending.report.tally;
  tally.rows = {1000, 789, 200, 11, 0};
  tally.users = {700, 180, 12, 9};
  tally.memberships = {1204, 40, 0, 2};
  tally.organizations = {20, 0, 0, 1};
  tally.roles_assigned = 310;
  tally.warnings = 2;
  tally.traffic = {2410, 2104, 12, 3, 1};
  ending.failures = {
      {FailedAt::user_create, 400, "user_creation_error", "Could not create user.", 9, 40},
      {FailedAt::org_resolution, 404, "", "Organization not found: north", 1, 7}};
  ending.kinds = 3;
  return ending;
}

TEST(Summary, ShowsNumbersThatAddUp) {
  EXPECT_EQ(joined(summary_lines(some_failed(), false)), R"(
┌───────────────────────────────────────────────────────────────────┐
│ SUMMARY                                                           │
│                                                                   │
│ Status:         Completed with errors                             │
│ Input:          users.csv (multi-org)                             │
│ Duration:       12.4 s (81 rows/s)                                │
│                                                                   │
│                       total      created already there     failed │
│ Rows                  1,000          789           200         11 │
│ Users                   889          700           180          9 │
│ Memberships           1,246        1,204            40          2 │
│ Organizations            21           20             0          1 │
│                                                                   │
│ Changed:        12 of those already there                         │
│ Roles assigned: 310                                               │
│ Warnings:       2                                                 │
│ Errors:         11                                                │
│ Requests:       2,410 (2,104 writes)                              │
│   of them:      12 repeated, 3 throttled, 1 settled by a look-up  │
└───────────────────────────────────────────────────────────────────┘

What failed:
       9 rows  user_create, 400 user_creation_error: Could not create user. (first: row 40)
       1 row   org_resolution, 404: Organization not found: north (row 7)
  and 1 more kind of failure
)");
}

TEST(Summary, SpeaksOfWhatWouldBeInADryRun) {
  Ending ending = some_failed();
  ending.report.dry_run = true;
  ending.report.end = End::finished;
  const std::string text = joined(summary_lines(ending, false));
  EXPECT_THAT(text, HasSubstr("SUMMARY (dry run: nothing was sent)"));
  EXPECT_THAT(text, HasSubstr("would create already there would fail"));
  EXPECT_THAT(text, HasSubstr("What would fail:"));
  EXPECT_THAT(text, Not(HasSubstr("Requests")));
}

TEST(Summary, HasOneStatusAndExitCodeForEveryEnd) {
  const struct {
    End end;
    Tally::Rows rows;
    std::string_view status;
    int code;
  } cases[] = {
      {End::finished, {3, 2, 1, 0, 0}, "Success", 0},
      {End::finished, {3, 0, 3, 0, 0}, "Success", 0},
      {End::finished, {0, 0, 0, 0, 0}, "Success (no rows)", 0},
      {End::finished, {3, 1, 1, 1, 0}, "Completed with errors", 1},
      {End::finished, {3, 0, 0, 3, 0}, "Failed", 1},
      {End::interrupted, {3, 1, 0, 0, 2}, "Interrupted", 130},
      {End::denied, {3, 0, 0, 0, 3}, "Stopped before the end", 2},
      {End::unreachable, {3, 0, 0, 0, 3}, "Stopped before the end", 2},
      {End::observer, {3, 0, 0, 1, 2}, "Stopped before the end", 2},
      {End::source, {3, 3, 0, 0, 0}, "Stopped before the end", 2},
  };
  for (const auto& one : cases) {
    UserImportReport report;
    report.end = one.end;
    report.tally.rows = one.rows;
    SCOPED_TRACE(one.status);
    EXPECT_EQ(status_in_words(report), one.status);
    EXPECT_EQ(exit_code(report), one.code);
  }
}

TEST(Summary, SaysWhichRowsLeftNobodyInTheCountOfUsers) {
  Ending ending = some_failed();
  EXPECT_THAT(joined(summary_lines(ending, false)), Not(HasSubstr("Not in Users")));
  ending.report.tally.rows.without_organization = 1;
  EXPECT_THAT(joined(summary_lines(ending, false)),
              HasSubstr("│ Not in Users:   1 row (organization failed)  "));
  ending.report.tally.rows.without_organization = 0;
  ending.report.tally.rows.unusable = 1000;
  EXPECT_THAT(joined(summary_lines(ending, false)),
              HasSubstr("│ Not in Users:   1,000 rows (not usable)  "));
}

TEST(Summary, IsARectangleForAnyNumbers) {
  for (std::uint64_t seed = 1; seed <= 500; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    const auto number = [&random] { return random.next() >> (8 + random.below(56)); };
    Ending ending = some_failed();
    ending.csv = std::string(random.below(100), 'x') + "ü.csv\n";
    Tally& tally = ending.report.tally;
    tally.rows = {0, number(), number(), number(), number()};
    tally.rows.read = tally.rows.done() + tally.rows.not_tried;
    tally.rows.unusable = number();
    tally.rows.without_organization = number();
    for (auto* things : {&tally.users, &tally.memberships, &tally.organizations}) {
      *things = {number(), number(), number(), number()};
    }
    tally.traffic = {number(), number(), number(), number(), number()};
    ending.failures.clear();
    ending.kinds = 0;
    const auto lines = summary_lines(ending, false);
    for (const std::string& line : lines) EXPECT_EQ(utf8_length(line), utf8_length(lines[0]));
  }
}

TEST(Summary, TellsABugWhenARowIsInNoCount) {
  Ending ending = some_failed();
  EXPECT_THAT(joined(summary_lines(ending, false)), Not(HasSubstr("bug")));
  ending.report.tally.rows.read = 1001;
  EXPECT_THAT(joined(summary_lines(ending, false)),
              HasSubstr("This is a bug in usher: 1,001 rows were read"));
}

TEST(Summary, ColoursTheStatusOnly) {
  const std::string text = joined(summary_lines(some_failed(), true));
  EXPECT_THAT(text, HasSubstr("\x1b[33mCompleted with errors\x1b[0m "));
  EXPECT_EQ(std::ranges::count(text, '\x1b'), 2);
}

TEST(NextSteps, AreNoneAfterASuccess) {
  Ending ending = some_failed();
  ending.report.tally.rows = {1, 1, 0, 0, 0};
  EXPECT_THAT(next_steps(ending), IsEmpty());
}

TEST(NextSteps, GoFromTheErrorsFileToTheSameCommand) {
  EXPECT_EQ(joined(next_steps(some_failed())), R"(

Next steps:
  1. See the failed rows: errors.jsonl
       jq -r .errorMessage errors.jsonl | sort | uniq -c | sort -rn | head
       usher analyze-errors --errors errors.jsonl
  2. Correct them in the file and run the same command again
       usher import-users --csv users.csv --errors-out errors.jsonl
     What is already there is left alone; only what is missing is made.
)");
}

TEST(NextSteps, OfferAnErrorsFileWhenThereWasNone) {
  Ending ending = some_failed();
  ending.errors_path.clear();
  EXPECT_THAT(joined(next_steps(ending)), HasSubstr("add --errors-out errors.jsonl"));
}

TEST(NextSteps, SayWhyItStoppedAndWhatToDo) {
  Ending ending = some_failed();
  ending.report.end = End::denied;
  ending.report.reason = {"the API refuses the key (401)", "check the key"};
  const std::string text = joined(next_steps(ending));
  EXPECT_THAT(text, HasSubstr("Stopped: the API refuses the key (401)\n  check the key\n"));
  EXPECT_THAT(text, Not(HasSubstr("The address was")));
  EXPECT_THAT(text, HasSubstr("Once that is put right, run the same command again"));
}

TEST(NextSteps, NameTheAddressThatCouldNotBeReached) {
  Ending ending = some_failed();
  ending.report.end = End::unreachable;
  ending.report.reason = {"the API cannot be reached: no TLS", "check --api-url"};
  ending.address = "https://127.0.0.1:4100";
  EXPECT_THAT(joined(next_steps(ending)),
              HasSubstr("Stopped: the API cannot be reached: no TLS\n"
                        "  The address was https://127.0.0.1:4100\n  check --api-url\n"));
}

TEST(NextSteps, WarnThatAStrictRunCannotBeRepeated) {
  Ending ending = some_failed();
  ending.existing = Existing::fail;
  EXPECT_THAT(joined(next_steps(ending)), HasSubstr("use --existing link"));
}

}  // namespace
}  // namespace usher::cli
