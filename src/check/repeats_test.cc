// SPDX-License-Identifier: Apache-2.0
#include "check/repeats.h"

#include <map>
#include <random>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "check/checking_test.h"

namespace usher::check {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(Repeats, OnePersonInSeveralOrganizationsIsNoFault) {
  const Checked checked = check_text(
      "email,first_name,org_id\n"
      "a@example.com,Ann,org_1\nA@Example.com ,Ann,org_2\na@example.com,,org_3\n",
      auto_fix());
  EXPECT_EQ(checked.outcome.warnings, 0U);
  EXPECT_EQ(checked.outcome.summary.duplicate_emails, 2U);
  EXPECT_THAT(checked.message("several-organizations"), HasSubstr("2 rows name another"));
}

TEST(Repeats, TheSamePersonInTheSameOrganizationIsAWarning) {
  const Checked checked = check_text(
      "email,first_name,org_id,role_slugs\n"
      "a@example.com,Ann,org_1,admin\nb@example.com,Ben,org_1,\nA@EXAMPLE.COM,Ann,org_1,admin\n"
      "a@example.com,Ann,org_1,member\n");
  EXPECT_THAT(checked.findings(),
              ElementsAre("warning duplicate-email 3", "warning duplicate-email 4"));
  EXPECT_EQ(checked.message("duplicate-email"),
            "Duplicate email: A@EXAMPLE.COM; record 1 (line 2) is the same person in the same "
            "organization and says it all");
  EXPECT_EQ(checked.outcome.summary.duplicate_emails, 2U);
}

TEST(Repeats, RowsThatDisagreeAboutAPersonNameTheColumns) {
  const Checked checked = check_text(
      "email,first_name,last_name,email_verified,external_id,org_id\n"
      "a@example.com,Ann,Lee,yes,1,org_1\na@example.com,Anna,,true,2,org_2\n");
  EXPECT_THAT(checked.findings(), ElementsAre("warning duplicate-email-conflict 2"));
  EXPECT_EQ(checked.message("duplicate-email-conflict"),
            "Duplicate email: a@example.com; record 1 (line 2) came first and counts, it differs "
            "in first_name, external_id");
}

TEST(Repeats, AnExternalIdOfTwoPeopleIsAnError) {
  const Checked checked = check_text(
      "email,external_id\na@example.com,1\nb@example.com, 1\na@example.com,1\nc@example.com,1\n");
  EXPECT_THAT(checked.findings(),
              ElementsAre("error duplicate-external-id 2", "warning duplicate-email 3",
                          "error duplicate-external-id 4"));
  EXPECT_EQ(checked.outcome.summary.duplicate_external_ids, 2U);
}

TEST(Repeats, NamesOfOrganizationsAreComparedOnce) {
  const Checked checked = check_text(
      "email,org_external_id,org_name\n"
      "a@example.com,x,North\nb@example.com,x,South\nc@example.com,x,South\n"
      "d@example.com,y,North\ne@example.com,y,North\nf@example.com,,North\n");
  EXPECT_THAT(checked.findings(),
              ElementsAre("warning org-name-differs 2", "warning org-name-shared 4",
                          "warning org-name-shared 6"));
}

TEST(Repeats, AddressesCountAsTheyAreAfterFixing) {
  const std::string text = "email\na@example.com\n<A@example.com>\n";
  EXPECT_EQ(check_text(text).outcome.summary.duplicate_emails, 0U);
  EXPECT_EQ(check_text(text, auto_fix()).outcome.summary.duplicate_emails, 1U);
}

// More organizations of one person, and of one name, than are remembered at once.
TEST(Repeats, OnePersonMayBeInAnyNumberOfOrganizations) {
  constexpr int kOrganizations = 300'000;
  std::string text = "email,org_external_id,org_name\n";
  for (int i = 0; i < kOrganizations; ++i) text += fmt::format("a@example.com,o{},North\n", i);
  text += "a@example.com,o0,North\na@example.com,o200000,North\n";
  const Checked checked = check_text(text);
  EXPECT_EQ(checked.outcome.summary.duplicate_emails, kOrganizations + 1U);
  std::map<std::string_view, std::uint64_t> found;
  for (const RuleTotal& total : checked.outcome.rules) found[facts(total.rule).id] = total.found;
  EXPECT_EQ(found["duplicate-email"], 2U);
  EXPECT_EQ(found["org-name-shared"], kOrganizations - 1U);
}

// Against a model in maps, with few values so that everything repeats, and enough rows for blocks
// to be spilled.
TEST(Repeats, FindsWhatAModelFinds) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    SCOPED_TRACE(fmt::format("seed {}", seed));
    std::mt19937_64 random(seed);
    const std::size_t people = 1 + random() % (seed % 2 == 0 ? 20 : 20'000);
    Repeats repeats;
    std::map<std::string, std::uint64_t> first_of_person;
    std::map<std::string, std::string> name_of_person;
    std::map<std::pair<std::string, std::string>, std::uint64_t> first_of_pair;
    std::map<std::uint64_t, std::pair<Rule, std::uint64_t>> expected;
    constexpr std::uint64_t kRows = 30'000;
    for (std::uint64_t number = 1; number <= kRows; ++number) {
      const std::string email = fmt::format("p{}@example.com", random() % people);
      const std::string org = fmt::format("org_{}", random() % 3);
      const std::string name = random() % 50 == 0 ? "B" : "A";
      Row row;
      row.number = number;
      row.line = number + 1;
      row.cells[Column::email] = email;
      row.cells[Column::org_id] = org;
      row.cells[Column::first_name] = name;
      ASSERT_TRUE(repeats.add(row));
      const auto [first, fresh] = first_of_person.emplace(email, number);
      if (fresh) name_of_person[email] = name;
      const auto [pair, new_pair] = first_of_pair.emplace(std::pair{email, org}, number);
      if (!fresh && name_of_person[email] != name) {
        expected[number] = {Rule::duplicate_email_conflict, first->second};
      } else if (!new_pair) {
        expected[number] = {Rule::duplicate_email, pair->second};
      }
    }
    ASSERT_TRUE(repeats.compare());
    EXPECT_EQ(repeats.repeated_people(), kRows - first_of_person.size());
    std::vector<Repeat> found;
    for (std::uint64_t number = 1; number <= kRows; ++number) {
      ASSERT_TRUE(repeats.of(number, found));
      const auto wanted = expected.find(number);
      ASSERT_EQ(found.size(), wanted == expected.end() ? 0U : 1U) << number;
      if (found.empty()) continue;
      EXPECT_EQ(found[0].rule, wanted->second.first);
      EXPECT_EQ(found[0].earlier_number, wanted->second.second);
      EXPECT_EQ(found[0].earlier_line, wanted->second.second + 1);
    }
  }
}

}  // namespace
}  // namespace usher::check
