// SPDX-License-Identifier: Apache-2.0
#include "base/file.h"

#include <cstdlib>
#include <filesystem>

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

namespace usher {
namespace {

class Files : public testing::Test {
 protected:
  Files() {
    std::string name = testing::TempDir() + "usher-file-XXXXXX";
    folder_ = mkdtemp(name.data());
  }
  ~Files() override {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  [[nodiscard]] std::string path(const std::string& name) const { return folder_ + "/" + name; }
  [[nodiscard]] static unsigned mode(const std::string& path) {
    struct stat info{};
    stat(path.c_str(), &info);
    return info.st_mode & 0777U;
  }
  std::string folder_;
};

TEST_F(Files, AtomicWriteReplacesAndIsPrivate) {
  ASSERT_TRUE(write_atomically(path("a"), "one"));
  ASSERT_TRUE(write_atomically(path("a"), "two"));
  EXPECT_EQ(read_file(path("a"), 10), "two");
  EXPECT_EQ(mode(path("a")), 0600U);
}

TEST_F(Files, AtomicWriteIntoAMissingFolderLeavesNothing) {
  const auto result = write_atomically(path("no/a"), "x");
  ASSERT_FALSE(result);
  EXPECT_NE(result.error().what.find("no/a"), std::string::npos);
  EXPECT_TRUE(std::filesystem::is_empty(folder_));
}

TEST_F(Files, ReadIsBoundedAndNamesTheProblem) {
  ASSERT_TRUE(write_atomically(path("a"), "12345"));
  EXPECT_TRUE(read_file(path("a"), 5));
  EXPECT_FALSE(read_file(path("a"), 4));
  EXPECT_FALSE(read_file(path("b"), 4));
  EXPECT_NE(read_file(folder_, 4).error().what.find("folder"), std::string::npos);
}

TEST_F(Files, AppenderTruncatesOrAppendsAndIsPrivate) {
  for (const auto mode :
       {Appender::Mode::truncate, Appender::Mode::append, Appender::Mode::truncate}) {
    auto out = Appender::open(path("log"), mode);
    ASSERT_TRUE(out);
    ASSERT_TRUE(out->write("line\n"));
    ASSERT_TRUE(out->flush());
  }
  EXPECT_EQ(read_file(path("log"), 100), "line\n");
  EXPECT_EQ(mode(path("log")), 0600U);
}

TEST_F(Files, AppenderReportsAFullDisk) {
  auto out = Appender::open("/dev/full", Appender::Mode::append);
  ASSERT_TRUE(out);
  ASSERT_TRUE(out->write("x"));
  const auto flushed = out->flush();
  ASSERT_FALSE(flushed);
  EXPECT_NE(flushed.error().what.find("/dev/full"), std::string::npos);
  EXPECT_NE(flushed.error().next.find("space"), std::string::npos);
}

TEST_F(Files, AMissingFileIsLookedForWhereItsPathSays) {
  EXPECT_EQ(read_file("no/such.csv", 4).error().next,
            "check the path; it is relative to the current folder");
  EXPECT_EQ(read_file(path("missing"), 4).error().next, "check the path");
}

TEST_F(Files, AFileInAMissingFolderAsksForTheFolder) {
  EXPECT_EQ(write_atomically(path("no/a"), "x").error().next, "create the folder " + path("no"));
  EXPECT_EQ(Appender::open(path("no/such/a"), Appender::Mode::append).error().next,
            "create the folder " + path("no/such"));
  std::filesystem::create_symlink(path("nowhere/x"), path("dangling"));
  EXPECT_EQ(Appender::open(path("dangling"), Appender::Mode::append).error().next,
            "check the path");
}

TEST_F(Files, AReplacementIsThereWhenItIsCommittedAndNotBefore) {
  ASSERT_TRUE(write_atomically(path("a"), "old"));
  {
    auto file = Replacement::begin(path("a"));
    ASSERT_TRUE(file);
    ASSERT_TRUE(file->write(std::string(200'000, 'x')));
    EXPECT_EQ(read_file(path("a"), 10), "old");
  }
  EXPECT_EQ(read_file(path("a"), 10), "old");
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(path("")), {}), 1);
  auto file = Replacement::begin(path("a"));
  ASSERT_TRUE(file);
  const Replacement moved = std::move(*file);
  auto again = Replacement::begin(path("a"));
  ASSERT_TRUE(again);
  ASSERT_TRUE(again->write("new"));
  ASSERT_TRUE(again->commit());
  EXPECT_EQ(read_file(path("a"), 10), "new");
  EXPECT_EQ(mode(path("a")), 0600U);
}

TEST_F(Files, AnUnlinkedFileHasNoName) {
  ::setenv("TMPDIR", path("").c_str(), 1);
  const auto file = unlinked_file();
  ::unsetenv("TMPDIR");
  ASSERT_TRUE(file);
  EXPECT_TRUE(write_all(file->get(), "x", "it"));
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(path("")), {}), 0);
}

TEST_F(Files, AReplacementLeavesAloneWhatIsNoRegularFile) {
  const std::string pipe = path("pipe");
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  const Status refused = write_atomically(pipe, "text");
  ASSERT_FALSE(refused);
  EXPECT_TRUE(refused.error().what.ends_with("pipe: is no regular file, so it is not replaced"));
  EXPECT_TRUE(std::filesystem::is_fifo(pipe));
  EXPECT_FALSE(write_atomically(folder_, "text"));
}

TEST_F(Files, AReplacementLeavesLinksAlone) {
  ASSERT_TRUE(write_atomically(path("there"), "old"));
  for (const auto* target : {"there", "nothing"}) {
    const std::string link = path(target) + ".link";
    ASSERT_EQ(::symlink(target, link.c_str()), 0);
    const Status refused = write_atomically(link, "text");
    ASSERT_FALSE(refused) << target;
    EXPECT_TRUE(refused.error().what.ends_with(".link: is a link, so it is not replaced"));
    EXPECT_TRUE(std::filesystem::is_symlink(link));
  }
  EXPECT_EQ(read_file(path("there"), 100).value(), "old");
}

}  // namespace
}  // namespace usher
