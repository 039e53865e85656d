// SPDX-License-Identifier: Apache-2.0
// The store on SQLite. One table, one row a step, keyed by the step's hash; one transaction a
// batch.
#include <string>
#include <unordered_map>
#include <utility>

#include <SQLiteCpp/SQLiteCpp.h>
#include <sqlite3.h>

#include "store/store.h"

namespace usher {
namespace {

constexpr const char* kSchema = R"sql(
  CREATE TABLE step (
    key      BLOB PRIMARY KEY,   -- 128-bit hash of what the step makes
    kind     INTEGER NOT NULL,   -- 1 organization, 2 user, 3 membership
    state    INTEGER NOT NULL,   -- StepState of model/step_record.h
    id       TEXT NOT NULL,      -- the target's id
    identity INTEGER NOT NULL,   -- digest of the external id
    wish     INTEGER NOT NULL,   -- digest of what was asked for
    begun_at INTEGER NOT NULL    -- milliseconds since 1970
  ) WITHOUT ROWID)sql";

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
  db.exec(kSchema);
  return db;
}

class SqliteStore final : public Store {
 public:
  explicit SqliteStore(const char* path) : db_(open_database(path)) {}

  Result<StepRecord> find(const Key& key) override {
    if (const auto begun = begun_.find(key); begun != begun_.end()) return begun->second;
    try {
      StepRecord record;
      find_.bindNoCopy(1, key.bytes.data(), static_cast<int>(key.bytes.size()));
      if (find_.executeStep()) {
        record.kind = static_cast<StepKind>(find_.getColumn(0).getInt());
        record.state = static_cast<StepState>(find_.getColumn(1).getInt());
        record.id = find_.getColumn(2).getString();
        record.identity = static_cast<std::uint64_t>(find_.getColumn(3).getInt64());
        record.wish = static_cast<std::uint64_t>(find_.getColumn(4).getInt64());
        record.begun_at = WallTime{std::chrono::milliseconds{find_.getColumn(5).getInt64()}};
      }
      find_.reset();
      return record;
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
        put(write);
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

  void put(const StepWrite& write) {
    put_.bindNoCopy(1, write.key.bytes.data(), static_cast<int>(write.key.bytes.size()));
    put_.bind(2, static_cast<int>(write.record.kind));
    put_.bind(3, static_cast<int>(write.record.state));
    put_.bindNoCopy(4, write.record.id);
    put_.bind(5, static_cast<std::int64_t>(write.record.identity));
    put_.bind(6, static_cast<std::int64_t>(write.record.wish));
    put_.bind(7, static_cast<std::int64_t>(write.record.begun_at.time_since_epoch().count()));
    run(put_);
  }

  SQLite::Database db_;
  SQLite::Statement find_{
      db_, "SELECT kind, state, id, identity, wish, begun_at FROM step WHERE key = ?"};
  SQLite::Statement put_{db_, "INSERT OR REPLACE INTO step VALUES (?, ?, ?, ?, ?, ?, ?)"};
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
