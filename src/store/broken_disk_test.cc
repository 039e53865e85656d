// SPDX-License-Identifier: Apache-2.0
#include "store/broken_disk_test.h"

#include <cstring>
#include <fstream>
#include <sstream>

#include <SQLiteCpp/SQLiteCpp.h>
#include <gtest/gtest.h>
#include <sqlite3.h>

#include "base/scratch.h"

namespace usher {

// SQLite allocates it, with the file of the layer underneath behind it.
struct BrokenFile {
  sqlite3_file base{};
  BrokenDisk* disk = nullptr;
  BrokenDisk::Kept* kept = nullptr;  // null: does not count

  static BrokenFile& of(sqlite3_file* file) { return *reinterpret_cast<BrokenFile*>(file); }
  static sqlite3_file* below(sqlite3_file* file) {
    return reinterpret_cast<sqlite3_file*>(reinterpret_cast<char*>(file) + sizeof(BrokenFile));
  }
  static const sqlite3_io_methods& methods(sqlite3_file* file) { return *below(file)->pMethods; }

  static int write(sqlite3_file* file, const void* bytes, int size, sqlite3_int64 offset) {
    BrokenFile& self = of(file);
    ++self.disk->writes_;
    if (const int code = self.disk->judge(BrokenDisk::Op::write); code != SQLITE_OK) return code;
    const int code = methods(file).xWrite(below(file), bytes, size, offset);
    if (code == SQLITE_OK && self.kept != nullptr) {
      self.kept->since.push_back(
          {offset, std::string(static_cast<const char*>(bytes), static_cast<std::size_t>(size))});
    }
    return code;
  }
  static int truncate(sqlite3_file* file, sqlite3_int64 size) {
    BrokenFile& self = of(file);
    if (const int code = self.disk->judge(BrokenDisk::Op::write); code != SQLITE_OK) return code;
    if (self.kept != nullptr) self.kept->since.push_back({size, "", true});
    return methods(file).xTruncate(below(file), size);
  }
  // Power is lost in play only, so the disk itself need not be waited for.
  static int sync(sqlite3_file* file, int /*flags*/) {
    BrokenFile& self = of(file);
    ++self.disk->syncs_;
    if (const int code = self.disk->judge(BrokenDisk::Op::sync); code != SQLITE_OK) return code;
    if (self.kept != nullptr) self.disk->synced(*self.kept);
    return SQLITE_OK;
  }

  static int open(sqlite3_vfs* vfs, const char* path, sqlite3_file* file, int flags, int* out) {
    auto* disk = static_cast<BrokenDisk*>(vfs->pAppData);
    auto* self = new (file) BrokenFile;
    const int code = root()->xOpen(root(), path, below(file), flags, out);
    if (code != SQLITE_OK) return code;
    static const sqlite3_io_methods kMethods = wrapped();
    self->base.pMethods = &kMethods;
    self->disk = disk;
    const int counts = SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL;
    if (path != nullptr && (flags & counts) != 0) self->kept = &disk->opened(path);
    return SQLITE_OK;
  }
  static int remove(sqlite3_vfs* vfs, const char* path, int sync_folder) {
    auto* disk = static_cast<BrokenDisk*>(vfs->pAppData);
    if (const int code = disk->judge(BrokenDisk::Op::write); code != SQLITE_OK) return code;
    disk->files_.erase(path);
    return root()->xDelete(root(), path, sync_folder);
  }
  static sqlite3_vfs* root() { return sqlite3_vfs_find(nullptr); }

