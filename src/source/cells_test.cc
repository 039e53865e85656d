// SPDX-License-Identifier: Apache-2.0
#include "source/cells.h"

#include <gtest/gtest.h>

namespace usher {
namespace {

TEST(Cells, AreTrimmed) {
  EXPECT_EQ(clean_cell("  a b\t"), "a b");
  EXPECT_EQ(clean_cell("a"), "a");
  EXPECT_EQ(clean_cell(" \n "), "");
}

TEST(Cells, TruthHasEightWordsInAnyCase) {
  for (const char* yes : {"true", "1", "yes", "y", "TRUE", "Yes"}) {
    EXPECT_EQ(read_truth(yes), true) << yes;
  }
  for (const char* no : {"false", "0", "no", "n", "FALSE", "No"}) {
    EXPECT_EQ(read_truth(no), false) << no;
  }
  for (const char* neither : {"", "t", "ja", "2", "true "}) {
    EXPECT_EQ(read_truth(neither), std::nullopt) << neither;
  }
}

TEST(Cells, RolesAreACommaListOrAJsonArray) {
  const auto roles = [](std::string_view cell) {
    std::vector<std::string> found;
    if (!read_roles(cell, found)) return std::vector<std::string>{"?"};
    return found;
  };
  using List = std::vector<std::string>;
  EXPECT_EQ(roles("admin"), List{"admin"});
  EXPECT_EQ(roles(" admin , member,admin"), (List{"admin", "member"}));
  EXPECT_EQ(roles(R"(["admin", "member"])"), (List{"admin", "member"}));
  EXPECT_EQ(roles(""), List{});
  EXPECT_EQ(roles(" , ,"), List{});
  EXPECT_EQ(roles("[]"), List{});
  EXPECT_EQ(roles("[admin]"), List{"?"});
  EXPECT_EQ(roles(R"(["admin")"), List{"?"});
}

}  // namespace
}  // namespace usher
