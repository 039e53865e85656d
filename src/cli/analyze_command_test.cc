// SPDX-License-Identifier: Apache-2.0
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/scratch.h"
#include "cli/stage.h"

namespace usher::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

const std::string kBusy =
    R"({"recordNumber":1,"email":"a@example.com","errorType":"user_create","errorMessage":"Slow.",)"
    R"("httpStatus":429,"rawRow":{"email":"a@example.com"}})"
    "\n";
const std::string kRefused =
    R"({"recordNumber":2,"email":"b@example.com","errorType":"user_create","errorMessage":"No.",)"
    R"("httpStatus":422,"rawRow":{"email":"b@example.com"}})"
    "\n";

struct Analysis : testing::Test {
  int run(std::initializer_list<std::string> more = {}) {
    std::vector<std::string> words = {"analyze-errors", "--errors", folder.at("e.jsonl"),
                                      "--report", folder.at("r.json")};
    words.insert(words.end(), more);
    return run_program(words, stage.around);
  }
  ScratchFolder folder;
  Stage stage;
};

TEST_F(Analysis, EndsByWhetherSomethingCanBeRetried) {
  folder.write("e.jsonl", kBusy + kRefused);
  EXPECT_EQ(run(), 0);
  EXPECT_THAT(stage.out.text, HasSubstr("✓ Analysis complete: 1 error(s) can be retried"));
  folder.write("e.jsonl", kRefused);
  EXPECT_EQ(run(), 1);
  folder.write("e.jsonl", "");
  EXPECT_EQ(run(), 0);
  folder.write("e.jsonl", "x");
  EXPECT_EQ(run(), 2);
}

TEST_F(Analysis, PrintsTheReportAloneForPrograms) {
  folder.write("e.jsonl", "no\n" + kBusy);
  EXPECT_EQ(run({"--json", "--retry-csv", folder.at("retry.csv")}), 0);
  const auto report = boost::json::parse(stage.out.text);
  EXPECT_EQ(report.at("summary").at("unreadableLines"), 1);
  EXPECT_EQ(report.at("retryCsv").at("rows"), 1);
  EXPECT_EQ(stage.out.text, folder.read("r.json"));
  EXPECT_THAT(stage.err.text, HasSubstr("Line 1: Invalid JSON, skipping: "));
}

TEST_F(Analysis, SaysOnlyWhatItComesToWhenQuiet) {
  folder.write("e.jsonl", kRefused);
  EXPECT_EQ(run({"--quiet"}), 1);
  EXPECT_THAT(stage.out.text, StartsWith("⚠️  No error can be retried as it is: 1 need"));
}

TEST_F(Analysis, TellsWrongOptionsInOneLine) {
  EXPECT_EQ(stage.run({"analyze"}), 2);
  EXPECT_EQ(stage.err.text,
            "usher analyze-errors: --errors is required\n  for example --errors errors.jsonl\n");
  stage.err.text.clear();
  EXPECT_EQ(stage.run({"analyze", "--errors", "/nonexistent/e.jsonl"}), 2);
  EXPECT_THAT(stage.err.text,
              StartsWith("usher analyze-errors: Errors file not found: /nonexistent/e.jsonl\n"));
  stage.err.text.clear();
  EXPECT_EQ(run({"--output", "a", "--report", "b"}), 2);
  EXPECT_EQ(stage.out.text, "");
}

TEST_F(Analysis, FailsWhenNoRowOfTheRetryCsvCanBeTaken) {
  folder.write("e.jsonl", kBusy);
  const std::string other = folder.write("other.csv", "email\nx@example.com\n");
  EXPECT_EQ(run({"--retry-csv", folder.at("retry.csv"), "--csv", other}), 2);
  EXPECT_THAT(stage.err.text, HasSubstr("Row 1 is not in the retry CSV: email is not what it was"));
  EXPECT_THAT(stage.err.text, HasSubstr("give the input that failed with --csv"));
}

TEST_F(Analysis, JsonIsOneObjectWhenItCannotBeDoneToo) {
  EXPECT_EQ(stage.run({"analyze", "--json", "--errors", "/nonexistent/e.jsonl"}), 2);
  const auto told = boost::json::parse(stage.out.text);
  EXPECT_EQ(told.at("exitCode").as_int64(), 2);
  EXPECT_EQ(told.at("error").as_string(), "Errors file not found: /nonexistent/e.jsonl");
  stage.out.text.clear();
  folder.write("e.jsonl", kBusy);
  const std::string other = folder.write("other.csv", "email\nx@example.com\n");
  EXPECT_EQ(run({"--json", "--retry-csv", folder.at("retry.csv"), "--csv", other}), 2);
  EXPECT_TRUE(boost::json::parse(stage.out.text).as_object().contains("retryCsv"));
}

TEST_F(Analysis, TakesTheOptionsOfTheExistingToolkit) {
  folder.write("e.jsonl", kBusy);
  EXPECT_EQ(stage.run({"analyze", "--errors", folder.at("e.jsonl"), "--output", folder.at("o.json"),
                       "--retry-csv", folder.at("retry.csv"), "--include-duplicates"}),
            0);
  EXPECT_TRUE(folder.has("o.json"));
  EXPECT_EQ(folder.read("retry.csv"), "email\na@example.com\n");
}

}  // namespace
}  // namespace usher::cli
