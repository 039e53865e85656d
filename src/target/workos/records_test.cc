// SPDX-License-Identifier: Apache-2.0
#include "target/workos/records.h"

#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/random.h"

namespace usher::workos {
namespace {

const std::string kUser =
    R"({"object":"user","id":"user_1","email":"ada@example.com","email_verified":true,)"
    R"("first_name":"Ada","last_name":"L\u00f6ve\n","external_id":"crm-1","new_field":{"x":[1]},)"
    R"("metadata":{"plan":"team","odd":7},"created_at":"2026-03-02T09:15:07.042Z"})";
const std::string kMembership =
    R"({"object":"organization_membership","id":"om_1","user_id":"user_1",)"
    R"("organization_id":"org_1","status":"active","role":{"slug":"editor"},)"
    R"("roles":[{"slug":"editor"},{"slug":"billing"}],"created_at":"2026-03-02T09:15:08.000Z"})";
const std::string kOrganization =
    R"({"object":"organization","id":"org_1","name":"Bluefern","external_id":"acct-7",)"
    R"("domains":[],"created_at":"2026-03-02T09:15:07.100Z"})";

// What was read, or an empty record and a failed test.
template <class Record>
Record got(const std::optional<Record>& read) {
  EXPECT_TRUE(read);
  return read.value_or(Record{});
}

std::string list(const std::string& records, const std::string& rest = "") {
  return R"({"object":"list","data":[)" + records + "]" + rest + "}";
}

TEST(Records, ReadsAUser) {
  const UserRecord user = got(read_user(kUser));
  EXPECT_EQ(user.id, "user_1");
  EXPECT_EQ(user.email, "ada@example.com");
  EXPECT_EQ(user.external_id, "crm-1");
  EXPECT_EQ(user.first_name, "Ada");
  EXPECT_EQ(user.last_name, "L\xC3\xB6ve\n");
  EXPECT_TRUE(user.email_verified);
  ASSERT_EQ(user.metadata.size(), 1U);  // the API holds text only: 7 is not a value of ours
  EXPECT_EQ(user.metadata[0], std::make_pair(std::string("plan"), std::string("team")));
  EXPECT_EQ(user.created_at, parse_iso8601("2026-03-02T09:15:07.042Z"));
}

TEST(Records, NullsAndAbsentFieldsAreEmpty) {
  for (const char* text :
       {R"({"id":"user_1","email":"a@example.com"})",
        R"({"id":"user_1","email":"a@example.com","first_name":null,"last_name":null,)"
        R"("external_id":null,"metadata":null,"email_verified":null,"created_at":null})",
        R"({"id":"user_1","email":"a@example.com","first_name":1,"last_name":[],)"
        R"("external_id":{},"metadata":[],"email_verified":"yes","created_at":"yesterday"})"}) {
    SCOPED_TRACE(text);
    const UserRecord user = got(read_user(text));
    EXPECT_EQ(user.first_name + user.last_name + user.external_id, "");
    EXPECT_TRUE(user.metadata.empty());
    EXPECT_FALSE(user.email_verified);
    EXPECT_FALSE(user.created_at);
  }
}

TEST(Records, ReadsAMembershipWithOneOrSeveralRoles) {
  const MembershipRecord several = got(read_membership(kMembership));
  EXPECT_EQ(several.id, "om_1");
  EXPECT_EQ(several.user_id, "user_1");
  EXPECT_EQ(several.organization_id, "org_1");
  EXPECT_EQ(several.status, "active");
  EXPECT_EQ(several.roles, (std::vector<std::string>{"editor", "billing"}));
  EXPECT_TRUE(several.created_at);

  const std::vector<std::string> editor{"editor"};
  EXPECT_EQ(got(read_membership(R"({"id":"om_1","role":{"slug":"editor"}})")).roles, editor);
  EXPECT_EQ(got(read_membership(R"({"id":"om_1","role":{"slug":"editor"},"roles":[]})")).roles,
            editor);
  for (const char* odd : {R"({"id":"om_1"})", R"({"id":"om_1","role":null,"roles":null})",
                          R"({"id":"om_1","role":"editor","roles":["editor",{"slug":7},{}]})"}) {
    EXPECT_TRUE(got(read_membership(odd)).roles.empty()) << odd;
  }
}

TEST(Records, ReadsAnOrganization) {
  const OrganizationRecord organization = got(read_organization(kOrganization));
  EXPECT_EQ(organization.id, "org_1");
  EXPECT_EQ(organization.name, "Bluefern");
  EXPECT_EQ(organization.external_id, "acct-7");
  EXPECT_EQ(organization.created_at, parse_iso8601("2026-03-02T09:15:07.100Z"));
}

TEST(Records, WhatHasNoIdIsNoRecord) {
  for (const char* text : {"", "null", "[]", "7", "\"user_1\"", "{}", R"({"id":null})",
                           R"({"id":7,"email":"a@example.com"})", R"({"id":""})",
                           R"({"data":{"id":"user_1"}})", "{\"id\":\"\xFF\"}"}) {
    EXPECT_FALSE(read_user(text)) << text;
    EXPECT_FALSE(read_membership(text)) << text;
    EXPECT_FALSE(read_organization(text)) << text;
  }
  EXPECT_FALSE(read_user(R"({"id":"user_1"})"));  // a user is known by the e-mail
}

TEST(Records, ReadsAPageAndItsCursor) {
  const auto first = got(read_users(
      list(kUser + "," + kUser, R"(,"list_metadata":{"before":null,"after":"user_1"})")));
  EXPECT_EQ(first.records.size(), 2U);
  EXPECT_EQ(first.after, "user_1");

  for (const char* rest : {"", R"(,"list_metadata":null)", R"(,"list_metadata":{"after":null})",
                           R"(,"list_metadata":{"after":7})", R"(,"list_metadata":[])"}) {
    EXPECT_EQ(got(read_memberships(list(kMembership, rest))).after, "") << rest;
  }
  EXPECT_TRUE(got(read_organizations(list(""))).records.empty());
}

// A page that cannot be read whole must not look like "nobody there": that would create a twin.
TEST(Records, APageWithAnythingElseInItIsNoPage) {
  for (const std::string& text :
       {std::string("{}"), std::string(R"({"data":null})"), std::string(R"({"data":{}})"),
        list("null"), list(kUser + ",7"), list(kUser + ",{}"), list("[" + kUser + "]"),
        "[" + kUser + "]"}) {
    EXPECT_FALSE(read_users(text)) << text;
  }
}

TEST(Records, NoCutTextIsARecord) {
  const std::string page = list(kUser, R"(,"list_metadata":{"after":null})");
  for (std::size_t length = 0; length < kUser.size(); ++length) {
    EXPECT_FALSE(read_user(kUser.substr(0, length))) << length;
  }
  for (std::size_t length = 0; length < page.size(); ++length) {
    EXPECT_FALSE(read_users(page.substr(0, length))) << length;
  }
  for (std::size_t length = 0; length < kMembership.size(); ++length) {
    EXPECT_FALSE(read_membership(kMembership.substr(0, length))) << length;
  }
}

TEST(Records, LargeAndDeepTextsAreReadOrRefusedWithoutHarm) {
  std::string many = kUser;
  for (int i = 0; i < 999; ++i) many.append(",").append(kUser);
  EXPECT_EQ(got(read_users(list(many))).records.size(), 1000U);

  const std::string deep(100'000, '[');
  EXPECT_FALSE(read_user(R"({"id":"user_1","email":"a@example.com","metadata":)" + deep));
}

TEST(Records, DamagedTextsDoNoHarm) {
  const std::string whole = list(fmt::format("{0},{0}", kMembership));
  for (std::uint64_t seed = 1; seed <= 2'000; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    std::string text = whole;
    for (std::uint64_t times = 1 + random.below(4); times > 0; --times) {
      text[random.below(text.size())] = static_cast<char>(random.below(256));
    }
    const auto page = read_memberships(text).value_or(Page<MembershipRecord>{});
    for (const MembershipRecord& membership : page.records) EXPECT_NE(membership.id, "");
  }
}

}  // namespace
}  // namespace usher::workos
