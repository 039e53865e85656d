// SPDX-License-Identifier: Apache-2.0
// The store of a job on SQLite: transactions around the tables that have files of their own.
#include "store/job_store.h"

#include <algorithm>
#include <limits>
#include <utility>

#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>
#include <sqlite3.h>

#include "store/job_book.h"
#include "store/job_counts.h"
#include "store/job_file.h"
#include "store/job_input.h"
#include "store/job_rows.h"
#include "store/job_view.h"
#include "store/step_log.h"
#include "store/used.h"

namespace usher {
namespace {

// As many rows as are read ahead.
constexpr std::uint64_t kAhead = 256;
constexpr std::int64_t kForgotten = -1;

class SqliteJobStore final : public JobStore {
 public:
  SqliteJobStore(std::string path, std::unique_ptr<SQLite::Database> db)
      : book_(std::move(path), std::move(db)) {}

  Result<StepRecord> find(const Key& key) override {
    return book_.attempt([&]() -> Result<StepRecord> { return steps_.find(key); });
  }

  Result<RowState> row(std::uint64_t record) override {
    return book_.attempt([&]() -> Result<RowState> {
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
    const Status applied = book_.change([&]() -> Status {
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

  Result<std::string> note(std::string_view name) override { return book_.note(name); }

  Status set_notes(std::span<const Note> notes) override {
    return book_.change([&]() -> Status {
      book_.put(notes);
      return {};
    });
  }

  Result<InputChange> take_input(const NextRow& next, std::span<const Note> notes) override {
    ahead_.clear();
    InputChange difference;
    USHER_TRY(book_.change([&]() -> Status {
      USHER_TRY_ASSIGN(difference, take_rows(book_.db(), next));
      book_.put(notes);
      return {};
    }));
    return difference;
  }

  Result<InputChange> compare_input(const NextRow& next) override {
    return book_.attempt([&]() -> Result<InputChange> {
      book_.db().exec("BEGIN");
      struct End {  // whatever happens: the work tables go with the transaction
        SQLite::Database& db;
        ~End() { static_cast<void>(db.tryExec("ROLLBACK")); }
      } const end{book_.db()};
      return compare_rows(book_.db(), next);
    });
  }

  Result<std::uint32_t> begin_run(WallTime now, int workers) override {
    USHER_TRY_ASSIGN(const std::uint32_t number,
                     book_.begin_run(now, workers, static_cast<std::uint32_t>(marks::kMostRun)));
    ahead_.clear();
    return number;
  }

  Status join_run(std::uint32_t run) override {
    USHER_TRY_ASSIGN(const auto all, runs());
    const auto found = std::ranges::find(all, run, &RunRecord::number);
    if (found == all.end() || found->ended) {
      return fail(fmt::format("{}: run {} is not under way", book_.path(), run));
    }
    book_.set_run(run);
    ahead_.clear();
    return {};
  }

  Status end_run(WallTime now, std::string_view end) override { return book_.end_run(now, end); }
  Result<std::vector<RunRecord>> runs() override { return book_.runs(); }

  Result<StepCounts> count_steps(StepKind kind) override {
    return book_.attempt([&]() -> Result<StepCounts> {
      static_cast<void>(
          book_.db().execAndGet("SELECT upto FROM placed"));  // has anything been written?
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
  Status put(const RowMark& mark) {
    if (book_.run() == 0) return fail(book_.path() + ": rows end in a run, and none is under way");
    forget(mark.record);
    const Used used(end_row_);
    end_row_.bind(1, static_cast<std::int64_t>(mark.record));
    end_row_.bind(2, marks::ended(mark, book_.run()));
    if (end_row_.exec() != 1) {
      return fail(
          fmt::format("{}: record {} is not in the input of the job", book_.path(), mark.record));
    }
    return {};
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
    return book_.attempt(
        [&]() -> Result<std::vector<RowCounts>> { return count_rows_by(book_.db(), size); });
  }

  JobBook book_;
  StepLog steps_{book_.db()};
  SQLite::Statement end_row_{
      book_.db(), fmt::format("UPDATE row SET mark = (mark & {}) | ?2 WHERE record = ?1",
                              marks::kMember | marks::kMadeUser | marks::kMadeMembership)};
  SQLite::Statement rows_{
      book_.db(),
      fmt::format(
          "SELECT record, mark, content FROM row WHERE record >= ? ORDER BY record LIMIT {}",
          kAhead)};
  std::uint64_t ahead_from_ = 0;
  struct Ahead {
    std::int64_t mark = 0;
    std::uint64_t content = 0;
  };
  std::vector<Ahead> ahead_;
  Version version_{book_.db()};
  // Of all kinds at once, since who asks for one asks for the others.
  std::optional<AllStepCounts> counted_;
  Version counted_version_{book_.db()};
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
