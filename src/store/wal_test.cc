// SPDX-License-Identifier: Apache-2.0
#include "store/wal.h"

#include <filesystem>
#include <memory>
#include <vector>

#include <SQLiteCpp/SQLiteCpp.h>
#include <gtest/gtest.h>

#include "base/scratch.h"
#include "store/child_test.h"

namespace usher {
namespace {

constexpr int kMost = 50;
constexpr std::uintmax_t kPage = 4'096 + 24;

// A connection that keeps the WAL short.
struct Connection {
  explicit Connection(const std::string& path)
      : db(path, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE) {
    be_patient(db);
    db.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF");
    wal = std::make_unique<ShortWal>(db, kMost);
  }
  // Writes at least two pages.
  void commit() { db.exec("INSERT INTO t VALUES (randomblob(5000))"); }

  SQLite::Database db;
  std::unique_ptr<ShortWal> wal;
};

class Wals : public testing::Test {
 protected:
  Wals() { one_.db.exec("CREATE TABLE t (a)"); }
  // A WAL that starts anew keeps its size: so it is the largest there has been.
  [[nodiscard]] std::uintmax_t pages() const {
    std::error_code ignored;
    return std::filesystem::file_size(path_ + "-wal", ignored) / kPage;
  }

  ScratchFolder folder_;
  std::string path_ = folder_.at("a.db");
  Connection one_{path_};
};

TEST_F(Wals, StayShortWithOneWriter) {
  for (int i = 0; i < 300; ++i) one_.commit();
  EXPECT_LT(pages(), kMost + 10);
}

TEST_F(Wals, StayShortWithWritersThatNeverRest) {
  std::vector<pid_t> children;
  children.reserve(3);
  for (int process = 0; process < 3; ++process) {
    children.push_back(start([&] {
      Connection mine(path_);
      for (int i = 0; i < 1'500; ++i) mine.commit();
      return 0;
    }));
  }
  for (const pid_t child : children) EXPECT_EQ(end_of(child), 0);
  EXPECT_EQ(one_.db.execAndGet("SELECT count(*) FROM t").getInt(), 4'500);
  EXPECT_LT(pages(), 6'000U);  // of 13,500
}

TEST_F(Wals, GrowWhileSomebodyReadsAndStartAnewAfterwards) {
  one_.commit();
  auto reader = std::make_unique<SQLite::Database>(path_);
  SQLite::Statement open(*reader, "SELECT * FROM t");
  ASSERT_TRUE(open.executeStep());
  for (int i = 0; i < 200; ++i) one_.commit();  // nobody waits for the reader
  const std::uintmax_t grown = pages();
  EXPECT_GT(grown, 400U);
  open.reset();
  for (int i = 0; i < 200; ++i) one_.commit();
  EXPECT_LT(pages(), grown + kMost);
}

}  // namespace
}  // namespace usher
