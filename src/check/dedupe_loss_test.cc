// SPDX-License-Identifier: Apache-2.0
// A copy without repeats must give an import at least what the original gives: nobody, no
// membership, role, password or metadata is lost. Rows are put together at random, broken ones
// among them, and both files are read as an import reads them.
#include <map>
#include <random>
#include <set>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/scratch.h"
#include "base/text.h"
#include "check/dedupe.h"
#include "source/csv_cell.h"
#include "source/user_mapping.h"
#include "target/workos/checks.h"

namespace usher::check {
namespace {

using ::testing::HasSubstr;

const std::string kHeader =
    "email,first_name,email_verified,external_id,password,password_hash,password_hash_type,"
    "metadata,org_id,org_external_id,org_name,role_slugs";
const std::string kBcrypt = "$2b$10$abcdefghijklmnopqrstuuABCDEFGHIJKLMNOPQRSTUVWXYZ01234";

std::string names(std::string_view letter, int count) {
  std::string text;
  for (int i = 0; i < count; ++i)
    text += fmt::format(R"({}"{}{}":"v")", i > 0 ? "," : "", letter, i);
  return "{" + text + "}";
}

const std::vector<std::vector<std::string>> kCells = {
    {"a@example.com", " A@example.com", "b@example.com", "nobody", ""},
    {"Ann", "", "Anna"},
    {"true", "no", "", "perhaps"},
    {"", "crm-1", std::string(129, 'x'), "\xC3\xA9"},
    {"", "", "secret", "other"},
    {"", "", kBcrypt, "nonsense"},
    {"bcrypt", "", "md5"},
    {"", "{}", R"({"a":"b"})", R"({"a":"c","b":[1]})", "{bad", R"({"":"x"})", R"({"a":null})",
     R"({"a":"b","a":null})", names("k", 45), names("l", 30)},
    {"", "org_1", "acme"},
    {"", "", "north", std::string(200, 'y')},
    {"", "", "North"},
    {"", "admin", "member,admin", R"(["a","b"])", "[bad", "Admin", "[]"},
};

std::string random_csv(std::mt19937_64& random) {
  std::string text = kHeader + "\n";
  const std::size_t rows = 1 + random() % 40;
  for (std::size_t row = 0; row < rows; ++row) {
    for (std::size_t i = 0; i < kCells.size(); ++i) {
      if (i > 0) text += ',';
      const std::size_t most = random() % 4 == 0 ? kCells[i].size() : 3;  // the first are good
      csv::append_cell(text, kCells[i][random() % most]);
    }
    text += random() % 30 == 0 ? ",one too many\n" : "\n";
  }
  return text;
}

// What an import would make out of it, as words: of a person, of a membership, and what they have.
std::set<std::string> given_by(const std::string& path) {
  std::set<std::string> given;
  const auto input = Snapshot::take(path, -1);
  auto reader = csv::Reader::over(input->bytes(), path, {});
  const auto mapping = UserMapping::make(reader->header(), {});
  csv::Record record;
  std::vector<std::string> warnings;
  while (*reader->next(record)) {
    const auto row = mapping->map(record, warnings);
    if (!row || workos::check(*row, warnings)) continue;
    const std::string whom = fmt::format("{} in {} {}", lower_ascii(row->email),
                                         static_cast<int>(row->org.by), row->org.value);
    given.insert(whom);
    for (const std::string& role : row->roles) given.insert(fmt::format("{} as {}", whom, role));
    for (const auto& [name, value] : row->metadata)
      given.insert(fmt::format("{} with {}", whom, name));
    if (!row->external_id.empty()) given.insert(whom + " with an id");
    if (!row->first_name.empty()) given.insert(whom + " with a name");
    if (!row->password.empty() || !row->password_hash.empty()) given.insert(whom + " who signs in");
  }
  return given;
}

struct Copied {
  std::set<std::string> before;
  std::set<std::string> after;
  std::string csv;
  DedupeSummary summary;
};

Copied copy_of(const std::string& text) {
  const ScratchFolder folder;
  const std::string path = folder.write("in.csv", text);
  const auto input = Snapshot::take(path, -1);
  auto csv = Replacement::begin(folder.at("out.csv"));
  auto report = Replacement::begin(folder.at("report.json"));
  const auto summary = dedupe(*input, {}, *csv, *report);
  if (!summary || !csv->commit()) {
    ADD_FAILURE() << "no copy";
    return {};
  }
  return {given_by(path), given_by(folder.at("out.csv")), folder.read("out.csv"), *summary};
}

TEST(DedupeLoss, AnImportOfTheCopyGivesAllThatOneOfTheOriginalGives) {
  std::uint64_t removed = 0;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    SCOPED_TRACE(fmt::format("seed {}", seed));
    std::mt19937_64 random(seed);
    const std::string text = random_csv(random);
    SCOPED_TRACE(text);
    const Copied copied = copy_of(text);
    EXPECT_EQ(copied.after, copied.before) << copied.csv;
    removed += copied.summary.rows_removed;
    if (HasFailure()) return;
  }
  EXPECT_GT(removed, 100U);
}

TEST(DedupeLoss, ARowWithAnErrorStaysAsItIs) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"metadata", "{bad|{\"\"a\"\":1}"}, {"role_slugs", "[bad|member"},
      {"external_id", "\xC3\xA9|crm-1"},  {"email", "a@example|a@example.com"},
      {"password_hash", "lone|"},
  };
  for (const auto& [column, cells] : cases) {
    SCOPED_TRACE(column);
    const std::size_t bar = cells.find('|');
    const auto row = [&](const std::string& cell) {
      return column == "email" ? "x,\"" + cell + "\"\n" : "a@example.com,\"" + cell + "\"\n";
    };
    const std::string text = (column == "email" ? "first_name,email\n" : "email," + column + "\n") +
                             row(cells.substr(0, bar)) + row(cells.substr(bar + 1));
    EXPECT_EQ(copy_of(text).csv, text);
    EXPECT_EQ(copy_of(text).summary.rows_with_errors, 1U);
  }
}

}  // namespace
}  // namespace usher::check
