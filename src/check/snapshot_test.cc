// SPDX-License-Identifier: Apache-2.0
#include "check/snapshot.h"

#include <span>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/scratch.h"

namespace usher::check {
namespace {

using ::testing::HasSubstr;

std::string all_of(const Snapshot& snapshot) {
  std::string text;
  csv::Bytes bytes = snapshot.bytes();
  std::string room(7, '\0');
  while (true) {
    const auto got = bytes(room);
    if (!got || *got == 0) return text;
    text += room.substr(0, *got);
  }
}

TEST(Snapshot, IsReadAsOftenAsWished) {
  const ScratchFolder folder;
  const auto snapshot = Snapshot::take(folder.write("a.csv", "email\na@example.com\n"), -1);
  ASSERT_TRUE(snapshot);
  EXPECT_EQ(all_of(*snapshot), "email\na@example.com\n");
  EXPECT_EQ(all_of(*snapshot), "email\na@example.com\n");
  EXPECT_EQ(snapshot->size(), 20U);
  EXPECT_TRUE(snapshot->still_the_same());
}

TEST(Snapshot, TellsWhenTheFileHasChanged) {
  const ScratchFolder folder;
  const std::string path = folder.write("a.csv", "email\n");
  const auto snapshot = Snapshot::take(path, -1);
  ASSERT_TRUE(snapshot);
  folder.write("a.csv", "email\nmore\n");
  const auto same = snapshot->still_the_same();
  ASSERT_FALSE(same);
  EXPECT_THAT(same.error().what, HasSubstr("changed while it was read"));
}

TEST(Snapshot, OfAPipeIsACopy) {
  int ends[2] = {-1, -1};
  ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
  Fd reader(ends[0]);
  Fd writer(ends[1]);
  const std::string text = "email\nb@example.com\n";
  ASSERT_EQ(::write(writer.get(), text.data(), text.size()), static_cast<ssize_t>(text.size()));
  writer.reset();
  const auto snapshot = Snapshot::take("/dev/fd/" + std::to_string(reader.get()), -1);
  ASSERT_TRUE(snapshot);
  EXPECT_EQ(all_of(*snapshot), text);
  EXPECT_EQ(all_of(*snapshot), text);
}

TEST(Snapshot, OfNothingSaysSo) {
  const ScratchFolder folder;
  EXPECT_THAT(Snapshot::take(folder.at("none"), -1).error().what, HasSubstr("No such file"));
  EXPECT_THAT(Snapshot::take(folder.path(), -1).error().what, HasSubstr("is a folder"));
}

}  // namespace
}  // namespace usher::check
