// SPDX-License-Identifier: Apache-2.0
#include "source/role_mapping.h"

#include <cstdlib>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "base/file.h"

namespace usher {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Result<RoleMapping> read(std::string_view content) {
  std::string path = testing::TempDir() + "usher-roles-XXXXXX";
  ::close(::mkstemp(path.data()));
  EXPECT_TRUE(write_atomically(path, content));
  auto mapping = RoleMapping::read(path);
  ::unlink(path.c_str());
  return mapping;
}

TEST(RoleMapping, GathersTheRolesOfAPerson) {
  const auto mapping = read(
      "\xEF\xBB\xBFname,external_id,role_slug\r\nx, crm-1 "
      ",admin\r\ny,crm-2,viewer\r\nx,crm-1,member\r\n");
  ASSERT_TRUE(mapping) << mapping.error().line();
  EXPECT_EQ(mapping->roles.size(), 2U);
  EXPECT_THAT(mapping->roles.at("crm-1"), ElementsAre("admin", "member"));
  EXPECT_THAT(mapping->roles.at("crm-2"), ElementsAre("viewer"));
  EXPECT_TRUE(mapping->warnings.empty());
}

TEST(RoleMapping, WarnsOfBlankCellsAndRepeatedPairs) {
  const auto mapping =
      read("external_id,role_slug\n,admin\ncrm-1,\ncrm-1,admin\ncrm-1,admin\n").value();
  EXPECT_THAT(mapping.warnings, ElementsAre(HasSubstr(":2: the row has no external_id; skipped"),
                                            HasSubstr(":3: the row has no role_slug; skipped"),
                                            HasSubstr(":5: the row repeats a pair; ignored")));
  EXPECT_THAT(mapping.roles.at("crm-1"), ElementsAre("admin"));
}

TEST(RoleMapping, KeepsItsWarningsFew) {
  std::string content = "external_id,role_slug\n";
  for (int i = 0; i < 5000; ++i) content += "crm,\n";
  const auto mapping = read(content).value();
  EXPECT_EQ(mapping.warnings.size(), RoleMapping::kMaxWarnings + 1);
  EXPECT_THAT(mapping.warnings.back(), HasSubstr("4,980 more rows"));
}

TEST(RoleMapping, RefusesAFileItCannotTrust) {
  EXPECT_THAT(read("external_id,role\n").error().line(), HasSubstr("no \"role_slug\" column"));
  EXPECT_THAT(read("user,role_slug\n").error().line(), HasSubstr("no \"external_id\" column"));
  EXPECT_THAT(read("external_id,role_slug\na,b\nc\n").error().line(),
              HasSubstr(":3: the record has 1 cell, the header has 2"));
  EXPECT_TRUE(read("external_id,role_slug\n").value().roles.empty());
}

}  // namespace
}  // namespace usher
