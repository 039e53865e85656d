// SPDX-License-Identifier: Apache-2.0
// Roles and permissions. Numbers are the contract's statements.
#include "sandbox/roles.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sandbox/trial.h"

namespace usher::sandbox {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr const char* kRoles = "/authorization/roles";
constexpr const char* kPermissions = "/authorization/permissions";

Answer permission(Trial& trial, std::string_view slug) {
  return trial.post(kPermissions, fmt::format(R"({{"slug":"{0}","name":"{0}"}})", slug));
}

std::string roles_of(std::string_view org) {
  return fmt::format("/authorization/organizations/{}/roles", org);
}

TEST(Roles, AFreshEnvironmentHasMember) {  // 80
  Trial trial;
  const Answer list = trial.get(kRoles);
  EXPECT_EQ(list.at("/object"), "list");
  EXPECT_THAT(list.column("slug"), ElementsAre("member"));
  EXPECT_THAT(list.reply.body, Not(HasSubstr("list_metadata")));
}

TEST(Roles, AreMadeOnce) {  // 81
  Trial trial;
  const Answer made = trial.role("editor");
  EXPECT_EQ(made.status, 201);
  EXPECT_THAT(made.id(), StartsWith("role_"));
  EXPECT_EQ(made.at("/type"), "EnvironmentRole");
  EXPECT_EQ(made.at("/permissions"), "[]");
  EXPECT_EQ(made.at("/description"), "null");
  EXPECT_EQ(made.at("/resource_type_slug"), "organization");
  EXPECT_EQ(trial.role("editor").status, 409);
  EXPECT_EQ(trial.role("editor").code(), "role_slug_conflict");
  EXPECT_EQ(trial.get("/authorization/roles/editor").reply.body, made.reply.body);
  EXPECT_EQ(trial.get("/authorization/roles/none").status, 404);
  EXPECT_THAT(trial.get(kRoles).column("slug"), ElementsAre("member", "editor"));
}

TEST(Roles, HaveBoundedWords) {  // 82
  Trial trial;
  const auto made = [&](std::size_t slug, std::size_t name, std::size_t description) {
    return trial
        .post(kRoles, fmt::format(R"({{"slug":"{}","name":"{}","description":"{}"}})",
                                  std::string(slug, 's'), std::string(name, 'n'),
                                  std::string(description, 'd')))
        .status;
  };
  EXPECT_EQ(made(49, 1, 1), 422);
  EXPECT_EQ(made(1, 49, 1), 422);
  EXPECT_EQ(made(1, 1, 151), 422);
  EXPECT_EQ(made(48, 48, 150), 201);
  EXPECT_EQ(trial.post(kRoles, R"({"slug":"Bad Slug","name":"n"})").status, 422);
  EXPECT_EQ(trial.post(kRoles, R"({"name":"n"})").status, 422);
  EXPECT_EQ(trial.post(kRoles, R"({"slug":"s"})").status, 422);
}

TEST(Roles, AreRenamedButKeepTheirSlug) {  // 83
  Trial trial;
  trial.role("editor");
  const Answer renamed = trial.patch("/authorization/roles/editor",
                                     R"({"name":"Chief","description":"d","slug":"other"})");
  EXPECT_EQ(renamed.status, 200);
  EXPECT_EQ(renamed.at("/slug"), "editor");
  EXPECT_EQ(renamed.at("/name"), "Chief");
  EXPECT_EQ(renamed.at("/description"), "d");
  EXPECT_EQ(
      trial.patch("/authorization/roles/editor", R"({"description":null})").at("/description"),
      "null");
}

TEST(Permissions, AreMadeListedAndDeleted) {  // 84
  Trial trial;
  const Answer made = permission(trial, "docs:read");
  EXPECT_EQ(made.status, 201);
  EXPECT_THAT(made.id(), StartsWith("perm_"));
  EXPECT_EQ(made.at("/system"), "false");
  EXPECT_EQ(permission(trial, "docs:read").status, 409);
  EXPECT_EQ(permission(trial, "docs:read").code(), "permission_slug_conflict");
  EXPECT_EQ(permission(trial, "Bad Slug").status, 422);
  permission(trial, "docs:write");
  const Answer list = trial.get("/authorization/permissions?limit=1");
  EXPECT_THAT(list.column("slug"), ElementsAre("docs:write"));
  EXPECT_EQ(list.at("/list_metadata/after"), list.at("/data/0/id"));
  EXPECT_EQ(trial.patch("/authorization/permissions/docs:read", R"({"name":"Read"})").at("/name"),
            "Read");
  EXPECT_EQ(trial.del("/authorization/permissions/docs:read").status, 204);
  EXPECT_EQ(trial.get("/authorization/permissions/docs:read").status, 404);
}

TEST(Roles, TakeTheWholeSetOfPermissionsOrOne) {  // 85, 86
  Trial trial;
  trial.role("editor");
  permission(trial, "p");
  permission(trial, "q");
  const std::string path = "/authorization/roles/editor/permissions";
  EXPECT_EQ(trial.put(path, R"({"permissions":["p","q"]})").at("/permissions"), R"(["p","q"])");
  EXPECT_EQ(trial.put(path, R"({"permissions":["q"]})").at("/permissions"), R"(["q"])");
  EXPECT_EQ(trial.put(path, R"({"permissions":["none"]})").status, 404);
  EXPECT_EQ(trial.put(path, "{}").status, 422);
  EXPECT_EQ(trial.put(path, R"({"permissions":null})").status, 422);
  const Answer added = trial.post(path, R"({"slug":"p"})");
  EXPECT_EQ(added.status, 200);
  EXPECT_EQ(added.at("/permissions"), R"(["q","p"])");
  EXPECT_EQ(trial.post(path, R"({"slug":"p"})").reply.body, added.reply.body);
  EXPECT_EQ(trial.post(path, R"({"slug":"none"})").status, 404);
  trial.del("/authorization/permissions/q");
  EXPECT_EQ(trial.get("/authorization/roles/editor").at("/permissions"), R"(["p"])");
}

TEST(OrganizationRoles, BelongToTheirOrganization) {  // 87, 88
  Trial trial;
  const std::string org = trial.organization("Blue");
  const std::string other = trial.organization("Red");
  const Answer made = trial.post(roles_of(org), R"({"slug":"org-x","name":"X"})");
  EXPECT_EQ(made.status, 201);
  EXPECT_EQ(made.at("/type"), "OrganizationRole");
  EXPECT_EQ(trial.post(roles_of(org), R"({"slug":"org-x","name":"X"})").code(),
            "organization_role_slug_conflict");
  EXPECT_EQ(trial.post(roles_of(org), R"({"slug":"x","name":"X"})").status, 422);
  const Answer named = trial.post(roles_of(org), R"({"name":"Site Manager"})");
  EXPECT_EQ(named.status, 201);
  EXPECT_THAT(named.at("/slug"), StartsWith("org-site-manager-"));
  EXPECT_LE(trial.post(roles_of(org), fmt::format(R"({{"name":"{}"}})", std::string(48, 'n')))
                .at("/slug")
                .size(),
            48U);
  EXPECT_EQ(trial.post(roles_of(other), R"({"slug":"org-x","name":"X"})").status, 201);
  EXPECT_THAT(trial.get(roles_of(other)).column("slug"), ElementsAre("member", "org-x"));
  EXPECT_THAT(trial.get(fmt::format("/organizations/{}/roles", other)).column("slug"),
              ElementsAre("member", "org-x"));
  EXPECT_EQ(trial.get(roles_of("org_x")).status, 404);
}

TEST(OrganizationRoles, ChangeOnlyTheirOwn) {  // 88
  Trial trial;
  const std::string org = trial.organization("Blue");
  permission(trial, "p");
  trial.post(roles_of(org), R"({"slug":"org-x","name":"X"})");
  const std::string own = roles_of(org) + "/org-x";
  EXPECT_EQ(trial.put(own + "/permissions", R"({"permissions":["p"]})").at("/permissions"),
            R"(["p"])");
  const Answer removed = trial.del(own + "/permissions/p");
  EXPECT_EQ(removed.status, 200);
  EXPECT_EQ(removed.at("/slug"), "org-x");
  EXPECT_EQ(removed.at("/permissions"), "[]");
  EXPECT_EQ(trial.del(own + "/permissions/p").status, 200);
  EXPECT_EQ(trial.del(own + "/permissions/none").status, 404);
  EXPECT_EQ(trial.post(own + "/permissions", R"({"slug":"p"})").at("/permissions"), R"(["p"])");
  EXPECT_EQ(trial.get(own).status, 200);
  EXPECT_EQ(trial.get(roles_of(org) + "/member").status, 200);
  EXPECT_EQ(trial.patch(own, R"({"name":"Y"})").at("/name"), "Y");
  EXPECT_EQ(trial.patch(roles_of(org) + "/member", R"({"name":"Y"})").status, 403);
}

TEST(OrganizationRoles, AreDeletedOnlyWhenUnused) {  // 89
  Trial trial;
  const std::string org = trial.organization("Blue");
  trial.post(roles_of(org), R"({"slug":"org-x","name":"X"})");
  const std::string membership =
      trial.join(trial.user("a@example.test"), org, R"(,"role_slug":"org-x")").id();
  const Answer refused = trial.del(roles_of(org) + "/org-x");
  EXPECT_EQ(refused.status, 409);
  EXPECT_EQ(refused.code(), "role_has_assignments");
  trial.del(fmt::format("{}/{}", Trial::kMemberships, membership));
  EXPECT_EQ(trial.del(roles_of(org) + "/org-x").status, 204);
  EXPECT_THAT(trial.get(roles_of(org)).column("slug"), ElementsAre("member"));
}

}  // namespace
}  // namespace usher::sandbox
