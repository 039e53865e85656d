// SPDX-License-Identifier: Apache-2.0
#include "engine/keys.h"

#include <functional>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace usher {
namespace {

using By = OrgRef::By;

UserRow ada() {
  UserRow row;
  row.email = "ada@example.com";
  row.first_name = "Ada";
  row.external_id = "crm-1";
  row.org = {By::external_id, "acct-7", "Bluefern", true};
  row.roles = {"editor", "billing"};
  return row;
}

class Keys : public testing::Test {
 protected:
  [[nodiscard]] RowKeys keys(const UserRow& row) const { return make_keys(hasher_, row); }
  Hasher hasher_{"key of a job"};
};

TEST_F(Keys, AUserIsNamedByTheEmailWhateverItsCase) {
  UserRow row = ada();
  const RowKeys one = keys(row);
  row.email = "Ada@Example.COM";
  const RowKeys other = keys(row);
  EXPECT_EQ(one.user, other.user);
  EXPECT_EQ(one.membership, other.membership);
  row.email = "ada@example.org";
  EXPECT_NE(one.user, keys(row).user);
  EXPECT_NE(one.membership, keys(row).membership);
}

TEST_F(Keys, AnOrganizationIsNamedByHowAndByWhat) {
  std::set<Key> organizations;
  std::set<Key> memberships;
  for (const By by : {By::id, By::external_id, By::name}) {
    for (const char* value : {"acct-7", "Acct-7", "acct-8", ""}) {
      UserRow row = ada();
      row.org = {by, value, "", false};
      const RowKeys made = keys(row);
      organizations.insert(made.organization);
      memberships.insert(made.membership);
      EXPECT_EQ(made.organization, organization_key(hasher_, row.org));
    }
  }
  EXPECT_EQ(organizations.size(), 12U);
  EXPECT_EQ(memberships.size(), 12U);
}

TEST_F(Keys, TheNameForANewOrganizationAndTheLeaveAreNotPartOfItsKey) {
  UserRow row = ada();
  const RowKeys one = keys(row);
  row.org.name = "Another name";
  row.org.may_create = false;
  EXPECT_EQ(one.organization, keys(row).organization);
  EXPECT_EQ(one.membership, keys(row).membership);
}

TEST_F(Keys, WithoutAnOrganizationThereIsNoMembership) {
  UserRow row = ada();
  row.org = {};
  const RowKeys made = keys(row);
  EXPECT_EQ(made.organization, Key{});
  EXPECT_EQ(made.membership, Key{});
  EXPECT_EQ(made.roles, 0U);
  EXPECT_EQ(made.user, keys(ada()).user);
}

TEST_F(Keys, TheSameTextAsAnotherKindOfThingIsAnotherKey) {
  UserRow row = ada();
  row.email = "x";
  row.org = {By::id, "x", "", false};
  const RowKeys made = keys(row);
  EXPECT_EQ((std::set<Key>{made.user, made.organization, made.membership}).size(), 3U);
}

TEST_F(Keys, PartsDoNotRunIntoOneAnother) {
  UserRow row = ada();
  row.first_name = "a";
  row.last_name = "bc";
  const std::uint64_t one = keys(row).profile;
  row.first_name = "ab";
  row.last_name = "c";
  EXPECT_NE(one, keys(row).profile);

  row.email = "a@example.com";
  row.org = {By::id, "b", "", false};
  const Key membership = keys(row).membership;
  row.email = "a@example.comi";
  row.org = {By::id, "d", "", false};
  EXPECT_NE(membership, keys(row).membership);
}

TEST_F(Keys, IdentityIsTheExternalIdAlone) {
  UserRow row = ada();
  const RowKeys one = keys(row);
  EXPECT_NE(one.identity, 0U);
  row.first_name = "Grace";
  EXPECT_EQ(one.identity, keys(row).identity);
  row.external_id = "CRM-1";
  EXPECT_NE(one.identity, keys(row).identity);
  row.external_id.clear();
  EXPECT_EQ(keys(row).identity, 0U);
}

TEST_F(Keys, TheProfileIsEverythingElseAboutThePerson) {
  const std::vector<std::function<void(UserRow&)>> changes = {
      [](UserRow& row) { row.first_name = "Grace"; },
      [](UserRow& row) { row.last_name = "Hopper"; },
      [](UserRow& row) { row.email_verified = true; },
      [](UserRow& row) { row.email_verified = false; },
      [](UserRow& row) { row.password = Secret(std::string("x")); },
      [](UserRow& row) { row.password_hash = Secret(std::string("x")); },
      [](UserRow& row) { row.password_hash_type = "bcrypt"; },
      [](UserRow& row) { row.metadata = {{"a", "1"}}; },
      [](UserRow& row) { row.metadata = {{"a1", ""}}; },
  };
  std::set<std::uint64_t> profiles{keys(ada()).profile};
  for (const auto& change : changes) {
    UserRow row = ada();
    change(row);
    profiles.insert(keys(row).profile);
    EXPECT_EQ(keys(row).user, keys(ada()).user);
  }
  EXPECT_EQ(profiles.size(), changes.size() + 1);

  UserRow row = ada();
  row.external_id = "crm-2";
  row.org = {};
  row.roles = {};
  row.email = "Ada@example.com";
  EXPECT_EQ(keys(row).profile, keys(ada()).profile);
}

TEST_F(Keys, RolesAreASet) {
  UserRow row = ada();
  const std::uint64_t one = keys(row).roles;
  EXPECT_NE(one, 0U);
  row.roles = {"billing", "editor"};
  EXPECT_EQ(one, keys(row).roles);
  std::set<std::uint64_t> all{one};
  for (const std::vector<std::string>& roles :
       {std::vector<std::string>{"editor"}, {"billing"}, {"editorbilling"}, {"editor", "b"}}) {
    row.roles = roles;
    all.insert(keys(row).roles);
  }
  EXPECT_EQ(all.size(), 5U);
  row.roles = {};
  EXPECT_EQ(keys(row).roles, 0U);
}

TEST_F(Keys, AnotherJobHasOtherKeys) {
  const RowKeys here = keys(ada());
  const RowKeys there = make_keys(Hasher("key of another job"), ada());
  EXPECT_NE(here.user, there.user);
  EXPECT_NE(here.organization, there.organization);
  EXPECT_NE(here.membership, there.membership);
  EXPECT_NE(here.identity, there.identity);
  EXPECT_NE(here.profile, there.profile);
  EXPECT_NE(here.roles, there.roles);
}

}  // namespace
}  // namespace usher
