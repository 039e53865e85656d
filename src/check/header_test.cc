// SPDX-License-Identifier: Apache-2.0
#include "check/header.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "check/checking_test.h"
#include "check/fixed_csv.h"

namespace usher::check {
namespace {

using ::testing::ElementsAre;

TEST(Header, NamesWhatIsNotReadAndWhatItMayMean) {
  const Checked checked = check_text("email,First Name,department\na@example.com,Ann,x\n");
  EXPECT_THAT(checked.findings(),
              ElementsAre("warning unknown-columns", "warning unknown-columns"));
  EXPECT_EQ(checked.message("unknown-columns"),
            "Unknown column: First Name (did you mean first_name?)");
  EXPECT_EQ(checked.outcome.fixable, 1U);
}

TEST(Header, WithoutEmailNoRowIsValid) {
  const Checked checked = check_text("mail,first_name\na@example.com,Ann\nb@example.com,Ben\n");
  EXPECT_THAT(checked.findings(),
              ElementsAre("warning unknown-columns", "error required-email-column"));
  EXPECT_EQ(checked.message("required-email-column"), "Missing required column: email");
  EXPECT_EQ(checked.outcome.summary.invalid_rows, 2U);
}

TEST(Header, RenamingIsNoGuessWhenOnlyCaseAndSeparatorsDiffer) {
  const Checked checked =
      check_text("\"E-Mail\",firstName,mail\na@example.com,Ann,x\n", auto_fix());
  EXPECT_EQ(checked.fixed, "email,first_name,mail\na@example.com,Ann,x\n");
  EXPECT_EQ(checked.outcome.errors, 0U);
  EXPECT_EQ(checked.outcome.summary.fixed_issues, 2U);
}

TEST(Header, TwoNamesForOneColumnAreBothLeftAlone) {
  const Checked checked = check_text("E-Mail,E Mail\na@example.com,b@example.com\n", auto_fix());
  EXPECT_EQ(checked.fixed, "E-Mail,E Mail\na@example.com,b@example.com\n");
  EXPECT_EQ(checked.outcome.errors, 1U);
}

TEST(Header, TellsTheMode) {
  EXPECT_EQ(check_text("email\n").outcome.summary.mode, "user-only");
  for (const char* column : {"org_id", "org_external_id", "org_name"}) {
    EXPECT_EQ(check_text(std::string("email,") + column + "\n").outcome.summary.mode, "multi-org");
  }
  EXPECT_EQ(check_text("email\n").message("mode-detection"), "Detected mode: user-only");
}

TEST(Header, WhatIsNoCsvIsOneErrorAndAReport) {
  const Checked empty = check_text("");
  EXPECT_THAT(empty.findings(), ElementsAre("error empty-file"));
  EXPECT_EQ(empty.outcome.summary.total_rows, 0U);
  EXPECT_FALSE(empty.outcome.csv_hash.empty());
  for (const std::string_view text :
       {"\n\n", "email,email\n", "email,,x\n", "\xFF\xFE\x61", "email;name\n", "PK\x03\x04"}) {
    EXPECT_THAT(check_text(text).findings(), ElementsAre("error header-format")) << text;
  }
}

TEST(Header, RangeIsBehindTheByteOrderMarkAndBlankLines) {
  EXPECT_EQ(header_range("a,b\nc"), (std::pair<std::size_t, std::size_t>{0, 3}));
  EXPECT_EQ(header_range("\xEF\xBB\xBF"
                         "a\r\nc"),
            (std::pair<std::size_t, std::size_t>{3, 4}));
  EXPECT_EQ(header_range(" \n\r\n a"), (std::pair<std::size_t, std::size_t>{4, 6}));
  EXPECT_EQ(header_range("\"a\n\",b"), (std::pair<std::size_t, std::size_t>{0, 6}));
}

}  // namespace
}  // namespace usher::check
