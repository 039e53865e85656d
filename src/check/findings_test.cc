// SPDX-License-Identifier: Apache-2.0
#include "check/findings.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "check/checking_test.h"

namespace usher::check {
namespace {

using ::testing::ElementsAre;

Finding finding(Rule rule, std::uint64_t number, std::string_view message) {
  Finding made{rule, number, number + 1};
  made.message = message;
  return made;
}

std::vector<std::string> listed(Findings& findings) {
  const ScratchFolder folder;
  auto file = Replacement::begin(folder.at("x"));
  EXPECT_TRUE(file->write("[") && findings.copy_to(*file) && file->write("]") && file->commit());
  std::vector<std::string> messages;
  const boost::json::value list = boost::json::parse(folder.read("x"));
  for (const auto& issue : list.as_array()) {
    messages.emplace_back(issue.as_object().at("message").as_string());
  }
  return messages;
}

TEST(Findings, AreListedUpToABoundAndCountedBeyond) {
  Findings findings({.all = 4, .of_a_rule = 2});
  for (std::uint64_t i = 1; i <= 5; ++i) {
    const std::string loud = fmt::format("loud {}", i);
    ASSERT_TRUE(findings.add(finding(Rule::email_format, i, loud)));
  }
  EXPECT_FALSE(findings.wanted()(Rule::email_format));
  EXPECT_TRUE(findings.wanted()(Rule::metadata_json));
  ASSERT_TRUE(findings.add(finding(Rule::metadata_json, 6, "quiet")));
  ASSERT_TRUE(findings.add(finding(Rule::boolean_format, 7, "last")));
  ASSERT_TRUE(findings.add(finding(Rule::boolean_format, 8, "too late")));
  ASSERT_TRUE(findings.add(finding(Rule::record_format, 9, "the first of its rule")));
  EXPECT_THAT(listed(findings),
              ElementsAre("loud 1", "loud 2", "quiet", "last", "the first of its rule"));
  EXPECT_EQ(findings.not_written(), 4U);
  EXPECT_EQ(findings.count(Severity::error), 7U);
  EXPECT_EQ(findings.count(Severity::warning), 2U);
}

TEST(Findings, AreTotalledByRuleTheWorstAndLargestFirst) {
  Findings findings({});
  ASSERT_TRUE(findings.add(finding(Rule::boolean_format, 1, "b")));
  ASSERT_TRUE(findings.add(finding(Rule::boolean_format, 2, "c")));
  ASSERT_TRUE(findings.add(finding(Rule::metadata_json, 3, "m")));
  ASSERT_TRUE(findings.add(finding(Rule::email_format, 4, "e")));
  ASSERT_TRUE(findings.add(finding(Rule::email_format, 5, "f")));
  const auto totals = findings.totals();
  ASSERT_EQ(totals.size(), 3U);
  EXPECT_EQ(totals[0].rule, Rule::email_format);
  EXPECT_EQ(totals[0].found, 2U);
  EXPECT_EQ(totals[0].first_record, 4U);
  EXPECT_EQ(totals[0].first_line, 5U);
  EXPECT_EQ(totals[0].example, "e");
  EXPECT_EQ(totals[1].rule, Rule::metadata_json);
  EXPECT_EQ(totals[2].rule, Rule::boolean_format);
}

TEST(Findings, WhatStillStandsIsTheExample) {
  Findings findings({.all = 1, .of_a_rule = 1});
  Finding fixed = finding(Rule::email_format, 1, "fixed");
  fixed.fixed = true;
  ASSERT_TRUE(findings.add(fixed));
  EXPECT_TRUE(findings.wanted()(Rule::email_format));
  ASSERT_TRUE(findings.add(finding(Rule::email_format, 2, "stands")));
  const RuleTotal total = findings.total(Rule::email_format);
  EXPECT_EQ(total.example, "stands");
  EXPECT_EQ(total.first_record, 2U);
  EXPECT_EQ(total.fixed, 1U);
  EXPECT_EQ(total.found, 1U);
  EXPECT_EQ(findings.fixed(), 1U);
}

TEST(Report, HasTheFieldsThatScriptsKnow) {
  const Checked checked = check_text("email,org_id\nnobody,org_1\na@example.com,\n");
  EXPECT_EQ(
      boost::json::serialize(checked.report.at("summary")),
      R"({"totalRows":2,"validRows":1,"invalidRows":1,"warningRows":0,"duplicateEmails":0,)"
      R"("duplicateExternalIds":0,"mode":"multi-org","autoFixApplied":false,"fixedIssues":0})");
  std::vector<std::string> keys;
  for (const auto& field : checked.report) keys.emplace_back(field.key());
  EXPECT_THAT(keys, ElementsAre("summary", "issues", "timestamp", "csvHash", "csvPath",
                                "issuesNotListed", "rules"));
  EXPECT_EQ(boost::json::serialize(checked.report.at("issues").as_array().at(1)),
            "{\"severity\":\"error\",\"category\":\"row\",\"recordNumber\":1,\"line\":2,"
            "\"field\":\"email\",\"email\":\"nobody\","
            "\"message\":\"Invalid email format: nobody (has no @)\","
            "\"ruleId\":\"email-format\",\"orgId\":\"org_1\"}");
  EXPECT_EQ(checked.report.at("csvHash").as_string().size(), 64U);
}

}  // namespace
}  // namespace usher::check
