// SPDX-License-Identifier: Apache-2.0
// Everybody is to join one organization: without it nobody is imported.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/scratch.h"
#include "scenarios/local_api.h"

namespace usher::scenarios {
namespace {

using ::testing::HasSubstr;

TEST(SingleOrg, WithoutTheOrganizationNobodyIsImported) {
  const LocalApi api;
  const ScratchFolder folder;
  folder.write("u.csv", people(100));
  Process import(import_into(api, folder.path(), {"--csv", "u.csv", "--org-id", "org_missing"}));
  EXPECT_EQ(import.wait(), 2) << import.out();
  EXPECT_THAT(import.out() + import.err(), HasSubstr("Organization not found: org_missing"));
  EXPECT_EQ(api.count("users"), 0);
  EXPECT_EQ(api.count("requests.total"), 1);
}

}  // namespace
}  // namespace usher::scenarios
