// SPDX-License-Identifier: Apache-2.0
// A validation and an import must not disagree: what one calls an error the other refuses, and what
// one lets through the other takes. Rows are put together at random out of cells of every kind.
#include <random>
#include <set>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "check/checking_test.h"
#include "source/csv_cell.h"
#include "source/user_mapping.h"
#include "target/workos/checks.h"

namespace usher::check {
namespace {

const std::vector<std::string> kColumnsHere = {
    "email",    "first_name",      "email_verified",     "external_id",
    "password", "password_hash",   "password_hash_type", "metadata",
    "org_id",   "org_external_id", "org_name",           "role_slugs"};

const std::string kBcrypt = "$2b$10$abcdefghijklmnopqrstuuABCDEFGHIJKLMNOPQRSTUVWXYZ01234";

// Good cells come more often than bad ones, so that many rows have one fault or none.
const std::vector<std::vector<std::string>> kCells = {
    {"a@example.com", "b@example.com", " c@example.com ", "d@example.com", "", "nobody",
     "<e@example.com>", "mailto:f@example.com", "g@example", "h@example.com;", "i@ex ample.com",
     "j@example.com\t"},
    {"Ann", " Ben", "", "O'Neil", "\"Q\"", "two\nlines"},
    {"true", "no", "YES", "", "1", "perhaps"},
    {"", "", "crm-1", " crm-2", "auth0|1", "\xC3\xA9", std::string(128, 'x'),
     std::string(129, 'x')},
    {"", "", "secret", " secret"},
    {"", "", "", kBcrypt, "nonsense"},
    {"", "bcrypt", "bcrypt", "BCRYPT", "auth0", "md5"},
    {"", "", "{}", R"({"a":"b"})", R"({"a":1,"b":[1,{"c":2}],"d":null})", "null", "{", "[1]", "'x'",
     "{'a':'b'}", R"({"a":1,"a":2})", "{\"k\":\"" + std::string(601, 'v') + "\"}", R"({"":"x"})",
     std::string("{\xE2\x80\x9C") + "a\xE2\x80\x9D:1}"},
    {"", "", "org_123", "org_01K3MA0V6R2S8W5Y3Z7B9D1F4H", "acme"},
    {"", "", "north", "org_qavBURnvu2Qi22kZ", "org_01K3MA0V6R2S8W5Y3Z7B9D1F4H",
     std::string(200, 'y')},
    {"", "North", " South"},
    {"", "", "admin", "admin, member", R"(["a","b"])", "[]", " , ", "Admin", "[admin]",
     std::string(49, 'r')},
};

std::string random_csv(std::uint64_t seed, std::size_t rows) {
  std::mt19937_64 random(seed);
  std::string text;
  for (std::size_t i = 0; i < kColumnsHere.size(); ++i) {
    text += (i > 0 ? "," : "") + kColumnsHere[i];
  }
  text += random() % 2 == 0 ? "\n" : "\r\n";
  for (std::size_t row = 0; row < rows; ++row) {
    for (std::size_t i = 0; i < kCells.size(); ++i) {
      if (i > 0) text += ',';
      // Mostly the first ones, which are good.
      const std::size_t most =
          random() % 3 == 0 ? kCells[i].size() : std::min<std::size_t>(3, kCells[i].size());
      csv::append_cell(text, kCells[i][random() % most]);
    }
    if (random() % 50 == 0) text += ",one too many";
    text += '\n';
  }
  return text;
}

csv::Bytes bytes_of(std::string text) {
  return [text = std::move(text),
          at = std::size_t{0}](std::span<char> room) mutable -> Result<std::size_t> {
    const std::size_t got = text.copy(room.data(), room.size(), at);
    at += got;
    return got;
  };
}

// The records that an import refuses.
std::set<std::uint64_t> refused(const std::string& text) {
  std::set<std::uint64_t> records;
  auto reader = csv::Reader::over(bytes_of(text), "test", {});
  const auto mapping = UserMapping::make(reader->header(), {});
  csv::Record record;
  std::vector<std::string> warnings;
  while (*reader->next(record)) {
    const auto row = mapping->map(record, warnings);
    if (!row || workos::check(*row, warnings)) records.insert(record.number);
  }
  return records;
}

// Those that a validation calls wrong, but for what only the API could tell an import.
std::set<std::uint64_t> errors(const Checked& checked) {
  static const std::set<std::string> kFromTheApi = {"org-id-format", "org-id-in-external-id-column",
                                                    "duplicate-external-id"};
  std::set<std::uint64_t> records;
  for (const auto& element : checked.report.at("issues").as_array()) {
    const auto& issue = element.as_object();
    if (issue.at("severity").as_string() != "error" || issue.contains("autoFixed")) continue;
    if (kFromTheApi.contains(std::string(issue.at("ruleId").as_string()))) continue;
    records.insert(issue.at("recordNumber").to_number<std::uint64_t>());
  }
  return records;
}

TEST(Agreement, ValidationAndImportRefuseTheSameRows) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    SCOPED_TRACE(fmt::format("seed {}", seed));
    const std::string text = random_csv(seed, 500);
    const Checked checked = check_text(text);
    EXPECT_EQ(errors(checked), refused(text));
    const Summary& summary = checked.outcome.summary;
    EXPECT_EQ(summary.valid_rows + summary.invalid_rows + summary.warning_rows, summary.total_rows);
    EXPECT_EQ(summary.total_rows, 500U);
  }
}

