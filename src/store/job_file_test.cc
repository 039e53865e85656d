// SPDX-License-Identifier: Apache-2.0
#include "store/job_file.h"

#include <filesystem>

#include <SQLiteCpp/SQLiteCpp.h>
#include <gmock/gmock.h>
#include <sys/stat.h>

#include "base/scratch.h"
#include "store/child_test.h"
#include "store/steps_test.h"

namespace usher {
namespace {

using testing::HasSubstr;

class JobFiles : public testing::Test {
 protected:
  void make() const { ASSERT_TRUE(JobStore::create(path_)); }
  void change(const char* statement) const {
    SQLite::Database(path_, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE).exec(statement);
  }
  [[nodiscard]] std::string refusal() const {
    auto store = JobStore::open(path_);
    const std::string line = store ? "it opened" : store.error().line();
    EXPECT_THAT(line, HasSubstr(path_));
    return line;
  }
  [[nodiscard]] std::string refused_look() const {
    auto store = JobStore::look(path_);
    return store ? "it opened" : store.error().line();
  }
  static unsigned mode(const std::string& path) {
    struct stat info{};
    EXPECT_EQ(::stat(path.c_str(), &info), 0) << path;
    return info.st_mode & 0777U;
  }

  ScratchFolder folder_;
  std::string path_ = folder_.at("job.db");
};

TEST_F(JobFiles, AndTheirNeighboursAreForTheirOwnerAlone) {
  const mode_t before = ::umask(0);
  const auto store = JobStore::create(path_);
  ASSERT_TRUE(store);
  ASSERT_TRUE((*store)->set_notes(std::vector<JobStore::Note>{{"a", "b"}}));
  ::umask(before);
  EXPECT_EQ(mode(path_), 0600U);
  EXPECT_EQ(mode(path_ + "-wal"), 0600U);
  EXPECT_EQ(mode(path_ + "-shm"), 0600U);
}

TEST_F(JobFiles, ThatAreThereAreNotMadeAgain) {
  make();
  const auto again = JobStore::create(path_);
  ASSERT_FALSE(again);
  EXPECT_THAT(again.error().line(), HasSubstr("is there already"));
  EXPECT_TRUE(JobStore::open(path_));
}

TEST_F(JobFiles, AreMadeWholeOrNotAtAll) {
  folder_.write("job.db.new", "what a crash has left of a store that was being made");
  make();
  EXPECT_FALSE(folder_.has("job.db.new"));
  const auto lost = JobStore::create(folder_.at("nowhere/job.db"));
  ASSERT_FALSE(lost);
  EXPECT_THAT(lost.error().line(), HasSubstr("No such file or directory"));
}

TEST_F(JobFiles, OfAnyNameOpen) {
  for (const char* name : {"file:x.db", "50%41?mode=ro#1 .db", "\xC3\xB6\xFF.db"}) {
    SCOPED_TRACE(name);
    ASSERT_TRUE(JobStore::create(folder_.at(name)));
    ASSERT_TRUE(folder_.has(name));
    EXPECT_TRUE(JobStore::open(folder_.at(name)));
    EXPECT_TRUE(JobStore::look(folder_.at(name)));
  }
}

TEST_F(JobFiles, ThatAreMissingAreNotMade) {
  EXPECT_THAT(refusal(), HasSubstr("No such file or directory"));
  EXPECT_THAT(refused_look(), HasSubstr("No such file or directory"));
  EXPECT_FALSE(folder_.has("job.db"));
}

TEST_F(JobFiles, ThatAreFoldersAreRefused) {
  std::filesystem::create_directory(path_);
  EXPECT_THAT(refusal(), HasSubstr("is a folder"));
  EXPECT_THAT(refused_look(), HasSubstr("is a folder"));
}

TEST_F(JobFiles, OfAnotherKindAreRefusedAndStayAsTheyAre) {
  for (const std::string& content :
       {std::string("email\nada@example.com\n"), std::string(), std::string(10'000, 'x'),
        std::string("SQLite format 3"), std::string(100, '\0')}) {
    folder_.write("job.db", content);
    EXPECT_THAT(refusal(), HasSubstr("is not the store of a job"));
    EXPECT_THAT(refused_look(), HasSubstr("is not the store of a job"));
    EXPECT_EQ(folder_.read("job.db"), content);
  }
}

TEST_F(JobFiles, OfAnotherProgramAreRefusedAndStayAsTheyAre) {
  change("CREATE TABLE step (a)");
  const std::string before = folder_.read("job.db");
  EXPECT_THAT(refusal(), HasSubstr("is not the store of a job"));
  EXPECT_THAT(refused_look(), HasSubstr("is not the store of a job"));
  EXPECT_EQ(folder_.read("job.db"), before);
}

TEST_F(JobFiles, OfANewerVersionSaySo) {
  make();
  change("PRAGMA user_version = 7");
  const std::string wanted =
      path_ + " was written by a newer usher (format 7, this one knows 1)\n  use that version";
  EXPECT_EQ(refusal(), wanted);
  EXPECT_EQ(refused_look(), wanted);
}

TEST_F(JobFiles, ThatLackATableAreDamaged) {
  for (const char* table : {"step", "place", "placed", "begun", "row", "note", "run"}) {
    SCOPED_TRACE(table);
    std::filesystem::remove(path_);
    make();
    change((std::string("DROP TABLE ") + table).c_str());
    EXPECT_THAT(refusal(), HasSubstr("the store is damaged"));
    EXPECT_THAT(refused_look(), HasSubstr("the store is damaged"));
  }
}

TEST_F(JobFiles, ThatMayNotBeReadSaySo) {
  make();
  ASSERT_EQ(::chmod(folder_.path().c_str(), 0755), 0);
  ASSERT_EQ(::chmod(path_.c_str(), ::geteuid() == 0 ? 0600 : 0), 0);
  EXPECT_EQ(as_nobody([&] {
              EXPECT_THAT(refusal(), HasSubstr("Permission denied"));
              EXPECT_THAT(refused_look(), HasSubstr("Permission denied"));
              return HasFailure() ? 1 : 0;
            }),
            0);
}

TEST_F(JobFiles, ThatMayNotBeWrittenSaySo) {
  make();
  ASSERT_EQ(::chmod(folder_.path().c_str(), 0777), 0);
  ASSERT_EQ(::chmod(path_.c_str(), 0444), 0);
  EXPECT_EQ(as_nobody([&] {
              EXPECT_THAT(refusal(), HasSubstr("cannot write to the store: Permission denied"));
              return HasFailure() ? 1 : 0;
            }),
            0);
}

TEST_F(JobFiles, InAFolderThatMayNotBeWrittenSaySo) {
  make();
  hand_over(path_);
  ASSERT_EQ(::chmod(folder_.path().c_str(), 0555), 0);
  EXPECT_EQ(as_nobody([&] {
              const std::string line = refusal();
              EXPECT_THAT(line, HasSubstr("its folder cannot be written: Permission denied"));
              EXPECT_THAT(line, HasSubstr("check the permissions"));
              const auto made = JobStore::create(folder_.at("other.db"));
              EXPECT_THAT(made ? "" : made.error().line(), HasSubstr("Permission denied"));
              return HasFailure() ? 1 : 0;
            }),
            0);
  ASSERT_EQ(::chmod(folder_.path().c_str(), 0755), 0);
}

TEST_F(JobFiles, OfWhichAnotherProcessNeverLetsGoAreAnErrorAfterAWhile) {
  // The words only: the wait is ten seconds.
  const Error error = in_words(path_, SQLite::Exception("database is locked", 5));
  EXPECT_THAT(error.line(),
              HasSubstr(path_ + ": another process has kept the store busy for 10 s"));
}

}  // namespace
}  // namespace usher
