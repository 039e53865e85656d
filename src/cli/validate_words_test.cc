// SPDX-License-Identifier: Apache-2.0
#include "cli/validate_words.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace usher::cli {
namespace {

using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;

Validation found(check::Rule rule, std::uint64_t number, std::uint64_t fixable) {
  Validation validation;
  validation.options.csv = "my users.csv";
  validation.outcome.summary.total_rows = 1'000'000;
  check::RuleTotal total;
  total.rule = rule;
  total.found = number;
  total.fixable = fixable;
  total.first_record = 12;
  total.first_line = 14;
  total.example = "an example";
  validation.outcome.rules.push_back(total);
  validation.outcome.fixable = fixable;
  const auto severity = check::facts(rule).severity;
  (severity == check::Severity::error ? validation.outcome.errors : validation.outcome.warnings) =
      number;
  return validation;
}

TEST(ValidateWords, ACauseIsAParagraph) {
  EXPECT_THAT(validate_words(found(check::Rule::email_format, 1234, 0), false),
              AllOf(HasSubstr("Total rows:        1,000,000\n"),
                    HasSubstr("❌ Found 1,234 error(s)\n\n"
                              "    1,234  addresses that cannot be right  [email-format]\n"
                              "           record 12, line 14: an example\n"
                              "           → correct them\n"),
                    EndsWith("\nValidation failed: CSV has errors\n")));
}

TEST(ValidateWords, OfferTheFixAsALineToPaste) {
  EXPECT_THAT(
      validate_words(found(check::Rule::email_whitespace, 5, 5), false),
      AllOf(HasSubstr("→ --auto-fix puts all of them right\n"),
            HasSubstr("\n  # Fix 5 of these without guessing:\n  usher validate-csv --csv "
                      "'my users.csv' --auto-fix --fixed-csv 'my users-fixed.csv'\n"),
            Not(HasSubstr("an import trims it")), EndsWith("\nValidation passed with warnings\n")));
}

TEST(ValidateWords, ColourOnlyWhereItIsWanted) {
  const Validation validation = found(check::Rule::email_format, 1, 0);
  EXPECT_THAT(validate_words(validation, false), Not(HasSubstr("\x1b")));
  EXPECT_THAT(validate_words(validation, true), HasSubstr("\x1b[31m❌ Found 1 error(s)\x1b[0m"));
}

TEST(ValidateWords, NameACopyAfterItsOriginal) {
  EXPECT_EQ(with_suffix("users.csv", "-fixed"), "users-fixed.csv");
  EXPECT_EQ(with_suffix("/a.b/users", "-fixed"), "/a.b/users-fixed.csv");
  EXPECT_EQ(with_suffix("a/.csv", "-fixed"), "a/.csv-fixed.csv");
  EXPECT_EQ(with_suffix("x.y.csv", "-fixed"), "x.y-fixed.csv");
}

}  // namespace
}  // namespace usher::cli
