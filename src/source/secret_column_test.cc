// SPDX-License-Identifier: Apache-2.0
#include "source/secret_column.h"

#include <gtest/gtest.h>

namespace usher {
namespace {

TEST(SecretColumn, IsToldByItsNameInAnyCase) {
  for (const char* name : {"password", "password_hash", "Password_Hash", "old_password",
                           "totp_secret", "CLIENT SECRET"}) {
    EXPECT_TRUE(is_secret_column(name)) << name;
  }
  for (const char* name : {"email", "first_name", "metadata", "org_id", "pass", ""}) {
    EXPECT_FALSE(is_secret_column(name)) << name;
  }
}

}  // namespace
}  // namespace usher
