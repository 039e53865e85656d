// SPDX-License-Identifier: Apache-2.0
#include "app/analyze.h"

#include <filesystem>

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "base/scratch.h"
#include "base/text.h"

namespace usher {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr std::string_view kCsv = "email,password\na@example.com,pw-a\nb@example.com,pw-b\n";

std::string line(int record, const std::string& email, const std::string& more) {
  return R"({"recordNumber":)" + std::to_string(record) + R"(,"email":")" + email +
         R"(","errorType":"user_create","errorMessage":"no","rawRow":{"email":")" + email +
         R"(","password":"••••••"})" + more + "}\n";
}

class Analyze : public testing::Test {
 protected:
  Analyze() {
    options_.errors = folder_.at("errors.jsonl");
    options_.report = folder_.at("report.json");
    folder_.write("users.csv", kCsv);
  }
  void errors(const std::string& text) { folder_.write("errors.jsonl", text); }
  Analyzed analyzed() {
    auto result = analyze(options_, {});
    EXPECT_TRUE(result) << result.error().line();
    return result ? std::move(*result) : Analyzed{};
  }
  static analysis::RetryCsv retry_of(const Analyzed& result) {
    EXPECT_TRUE(result.retry);
    return result.retry.value_or(analysis::RetryCsv{});
  }
  static job::Folder job_of(const Analyzed& result) {
    EXPECT_TRUE(result.job);
    return result.job.value_or(job::Folder("", ""));
  }
  std::string problem() {
    const auto result = analyze(options_, {});
    return result ? "" : result.error().line();
  }
  [[nodiscard]] std::string from_users() const {
    return R"(,"csvPath":")" + folder_.at("users.csv") + "\"";
  }

  ScratchFolder folder_;
  AnalyzeOptions options_;
};

