// SPDX-License-Identifier: Apache-2.0
#include "analysis/analysis.h"

#include <numeric>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "analysis/report.h"
#include "analysis/sample_errors_test.h"
#include "base/random.h"

namespace usher::analysis {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

Analysis analysis_of(const std::vector<SampleError>& errors) {
  Analyzer analyzer;
  ErrorRecord record;
  for (const SampleError& error : errors) {
    const std::string line = error.line();
    EXPECT_FALSE(read_error(line, record));
    EXPECT_TRUE(analyzer.add(line, record));
  }
  auto analysis = analyzer.finish();
  EXPECT_TRUE(analysis);
  return std::move(*analysis);
}

std::uint64_t sum(const std::map<std::string_view, std::uint64_t>& counts) {
  return std::accumulate(counts.begin(), counts.end(), std::uint64_t{0},
                         [](std::uint64_t all, const auto& one) { return all + one.second; });
}

TEST(Analysis, OfAnEmptyFileIsEmpty) {
  const Analysis none = analysis_of({});
  EXPECT_EQ(none.total, 0U);
  EXPECT_TRUE(none.groups.empty());
  EXPECT_EQ(percentage(none.retryable, none.total), "0.0");
}

TEST(Analysis, CountsByTypeAndStatusAndReason) {
  const Analysis found = analysis_of({{.status = 500},
                                      {.email = "IDA@north.example", .status = 422},
                                      {.email = "b@example.com", .type = "", .status = 422},
                                      {.type = "org_resolution", .org_external_id = "acme"}});
  EXPECT_EQ(found.total, 4U);
  EXPECT_EQ(found.retryable, 1U);
  EXPECT_EQ(found.not_retryable(), 3U);
  EXPECT_EQ(found.unique_emails, 2U) << "capitals make no other person";
  EXPECT_THAT(found.by_type,
              ElementsAre(Pair("org_resolution", 1), Pair("unknown", 1), Pair("user_create", 2)));
  EXPECT_THAT(found.by_status, ElementsAre(Pair("422", 2), Pair("500", 1), Pair("none", 1)));
  EXPECT_THAT(found.retryable_reasons, ElementsAre(Pair("user_create_server_error", 1)));
  EXPECT_EQ(found.no_status, 1U);
}

TEST(Analysis, KnowsWhetherEveryRowHoldsAnIdOfWorkos) {
  const std::string id = "org_01HZY3J8Q2Y7K5V9W4N6T8R0AB";
  const SampleError named{.org_external_id = id};
  const SampleError in_row{.row = {{"email", "a"}, {"org_external_id", id}}};
  const SampleError empty{.row = {{"email", "a"}, {"org_external_id", ""}}};
  const SampleError other{.row = {{"email", "a"}, {"org_external_id", "acme"}}};
  EXPECT_TRUE(analysis_of({named, in_row, empty}).ids_everywhere);
  EXPECT_FALSE(analysis_of({named, other, in_row}).ids_everywhere);
  EXPECT_FALSE(analysis_of({named, {.org_external_id = "acme"}}).ids_everywhere);
  EXPECT_FALSE(analysis_of({in_row, {}}).ids_everywhere) << "a row that does not say";
  EXPECT_FALSE(analysis_of({}).ids_everywhere);
}

TEST(Analysis, MakesOneGroupOfOneMistakeOnManyOrganizations) {
  std::vector<SampleError> errors;
  for (std::uint64_t i = 0; i < 203; ++i) {
    const std::string org = "org_qavBURnvu2Qi22k" + std::to_string(i % 19);
    errors.push_back({.record = i,
                      .email = "u" + std::to_string(i) + "@example.com",
                      .type = "org_resolution",
                      .message = "Failed to create organization \"Test Org " +
                                 std::to_string(i % 19) + "\": taken",
                      .status = 400,
                      .org_external_id = org,
                      .row = {{"email", "u@example.com"}, {"org_external_id", org}}});
  }
  const Analysis found = analysis_of(errors);
  ASSERT_EQ(found.groups.size(), 1U);
  const Group& group = found.groups[0];
  EXPECT_EQ(group.count, 203U);
  EXPECT_EQ(group.pattern, "Failed to create organization \"<NAME>\": taken");
  EXPECT_EQ(group.examples.size(), kMostExamples);
  EXPECT_EQ(group.emails.size(), kMostAffected);
  EXPECT_EQ(group.organizations.size(), kMostAffected);
  EXPECT_THAT(group.columns, ElementsAre("email", "org_external_id"));
}

TEST(Analysis, PartsWhatDiffersInTypeStatusOrCode) {
  const std::vector<SampleError> errors = {
      {.status = 400},
      {.status = 422},
      {.type = "membership_create", .status = 400},
      {.status = 400, .code = "user_creation_error", .inner = {"email_not_available"}},
      {.status = 400, .code = "user_creation_error", .inner = {"external_id_already_used"}}};
  const Analysis found = analysis_of(errors);
  EXPECT_EQ(found.groups.size(), errors.size());
  std::set<std::string> ids;
  for (const Group& group : found.groups) {
    EXPECT_EQ(group.id.size(), 12U);
    ids.insert(group.id);
  }
  EXPECT_EQ(ids.size(), errors.size());
}

TEST(Analysis, NamesAGroupAlikeInEveryFile) {
  const SampleError error{.message = "Role 'a' is not a valid role.", .status = 422};
  SampleError other = error;
  other.message = "Role 'b' is not a valid role.";
  other.email = "somebody@else.test";
  EXPECT_EQ(analysis_of({error}).groups[0].id, analysis_of({{}, other}).groups[0].id);
}

TEST(Analysis, PutsTheMostSevereFirstThenTheLargest) {
  const Analysis found = analysis_of({{.status = 500},
                                      {.status = 500},
                                      {.status = 429},
                                      {.status = 409},
                                      {.message = "one", .status = 422},
                                      {.message = "two", .status = 422},
                                      {.message = "two", .status = 422}});
  std::vector<std::string> order;
  order.reserve(found.groups.size());
  for (const Group& group : found.groups) {
    order.push_back(std::string(to_string(group.verdict.severity)) + std::to_string(group.count));
  }
  EXPECT_THAT(order, ElementsAre("critical2", "critical1", "high1", "medium2", "low1"));
}

TEST(Analysis, StaysBoundedAndCountsEverythingWhateverTheLinesHold) {
  std::vector<SampleError> errors;
  for (std::uint64_t i = 0; i < 2000; ++i) {
    std::string word(1 + i / 26, 'a');
    word += static_cast<char>('a' + i % 26);
    errors.push_back({.type = word, .message = word, .status = i % 2 == 0 ? 500 : 400});
  }
  const Analysis found = analysis_of(errors);
  EXPECT_EQ(found.groups.size(), kMostGroups);
  EXPECT_LE(found.by_type.size(), 21U);
  EXPECT_EQ(found.ungrouped, 2000 - kMostGroups);
  EXPECT_EQ(found.ungrouped_retryable, (2000 - kMostGroups) / 2);
}

// The totals of the reasons are those of the summary, and the groups hold every line once.
TEST(Analysis, AgreesWithItself) {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    constexpr const char* kTypes[] = {"user_create", "membership_create", "org_resolution", ""};
    constexpr int kStatuses[] = {0, 400, 404, 408, 409, 422, 429, 500, 503, 501, 302};
    std::vector<SampleError> errors;
    for (std::uint64_t left = random.below(400); left > 0; --left) {
      SampleError error{.record = random.below(50),
                        .type = kTypes[random.below(4)],
                        .message = std::string(random.below(3), 'm'),
                        .status = kStatuses[random.below(std::size(kStatuses))]};
      if (random.chance(0.5)) error.retryable = random.chance(0.5);
      errors.push_back(std::move(error));
    }
    const Analysis found = analysis_of(errors);
    EXPECT_EQ(found.total, errors.size());
    EXPECT_EQ(sum(found.retryable_reasons), found.retryable);
    EXPECT_EQ(sum(found.other_reasons), found.not_retryable());
    std::uint64_t grouped = found.ungrouped;
    std::uint64_t retryable = found.ungrouped_retryable;
    for (const Group& group : found.groups) {
      grouped += group.count;
      retryable += group.verdict.retryable ? group.count : 0;
    }
    EXPECT_EQ(grouped, found.total);
    EXPECT_EQ(retryable, found.retryable);
  }
}

