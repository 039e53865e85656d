// SPDX-License-Identifier: Apache-2.0
// The temporary store on SQLite: one table of settled steps, one transaction a batch.
#include <string>
#include <unordered_map>
#include <utility>

#include <SQLiteCpp/SQLiteCpp.h>

#include "store/step_table.h"
#include "store/store.h"

namespace usher {
namespace {

// An unnamed database: in memory up to the cache's size, then in a file SQLite has unlinked.
constexpr const char* kTemporary = R"sql(
  PRAGMA journal_mode = OFF;
  PRAGMA synchronous = OFF;
  PRAGMA locking_mode = EXCLUSIVE;
  PRAGMA cache_size = -6144;
  PRAGMA temp_store = FILE)sql";

Error store_error(const SQLite::Exception& error) {
  return {std::string("the store: ") + error.what(),
          "free some space for temporary files (TMPDIR), then run again"};
}

SQLite::Database open_database(const char* path) {
  SQLite::Database db(path, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
  db.exec(kTemporary);
  db.exec("CREATE TABLE step (" + step_columns("PRIMARY KEY") + ") WITHOUT ROWID");
  return db;
}

class SqliteStore final : public Store {
 public:
  explicit SqliteStore(const char* path) : db_(open_database(path)) {}

  Result<StepRecord> find(const Key& key) override {
    if (const auto begun = begun_.find(key); begun != begun_.end()) return begun->second;
    try {
      return steps_.find(key);
    } catch (const SQLite::Exception& error) {
      return std::unexpected(store_error(error));
    }
  }

  Result<RowState> row(std::uint64_t /*record*/) override { return RowState{}; }

  Status apply(std::span<const StepWrite> writes, std::span<const RowMark> /*marks*/) override {
    try {
      bool open = false;
      for (const StepWrite& write : writes) {
        // What has only begun dies with a temporary store anyway, so it need not reach its file:
        // half of the writes are saved. As many as are in flight, so memory stays bounded.
        if (write.record.state == StepState::begun) {
          begun_[write.key] = write.record;
          continue;
        }
        begun_.erase(write.key);
        if (!std::exchange(open, true)) run(begin_);
        steps_.put(write.key, write.record);
      }
      if (open) run(commit_);
      return {};
    } catch (const SQLite::Exception& error) {
      return std::unexpected(store_error(error));
    }
  }

 private:
  static void run(SQLite::Statement& statement) {
    statement.exec();
    statement.reset();
  }

  SQLite::Database db_;
  StepTable steps_{db_, "step"};
  SQLite::Statement begin_{db_, "BEGIN"};
  SQLite::Statement commit_{db_, "COMMIT"};
  std::unordered_map<Key, StepRecord, Hash128Hasher> begun_;
};

}  // namespace

Result<std::unique_ptr<Store>> open_temporary_store() {
  try {
    return std::make_unique<SqliteStore>("");
  } catch (const SQLite::Exception& error) {
    return std::unexpected(store_error(error));
  }
}

}  // namespace usher
