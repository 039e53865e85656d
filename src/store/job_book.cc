// SPDX-License-Identifier: Apache-2.0
#include "store/job_book.h"

#include <utility>

#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>
#include <sqlite3.h>

#include "store/job_file.h"
#include "store/used.h"

namespace usher {
namespace {

std::int64_t since_1970(WallTime time) {
  return time.time_since_epoch().count();
}
WallTime wall_time(const SQLite::Column& column) {
  return WallTime{std::chrono::milliseconds{column.getInt64()}};
}

// All or nothing of what is done while it lives.
class Transaction {
 public:
  explicit Transaction(SQLite::Database& db) : db_(db) { db_.exec("BEGIN IMMEDIATE"); }
  ~Transaction() {
    // SQLite has rolled back by itself after some errors.
    if (sqlite3_get_autocommit(db_.getHandle()) == 0) db_.tryExec("ROLLBACK");
  }
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  void commit() { db_.exec("COMMIT"); }

 private:
  SQLite::Database& db_;
};

}  // namespace

JobBook::JobBook(std::string path, std::unique_ptr<SQLite::Database> db)
    : path_(std::move(path)), db_(std::move(db)), short_wal_(*db_) {}
JobBook::~JobBook() = default;

Status JobBook::guard(const std::function<Status()>& act) {
  try {
    return act();
  } catch (const SQLite::Exception& error) {
    Error words = in_words(path_, error);
    const int kind = error.getErrorCode() & 0xFF;
    if (kind == SQLITE_IOERR || kind == SQLITE_CORRUPT) broken_ = words;
    return std::unexpected(std::move(words));
  }
}

Status JobBook::change(const std::function<Status()>& act) {
  if (broken_) return std::unexpected(*broken_);
  return guard([&]() -> Status {
    Transaction transaction(*db_);
    USHER_TRY(act());
    transaction.commit();
    return {};
  });
}

Result<std::string> JobBook::note(std::string_view name) {
  return attempt([&]() -> Result<std::string> {
    SQLite::Statement query(*db_, "SELECT value FROM note WHERE name = ?");
    query.bind(1, std::string(name));
    return query.executeStep() ? query.getColumn(0).getString() : std::string();
  });
}

void JobBook::put(std::span<const JobStore::Note> notes) {
  SQLite::Statement insert(*db_, "INSERT OR REPLACE INTO note VALUES (?, ?)");
  for (const auto& [name, value] : notes) {
    const Used used(insert);
    insert.bind(1, std::string(name));
    insert.bind(2, std::string(value));
    insert.exec();
  }
}

Result<std::uint32_t> JobBook::begin_run(WallTime now, int workers, std::uint32_t most) {
  std::uint32_t number = 0;
  USHER_TRY(change([&]() -> Status {
    number = db_->execAndGet("SELECT coalesce(max(number), 0) + 1 FROM run").getUInt();
    if (number > most) return fail(path_ + ": a job cannot have more runs");
    SQLite::Statement insert(*db_, "INSERT INTO run VALUES (?, ?, NULL, '', ?)");
    insert.bind(1, number);
    insert.bind(2, since_1970(now));
    insert.bind(3, workers);
    insert.exec();
    return {};
  }));
  run_ = number;
  return number;
}

Status JobBook::end_run(WallTime now, std::string_view end) {
  return change([&]() -> Status {
    SQLite::Statement update(*db_, "UPDATE run SET ended = ?, end = ? WHERE number = ?");
    update.bind(1, since_1970(now));
    update.bind(2, std::string(end));
    update.bind(3, run_);
    if (update.exec() != 1) return fail(path_ + ": no run is under way");
    return {};
  });
}

Result<std::vector<RunRecord>> JobBook::runs() {
  return attempt([&]() -> Result<std::vector<RunRecord>> {
    std::vector<RunRecord> all;
    SQLite::Statement query(*db_,
                            "SELECT number, began, ended, end, workers FROM run ORDER BY number");
    while (query.executeStep()) {
      RunRecord run;
      run.number = query.getColumn(0).getUInt();
      run.began = wall_time(query.getColumn(1));
      if (!query.getColumn(2).isNull()) run.ended = wall_time(query.getColumn(2));
      run.end = query.getColumn(3).getString();
      run.workers = query.getColumn(4).getInt();
      all.push_back(std::move(run));
    }
    return all;
  });
}

}  // namespace usher
