// SPDX-License-Identifier: Apache-2.0
#include "analysis/report.h"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <gtest/gtest.h>

#include "analysis/sample_errors_test.h"

namespace usher::analysis {
namespace {

TEST(Report, HasTheFieldsThatScriptsRead) {
  Analyzer analyzer;
  ErrorRecord record;
  for (const SampleError& error :
       {SampleError{.status = 500},
        SampleError{.record = 2, .status = 400, .code = "c", .inner = {"email_not_available"}},
        SampleError{.record = 3, .message = "other", .status = 422}}) {
    const std::string line = error.line();
    ASSERT_FALSE(read_error(line, record));
    ASSERT_TRUE(analyzer.add(line, record));
  }
  const auto analysis = analyzer.finish();
  ASSERT_TRUE(analysis);
  const auto report = boost::json::parse(
      "{" + report_members(*analysis, suggest(*analysis, "u.csv"), {"e.jsonl", "abc", "2026"}) +
      "}");

  const auto& summary = report.at("summary");
  EXPECT_EQ(summary.at("totalErrors"), 3);
  EXPECT_EQ(summary.at("retryableErrors"), 1);
  EXPECT_EQ(summary.at("nonRetryableErrors"), 2);
  EXPECT_EQ(summary.at("uniqueEmails"), 1);
  EXPECT_EQ(summary.at("uniqueErrorPatterns"), 3);
  EXPECT_EQ(summary.at("errorsByType").at("user_create"), 3);
  EXPECT_EQ(summary.at("errorsByStatus").at("422"), 1);

  const auto& group = report.at("groups").at(1);
  EXPECT_EQ(group.at("id").as_string().size(), 12U);
  EXPECT_EQ(group.at("pattern"), "Could not create user.");
  EXPECT_EQ(group.at("errorType"), "user_create");
  EXPECT_EQ(group.at("httpStatus"), 400);
  EXPECT_EQ(group.at("workosErrorCodes").at(0), "email_not_available");
  EXPECT_EQ(group.at("severity"), "high");
  EXPECT_EQ(group.at("retryable"), false);
  EXPECT_EQ(group.at("examples").at(0).at("recordNumber"), 2);
  EXPECT_EQ(group.at("affectedEmails").at(0), "ida@north.example");
  EXPECT_EQ(report.at("groups").at(2).at("retryStrategy").at("type"), "immediate");

  EXPECT_EQ(report.at("retryability").at("retryable").at("percentage"), 33.3);
  EXPECT_EQ(report.at("retryability").at("nonRetryable").at("byReason").at("user_exists"), 1);
  EXPECT_EQ(report.at("suggestions").at(0).at("affectedCount"), 1);
  EXPECT_EQ(report.at("suggestions").at(0).at("actionable"), true);
  EXPECT_EQ(report.at("timestamp"), "2026");
  EXPECT_EQ(report.at("errorsFile"), "e.jsonl");
  EXPECT_EQ(report.at("errorsFileHash"), "abc");
}

TEST(Report, OfNothingIsJsonToo) {
  const auto report = boost::json::parse("{" + report_members({}, {}, {}) + "}");
  EXPECT_EQ(report.at("summary").at("totalErrors"), 0);
  EXPECT_EQ(report.at("retryability").at("retryable").at("percentage"), 0.0);
}

}  // namespace
}  // namespace usher::analysis