TEST(Analysis, KnowsTheInputAndTheOrganizationThatAllLinesAgreeOn) {
  const SampleError error{.org_id = "org_1", .csv_path = "/u.csv"};
  Analysis found = analysis_of({error, error});
  EXPECT_EQ(found.csv_path, "/u.csv");
  EXPECT_EQ(found.org_id, "org_1");
  EXPECT_EQ(found.org_external_id, std::nullopt);
  EXPECT_FALSE(found.named_in_rows);
  SampleError other = error;
  other.csv_path = "/v.csv";
  other.org_id.clear();
  found = analysis_of({error, other});
  EXPECT_EQ(found.csv_path, "");
  EXPECT_TRUE(found.several_inputs);
  EXPECT_EQ(found.org_id, std::nullopt);
  other.csv_path.clear();
  EXPECT_FALSE(analysis_of({error, other}).several_inputs) << "it says nothing else";
  EXPECT_EQ(analysis_of({other, error}).csv_path, "/u.csv");
  EXPECT_TRUE(analysis_of({{.row = {{"email", "a@b.test"}, {"org_name", ""}}}}).named_in_rows);
}

TEST(Analysis, TellsTheFirstLinesThatCannotBeReadAndCountsAll) {
  Analyzer analyzer;
  for (std::uint64_t line = 1; line <= 9; ++line) analyzer.add_bad(line, "no");
  const auto found = analyzer.finish();
  ASSERT_TRUE(found);
  EXPECT_EQ(found->bad_lines, 9U);
  EXPECT_EQ(found->first_bad_lines.size(), kMostBadLines);
  EXPECT_EQ(found->total, 0U);
}

}  // namespace
}  // namespace usher::analysis
