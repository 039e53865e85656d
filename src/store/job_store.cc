// SPDX-License-Identifier: Apache-2.0
// The store of a job on SQLite: transactions around the tables that have files of their own.
#include "store/job_store.h"

#include <algorithm>
#include <limits>
#include <utility>

#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>
#include <sqlite3.h>

#include "store/job_counts.h"
#include "store/job_file.h"
#include "store/job_input.h"
#include "store/job_rows.h"
#include "store/job_view.h"
#include "store/step_log.h"
#include "store/used.h"
#include "store/wal.h"

namespace usher {
namespace {

std::int64_t since_1970(WallTime time) {
  return time.time_since_epoch().count();
}

// As many rows as are read ahead.
constexpr std::uint64_t kAhead = 256;
constexpr std::int64_t kForgotten = -1;

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

class SqliteJobStore final : public JobStore {
 public:
  SqliteJobStore(std::string path, std::unique_ptr<SQLite::Database> db)
      : path_(std::move(path)), db_(std::move(db)) {}

  Result<StepRecord> find(const Key& key) override {
    return attempt([&]() -> Result<StepRecord> { return steps_.find(key); });
  }

  Result<RowState> row(std::uint64_t record) override {
    return attempt([&]() -> Result<RowState> {
      if (version_.moved() || !is_ahead(record)) read_ahead(record);
      if (!is_ahead(record)) return RowState{};
      const Ahead& row = ahead_[record - ahead_from_];
      RowState state = marks::state(row.mark);
      state.taken = true;
      state.content = row.content;
      return state;
    });
  }

  Status apply(std::span<const StepWrite> writes, std::span<const RowMark> row_marks) override {
    if (writes.empty() && row_marks.empty()) return {};
    const Status applied = change([&]() -> Status {
      steps_.begin();
      for (const StepWrite& write : writes) steps_.put(write.key, write.record);
      if (version_.moved()) ahead_.clear();
      for (const RowMark& mark : row_marks) USHER_TRY(put(mark));
      return {};
    });
    if (applied) {
      steps_.committed();
      version_.keep_up();
    } else {
      steps_.rolled_back();
    }
    return applied;
  }

  Result<std::string> note(std::string_view name) override {
    return attempt([&]() -> Result<std::string> {
      SQLite::Statement query(*db_, "SELECT value FROM note WHERE name = ?");
      query.bind(1, std::string(name));
      return query.executeStep() ? query.getColumn(0).getString() : std::string();
    });
  }

  Status set_notes(std::span<const Note> notes) override {
    return change([&]() -> Status {
      put(notes);
      return {};
    });
  }

  Result<InputChange> take_input(const NextRow& next, std::span<const Note> notes) override {
    ahead_.clear();
    InputChange difference;
    USHER_TRY(change([&]() -> Status {
      USHER_TRY_ASSIGN(difference, take_rows(*db_, next));
      put(notes);
      return {};
    }));
    return difference;
  }

  Result<InputChange> compare_input(const NextRow& next) override {
    return attempt([&]() -> Result<InputChange> {
      db_->exec("BEGIN");
      struct End {  // whatever happens: the work tables go with the transaction
        SQLite::Database& db;
        ~End() { static_cast<void>(db.tryExec("ROLLBACK")); }
      } const end{*db_};
      return compare_rows(*db_, next);
    });
  }

  Result<std::uint32_t> begin_run(WallTime now, int workers) override {
    std::uint32_t number = 0;
    USHER_TRY(change([&]() -> Status {
      number = db_->execAndGet("SELECT coalesce(max(number), 0) + 1 FROM run").getUInt();
      if (number > marks::kMostRun) return fail(path_ + ": a job cannot have more runs");
      SQLite::Statement insert(*db_, "INSERT INTO run VALUES (?, ?, NULL, '', ?)");
      insert.bind(1, number);
      insert.bind(2, since_1970(now));
      insert.bind(3, workers);
      insert.exec();
      return {};
    }));
    run_ = number;
    ahead_.clear();
    return number;
  }

  Status join_run(std::uint32_t run) override {
    USHER_TRY_ASSIGN(const auto all, runs());
    const auto found = std::ranges::find(all, run, &RunRecord::number);
    if (found == all.end() || found->ended) {
      return fail(fmt::format("{}: run {} is not under way", path_, run));
    }
    run_ = run;
    ahead_.clear();
    return {};
  }

  Status end_run(WallTime now, std::string_view end) override {
    return change([&]() -> Status {
      SQLite::Statement update(*db_, "UPDATE run SET ended = ?, end = ? WHERE number = ?");
      update.bind(1, since_1970(now));
      update.bind(2, std::string(end));
      update.bind(3, run_);
      if (update.exec() != 1) return fail(path_ + ": no run is under way");
      return {};
    });
  }

  Result<std::vector<RunRecord>> runs() override {
    return attempt([&]() -> Result<std::vector<RunRecord>> {
      std::vector<RunRecord> all;
      SQLite::Statement query(*db_,
                              "SELECT number, began, ended, end, workers FROM run ORDER BY number");
      while (query.executeStep()) {
        RunRecord run;
        run.number = query.getColumn(0).getUInt();
        run.began = WallTime{std::chrono::milliseconds{query.getColumn(1).getInt64()}};
        if (!query.getColumn(2).isNull()) {
          run.ended = WallTime{std::chrono::milliseconds{query.getColumn(2).getInt64()}};
        }
        run.end = query.getColumn(3).getString();
        run.workers = query.getColumn(4).getInt();
        all.push_back(std::move(run));
      }
      return all;
    });
  }

