// SPDX-License-Identifier: Apache-2.0
#include "cli/analyze_words.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace usher::cli {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

analysis::Group group_of(std::string pattern, std::uint64_t count, analysis::Verdict verdict) {
  analysis::Group group;
  group.pattern = std::move(pattern);
  group.type = "user_create";
  group.count = count;
  group.verdict = verdict;
  return group;
}

const analysis::Verdict kBusy{true, "rate_limit", analysis::Severity::low,
                              analysis::Strategy::with_backoff, 5000};
const analysis::Verdict kWrong{false, "org_id_in_org_external_id", analysis::Severity::critical,
                               analysis::Strategy::none, 0};

// `good` errors can be retried, `bad` need a change.
Analyzed analyzed(std::uint64_t good, std::uint64_t bad) {
  Analyzed result;
  result.errors = result.errors_file = "errors.jsonl";
  result.report = "error-analysis-report.json";
  analysis::Analysis& found = result.analysis;
  found.total = good + bad;
  found.retryable = good;
  found.named_in_rows = true;
  if (bad > 0) {
    found.groups.push_back(group_of("The external_id is taken.", bad, kWrong));
    found.groups.back().columns = {"email", "org_external_id"};
    found.other_reasons[kWrong.reason] = bad;
  }
  if (good > 0) {
    found.groups.push_back(group_of("Slow down.", good, kBusy));
    found.retryable_reasons[kBusy.reason] = good;
  }
  result.suggestions = analysis::suggest(found, result.csv);
  return result;
}

std::string text_of(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  return text;
}

TEST(AnalysisEnding, OfAJobOfTheExistingToolkitIsAsPeopleKnowIt) {
  Analyzed result = analyzed(203, 2);
  result.job.emplace(".workos-checkpoints", "migration-1768597206636");
  result.foreign = true;
  EXPECT_EQ(text_of(analysis_ending(result)),
            "✓ Analysis complete: 203 error(s) can be retried\n"
            "\n"
            "To retry failed imports from checkpoint, run:\n"
            "  usher orchestrate-migration --csv <your-csv> --resume migration-1768597206636\n"
            "\n"
            "Note: Replace <your-csv> with your original CSV path.\n"
            "      Fix any data validation issues in your CSV before retrying.\n");
}

TEST(AnalysisEnding, OfAJobOfOursNamesEverythingThatTheLineNeeds) {
  Analyzed result = analyzed(3, 0);
  result.job.emplace("/jobs", "spring");
  result.csv = "/home/ida/my users.csv";
  result.workers = 4;
  EXPECT_EQ(text_of(analysis_ending(result)),
            "✓ Analysis complete: 3 error(s) can be retried\n"
            "\n"
            "To retry failed imports from checkpoint, run:\n"
            "  usher orchestrate-migration --csv '/home/ida/my users.csv' --resume spring "
            "--workers 4 --checkpoint-dir /jobs\n");
}

TEST(AnalysisEnding, LeadsToTheFixedFileWhenNothingCanBeRetriedAsItIs) {
  Analyzed result = analyzed(0, 205);
  result.job.emplace(".workos-checkpoints", "spring");
  result.csv = "/users.csv";
  EXPECT_EQ(text_of(analysis_ending(result)),
            "⚠️  No error can be retried as it is: 205 need a change in the CSV first\n"
            "\n"
            "After that, to retry failed imports from checkpoint, run:\n"
            "  usher orchestrate-migration --csv fixed.csv --resume spring\n"
            "\n"
            "Note: Fix any data validation issues in your CSV before retrying.\n");
}

TEST(AnalysisEnding, WithoutAJobImportsTheRetryCsvIntoTheSameOrganization) {
  Analyzed result = analyzed(3, 0);
  result.analysis.named_in_rows = false;
  result.analysis.org_id = "org_1";
  result.retry_path = "retry.csv";
  result.retry.emplace();
  result.retry->rows = 3;
  EXPECT_THAT(
      analysis_ending(result),
      ElementsAre("✓ Analysis complete: 3 error(s) can be retried", "",
                  "To retry failed imports, run:",
                  "  usher import-users --csv retry.csv --org-id org_1", "",
                  "Note: Add the options of the original import that errors.jsonl does not "
                  "hold: --role-mapping, --require-membership, --existing, --api-url, ..."));
  result.analysis.org_id.reset();
  EXPECT_THAT(text_of(analysis_ending(result)), HasSubstr("The rows name no organization."));
  result.analysis.org_external_id = "acme";
  EXPECT_THAT(text_of(analysis_ending(result)), HasSubstr("--org-external-id acme"));
  result.analysis.named_in_rows = true;
  EXPECT_THAT(text_of(analysis_ending(result)), Not(HasSubstr("--org-external-id")));
}

TEST(AnalysisEnding, OffersTheRetryCsvThatWasNotAskedFor) {
  EXPECT_THAT(text_of(analysis_ending(analyzed(3, 0))),
              HasSubstr("  usher analyze-errors --errors errors.jsonl --retry-csv retry.csv"));
}

TEST(AnalysisEnding, OffersARetryCsvForEachInput) {
  Analyzed result = analyzed(3, 0);
  result.inputs = {{"/a b/users.csv", 2, 2}, {"/c.csv", 1, 0}, {"/d/users.csv", 1, 1}};
  const std::string line = "  usher analyze-errors --errors errors.jsonl --csv ";
  EXPECT_THAT(
      text_of(analysis_ending(result)),
      HasSubstr("for each input, run:\n" + line + "'/a b/users.csv' --retry-csv retry-users.csv\n" +
                line + "/d/users.csv --retry-csv retry-2-users.csv\n"));
}