  // The rest is the layer underneath.
  static sqlite3_io_methods wrapped() {
    sqlite3_io_methods all{};
    all.iVersion = 2;
    all.xClose = [](sqlite3_file* f) { return methods(f).xClose(below(f)); };
    all.xRead = [](sqlite3_file* f, void* to, int size, sqlite3_int64 at) {
      return methods(f).xRead(below(f), to, size, at);
    };
    all.xWrite = write;
    all.xTruncate = truncate;
    all.xSync = sync;
    all.xFileSize = [](sqlite3_file* f, sqlite3_int64* size) {
      return methods(f).xFileSize(below(f), size);
    };
    all.xLock = [](sqlite3_file* f, int lock) { return methods(f).xLock(below(f), lock); };
    all.xUnlock = [](sqlite3_file* f, int lock) { return methods(f).xUnlock(below(f), lock); };
    all.xCheckReservedLock = [](sqlite3_file* f, int* out) {
      return methods(f).xCheckReservedLock(below(f), out);
    };
    all.xFileControl = [](sqlite3_file* f, int op, void* with) {
      return methods(f).xFileControl(below(f), op, with);
    };
    all.xSectorSize = [](sqlite3_file* f) { return methods(f).xSectorSize(below(f)); };
    all.xDeviceCharacteristics = [](sqlite3_file* f) {
      return methods(f).xDeviceCharacteristics(below(f));
    };
    all.xShmMap = [](sqlite3_file* f, int page, int size, int extend, void volatile** out) {
      return methods(f).xShmMap(below(f), page, size, extend, out);
    };
    all.xShmLock = [](sqlite3_file* f, int offset, int n, int flags) {
      return methods(f).xShmLock(below(f), offset, n, flags);
    };
    all.xShmBarrier = [](sqlite3_file* f) { methods(f).xShmBarrier(below(f)); };
    all.xShmUnmap = [](sqlite3_file* f, int remove) {
      return methods(f).xShmUnmap(below(f), remove);
    };
    return all;
  }
};

BrokenDisk::BrokenDisk() : vfs_(std::make_unique<sqlite3_vfs>(*BrokenFile::root())) {
  static int made = 0;
  name_ = "broken" + std::to_string(++made);
  vfs_->zName = name_.c_str();
  vfs_->pAppData = this;
  vfs_->szOsFile += static_cast<int>(sizeof(BrokenFile));
  vfs_->xOpen = BrokenFile::open;
  vfs_->xDelete = BrokenFile::remove;
  sqlite3_vfs_register(vfs_.get(), 0);
}

BrokenDisk::~BrokenDisk() {
  sqlite3_vfs_unregister(vfs_.get());
}

void BrokenDisk::fail(Op op, int nth, int code, bool once) {
  op_ = op;
  left_ = nth;
  code_ = code;
  once_ = once;
  failed_ = false;
}

int BrokenDisk::judge(Op op) {
  if (left_ == 0 || (op_ != Op::any && op_ != op)) return SQLITE_OK;
  if (left_ > 1) {
    --left_;
    return SQLITE_OK;
  }
  failed_ = true;
  if (once_) left_ = 0;
  return code_;
}

bool BrokenDisk::owes_a_sync() const {
  for (const auto& [path, kept] : files_) {
    if (!kept.since.empty()) return true;
  }
  return false;
}

BrokenDisk::Kept& BrokenDisk::opened(const std::string& path) {
  const auto [found, fresh] = files_.try_emplace(path);
  if (fresh) {
    std::ostringstream content;
    content << std::ifstream(path, std::ios::binary).rdbuf();
    found->second.durable = content.str();
    found->second.there = !found->second.durable.empty();
  }
  return found->second;
}

void BrokenDisk::synced(Kept& kept) {
  for (const Write& write : kept.since) apply(kept.durable, write);
  kept.since.clear();
  kept.there = true;
}

void BrokenDisk::apply(std::string& content, const Write& write) {
  const auto offset = static_cast<std::size_t>(write.offset);
  if (write.truncates) return content.resize(offset);
  if (content.size() < offset + write.bytes.size()) content.resize(offset + write.bytes.size());
  content.replace(offset, write.bytes.size(), write.bytes);
}

void BrokenDisk::lose_power(const std::string& folder, Random& random) const {
  constexpr std::size_t kSector = 512;
  for (const auto& [path, kept] : files_) {
    std::string content = kept.durable;
    bool there = kept.there;
    for (Write write : kept.since) {
      if (random.chance(0.4)) continue;
      if (random.chance(0.3)) {
        write.bytes.resize(random.below(write.bytes.size() / kSector + 1) * kSector);
      }
      apply(content, write);
      there = true;
    }
    if (!there) continue;
    std::ofstream(folder + path.substr(path.rfind('/')), std::ios::binary) << content;
  }
}

namespace {

class BrokenDisks : public testing::Test {
 protected:
  std::unique_ptr<SQLite::Database> open() {
    auto db = std::make_unique<SQLite::Database>(
        folder_.at("a.db"), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE, 0, disk_.name());
    db->exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
    return db;
  }
  // How many rows are there after the power came back.
  int left_after_loss(std::uint64_t seed) {
    const ScratchFolder after;
    Random random(seed);
    disk_.lose_power(after.path(), random);
    SQLite::Database db(after.at("a.db"), SQLite::OPEN_READWRITE);
    EXPECT_EQ(db.execAndGet("PRAGMA integrity_check").getString(), "ok");
    return db.execAndGet("SELECT count(*) FROM t").getInt();
  }

  ScratchFolder folder_;
  BrokenDisk disk_;
};

TEST_F(BrokenDisks, LoseWhatWasNotSynced) {
  const auto db = open();
  db->exec("CREATE TABLE t (a); INSERT INTO t VALUES (1)");
  db->exec("PRAGMA synchronous = OFF; INSERT INTO t VALUES (2)");
  EXPECT_TRUE(disk_.owes_a_sync());
  int lost = 0;
  for (std::uint64_t seed = 1; seed <= 30; ++seed) lost += 2 - left_after_loss(seed);
  EXPECT_GT(lost, 0);
  EXPECT_LT(lost, 30);
}

TEST_F(BrokenDisks, KeepWhatWasSynced) {
  const auto db = open();
  db->exec("CREATE TABLE t (a); INSERT INTO t VALUES (1); INSERT INTO t VALUES (2)");
  EXPECT_FALSE(disk_.owes_a_sync());
  for (std::uint64_t seed = 1; seed <= 10; ++seed) EXPECT_EQ(left_after_loss(seed), 2);
}

TEST_F(BrokenDisks, FailWhenTheyAreTold) {
  const auto db = open();
  db->exec("CREATE TABLE t (a)");
  disk_.fail(BrokenDisk::Op::sync, 1, SQLITE_IOERR_FSYNC);
  EXPECT_THROW(db->exec("INSERT INTO t VALUES (1)"), SQLite::Exception);
  EXPECT_TRUE(disk_.has_failed());
  db->exec("INSERT INTO t VALUES (2)");
  disk_.fail(BrokenDisk::Op::any, 1, SQLITE_FULL, false);
  EXPECT_THROW(db->exec("INSERT INTO t VALUES (3)"), SQLite::Exception);
  EXPECT_THROW(db->exec("INSERT INTO t VALUES (3)"), SQLite::Exception);
  disk_.heal();
  db->exec("INSERT INTO t VALUES (4)");
}

}  // namespace
}  // namespace usher
