// SPDX-License-Identifier: Apache-2.0
#include "check/dedupe.h"

#include <map>
#include <random>

#include <boost/json.hpp>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/scratch.h"
#include "base/text.h"
#include "check/header.h"
#include "check/merge.h"

namespace usher::check {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

struct Deduped {
  DedupeSummary summary;
  std::string csv;
  std::string report_text;
  boost::json::object report;
};

Deduped dedupe_text(std::string_view text, DedupeWish wish = {}) {
  const ScratchFolder folder;
  const auto input = Snapshot::take(folder.write("in.csv", text), -1);
  auto csv = Replacement::begin(folder.at("out.csv"));
  auto report = Replacement::begin(folder.at("report.json"));
  wish.csv_path = "in.csv";
  const auto summary = dedupe(*input, wish, *csv, *report);
  if (!summary || !csv->commit() || !report->commit()) {
    ADD_FAILURE() << (summary ? "cannot write" : summary.error().line());
    return {};
  }
  Deduped deduped{*summary, folder.read("out.csv"), folder.read("report.json"), {}};
  deduped.report = boost::json::parse(deduped.report_text).as_object();
  return deduped;
}

TEST(Dedupe, KeepsEveryMembership) {
  const std::string text =
      "email,org_id,org_external_id,org_name\n"
      "a@example.com,org_1,,\na@example.com,org_2,,\na@example.com,,x,\na@example.com,,,North\n"
      "a@example.com,,,\nb@example.com,org_1,,\n";
  const Deduped deduped = dedupe_text(text);
  EXPECT_EQ(deduped.csv, text);
  EXPECT_EQ(deduped.summary.rows_removed, 0U);
}

TEST(Dedupe, MergesIntoTheFirstRowAndLeavesTheOthersAlone) {
  const Deduped deduped = dedupe_text(
      "\xEF\xBB\xBF"
      "email,first_name,org_id,role_slugs\r\n"
      "\"a@example.com\",,org_1,admin\r\n"
      "b@example.com,\"Ben\",org_1,\r\n"
      "\r\n"
      "A@Example.com , Ann,org_1,member\r\n"
      ",x,org_1,\r\n,x,org_1,\r\n"
      "a@example.com,,org_1\r\n"
      "a@example.com,,org_1,admin");
  EXPECT_EQ(deduped.csv,
            "\xEF\xBB\xBF"
            "email,first_name,org_id,role_slugs\r\n"
            "\"a@example.com\", Ann,org_1,\"admin,member\"\r\n"
            "b@example.com,\"Ben\",org_1,\r\n"
            "\r\n"
            ",x,org_1,\r\n,x,org_1,\r\n"
            "a@example.com,,org_1\r\n");
  EXPECT_EQ(deduped.summary.total_rows, 7U);
  EXPECT_EQ(deduped.summary.unique_rows, 5U);
  EXPECT_EQ(deduped.summary.duplicates, 1U);
  EXPECT_EQ(boost::json::serialize(deduped.report.at("summary")),
            R"({"totalInputRows":7,"uniqueRows":5,"duplicatesFound":1,"rowsRemoved":2,)"
            R"("rowsWithErrors":0,"rowsBeyondLimits":0})");
  EXPECT_EQ(boost::json::serialize(deduped.report.at("mergeDetails")),
            R"([{"email":"a@example.com","duplicateCount":3,"mergedRowNumbers":[2,4,8],)"
            R"("conflicts":[{"field":"role_slugs","values":["admin","member"],)"
            R"("chosen":"admin,member","strategy":"united"}],"metadataMerged":[]}])");
}

TEST(Dedupe, RowsThatNameTheirOrganizationTwiceStay) {
  const std::string text =
      "email,org_id,org_external_id\na@example.com,org_1,x\na@example.com,org_1,x\n";
  EXPECT_EQ(dedupe_text(text).csv, text);
}

TEST(Dedupe, SecretsAreNotInTheReport) {
  const Deduped deduped = dedupe_text(
      "email,password,password_hash,password_hash_type\n"
      "a@example.com,hunter2,,\na@example.com,,sekret,bcrypt\na@example.com,hunter3,,\n");
  EXPECT_THAT(deduped.report_text, Not(HasSubstr("hunter")));
  EXPECT_THAT(deduped.report_text, Not(HasSubstr("sekret")));
  EXPECT_THAT(deduped.csv, HasSubstr("a@example.com,hunter2,,\n"));
}

TEST(Dedupe, TheReportListsSoManyMergesAndCountsTheRest) {
  DedupeWish wish;
  wish.most_details = 1;
  const Deduped deduped =
      dedupe_text("email\na@example.com\nb@example.com\nb@example.com\na@example.com\n", wish);
  EXPECT_EQ(deduped.report.at("mergeDetails").as_array().size(), 1U);
  EXPECT_EQ(deduped.report.at("detailsNotListed").to_number<int>(), 1);
}

// The rows of one person are compared without an end of the file in between.
TEST(Dedupe, CanBeStoppedWhileItCompares) {
  std::string text = "email\n";
  for (int i = 0; i < 3000; ++i) text += "a@example.com\n";
  const ScratchFolder folder;
  const auto input = Snapshot::take(folder.write("in.csv", text), -1);
  auto csv = Replacement::begin(folder.at("out.csv"));
  auto report = Replacement::begin(folder.at("report.json"));
  int asked = 0;
  DedupeWish wish;
  wish.progressed = [&](std::uint64_t, std::uint64_t bytes, std::uint64_t) {
    EXPECT_EQ(bytes, text.size());
    return ++asked < 2;
  };
  const auto summary = dedupe(*input, wish, *csv, *report);
  ASSERT_TRUE(summary);
  EXPECT_TRUE(summary->interrupted);
  EXPECT_EQ(asked, 2);
  EXPECT_LT(summary->rows_removed, 2999U);
}

// Against a model that has all rows in memory.
TEST(Dedupe, DoesWhatAModelDoes) {
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    SCOPED_TRACE(fmt::format("seed {}", seed));
    std::mt19937_64 random(seed);
    const std::vector<std::string> names = {"email", "first_name", "org_name", "role_slugs"};
    const Header header = look_at_header(names, false);
    const std::size_t rows = seed % 10 == 0 ? 20'000 : random() % 200;
    const std::size_t people = 1 + random() % (rows + 1);
    std::string text = "email,first_name,org_name,role_slugs\n";
    std::map<std::pair<std::string, std::string>, std::size_t> where;
    std::vector<Merge> merges;
    for (std::size_t i = 0; i < rows; ++i) {
      const std::string email =
          fmt::format("{}{}@example.com", random() % 2 == 0 ? "p" : "P", random() % people);
      const std::string org = random() % 3 == 0 ? "" : fmt::format("Org{}", random() % 3);
      const std::string name = random() % 2 == 0 ? "" : fmt::format("N{}", random() % 3);
      const std::string role = random() % 2 == 0 ? "" : fmt::format("r{}", random() % 4);
      const Merge::Cells cells = {email, name, org, role};
      text += fmt::format("{},{},{},{}\n", email, name, org, role);
      const auto [place, fresh] = where.emplace(std::pair{lower_ascii(email), org}, merges.size());
      if (fresh) {
        merges.emplace_back(i + 1, cells);
      } else {
        EXPECT_TRUE(merges[place->second].add(i + 1, cells, header));
      }
    }
    std::string expected = "email,first_name,org_name,role_slugs\n";
    for (const Merge& merge : merges) {
      const auto& cells = merge.cells();
      const bool list = cells[3].find(',') != std::string::npos;
      expected += fmt::format("{},{},{},{}\n", cells[0], cells[1], cells[2],
                              list ? '"' + cells[3] + '"' : cells[3]);
    }
    const Deduped deduped = dedupe_text(text);
    EXPECT_EQ(deduped.csv, expected);
    EXPECT_EQ(deduped.summary.unique_rows, merges.size());
    EXPECT_EQ(deduped.summary.rows_removed, rows - merges.size());
    EXPECT_EQ(dedupe_text(deduped.csv).csv, deduped.csv);
  }
}

}  // namespace
}  // namespace usher::check
