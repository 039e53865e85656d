// SPDX-License-Identifier: Apache-2.0
#include "source/columns.h"

#include <gtest/gtest.h>

namespace usher {
namespace {

TEST(Columns, AreKnownByExactlyTheirNames) {
  for (std::size_t i = 0; i < kColumns; ++i) {
    const auto column = static_cast<Column>(i);
    EXPECT_EQ(known_column(to_string(column)), column);
  }
  for (const char* name : {"", "Email", " email", "first name", "org"}) {
    EXPECT_EQ(known_column(name), std::nullopt) << name;
  }
}

TEST(Columns, AreTheSameWhateverTheCaseAndTheSeparators) {
  EXPECT_EQ(same_column("Email"), Column::email);
  EXPECT_EQ(same_column("E-mail"), Column::email);
  EXPECT_EQ(same_column("firstName"), Column::first_name);
  EXPECT_EQ(same_column("ORG External.ID"), Column::org_external_id);
  EXPECT_EQ(same_column("mail"), std::nullopt);
  EXPECT_EQ(same_column(""), std::nullopt);
}

TEST(Columns, AreMeantByOtherWordsToo) {
  EXPECT_EQ(meant_column("First Name"), Column::first_name);
  EXPECT_EQ(meant_column("E-mail address"), Column::email);
  EXPECT_EQ(meant_column("given_name"), Column::first_name);
  EXPECT_EQ(meant_column("organization_id"), Column::org_id);
  EXPECT_EQ(meant_column("department"), std::nullopt);
}

}  // namespace
}  // namespace usher
