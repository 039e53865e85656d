// SPDX-License-Identifier: Apache-2.0
#include "target/workos/checks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace usher::workos {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

UserRow person() {
  UserRow row;
  row.email = "a@example.com";
  return row;
}

struct Answer {
  explicit Answer(const UserRow& row) {
    if (auto failure = check(row, warnings)) {
      at = std::string(to_string(failure->at));
      message = failure->message;
    }
  }
  std::string at;
  std::string message;
  std::vector<std::string> warnings;
};

TEST(Checks, APlainPersonIsFine) {
  const Answer answer(person());
  EXPECT_EQ(answer.message, "");
  EXPECT_THAT(answer.warnings, IsEmpty());
}

TEST(Checks, BoundsTheExternalId) {
  auto row = person();
  row.external_id = std::string(64, 'x');
  EXPECT_EQ(Answer(row).message, "");
  EXPECT_THAT(Answer(row).warnings, IsEmpty());
  row.external_id = std::string(128, 'x');
  EXPECT_EQ(Answer(row).message, "");
  EXPECT_THAT(Answer(row).warnings,
              ElementsAre(HasSubstr("128 characters; the documentation allows 64")));
  row.external_id = std::string(129, 'x');
  EXPECT_THAT(Answer(row).message, HasSubstr("external_id has 129 characters, WorkOS takes 128"));
  row.external_id = "caf\xC3\xA9";
  EXPECT_THAT(Answer(row).message, HasSubstr("beyond ASCII"));
  EXPECT_EQ(Answer(row).at, "user_create");
}

TEST(Checks, BoundsMetadata) {
  auto row = person();
  const auto fill = [&](std::size_t count) {
    row.metadata.clear();
    for (std::size_t i = 0; i < count; ++i) row.metadata.emplace_back("k" + std::to_string(i), "v");
  };
  fill(10);
  EXPECT_THAT(Answer(row).warnings, IsEmpty());
  fill(50);
  EXPECT_EQ(Answer(row).message, "");
  EXPECT_THAT(Answer(row).warnings,
              ElementsAre(HasSubstr("50 names; the documentation allows 10")));
  fill(51);
  EXPECT_THAT(Answer(row).message, HasSubstr("51 names, WorkOS takes 50"));
  row.metadata = {{std::string(41, 'k'), "v"}};
  EXPECT_THAT(Answer(row).message, HasSubstr("41 characters, WorkOS takes 40"));
  row.metadata = {{"k", std::string(601, 'v')}};
  EXPECT_THAT(Answer(row).message,
              HasSubstr("\"k\" has a value of 601 characters, WorkOS takes 600"));
  row.metadata = {{"", "v"}};
  EXPECT_THAT(Answer(row).message, HasSubstr("empty name"));
}

TEST(Checks, CountsCharactersNotBytes) {
  auto row = person();
  std::string long_text;
  for (int i = 0; i < 600; ++i) long_text += "\xC3\xA9";
  row.metadata = {{"k", long_text}};
  EXPECT_EQ(Answer(row).message, "");
  EXPECT_THAT(Answer(row).warnings, ElementsAre(HasSubstr("beyond ASCII")));
  row.metadata[0].second += "x";
  EXPECT_THAT(Answer(row).message, HasSubstr("601 characters"));
}

TEST(Checks, KnowsRoleSlugs) {
  auto row = person();
  row.roles = {"member", "org-desk_lead-2"};
  EXPECT_EQ(Answer(row).message, "");
  for (const char* slug : {"Admin", "desk lead", "r\xC3\xB4le", "a:b"}) {
    row.roles = {"member", slug};
    EXPECT_THAT(Answer(row).message, HasSubstr("is no role slug")) << slug;
  }
  row.roles = {std::string(49, 'a')};
  EXPECT_THAT(Answer(row).message, HasSubstr("49 characters, WorkOS takes 48"));
}

TEST(Checks, ChecksHashesWithoutShowingThem) {
  auto row = person();
  row.password_hash = Secret(std::string_view("5f4dcc3b5aa765d61d8327deb882cf99"));
  row.password_hash_type = "md5";
  EXPECT_THAT(Answer(row).message, HasSubstr("reset the password"));
  row.password_hash_type = "bcrypt";
  EXPECT_THAT(Answer(row).message, HasSubstr("no bcrypt hash"));
  EXPECT_THAT(Answer(row).message, testing::Not(HasSubstr("5f4dcc")));
}

TEST(Checks, AnOrganizationsProblemIsAboutTheOrganization) {
  auto row = person();
  row.org = {OrgRef::By::external_id, std::string(129, 'x'), "North", true};
  EXPECT_EQ(Answer(row).at, "org_resolution");
  EXPECT_THAT(Answer(row).message, HasSubstr("org_external_id has 129 characters"));
}

}  // namespace
}  // namespace usher::workos
