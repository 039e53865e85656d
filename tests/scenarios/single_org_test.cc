// SPDX-License-Identifier: Apache-2.0
// Everybody joins one organization: without it nobody is imported, and with it it is made once.
#include <gtest/gtest.h>

#include "scenarios/program.h"

namespace usher::scenario {
namespace {

constexpr const char* kPeople = "email\nada@example.com\nbea@example.com\n";

TEST(SingleOrg, WithoutTheOrganizationNobodyIsImported) {
  const Folder folder;
  const SandboxProcess sandbox;
  const Outcome outcome = run({"import-users", "--csv", folder.write("users.csv", kPeople),
                               "--api-url", sandbox.url(), "--org-id", "org_missing"},
                              SandboxProcess::key());
  EXPECT_EQ(outcome.exit_code, 2) << outcome.out << outcome.err;
  EXPECT_NE((outcome.out + outcome.err).find("Organization not found: org_missing"),
            std::string::npos);
  EXPECT_EQ(sandbox.state("/users"), 0U);
}

TEST(SingleOrg, AMissingOneIsMadeOnceWhenAsked) {
  const Folder folder;
  const SandboxProcess sandbox;
  for (int round = 0; round < 2; ++round) {
    const Outcome outcome = run(
        {"import-users", "--csv", folder.write("users.csv", kPeople), "--api-url", sandbox.url(),
         "--org-external-id", "acme", "--org-name", "Acme Ltd", "--create-org-if-missing"},
        SandboxProcess::key());
    EXPECT_EQ(outcome.exit_code, 0) << outcome.out << outcome.err;
    EXPECT_EQ(sandbox.state("/organizations"), 1U);
    EXPECT_EQ(sandbox.state("/organization_memberships"), 2U);
  }
}

}  // namespace
}  // namespace usher::scenario