TEST_F(Analyze, WritesTheReportForItsOwnerAlone) {
  errors(line(1, "a@example.com", R"(,"httpStatus":500)"));
  const Analyzed result = analyzed();
  const auto report = boost::json::parse(folder_.read("report.json"));
  EXPECT_EQ(report.at("summary").at("retryableErrors"), 1);
  EXPECT_EQ(report.at("errorsFileHash").as_string().size(), 64U);
  EXPECT_EQ(folder_.read("report.json"), to_json(result) + "\n");
  struct stat info{};
  ASSERT_EQ(::stat(options_.report.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777U, 0600U);
}

TEST_F(Analyze, TakesTheRowsFromWhereTheLinesSay) {
  options_.retry_csv = folder_.at("retry.csv");
  errors(line(2, "b@example.com", R"(,"httpStatus":500)" + from_users()) +
         line(1, "a@example.com", R"(,"httpStatus":422)" + from_users()));
  EXPECT_EQ(analyzed().csv, folder_.at("users.csv"));
  EXPECT_EQ(folder_.read("retry.csv"), "email,password\nb@example.com,pw-b\n");
  options_.include_all = true;
  analyzed();
  EXPECT_EQ(folder_.read("retry.csv"), kCsv);
}

TEST_F(Analyze, PrefersTheInputThatIsGiven) {
  options_.retry_csv = folder_.at("retry.csv");
  options_.csv = folder_.write("moved.csv", kCsv);
  errors(line(1, "a@example.com", R"(,"retryable":true,"csvPath":"/nowhere/users.csv")"));
  EXPECT_EQ(analyzed().csv, options_.csv);
  EXPECT_EQ(folder_.read("retry.csv"), "email,password\na@example.com,pw-a\n");
}

TEST_F(Analyze, RemembersRowsWhoseInputIsGone) {
  options_.retry_csv = folder_.at("retry.csv");
  errors(line(1, "a@example.com", R"(,"retryable":true,"csvPath":"/nowhere/users.csv")"));
  const Analyzed result = analyzed();
  ASSERT_EQ(result.notes.size(), 1U);
  EXPECT_THAT(result.notes[0], HasSubstr("is not there any more"));
  EXPECT_EQ(folder_.read("retry.csv"), "email,password\na@example.com,\n");
  EXPECT_EQ(retry_of(result).masked.at("password"), 1U);
}

TEST_F(Analyze, TakesNoRowOfAnInputThatHasChanged) {
  options_.retry_csv = folder_.at("retry.csv");
  folder_.write("users.csv", "email,password\nx@example.com,pw\nb@example.com,pw\n");
  errors(line(1, "a@example.com", R"(,"retryable":true)" + from_users()) +
         line(2, "b@example.com", R"(,"retryable":true)" + from_users()));
  const Analyzed result = analyzed();
  EXPECT_EQ(retry_of(result).rows, 1U);
  EXPECT_EQ(retry_of(result).first_left_out.at(0).record, 1U);
}

TEST_F(Analyze, WritesNoRetryCsvWhenNothingCanBeRetriedAndLeavesAnOldOneAlone) {
  options_.retry_csv = folder_.at("retry.csv");
  errors(line(1, "a@example.com", R"(,"httpStatus":422)"));
  EXPECT_FALSE(analyzed().stale);
  EXPECT_FALSE(folder_.has("retry.csv"));
  folder_.write("retry.csv", "of yesterday");
  EXPECT_TRUE(analyzed().stale);
  EXPECT_EQ(folder_.read("retry.csv"), "of yesterday");
}

TEST_F(Analyze, OfAnEmptyFileSaysThatNothingFailed) {
  options_.retry_csv = folder_.at("retry.csv");
  for (const char* text : {"", "\n\n"}) {
    errors(text);
    EXPECT_EQ(analyzed().analysis.total, 0U);
    EXPECT_FALSE(folder_.has("retry.csv"));
    EXPECT_TRUE(folder_.has("report.json"));
  }
}

TEST_F(Analyze, GoesOnBehindLinesThatCannotBeRead) {
  const std::string good = line(1, "a@example.com", R"(,"httpStatus":500)");
  errors("no\n" + good + good.substr(0, 40));
  const Analyzed result = analyzed();
  EXPECT_EQ(result.analysis.total, 1U);
  EXPECT_EQ(result.analysis.bad_lines, 2U);
  EXPECT_EQ(result.analysis.first_bad_lines.at(1).number, 3U);
  errors("no\nlines\n");
  EXPECT_THAT(problem(), HasSubstr("no line of it can be read; line 1"));
}

TEST_F(Analyze, NeverWritesOverWhatItReads) {
  const std::string text = line(1, "a@example.com", R"(,"httpStatus":500)" + from_users());
  errors(text);
  options_.report = options_.errors;
  EXPECT_THAT(problem(), HasSubstr("--report and --errors are the same file"));
  options_.report = folder_.at("report.json");
  options_.retry_csv = folder_.at("./report.json");
  EXPECT_THAT(problem(), HasSubstr("--report and --retry-csv are the same file"));
  options_.retry_csv = folder_.at("link.csv");
  std::filesystem::create_hard_link(folder_.at("users.csv"), options_.retry_csv);
  EXPECT_THAT(problem(), HasSubstr("--retry-csv is the input itself"));
  options_.csv = folder_.at("users.csv");
  EXPECT_THAT(problem(), HasSubstr("--retry-csv and --csv are the same file"));
  options_.retry_csv.clear();
  options_.report = folder_.at("users.csv");
  options_.csv.clear();
  EXPECT_THAT(problem(), HasSubstr("is not a report, so it is left alone"));
  EXPECT_EQ(folder_.read("errors.jsonl"), text);
  EXPECT_EQ(folder_.read("users.csv"), kCsv);
}

// Two errors files in one: a.csv has records 1 and 2, b.csv has 1 to 3.
class AnalyzeOfSeveral : public Analyze {
 protected:
  AnalyzeOfSeveral() {
    options_.retry_csv = folder_.at("retry.csv");
    a_ = folder_.write("a.csv", kCsv);
    b_ = folder_.write("b.csv", "email\nx@example.com\ny@example.com\nz@example.com\n");
  }
  [[nodiscard]] static std::string of(const std::string& csv, int record, const std::string& email,
                                      bool retryable = true) {
    return R"({"recordNumber":)" + std::to_string(record) + R"(,"email":")" + email +
           R"(","errorType":"user_create","errorMessage":"no","retryable":)" +
           (retryable ? "true" : "false") + (csv.empty() ? "" : R"(,"csvPath":")" + csv + "\"") +
           R"(,"rawRow":{"email":")" + email + "\"}}\n";
  }
  void both() {
    errors(of(a_, 1, "a@example.com") + of(a_, 2, "b@example.com") + of(b_, 1, "x@example.com") +
           of(b_, 2, "y@example.com") + of(b_, 3, "z@example.com"));
  }

  std::string a_;
  std::string b_;
};

TEST_F(AnalyzeOfSeveral, WritesNoRetryCsvUntilOneIsChosen) {
  both();
  EXPECT_EQ(problem(), "a retry CSV is of one input, and the errors are of several: " + a_ + ", " +
                           b_ + "\n  once per input, for example: --csv " + a_ +
                           " --retry-csv retry-a.csv");
  EXPECT_FALSE(folder_.has("retry.csv"));
  options_.csv = folder_.at("users.csv");
  EXPECT_THAT(problem(), StartsWith("no error is of " + options_.csv + ": they are of " + a_));
  options_.retry_csv.clear();
  options_.csv.clear();
  EXPECT_EQ(analyzed().inputs.size(), 2U);
}

TEST_F(AnalyzeOfSeveral, TakesTheRowsOfTheChosenOneAndCountsTheOthers) {
  both();
  options_.csv = a_;
  Analyzed result = analyzed();
  EXPECT_EQ(folder_.read("retry.csv"), kCsv);
  EXPECT_EQ(retry_of(result).rows, 2U);
  EXPECT_EQ(retry_of(result).of_others, 3U);
  EXPECT_EQ(retry_of(result).rows + retry_of(result).missing(), result.analysis.retryable);
  const auto report = boost::json::parse(to_json(result));
  EXPECT_EQ(report.at("retryCsv").at("leftOut"), 3);
  EXPECT_EQ(report.at("retryCsv").at("leftOutReasons").at("otherInput"), 3);
  EXPECT_EQ(report.at("inputs").at(1).at("errors"), 3);
  options_.csv = b_;
  result = analyzed();
  EXPECT_EQ(folder_.read("retry.csv"), folder_.read("b.csv"));
  EXPECT_EQ(retry_of(result).of_others, 2U);
}