  Result<StepCounts> count_steps(StepKind kind) override {
    return attempt([&]() -> Result<StepCounts> {
      static_cast<void>(db_->execAndGet("SELECT upto FROM placed"));  // has anything been written?
      if (counted_version_.moved() || !counted_) counted_ = count_all_steps(steps_);
      return counted_->at(static_cast<std::size_t>(kind));
    });
  }

  Result<RowCounts> count_rows() override {
    USHER_TRY_ASSIGN(const auto all, count_by(std::numeric_limits<std::uint64_t>::max()));
    return all.empty() ? RowCounts{} : all.front();
  }

  Result<std::vector<RowCounts>> count_chunks(std::uint32_t size) override {
    return count_by(std::max<std::uint64_t>(size, 1));
  }

 private:
  // Nothing SQLite throws leaves the store.
  template <class Do>
  auto attempt(Do act) -> decltype(act()) {
    try {
      return act();
    } catch (const SQLite::Exception& error) {
      Error words = in_words(path_, error);
      const int kind = error.getErrorCode() & 0xFF;
      if (kind == SQLITE_IOERR || kind == SQLITE_CORRUPT) broken_ = words;
      return std::unexpected(std::move(words));
    }
  }

  // One transaction: on disk when it returns, or nothing of it is.
  template <class Do>
  Status change(Do act) {
    if (broken_) return std::unexpected(*broken_);
    return attempt([&]() -> Status {
      Transaction transaction(*db_);
      USHER_TRY(act());
      transaction.commit();
      return {};
    });
  }

  Status put(const RowMark& mark) {
    if (run_ == 0) return fail(path_ + ": rows end in a run, and none is under way");
    forget(mark.record);
    const Used used(end_row_);
    end_row_.bind(1, static_cast<std::int64_t>(mark.record));
    end_row_.bind(2, marks::ended(mark, run_));
    if (end_row_.exec() != 1) {
      return fail(fmt::format("{}: record {} is not in the input of the job", path_, mark.record));
    }
    return {};
  }

  void put(std::span<const Note> notes) {
    SQLite::Statement insert(*db_, "INSERT OR REPLACE INTO note VALUES (?, ?)");
    for (const auto& [name, value] : notes) {
      const Used used(insert);
      insert.bind(1, std::string(name));
      insert.bind(2, std::string(value));
      insert.exec();
    }
  }

  [[nodiscard]] bool is_ahead(std::uint64_t record) const {
    return record >= ahead_from_ && record - ahead_from_ < ahead_.size() &&
           ahead_[record - ahead_from_].mark != kForgotten;
  }
  void forget(std::uint64_t record) {
    if (is_ahead(record)) ahead_[record - ahead_from_].mark = kForgotten;
  }

  // An import asks for one row after the other. What this process ends is forgotten here when it
  // ends it; rows that another ends are not this one's to ask for, until it takes over the work of
  // one that died: hence join_run().
  void read_ahead(std::uint64_t record) {
    ahead_.clear();
    ahead_from_ = record;
    const Used used(rows_);
    rows_.bind(1, static_cast<std::int64_t>(record));
    while (rows_.executeStep()) {
      const auto found = static_cast<std::uint64_t>(rows_.getColumn(0).getInt64());
      if (found != record + ahead_.size()) break;
      ahead_.push_back({rows_.getColumn(1).getInt64(),
                        static_cast<std::uint64_t>(rows_.getColumn(2).getInt64())});
    }
  }

  Result<std::vector<RowCounts>> count_by(std::uint64_t size) {
    return attempt([&]() -> Result<std::vector<RowCounts>> { return count_rows_by(*db_, size); });
  }

  std::string path_;
  std::unique_ptr<SQLite::Database> db_;
  ShortWal short_wal_{*db_};
  StepLog steps_{*db_};
  SQLite::Statement end_row_{
      *db_, fmt::format("UPDATE row SET mark = (mark & {}) | ?2 WHERE record = ?1",
                        marks::kMember | marks::kMadeUser | marks::kMadeMembership)};
  SQLite::Statement rows_{
      *db_, fmt::format(
                "SELECT record, mark, content FROM row WHERE record >= ? ORDER BY record LIMIT {}",
                kAhead)};
  // What a disk holds that has failed once cannot be known: a second fsync() may well succeed, and
  // lie. Nothing more is written.
  std::optional<Error> broken_;
  std::uint32_t run_ = 0;
  std::uint64_t ahead_from_ = 0;
  struct Ahead {
    std::int64_t mark = 0;
    std::uint64_t content = 0;
  };
  std::vector<Ahead> ahead_;
  Version version_{*db_};
  // Of all kinds at once, since who asks for one asks for the others.
  std::optional<AllStepCounts> counted_;
  Version counted_version_{*db_};
};

}  // namespace

Result<std::unique_ptr<JobStore>> job_store_in(const std::string& path,
                                               Result<std::unique_ptr<SQLite::Database>> db) {
  if (!db) return std::unexpected(std::move(db.error()));
  try {
    return std::make_unique<SqliteJobStore>(path, std::move(*db));
  } catch (const SQLite::Exception& error) {
    return std::unexpected(in_words(path, error));
  }
}

Result<std::unique_ptr<JobStore>> JobStore::create(const std::string& path, const char* vfs) {
  USHER_TRY(create_job_file(path, vfs == nullptr ? "" : vfs));
  return open(path, vfs);
}

Result<std::unique_ptr<JobStore>> JobStore::open(const std::string& path, const char* vfs) {
  return job_store_in(path, open_job_file(path, vfs == nullptr ? "" : vfs));
}

}  // namespace usher
