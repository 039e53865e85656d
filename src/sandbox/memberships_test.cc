// SPDX-License-Identifier: Apache-2.0
// Memberships: one per pair, with its roles and its three states. Numbers are the contract's
// statements.
#include "sandbox/memberships.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sandbox/trial.h"

namespace usher::sandbox {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::string at(std::string_view id) {
  return fmt::format("{}/{}", Trial::kMemberships, id);
}

std::string role(std::string_view slug) {
  return fmt::format(R"(,"role_slug":"{}")", slug);
}

// A user and an organization, ready to meet.
class Memberships : public testing::Test {
 protected:
  explicit Memberships(Options options = {}) : trial(std::move(options)) {
    user = trial.user("ada@example.test");
    org = trial.organization("Blue");
  }
  Answer join(std::string_view more = "") { return trial.join(user, org, more); }
  Answer listed(std::string_view query = "") {
    return trial.get(fmt::format("{}?user_id={}{}", Trial::kMemberships, user, query));
  }

  Trial trial;
  std::string user;
  std::string org;
};

class MembershipsWithSeveralRoles : public Memberships {
 protected:
  MembershipsWithSeveralRoles() : Memberships({.multiple_roles = true}) {}
};

class MembershipsWithStrictRoles : public Memberships {
 protected:
  MembershipsWithStrictRoles()
      : Memberships({.strict_single_role_array = true, .duplicate_membership_status = 400}) {}
};

TEST_F(Memberships, BeginActiveWithTheDefaultRole) {  // 66
  const Answer made = join();
  EXPECT_EQ(made.status, 201);
  EXPECT_EQ(made.at("/object"), "organization_membership");
  EXPECT_EQ(made.at("/status"), "active");
  EXPECT_EQ(made.at("/role"), R"({"slug":"member"})");
  EXPECT_EQ(made.at("/roles"), R"([{"slug":"member"}])");
  EXPECT_EQ(made.at("/organization_name"), "Blue");
  EXPECT_EQ(made.at("/user/email"), "ada@example.test");
  EXPECT_EQ(made.at("/user_id"), user);
  EXPECT_EQ(made.at("/organization_id"), org);
  EXPECT_EQ(made.at("/directory_managed"), "false");
  EXPECT_EQ(made.at("/custom_attributes"), "{}");
  EXPECT_EQ(trial.get(at(made.id())).reply.body, made.reply.body);
}

TEST_F(Memberships, TakeAKnownRoleAndRefuseAnother) {  // 67
  trial.role("editor");
  const Answer refused = join(role("nope"));
  EXPECT_EQ(refused.status, 422);
  EXPECT_EQ(refused.code(), "invalid_role");
  EXPECT_THAT(refused.at("/message"), HasSubstr("nope"));
  EXPECT_EQ(trial.count("organization_memberships"), "0");
  EXPECT_EQ(join(role("editor")).at("/role/slug"), "editor");
}

TEST_F(Memberships, SeveralRolesNeedTheSetting) {  // 68, 69
  trial.role("a");
  trial.role("b");
  const Answer refused = join(R"(,"role_slugs":["a","b"])");
  EXPECT_EQ(refused.status, 422);
  EXPECT_EQ(refused.code(), "multiple_roles_not_enabled");
  EXPECT_EQ(join(R"(,"role_slugs":["a"],"role_slug":"a")").status, 422);
  EXPECT_EQ(join(R"(,"role_slugs":[])").status, 422);
  EXPECT_EQ(join(R"(,"role_slugs":"a")").status, 422);
  EXPECT_EQ(join(R"(,"role_slugs":["a"])").status, 201);
}

TEST_F(MembershipsWithSeveralRoles, HaveThemByPriority) {  // 68
  trial.role("a");
  trial.role("b");
  const Answer made = join(R"(,"role_slugs":["b","a","b"])");
  EXPECT_EQ(made.status, 201);
  EXPECT_EQ(made.at("/roles"), R"([{"slug":"a"},{"slug":"b"}])");
  EXPECT_EQ(made.at("/role/slug"), "a");
}

TEST_F(MembershipsWithStrictRoles, RefuseEvenOneRoleInAnArray) {  // 69, 71
  trial.role("a");
  EXPECT_EQ(join(R"(,"role_slugs":["a"])").code(), "multiple_roles_not_enabled");
  join();
  EXPECT_EQ(join().status, 400);
}

TEST_F(Memberships, NeedAUserAndAnOrganizationThatExist) {  // 70
  EXPECT_EQ(trial.join("user_x", org).at("/message"), "User not found: 'user_x'.");
  EXPECT_EQ(trial.join(user, "org_x").at("/message"), "Organization not found: 'org_x'.");
  EXPECT_EQ(trial.join(user, "org_x").status, 404);
  const Answer missing = trial.post(Trial::kMemberships, "{}");
  EXPECT_EQ(missing.status, 422);
  EXPECT_EQ(missing.code(), "invalid_request_parameters");
  EXPECT_EQ(missing.inner_code(0), "user_id_string_required");
  EXPECT_EQ(missing.inner_code(1), "organization_id_string_required");
  EXPECT_EQ(trial.join("", org).inner_code(), "user_id_string_required");
}

TEST_F(Memberships, AnActivePairExistsOnce) {  // 71
  join();
  const Answer again = join();
  EXPECT_EQ(again.status, 409);
  EXPECT_EQ(again.code(), "organization_membership_already_exists");
  EXPECT_EQ(listed().size(), 1U);
}

TEST_F(Memberships, AreDeactivatedAndReactivatedOnce) {  // 72
  trial.role("editor");
  const std::string id = join(role("editor")).id();
  const std::string events = trial.count("events");
  const Answer off = trial.put(at(id + "/deactivate"), "{}");
  EXPECT_EQ(off.status, 200);
  EXPECT_EQ(off.at("/status"), "inactive");
  trial.pass(std::chrono::seconds(5));
  const Answer again = trial.put(at(id + "/deactivate"), "{}");
  EXPECT_EQ(again.status, 200);
  EXPECT_EQ(again.reply.body, off.reply.body);
  EXPECT_EQ(trial.count("events"), std::to_string(std::stoi(events) + 1));
  const Answer on = trial.put(at(id + "/reactivate"), "{}");
  EXPECT_EQ(on.at("/status"), "active");
  EXPECT_EQ(on.at("/role/slug"), "editor");
  EXPECT_EQ(trial.put(at(id + "/reactivate"), "{}").reply.body, on.reply.body);
  EXPECT_EQ(trial.put(at("om_x/deactivate")).status, 404);
}

TEST_F(Memberships, AnInactivePairComesBackWithTheNewRole) {  // 73
  trial.role("a");
  trial.role("b");
  const std::string id = join(role("a")).id();
  trial.put(at(id + "/deactivate"));
  const Answer back = join(role("b"));
  EXPECT_EQ(back.status, 201);
  EXPECT_EQ(back.id(), id);
  EXPECT_EQ(back.at("/status"), "active");
  EXPECT_EQ(back.at("/role/slug"), "b");
  EXPECT_EQ(trial.count("organization_memberships"), "1");
}

TEST_F(Memberships, APendingOneWaitsForItsInvitation) {  // 74
  trial.post("/user_management/invitations",
             fmt::format(R"({{"email":"ada@example.test","organization_id":"{}"}})", org));
  const Answer pending = listed("&statuses=pending");
  ASSERT_EQ(pending.size(), 1U);
  const std::string id = pending.at("/data/0/id");
  EXPECT_EQ(join().code(), "cannot_reactivate_pending_organization_membership");
  EXPECT_EQ(join().status, 400);
  EXPECT_EQ(trial.put(at(id + "/reactivate")).code(),
            "cannot_reactivate_pending_organization_membership");
  EXPECT_EQ(trial.put(at(id + "/deactivate")).code(),
            "cannot_deactivate_pending_organization_membership");
}

TEST_F(Memberships, AListNeedsAFilter) {  // 75
  const Answer refused = trial.get(Trial::kMemberships);
  EXPECT_EQ(refused.status, 400);
  EXPECT_EQ(refused.code(), "missing_user_id_or_organization_id");
}

TEST_F(Memberships, AListShowsActiveOnesUnlessToldOtherwise) {  // 76
  const std::string red = trial.organization("Red");
  const std::string id = join().id();
  trial.join(user, red);
  trial.put(at(id + "/deactivate"));
  EXPECT_THAT(listed().column("organization_name"), ElementsAre("Red"));
  EXPECT_THAT(listed("&statuses=active%2Cinactive").column("organization_name"),
              ElementsAre("Red", "Blue"));
  EXPECT_THAT(listed("&statuses=inactive").column("organization_name"), ElementsAre("Blue"));
  EXPECT_EQ(listed("&statuses=odd").code(), "invalid_request_parameters");
  EXPECT_EQ(listed("&statuses=odd").status, 400);
  EXPECT_EQ(listed("&organization_id=" + red).size(), 1U);
  EXPECT_EQ(listed("&organization_id=" + org).size(), 0U);
  EXPECT_EQ(listed("&organization_id=org_x").size(), 0U);
  EXPECT_EQ(
      trial.get(fmt::format("{}?organization_id={}&statuses=inactive", Trial::kMemberships, org))
          .size(),
      1U);
}

TEST_F(Memberships, AnUpdateReplacesTheRoles) {  // 77
  trial.role("a");
  const std::string id = join().id();
  EXPECT_EQ(trial.put(at(id), R"({"role_slug":"a"})").at("/roles"), R"([{"slug":"a"}])");
  EXPECT_EQ(trial.put(at(id), R"({"role_slug":"x"})").code(), "invalid_role");
  EXPECT_EQ(trial.put(at(id), "{}").at("/role/slug"), "a");
  const Answer missing = trial.put(at("om_x"), R"({"role_slug":"a"})");
  EXPECT_EQ(missing.status, 404);
  EXPECT_EQ(missing.at("/message"), "Organization Membership not found: 'om_x'.");
}

TEST_F(Memberships, ADeletedPairCanBeMadeAgain) {  // 78
  const std::string id = join().id();
  const Answer deleted = trial.del(at(id));
  EXPECT_EQ(deleted.status, 200);
  EXPECT_EQ(deleted.reply.body, "");
  EXPECT_EQ(trial.del(at(id)).status, 404);
  const Answer again = join();
  EXPECT_EQ(again.status, 201);
  EXPECT_NE(again.id(), id);
}

TEST_F(Memberships, ARoleOfAnotherOrganizationIsNotValid) {  // 79
  const std::string red = trial.organization("Red");
  trial.post(fmt::format("/authorization/organizations/{}/roles", red),
             R"({"slug":"org-x","name":"X"})");
  EXPECT_EQ(join(role("org-x")).code(), "invalid_role");
  EXPECT_EQ(trial.join(user, red, role("org-x")).at("/role/slug"), "org-x");
}

}  // namespace
}  // namespace usher::sandbox