TEST_F(AnalyzeOfSeveral, CountsWhatALaterLineOvertakes) {
  errors(of(a_, 1, "a@example.com") + of(a_, 2, "b@example.com") + of(b_, 2, "y@example.com") +
         of(a_, 2, "b@example.com", false) + of(a_, 1, "a@example.com"));
  options_.csv = a_;
  const Analyzed result = analyzed();
  EXPECT_EQ(retry_of(result).rows, 1U);
  EXPECT_EQ(retry_of(result).overtaken, 2U);
  EXPECT_EQ(retry_of(result).rows + retry_of(result).missing(), result.analysis.retryable);
}

TEST_F(AnalyzeOfSeveral, KnowsThemByTheirPeopleWhereNoneIsNamed) {
  errors(of("", 1, "a@example.com") + of("", 2, "b@example.com") + of("", 1, "x@example.com") +
         of("", 2, "y@example.com"));
  EXPECT_THAT(problem(), HasSubstr("the errors are of several inputs, and do not say which: row"));
  EXPECT_FALSE(folder_.has("retry.csv"));
  options_.csv = a_;
  const Analyzed result = analyzed();
  EXPECT_EQ(folder_.read("retry.csv"), kCsv);
  EXPECT_EQ(retry_of(result).left_out, 2U);
  EXPECT_EQ(retry_of(result).first_left_out.at(0).why, "email is not what it was");
}

TEST_F(AnalyzeOfSeveral, IsOneWhenItsNamesLeadToTheSameFile) {
  std::filesystem::create_symlink(a_, folder_.at("link.csv"));
  errors(of(a_, 1, "a@example.com") + of(folder_.at("link.csv"), 2, "b@example.com"));
  EXPECT_EQ(retry_of(analyzed()).rows, 2U);
}

TEST_F(AnalyzeOfSeveral, NeverWritesOverOneOfThem) {
  both();
  std::filesystem::create_hard_link(b_, folder_.at("same.csv"));
  for (const std::string& path : {a_, b_, folder_.at("same.csv")}) {
    options_.retry_csv = path;
    for (const std::string& csv : {std::string(), a_, b_}) {
      options_.csv = csv;
      EXPECT_THAT(problem(), testing::AnyOf(HasSubstr("--retry-csv is the input itself"),
                                            HasSubstr("--retry-csv and --csv are the same file")));
    }
  }
  EXPECT_EQ(folder_.read("a.csv"), kCsv);
  EXPECT_THAT(folder_.read("b.csv"), StartsWith("email\nx@"));
}

TEST_F(Analyze, FindsTheJobThatTheErrorsAreOf) {
  const std::string text = line(1, "a@example.com", "");
  std::filesystem::create_directories(folder_.at(".workos-checkpoints/spring"));
  folder_.write(".workos-checkpoints/spring/errors.jsonl", text);
  options_.errors = folder_.at(".workos-checkpoints/spring/errors.jsonl");
  Analyzed result = analyzed();
  EXPECT_TRUE(result.foreign);
  EXPECT_EQ(job_of(result).id(), "spring");
  EXPECT_EQ(job_of(result).path(), folder_.at(".workos-checkpoints/spring"));
  EXPECT_EQ(result.csv, "");

  std::filesystem::create_directories(folder_.at("elsewhere/summer"));
  folder_.write("elsewhere/summer/errors.jsonl", text);
  options_.errors = folder_.at("elsewhere/summer/errors.jsonl");
  EXPECT_FALSE(analyzed().job) << "a folder without a checkpoint is no job";
  folder_.write("elsewhere/summer/checkpoint.json", "{}");
  result = analyzed();
  EXPECT_THAT(job_of(result).option(), HasSubstr("--checkpoint-dir"));
}

TEST_F(Analyze, SaysWhatCannotBeReadOrWritten) {
  EXPECT_THAT(problem(), StartsWith("Errors file not found: "));
  errors(line(1, "a@example.com", R"(,"retryable":true)" + from_users()));
  for (std::string* path : {&options_.report, &options_.retry_csv}) {
    const std::string before = std::exchange(*path, "-");
    EXPECT_THAT(problem(), HasSubstr("needs the name of a file"));
    *path = folder_.path();
    EXPECT_THAT(problem(), HasSubstr("is a folder"));
    *path = before;
  }
  options_.report = "/nonexistent/report.json";
  EXPECT_THAT(problem(), HasSubstr("/nonexistent"));
  options_.report = folder_.at("report.json");
  options_.retry_csv = "/nonexistent/retry.csv";
  EXPECT_THAT(problem(), HasSubstr("/nonexistent"));
}

}  // namespace
}  // namespace usher
