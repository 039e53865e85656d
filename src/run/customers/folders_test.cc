// SPDX-License-Identifier: Apache-2.0
#include "run/customers/folders.h"

#include <gmock/gmock.h>

#include "run/customers/jobs_test.h"

namespace usher::customers {
namespace {

using testing::ElementsAre;

TEST(Folders, AreMadeOnceWithThoseAboveThem) {
  const ScratchFolder scratch;
  EXPECT_EQ(make_folder(scratch.at("a/b/c")), true);
  EXPECT_EQ(make_folder(scratch.at("a/b/c")), false);
  scratch.write("file", "");
  EXPECT_FALSE(make_folder(scratch.at("file/below")));
}

TEST(Folders, AreNeverRenamedOverAnything) {
  const ScratchFolder scratch;
  ASSERT_TRUE(make_folder(scratch.at("new")));
  ASSERT_TRUE(make_folder(scratch.at("there")));
  EXPECT_EQ(rename_new(scratch.at("new"), scratch.at("there")), false);
  EXPECT_EQ(rename_new(scratch.at("new"), scratch.at("free")), true);
  EXPECT_FALSE(rename_new(scratch.at("none"), scratch.at("other")));
}

TEST(Folders, SwapAndLeaveWhatIsNotOursToTheHeir) {
  const ScratchFolder scratch;
  ASSERT_TRUE(make_folder(scratch.at("new")));
  ASSERT_TRUE(make_folder(scratch.at("old")));
  ASSERT_TRUE(write_new(scratch.at("new/ours"), "2"));
  ASSERT_TRUE(write_new(scratch.at("old/ours"), "1"));
  ASSERT_TRUE(write_new(scratch.at("old/theirs"), "x"));
  ASSERT_TRUE(swap_folders(scratch.at("new"), scratch.at("old")));
  EXPECT_EQ(scratch.read("old/ours"), "2");
  remove_folder(scratch.at("new"), scratch.at("old"),
                [](std::string_view name) { return name == "ours"; });
  EXPECT_THAT(names_in(scratch.path()), ElementsAre("old"));
  EXPECT_THAT(names_in(scratch.at("old")), ElementsAre("ours", "theirs"));
}

TEST(Files, OfACrashAreNotInTheWay) {
  const ScratchFolder scratch;
  scratch.write("a.tmp", "half");
  ASSERT_TRUE(write_whole(scratch.at("a"), "whole"));
  ASSERT_TRUE(write_whole(scratch.at("a"), "again"));
  EXPECT_EQ(scratch.read("a"), "again");
  EXPECT_THAT(names_in(scratch.path()), ElementsAre("a"));
  EXPECT_FALSE(write_new(scratch.at("a"), "x"));
  EXPECT_FALSE(write_whole(scratch.at("none/a"), "x"));
  EXPECT_TRUE(sync_folder(scratch.path()));
  EXPECT_TRUE(sync_name(scratch.at("a")));
}

}  // namespace
}  // namespace usher::customers