TEST(Agreement, AFixedCopyHasNothingLeftToFixAndIsJudgedAsSaid) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    SCOPED_TRACE(fmt::format("seed {}", seed));
    const std::string text = random_csv(seed, 300);
    const Checked once = check_text(text, auto_fix(seed % 2 == 0));
    EXPECT_GT(once.outcome.summary.fixed_issues, 0U);
    const Checked again = check_text(once.fixed, auto_fix(seed % 2 == 0));
    EXPECT_EQ(again.outcome.summary.fixed_issues, 0U);
    EXPECT_EQ(again.fixed, once.fixed);
    EXPECT_EQ(again.outcome.errors, once.outcome.errors);
    EXPECT_EQ(again.outcome.warnings, once.outcome.warnings);
    EXPECT_EQ(errors(once), refused(once.fixed));
    EXPECT_EQ(again.outcome.summary.duplicate_emails, once.outcome.summary.duplicate_emails);
    EXPECT_EQ(again.outcome.summary.invalid_rows, once.outcome.summary.invalid_rows);
  }
}

TEST(Agreement, FixingNeverMakesARowWorse) {
  for (std::uint64_t seed = 100; seed < 110; ++seed) {
    SCOPED_TRACE(fmt::format("seed {}", seed));
    const std::string text = random_csv(seed, 300);
    const auto before = refused(text);
    for (const std::uint64_t record : refused(check_text(text, auto_fix()).fixed)) {
      EXPECT_TRUE(before.contains(record)) << record;
    }
  }
}

TEST(Agreement, EveryTruncationOfAFileIsAnsweredAndCopiedFaithfully) {
  const std::string text =
      "\xEF\xBB\xBF"
      "email,email_verified,org_external_id,metadata\r\n"
      "<a@example.com>,yes,org_01K3MA0V6R2S8W5Y3Z7B9D1F4H,\"{'a':'b'}\"\r\n\r\n"
      "b@example.com,\"no\",\"x\"\"y\",\"{\"\"a\"\":[1,\n2]}\"\n";
  for (std::size_t size = 0; size <= text.size(); ++size) {
    SCOPED_TRACE(fmt::format("{} bytes", size));
    const std::string part = text.substr(0, size);
    const Checked checked = check_text(part, auto_fix());
    ASSERT_EQ(checked.problem, "");
    if (!checked.outcome.readable) continue;
    const Checked again = check_text(checked.fixed, auto_fix());
    EXPECT_EQ(again.fixed, checked.fixed);
    EXPECT_EQ(again.outcome.summary.total_rows, checked.outcome.summary.total_rows);
    EXPECT_EQ(again.outcome.errors, checked.outcome.errors);
  }
}

}  // namespace
}  // namespace usher::check
