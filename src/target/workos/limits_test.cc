// SPDX-License-Identifier: Apache-2.0
#include "target/workos/limits.h"

#include <gtest/gtest.h>

namespace usher::workos {
namespace {

using net::Method;

TEST(Limits, EveryRequestBelongsToItsWindows) {
  EXPECT_EQ(windows_of(Method::get, "/user_management/users?email=x"), 0b0011U);
  EXPECT_EQ(windows_of(Method::post, "/user_management/users"), 0b0101U);
  EXPECT_EQ(windows_of(Method::put, "/user_management/organization_memberships/om_1"), 0b0101U);
  EXPECT_EQ(windows_of(Method::del, "/user_management/users/user_1"), 0b0101U);
  EXPECT_EQ(windows_of(Method::get, "/organizations/org_1"), 0b0001U);
  EXPECT_EQ(windows_of(Method::post, "/organizations"), 0b0001U);
  EXPECT_EQ(windows_of(Method::del, "/organizations/org_1"), 0b1001U);
}

}  // namespace
}  // namespace usher::workos
