// SPDX-License-Identifier: Apache-2.0
#include "source/survey.h"

#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/random.h"
#include "base/text.h"
#include "source/bytes_in_hand.h"

namespace usher {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Result<Survey> run(const std::string& text, const SurveyHooks& hooks = {}) {
  auto reader = csv::Reader::over(csv::whole(text), "x.csv", {}).value();
  const auto mapping = UserMapping::make(reader.header(), {}).value();
  return survey(reader, mapping, hooks);
}

TEST(Survey, CountsPeopleMembershipsAndOrganizationsOnce) {
  const Survey seen = run("email,org_id,org_external_id,org_name\n"
                          "a@example.com,,north,North\n"
                          "A@Example.com,,south,South\n"
                          "a@example.com,,north,North\n"
                          "b@example.com,,north,\n"
                          "b@example.com,,NORTH,\n"
                          "c@example.com,north,,\n"
                          "d@example.com,,,north\n"
                          "e@example.com,,,\n")
                          .value();
  EXPECT_EQ(seen.mode, Mode::multi_org);
  EXPECT_EQ(seen.rows, 8U);
  EXPECT_EQ(seen.failed, 0U);
  EXPECT_EQ(seen.people, 5U);
  EXPECT_EQ(seen.memberships, 6U);
  EXPECT_EQ(seen.organizations, 5U);
  EXPECT_EQ(seen.creatable, 3U);
  EXPECT_EQ(seen.writes(), 14U);
}

TEST(Survey, TellsEveryRowThatCannotBe) {
  std::vector<std::string> told;
  SurveyHooks hooks;
  hooks.failed = [&](const csv::Record& record, const UserRow& row,
                     const Failure& failure) -> Status {
    told.push_back(std::to_string(record.number) + " " + row.email + ": " + failure.message);
    return {};
  };
  hooks.check = [](const UserRow& row,
                   std::vector<std::string>& warnings) -> std::optional<Failure> {
    warnings.emplace_back("looked at");
    if (row.email != "late@example.com") return std::nullopt;
    Failure failure;
    failure.message = "refused by the target";
    return failure;
  };
  const Survey seen =
      run("email,phone\na@example.com\nnobody,\nlate@example.com,\nb@example.com,1\n", hooks)
          .value();
  EXPECT_EQ(seen.rows, 4U);
  EXPECT_EQ(seen.failed, 3U);
  EXPECT_EQ(seen.people, 1U);
  EXPECT_THAT(told, ElementsAre(HasSubstr("1 a@example.com: Line 2: the record has 1 cell"),
                                HasSubstr("2 nobody: Invalid email"),
                                "3 late@example.com: refused by the target"));
  EXPECT_EQ(seen.warning_count, 3U);
  EXPECT_THAT(seen.warnings,
              ElementsAre("Column not read: \"phone\"", "Row 3: looked at", "Row 4: looked at"));
}

TEST(Survey, KeepsItsWarningsFew) {
  std::string text = "email,email_verified\n";
  for (int i = 0; i < 1000; ++i) text += "a@example.com,maybe\n";
  const Survey seen = run(text).value();
  EXPECT_EQ(seen.warning_count, 1000U);
  EXPECT_EQ(seen.warnings.size(), Survey::kMaxWarnings);
}

TEST(Survey, EndsWhenAHookSaysSo) {
  std::string text = "email\n";
  for (int i = 0; i < 50'000; ++i) text += "a@example.com\n";
  SurveyHooks hooks;
  std::uint64_t calls = 0;
  hooks.progressed = [&](std::uint64_t rows, std::uint64_t bytes) {
    EXPECT_EQ(bytes, 6 + rows * 14);
    return ++calls < 3;
  };
  EXPECT_LT(run(text, hooks).value().rows, 50'000U);
  EXPECT_EQ(calls, 3U);
  hooks = {};
  hooks.failed = [](const csv::Record&, const UserRow&, const Failure&) -> Status {
    return fail("errors.jsonl: cannot write: No space left on device");
  };
  const auto stopped = run("email\nnobody\na@example.com\n", hooks);
  ASSERT_FALSE(stopped);
  EXPECT_THAT(stopped.error().what, HasSubstr("No space left"));
}

TEST(Survey, CountsRandomPeopleAsASetDoes) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Random random(seed);
    std::set<std::string> people;
    std::set<std::string> memberships;
    std::string text = "email,org_external_id\n";
    for (int i = 0; i < 20'000; ++i) {
      const std::string email = "P" + std::to_string(random.below(9000)) + "@example.com";
      const std::string org = std::to_string(random.below(100));
      const std::string written = random.chance(0.5) ? email : lower_ascii(email);
      text += written;
      text += "," + org + "\n";
      people.insert(lower_ascii(email));
      memberships.insert(lower_ascii(email) + " " + org);
    }
    const Survey seen = run(text).value();
    EXPECT_EQ(seen.people, people.size());
    EXPECT_EQ(seen.memberships, memberships.size());
    EXPECT_EQ(seen.organizations, 100U);
  }
}

}  // namespace
}  // namespace usher
