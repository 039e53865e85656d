// SPDX-License-Identifier: Apache-2.0
#include "check/rules.h"

#include <set>
#include <tuple>

#include <gtest/gtest.h>

namespace usher::check {
namespace {

TEST(Rules, HaveAnIdAndATitleAndSomethingToDo) {
  std::set<std::tuple<std::string_view, Severity, Category>> ids;
  for (std::size_t i = 0; i < kRules; ++i) {
    const RuleFacts& rule = facts(static_cast<Rule>(i));
    SCOPED_TRACE(rule.id);
    EXPECT_FALSE(rule.id.empty());
    EXPECT_EQ(rule.id.find_first_not_of("abcdefghijklmnopqrstuvwxyz-"), std::string_view::npos);
    EXPECT_FALSE(rule.title.empty());
    EXPECT_TRUE(!rule.advice.empty() || rule.severity == Severity::info);
    EXPECT_TRUE(ids.emplace(rule.id, rule.severity, rule.category).second);
  }
}

TEST(Rules, StandInTheTableAtTheirPlaces) {
  EXPECT_EQ(facts(Rule::empty_file).id, "empty-file");
  EXPECT_EQ(facts(Rule::record_format).id, "record-format");
  EXPECT_EQ(facts(Rule::metadata_json).id, "metadata-json");
  EXPECT_EQ(facts(Rule::role_slugs_empty).severity, Severity::warning);
  EXPECT_EQ(facts(Rule::duplicate_email).id, "duplicate-email");
  EXPECT_EQ(facts(Rule::several_organizations).id, "several-organizations");
}

}  // namespace
}  // namespace usher::check