TEST(AnalysisWords, SayWhatIsNotInTheRetryCsvAndWhy) {
  Analyzed result = analyzed(9, 0);
  result.csv = "/a.csv";
  result.inputs = {{"/a.csv", 6, 6}, {"/b.csv", 3, 3}};
  result.retry_path = "retry.csv";
  result.retry.emplace();
  result.retry->rows = 3;
  result.retry->left_out = 1;
  result.retry->overtaken = 2;
  result.retry->of_others = 3;
  EXPECT_THAT(text_of(analysis_words(result)),
              HasSubstr("  not in it: 6 errors (3 of other inputs, 2 with a later line about the "
                        "same row, 1 that cannot be taken)\n"));
  EXPECT_THAT(analysis_warnings(result),
              Contains("3 errors of other inputs are not in the retry CSV: /b.csv (3)"));
}

TEST(AnalysisEnding, SaysThatThereIsNoRetryCsvAndThatAnOldOneIsOld) {
  Analyzed result = analyzed(0, 2);
  result.retry_path = "retry.csv";
  result.stale = true;
  const std::string text = text_of(analysis_ending(result));
  EXPECT_THAT(text, HasSubstr("⚠️  Retry CSV not generated"));
  EXPECT_THAT(text, HasSubstr("retry.csv is of an earlier time"));
}

TEST(AnalysisEnding, OfNothingSaysSo) {
  EXPECT_THAT(analysis_ending(analyzed(0, 0)),
              ElementsAre("✓ Analysis complete: errors.jsonl holds no errors, nothing has failed"));
}

TEST(AnalysisEnding, SaysWhereNobodyCanTell) {
  Analyzed result = analyzed(0, 3);
  result.analysis.no_status = 2;
  EXPECT_THAT(analysis_ending(result),
              Contains("   2 of them record no status; the rows show what is wrong"));
  result.analysis.other_reasons[analysis::kNotRecorded] = 1;
  EXPECT_THAT(text_of(analysis_ending(result)),
              HasSubstr("1 of them record no status, so that nobody can tell"));
}

TEST(AnalysisWords, TellCausesFirstAndStayShort) {
  Analyzed result = analyzed(1, 203);
  for (int i = 0; i < 300; ++i) {
    result.analysis.groups.push_back(group_of("more", 1, kBusy));
    result.analysis.other_reasons[analysis::reasons()[static_cast<std::size_t>(i) %
                                                      analysis::reasons().size()]] = 1;
  }
  result.suggestions = analysis::suggest(result.analysis, "");
  const auto lines = analysis_words(result);
  EXPECT_LE(lines.size(), 60U);
  const std::string text = text_of(lines);
  EXPECT_THAT(text, HasSubstr("ERROR ANALYSIS SUMMARY\n\n  Total errors:          204\n"));
  EXPECT_THAT(text, HasSubstr("  1. [CRITICAL] [NON-RETRYABLE] The external_id is taken. (203 "
                              "errors)\n"));
  EXPECT_THAT(text, HasSubstr("  ... and 297 more in the report"));
  EXPECT_THAT(
      text,
      HasSubstr("before: email,org_external_id\n       after:  email,org_external_id,org_id\n"));
  EXPECT_THAT(text, HasSubstr("usher validate-csv --csv <your-csv> --auto-fix --fix-org-ids"));
  EXPECT_THAT(text, HasSubstr("  2. [LOW] 301 errors\n")) << "groups of one reason are one advice";
}

TEST(AnalysisWords, ShowNothingThatDrawsOnATerminal) {
  Analyzed result = analyzed(0, 1);
  analysis::Group& group = result.analysis.groups[0];
  group.emails = {"\x1b[2Jida"};
  group.organizations = {"\x07"};
  result.report = "\x1b]0;x";
  result.csv = result.errors_file = "\x1b[31m";
  result.retry_path = "\x1b[0m";
  result.stale = true;
  for (const auto& lines :
       {analysis_words(result), analysis_ending(result), analysis_warnings(result)}) {
    for (const std::string& line : lines) {
      for (const char c : line)
        EXPECT_TRUE(c == '\n' || static_cast<unsigned char>(c) >= 0x20U) << line;
    }
  }
}

TEST(AnalysisWarnings, NameLinesRowsAndCells) {
  Analyzed result = analyzed(1, 0);
  result.analysis.bad_lines = 7;
  result.analysis.first_bad_lines = {{3, "a { was expected"}};
  result.retry_path = "retry.csv";
  result.retry.emplace();
  result.retry->left_out = 2;
  result.retry->first_left_out = {{9, "email is not what it was"}};
  result.retry->masked = {{"password", 1200}};
  EXPECT_THAT(analysis_warnings(result),
              ElementsAre("Line 3: Invalid JSON, skipping: a { was expected",
                          "7 lines in all cannot be read, and are in no count",
                          "Row 9 is not in the retry CSV: email is not what it was",
                          "2 rows in all are not in the retry CSV",
                          "retry.csv: 1,200 cells in column password left empty, since the errors "
                          "file hides them",
                          "  for complete rows give the input: --csv ORIGINAL"));
}

}  // namespace
}  // namespace usher::cli
