// SPDX-License-Identifier: Apache-2.0
// The words of a customer import, as somebody reads them who is tired.
#include "cli/customers/words.h"

#include <gtest/gtest.h>

namespace usher::cli {
namespace {

using customers::Cause;
using customers::CauseCount;
using customers::ImportType;
using customers::Outcome;
using customers::Report;

std::string joined(const std::vector<std::string>& lines) {
  std::string text = "\n";
  for (const std::string& line : lines) text += line + "\n";
  return text;
}

CauseCount cause(Cause::Kind kind, Outcome outcome, std::uint64_t items) {
  CauseCount each;
  each.cause.kind = kind;
  each.outcome = outcome;
  each.items = items;
  return each;
}

// The seed's example: 20 batches of 50, of which two have failed.
Report two_of_twenty() {
  Report report;
  report.job = "customers-20250703-143022";
  report.folder = ".workos-checkpoints/customers-20250703-143022";
  report.items = 1'000;
  report.batches = 20;
  report.counts.arrived = 900;
  report.counts.failed = 100;
  report.elapsed = std::chrono::milliseconds{12'400};
  report.traffic.requests = 24;
  report.traffic.retries = 4;
  CauseCount each = cause(Cause::Kind::unanswered, Outcome::failed, 100);
  each.cause.http_status = 503;
  each.cause.message = "Service Unavailable";
  report.causes = {each};
  report.retry_folder = "/data/retry_batches_20250703_143022";
  report.retry_files = 2;
  return report;
}

CustomerEnding ending_of(const Report& report) {
  return {report,
          ImportType::customers,
          "https://api.test/customers",
          "engage, development",
          "customers.json",
          std::string(job::kDefaultRoot),
          ""};
}

TEST(CustomerWords, TheSummaryAddsUpAndNamesTheCause) {
  const Report report = two_of_twenty();
  EXPECT_EQ(joined(summary_lines(ending_of(report), false)), R"(
┌───────────────────────────────────────────────────────────────┐
│ SUMMARY                                                       │
│                                                               │
│ Status:         Completed with errors                         │
│ Input:          customers.json: 1,000 customers in 20 batches │
│ Target:         https://api.test/customers                    │
│ Mode:           engage, development                           │
│ Duration:       12.4 s                                        │
│ Job:            customers-20250703-143022                     │
│                                                               │
│ Arrived:        900                                           │
│ Failed:         100                                           │
│ Unconfirmed:    0                                             │
│ Total:          1,000                                         │
│                                                               │
│ Requests:       24 (4 repeated)                               │
└───────────────────────────────────────────────────────────────┘

What has not arrived:
        100  NO_ANSWER: HTTP 503: Service Unavailable
             Temporary: import again later, with fewer parallel requests or smaller batches if it was overloaded.
)");
}

TEST(CustomerWords, NextStepsCanBePasted) {
  const Report report = two_of_twenty();
  CustomerEnding ending = ending_of(report);
  ending.options = " --environment production";
  EXPECT_EQ(joined(next_lines(ending)), R"(

Retry files created: /data/retry_batches_20250703_143022 (2 files, 100 customers)

Next steps:
  1. See why, file by file:
       cat /data/retry_batches_20250703_143022/RETRY_INSTRUCTIONS.md
  2. What is temporary: send just these again, by the job:
       usher import-customers --resume customers-20250703-143022
  3. Or correct the retry files, and import them:
       usher import-customers /data/retry_batches_20250703_143022 --environment production
)");
}

TEST(CustomerWords, AFolderThatIsNotWholeIsNoNextStep) {
  Report report = two_of_twenty();
  report.end = Report::End::interrupted;
  report.retry_complete = false;
  EXPECT_EQ(joined(next_lines(ending_of(report))), R"(

Retry files so far: /data/retry_batches_20250703_143022 (not complete: the next start of usher import-customers writes the rest)

Next steps:
  1. Go on where it stopped:
       usher import-customers --resume customers-20250703-143022
)");
  report.retry_folder.clear();
  EXPECT_NE(joined(next_lines(ending_of(report))).find("There are no retry files yet"),
            std::string::npos);
}

TEST(CustomerWords, ASuccessHasNothingLeftToDo) {
  Report report = two_of_twenty();
  report.counts = {};
  report.counts.arrived = 1'000;
  report.causes.clear();
  report.retry_folder.clear();
  EXPECT_TRUE(next_lines(ending_of(report)).empty());
  EXPECT_EQ(exit_code(report), 0);
}

TEST(CustomerWords, CountsThatDoNotAddUpAreSaidToBeABug) {
  Report report = two_of_twenty();
  report.counts.failed = 99;
  EXPECT_NE(joined(summary_lines(ending_of(report), false)).find("This is a bug"),
            std::string::npos);
}

TEST(CustomerWords, ExitCodesFollowTheEnd) {
  Report report = two_of_twenty();
  using End = Report::End;
  const std::vector<std::pair<End, int>> codes = {{End::finished, 1}, {End::interrupted, 130},
                                                  {End::denied, 2},   {End::unreachable, 2},
                                                  {End::source, 2},   {End::store, 2}};
  for (const auto& [end, code] : codes) {
    report.end = end;
    EXPECT_EQ(exit_code(report), code);
  }
}

TEST(CustomerWords, EveryCauseSaysWhatItIsAndWhatToDo) {
  struct Case {
    Cause::Kind kind;
    Outcome outcome;
    const char* result;
    int status;
    const char* says;
    const char* act;
  };
  const Case cases[] = {
      {Cause::Kind::result, Outcome::failed, "FAILED", 201, "FAILED: The API had a time-out",
       "Temporary"},
      {Cause::Kind::result, Outcome::failed, "ERROR", 201, "ERROR: The API found the data",
       "Correct the data first"},
      {Cause::Kind::result, Outcome::failed, "conflict", 201, "conflict: It exists already",
       "Look it up"},
      {Cause::Kind::result, Outcome::failed, "NOT_FOUND", 201, "NOT_FOUND: What was to be",
       "Create it first"},
      {Cause::Kind::result, Outcome::failed, "WEIRD\x1b[2J", 201, "WEIRD\\x1b[2J: A result code",
       "Ask whoever runs the API"},
      {Cause::Kind::refused, Outcome::failed, "", 400, "REFUSED: HTTP 400", "Read the message"},
      {Cause::Kind::unanswered, Outcome::failed, "", 503, "NO_ANSWER: HTTP 503", "Temporary"},
      {Cause::Kind::unanswered, Outcome::unconfirmed, "", 0, "UNCONFIRMED: no answer",
       "Import it again"},
      {Cause::Kind::no_result, Outcome::unconfirmed, "", 201, "UNCONFIRMED: HTTP 201",
       "Import it again"},
      {Cause::Kind::invalid, Outcome::failed, "", 0, "INVALID: ", "Correct the data"},
  };
  for (const Case& each : cases) {
    SCOPED_TRACE(each.says);
    CauseCount told = cause(each.kind, each.outcome, 1'234);
    told.cause.result = each.result;
    told.cause.http_status = each.status;
    const auto lines = cause_lines(told);
    ASSERT_EQ(lines.size(), 2U);
    EXPECT_TRUE(lines[0].starts_with("      1,234  " + std::string(each.says))) << lines[0];
    EXPECT_TRUE(lines[1].starts_with("             " + std::string(each.act))) << lines[1];
  }
}

TEST(CustomerWords, WhatWasSentAndNeverAnsweredIsAmongWhatHasNotArrived) {
  Report report = two_of_twenty();
  report.counts.failed = 0;
  report.counts.unconfirmed = report.counts.in_doubt = 100;
  report.causes.clear();
  EXPECT_NE(joined(summary_lines(ending_of(report), false))
                .find("100  sent, and the run ended before an answer came"),
            std::string::npos);
}

TEST(CustomerWords, ACheckListsSomeFindingsAndCountsAll) {
  customers::Checked checked;
  checked.files.resize(1);
  checked.files[0].path = "/data/customers.json";
  checked.items = 1'000;
  EXPECT_EQ(joined(check_lines(checked, 2)), R"(
Checked customers.json: 1,000 customers, nothing to complain about
)");
  check::ItemFinding finding;
  finding.rule = "missing_field";
  finding.message = "person.firstName is missing";
  finding.file = "/data/customers.json";
  finding.in_file = 7;
  finding.line = 1'107;
  checked.report.findings = {finding, finding, finding};
  checked.report.errors = 3;
  checked.report.bad = 2;
  checked.report.rules.push_back({"missing_field", finding.severity, 3, finding});
  EXPECT_EQ(joined(check_lines(checked, 2)), R"(
  error: customers.json item 7 (line 1,107): person.firstName is missing
  error: customers.json item 7 (line 1,107): person.firstName is missing
  and 1 more; by rule:
          3  missing_field (error)
Checked customers.json: 1,000 customers, 3 errors, 0 warnings: 2 customers cannot be sent as they are
)");
}

}  // namespace
}  // namespace usher::cli
