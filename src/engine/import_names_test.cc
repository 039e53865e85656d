// SPDX-License-Identifier: Apache-2.0
// One organization that rows name in two ways: by external id and name, and by its name alone.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "engine/imports_test.h"
#include "engine/responses_test.h"

namespace usher {
namespace {

using net::Method;

const std::string kOrganizations = "/organizations";

UserRow by_name(const std::string& who, const std::string& name) {
  UserRow row = person(who);
  row.org = {.by = OrgRef::By::name, .value = name, .may_create = true};
  return row;
}
UserRow by_external_id(const std::string& who, const std::string& value, const std::string& name) {
  UserRow row = person(who);
  row.org = {OrgRef::By::external_id, value, name, true};
  return row;
}

TEST_F(Imports, AnOrganizationNamedInTwoWaysIsMadeOnce) {
  run({by_external_id("p0", "acct-1", "Acme"), by_name("p1", "Acme"), by_name("p2", "Acme"),
       by_external_id("p3", "acct-1", "Acme")});
  EXPECT_EQ(hows(), "cccc");
  EXPECT_EQ(machine().count(Method::post, kOrganizations), 1U);
  EXPECT_EQ(api_.memberships.size(), 4U);
  for (const auto& [names, member] : api_.memberships) EXPECT_EQ(names.second, "org_acct-1");
  EXPECT_EQ(tally().organizations.created, 1U);
  EXPECT_EQ(tally().organizations.already_there, 1U);
  EXPECT_TRUE(machine().warnings.empty());
}

TEST_F(Imports, ARowBehindAnotherOfItsPersonKeepsItsPlaceInTheOrderOfNames) {
  const std::vector<UserRow> rows = {by_external_id("p0", "acct-0", "Other"),
                                     by_external_id("p0", "acct-1", "Acme"), by_name("p1", "Acme")};
  run(rows);
  EXPECT_EQ(hows(), "ccc");
  EXPECT_EQ(machine().count(Method::post, kOrganizations), 2U);
  EXPECT_EQ(api_.organization_names.size(), 2U);
}

TEST_F(Imports, AListThatLagsBehindTheCreationMakesNoSecondOne) {
  api_.unlisted.insert("Acme");
  run({by_external_id("p0", "acct-1", "Acme"), by_name("p1", "Acme")});
  EXPECT_EQ(hows(), "cc");
  EXPECT_EQ(machine().count(Method::post, kOrganizations), 1U);
  EXPECT_TRUE(api_.memberships.contains({"user_2", "org_acct-1"}));
}

// The name alone comes first: row by row that is two organizations, and so it is with many at once.
TEST_F(Imports, AnExternalIdThatComesAfterItsNameAloneIsAnotherOrganizationWithAWarning) {
  run({by_name("p0", "Acme"), by_external_id("p1", "acct-1", "Acme"), by_name("p2", "Acme")});
  EXPECT_EQ(hows(), "ccc");
  EXPECT_EQ(api_.organization_names,
            (std::map<std::string, std::string>{{"org_named0", "Acme"}, {"org_acct-1", "Acme"}}));
  EXPECT_TRUE(api_.memberships.contains({"user_1", "org_named0"}));
  EXPECT_TRUE(api_.memberships.contains({"user_2", "org_named0"}))
      << "who waited there comes first";
  EXPECT_TRUE(api_.memberships.contains({"user_3", "org_acct-1"}));
  ASSERT_EQ(machine().warnings.size(), 1U);
  EXPECT_NE(machine().warnings[0].find("org_named0"), std::string::npos) << machine().warnings[0];
  EXPECT_NE(machine().warnings[0].find("org_acct-1"), std::string::npos);
}

TEST_F(Imports, ANameThatTwoExternalIdsHaveBeforeItIsRefused) {
  run({by_external_id("p0", "acct-1", "Acme"), by_external_id("p1", "acct-2", "Acme"),
       by_name("p2", "Acme")});
  EXPECT_EQ(hows(), "ccf");
  EXPECT_NE(failure(3).message.find("several organizations are named"), std::string::npos);
  EXPECT_EQ(machine().count(Method::post, kOrganizations), 2U);
}

TEST_F(Imports, WhoeverWaitedForAnOrganizationThatFailedMakesItsOwn) {
  instead_ = [](const net::Request& request) -> std::optional<net::Response> {
    if (request.method != Method::post || !request.body.contains("acct-1")) return std::nullopt;
    return reply(422, R"({"code":"invalid_request_parameters","message":"No."})");
  };
  run({by_external_id("p0", "acct-1", "Acme"), by_name("p1", "Acme")});
  EXPECT_EQ(hows(), "fc");
  EXPECT_EQ(api_.organization_names.size(), 1U);
}

TEST_F(Imports, AStopEndsTheRowsThatWaitForATurn) {
  machine().take({by_external_id("p0", "acct-1", "Acme"), by_name("p1", "Acme"),
                  by_external_id("p2", "acct-2", "Acme"), by_name("p2", "Acme")});
  EXPECT_EQ(machine().flights.size(), 1U);
  machine().import.stop();
  while (!machine().import.idle()) machine().happen();
  EXPECT_EQ(hows(), "nnnn");
  EXPECT_EQ(machine().count(Method::get, kOrganizations), 1U);
  machine().expect_accounted(4);
}

TEST_F(Imports, AHaltEndsTheRowsThatWaitForATurn) {
  instead_ = [](const net::Request&) { return reply(401); };
  run({by_external_id("p0", "acct-1", "Acme"), by_name("p1", "Acme")});
  EXPECT_EQ(hows(), "nn");
}

}  // namespace
}  // namespace usher
