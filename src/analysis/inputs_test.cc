// SPDX-License-Identifier: Apache-2.0
#include "analysis/inputs.h"

#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/scratch.h"

namespace usher::analysis {
namespace {

using ::testing::ElementsAre;

TEST(Inputs, AreNumberedByTheFileAndNotByItsName) {
  const ScratchFolder folder;
  const std::string users = folder.write("users.csv", "email\n");
  std::filesystem::create_symlink(users, folder.at("link.csv"));
  Inputs inputs;
  bool fresh = false;
  EXPECT_EQ(inputs.number_of("", fresh), 0U);
  EXPECT_EQ(inputs.number_of(users, fresh), 1U);
  EXPECT_TRUE(fresh);
  EXPECT_EQ(inputs.number_of(users, fresh), 1U);
  EXPECT_FALSE(fresh);
  EXPECT_EQ(inputs.number_of(folder.at("link.csv"), fresh), 1U);
  EXPECT_FALSE(inputs.several());
  EXPECT_EQ(inputs.number_of("/gone/a.csv", fresh), 2U);
  EXPECT_TRUE(inputs.several());
  EXPECT_EQ(inputs.find(folder.at("./link.csv")), 1U);
  EXPECT_EQ(inputs.find("/gone/./a.csv"), 2U);
  EXPECT_EQ(inputs.find("/gone/b.csv"), std::nullopt);
}

TEST(Inputs, BeyondTheFirstThousandAreOneAndLookedAtEachTime) {
  Inputs inputs;
  bool fresh = false;
  for (std::size_t i = 0; i < Inputs::kMost; ++i) {
    EXPECT_EQ(inputs.number_of("/gone/" + std::to_string(i), fresh), i + 1);
  }
  for (const char* path : {"/gone/x", "/gone/y", "/gone/x"}) {
    EXPECT_EQ(inputs.number_of(path, fresh), Inputs::kFurther);
    EXPECT_TRUE(fresh);
  }
  EXPECT_EQ(inputs.number_of(std::string(5000, 'x'), fresh), Inputs::kFurther);
  EXPECT_EQ(inputs.number_of("/gone/0", fresh), 1U);
}

// An output that is not made yet may be named twice, from the current folder and from the root.
TEST(SameFile, IsKnownBeforeItIsThere) {
  const std::string here = std::filesystem::current_path().string();
  EXPECT_TRUE(same_file("not-there.csv", here + "/not-there.csv"));
  EXPECT_TRUE(same_file("./not-there.csv", "folder/../not-there.csv"));
  EXPECT_FALSE(same_file("not-there.csv", "not-here.csv"));
  EXPECT_FALSE(same_file("", ""));
}

TEST(Inputs, HaveNamesForTheirRetryCsvsThatAreDifferent) {
  EXPECT_THAT(retry_names({{"/a/users.csv"}, {"/b/users.csv"}, {"/b/more.csv"}}),
              ElementsAre("retry-users.csv", "retry-2-users.csv", "retry-more.csv"));
}

}  // namespace
}  // namespace usher::analysis
