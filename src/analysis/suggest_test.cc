// SPDX-License-Identifier: Apache-2.0
#include "analysis/suggest.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace usher::analysis {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

Group group_of(std::string_view reason, std::uint64_t count = 1) {
  Group group;
  group.id = "0123456789ab";
  group.pattern = "a pattern";
  group.verdict = {false, reason, Severity::critical, Strategy::none, 0};
  group.count = count;
  return group;
}

std::vector<Suggestion> suggested(const std::vector<Group>& groups, const std::string& csv = "") {
  Analysis analysis;
  analysis.groups = groups;
  return suggest(analysis, csv);
}

TEST(Suggest, KnowsWhatToDoAboutEveryReasonButTheUnknown) {
  for (const std::string_view reason : reasons()) {
    const auto all = suggested({group_of(reason)});
    ASSERT_EQ(all.size(), reason == "unknown_non_retryable" ? 0U : 1U) << reason;
    if (all.empty()) continue;
    EXPECT_FALSE(all[0].text.empty());
    EXPECT_EQ(all[0].group, "0123456789ab");
    EXPECT_EQ(all[0].affected, 1U);
  }
}

// Which of them ask for a change, as the existing toolkit has it.
TEST(Suggest, SaysWhetherSomethingHasToBeChanged) {
  for (const char* reason :
       {"email_invalid", "email_missing", "user_exists", "membership_duplicate", "org_not_found",
        "metadata_invalid", "password_hash_type_missing", "user_create_validation_error",
        "not_authorized"}) {
    EXPECT_TRUE(suggested({group_of(reason)}).at(0).actionable) << reason;
  }
  for (const char* reason : {"rate_limit", "server_error", "no_useful_answer", "request_timeout"}) {
    EXPECT_FALSE(suggested({group_of(reason)}).at(0).actionable) << reason;
  }
}

TEST(Suggest, MovesIdsOfWorkosIntoTheirColumn) {
  Group group = group_of("org_id_in_org_external_id", 203);
  group.columns = {"email", "org_external_id", "org_name"};
  const auto all = suggested({group}, "my users.csv");
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].affected, 203U);
  EXPECT_THAT(all[0].text, HasSubstr("belong into the org_id column: move them there"));
  EXPECT_THAT(all[0].text, Not(HasSubstr("rename"))) << "other rows hold other ids";
  EXPECT_THAT(all[0].example, ElementsAre("email,org_external_id,org_name",
                                          "email,org_external_id,org_name,org_id"));
  EXPECT_THAT(all[0].command,
              ElementsAre("usher", "validate-csv", "--csv", "my users.csv", "--auto-fix",
                          "--fix-org-ids", "--fixed-csv", "fixed.csv"));
}

TEST(Suggest, RenamesTheColumnWhereEveryRowHoldsAnIdOfWorkos) {
  Analysis analysis;
  analysis.groups = {group_of("org_id_in_org_external_id")};
  analysis.groups[0].columns = {"email", "first_name", "org_external_id", "org_name"};
  analysis.ids_everywhere = true;
  auto all = suggest(analysis, "");
  EXPECT_THAT(all.at(0).text, HasSubstr("if every row holds such an id, rename the column "
                                        "org_external_id to org_id"));
  EXPECT_THAT(all[0].example, ElementsAre("email,first_name,org_external_id,org_name",
                                          "email,first_name,org_id,org_name"));
  analysis.groups[0].columns = {"email", "org_id", "org_external_id"};
  all = suggest(analysis, "");
  EXPECT_THAT(all.at(0).text, Not(HasSubstr("rename"))) << "the new name is taken";
  EXPECT_TRUE(all[0].example.empty()) << "the header stays as it is";
}

TEST(Suggest, LeavesAPlaceForAnInputThatIsNotKnown) {
  EXPECT_THAT(suggested({group_of("email_missing")})[0].command,
              ElementsAre("usher", "validate-csv", "--csv", "<your-csv>"));
}

TEST(Suggest, KeepsTheOrderOfTheGroups) {
  const auto all = suggested({group_of("rate_limit"), group_of("unknown_non_retryable"),
                              group_of("email_missing"), group_of("user_exists")});
  ASSERT_EQ(all.size(), 3U);
  EXPECT_EQ(all[0].reason, "rate_limit");
  EXPECT_EQ(all[1].reason, "email_missing");
  EXPECT_EQ(all[2].reason, "user_exists");
}

}  // namespace
}  // namespace usher::analysis
