// SPDX-License-Identifier: Apache-2.0
#include "run/job/folder.h"

#include <array>
#include <filesystem>

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/scratch.h"

namespace usher::job {
namespace {

TEST(JobId, MayNotLeadOutOfItsFolder) {
  for (const char* id : {"", ".", "..", "../x", "a/b", "/etc", ".hidden", "-rf", "a b", "a\nb",
                         "a\\b", "é", "a\tb", "~"}) {
    EXPECT_FALSE(check_id(id)) << id;
  }
  EXPECT_FALSE(check_id(std::string(101, 'a')));
  EXPECT_FALSE(check_id(std::string_view("a\0b", 3)));
}

TEST(JobId, MayBeWhatPeopleUse) {
  for (const char* id :
       {"spring", "prod-migration-2024-01-15", "migration-1768597206636", "A_1.b", "1"}) {
    EXPECT_TRUE(check_id(id)) << id;
  }
  EXPECT_TRUE(check_id(std::string(100, 'a')));
}

TEST(Folder, IsOnlyForItsOwner) {
  const ScratchFolder scratch;
  const Folder folder(scratch.at("jobs"), "spring");
  ASSERT_TRUE(folder.make());
  struct stat status{};
  ASSERT_EQ(::stat(folder.path().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0700U);
  EXPECT_TRUE(folder.make()) << "it may be there already";
}

TEST(Folder, RemovesTheFilesOfAJobAndNothingElse) {
  const ScratchFolder scratch;
  const Folder folder(scratch.path(), "spring");
  ASSERT_TRUE(folder.make());
  scratch.write("spring/job.db", "x");
  scratch.write("spring/errors.jsonl", "x");
  scratch.write("spring/mine.txt", "x");
  const Status kept = folder.remove();
  ASSERT_FALSE(kept);
  EXPECT_FALSE(scratch.has("spring/job.db"));
  EXPECT_TRUE(scratch.has("spring/mine.txt"));
  std::filesystem::remove(scratch.at("spring/mine.txt"));
  EXPECT_TRUE(folder.remove());
  EXPECT_FALSE(scratch.has("spring"));
}

TEST(Folder, GivesTheOptionThatLeadsToItForAShell) {
  EXPECT_EQ(Folder(std::string(kDefaultRoot), "a").option(), "");
  EXPECT_EQ(Folder("/srv/jobs", "a").option(), " --checkpoint-dir /srv/jobs");
  EXPECT_EQ(Folder("it's my $HOME", "a").option(), " --checkpoint-dir 'it'\\''s my $HOME'");
}

TEST(Folder, KeepsTheOtherToolkitsFilesWhenOnlyItsStoreGoes) {
  const ScratchFolder scratch;
  const Folder folder(scratch.path(), "spring");
  ASSERT_TRUE(folder.make());
  for (const char* name : {"job.db", "job.db-wal", "job.db.new", "checkpoint.json", "errors.jsonl"})
    scratch.write(std::string("spring/") + name, "x");
  ASSERT_TRUE(folder.remove_store());
  EXPECT_FALSE(scratch.has("spring/job.db") || scratch.has("spring/job.db-wal") ||
               scratch.has("spring/job.db.new"));
  EXPECT_TRUE(scratch.has("spring/checkpoint.json") && scratch.has("spring/errors.jsonl"));
}

TEST(Folders, AreListedTheLatestUsedFirst) {
  const ScratchFolder scratch;
  EXPECT_TRUE(list(scratch.at("none")).empty());
  EXPECT_FALSE(most_recent(scratch.path()));
  const auto now = std::filesystem::file_time_type::clock::now();
  int age = 0;
  for (const char* id : {"new", "middle", "old"}) {
    ASSERT_TRUE(Folder(scratch.path(), id).make());
    const std::string store = scratch.write(std::string(id) + "/job.db", "x");
    std::filesystem::last_write_time(store, now - std::chrono::hours{age++});
  }
  ASSERT_TRUE(Folder(scratch.path(), "empty").make());
  std::string ids;
  for (const Folder& folder : list(scratch.path())) ids += folder.id() + " ";
  EXPECT_EQ(ids, "new middle old ");
  scratch.write("empty/checkpoint.json.old", "x");  // its taking over was interrupted
  EXPECT_EQ(list(scratch.path()).size(), 4U);
  EXPECT_EQ(most_recent(scratch.path())->id(), "new");
}

TEST(Lock, TellsTheSecondWhoHoldsIt) {
  const ScratchFolder scratch;
  const Folder folder(scratch.path(), "spring");
  ASSERT_TRUE(folder.make());
  EXPECT_FALSE(Lock::holder(folder));
  {
    const auto first = Lock::take(folder, WallTime{});
    ASSERT_TRUE(first) << first.error().line();
    const auto second = Lock::take(folder, WallTime{});
    ASSERT_FALSE(second);
    EXPECT_NE(second.error().what.find(std::to_string(::getpid())), std::string::npos)
        << second.error().what;
    const auto holder = Lock::holder(folder);
    EXPECT_EQ(holder.value_or(Holder{}).process, ::getpid());
  }
  EXPECT_FALSE(Lock::holder(folder));
  EXPECT_TRUE(Lock::take(folder, WallTime{}));
}

// A worker that outlives its coordinator still works on the job.
TEST(Lock, IsHeldUntilAllWhoInheritedItAreGone) {
  const ScratchFolder scratch;
  const Folder folder(scratch.path(), "spring");
  ASSERT_TRUE(folder.make());
  std::array<int, 2> until{};
  ASSERT_EQ(::pipe(until.data()), 0);
  pid_t child = -1;
  {
    const auto lock = Lock::take(folder, WallTime{});
    ASSERT_TRUE(lock);
    child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      ::close(until[1]);
      char byte = 0;
      static_cast<void>(::read(until[0], &byte, 1));
      ::_exit(0);
    }
  }
  EXPECT_TRUE(Lock::holder(folder));
  ::close(until[1]);
  ASSERT_EQ(::waitpid(child, nullptr, 0), child);
  ::close(until[0]);
  EXPECT_FALSE(Lock::holder(folder));
}

}  // namespace
}  // namespace usher::job
