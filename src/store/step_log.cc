// SPDX-License-Identifier: Apache-2.0
#include "store/step_log.h"

#include <utility>

#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>
#include <sqlite3.h>

#include "store/used.h"

namespace usher {
namespace {

// Who asks for a step settles it soon, so that its number need not be looked up again.
constexpr std::size_t kMostAsked = 8'192;

constexpr int kHead = 8;

}  // namespace

struct StepLog::Statements {
  explicit Statements(SQLite::Database& database) : db(database) {}

  SQLite::Database& db;
  SQLite::Statement begin{db, "BEGIN"};
  SQLite::Statement end{db, "COMMIT"};
  SQLite::Statement placed{db, "SELECT upto FROM placed"};
  SQLite::Statement rest{db, "SELECT n, key FROM step WHERE n > ? ORDER BY n"};
  SQLite::Statement locate{db,
                           "SELECT n FROM place JOIN step USING (n) WHERE head = ?2 AND key = ?1"};
  SQLite::Statement read{db, fmt::format("SELECT {} FROM step WHERE n = ?", kStepColumns)};
  SQLite::Statement add{
      db, fmt::format("INSERT INTO step (key, {}) VALUES (?, ?, ?, ?, ?, ?, ?)", kStepColumns)};
  SQLite::Statement change{
      db, fmt::format("UPDATE step SET ({}) = (?2, ?3, ?4, ?5, ?6, ?7) WHERE n = ?8 AND key = ?1",
                      kStepColumns)};
};

// One state of the file for several questions.
class StepLog::Snapshot {
 public:
  explicit Snapshot(Statements& run) : end_(run.end) {
    const Used used(run.begin);
    run.begin.exec();
  }
  ~Snapshot() {
    // Nothing was written: should this fail, the next statement says why.
    end_.tryExecuteStep();
    end_.tryReset();
  }
  Snapshot(const Snapshot&) = delete;
  Snapshot& operator=(const Snapshot&) = delete;

 private:
  SQLite::Statement& end_;
};

std::string StepLog::schema() {
  return fmt::format(R"sql(
CREATE TABLE step (  -- settled
  n        INTEGER PRIMARY KEY,  -- in the order in which they came{});
CREATE TABLE place (  -- where a key stands in `step`
  head BLOB NOT NULL,     -- the first 8 bytes of the key
  n    INTEGER NOT NULL,
  PRIMARY KEY (head, n)
) WITHOUT ROWID;
CREATE TABLE placed (upto INTEGER NOT NULL);  -- the last n that has its place
INSERT INTO placed VALUES (0);
CREATE TABLE begun (  -- on their way, perhaps once more: hides what `step` says{}) WITHOUT ROWID;)sql",
                     step_columns("NOT NULL"), step_columns("PRIMARY KEY"));
}

StepLog::StepLog(SQLite::Database& db, std::size_t most_by_heart)
    : most_(most_by_heart),
      version_(db),
      begun_(db, "begun"),
      run_(std::make_unique<Statements>(db)) {}

StepLog::~StepLog() = default;

StepRecord StepLog::find(const Key& key) {
  const Snapshot snapshot(*run_);
  StepRecord record = begun_.find(key);
  keep_up();
  const Number n = locate(key);
  if (asked_.size() >= kMostAsked) asked_.clear();
  asked_[key] = n;
  if (record.state != StepState::absent || n == 0) return record;
  return settled(n);
}

void StepLog::count(const Count& count) {
  const Snapshot snapshot(*run_);
  SQLite::Statement steps(run_->db, "SELECT kind, state FROM step");
  while (steps.executeStep()) {
    count(to_kind(steps.getColumn(0)), to_state(steps.getColumn(1)), 1);
  }
  keep_up();
  SQLite::Statement open(run_->db, "SELECT kind, state, key FROM begun");
  while (open.executeStep()) {
    count(to_kind(open.getColumn(0)), to_state(open.getColumn(1)), 1);
    const Number n = locate(to_key(open.getColumn(2)));
    if (n == 0) continue;
    const StepRecord hidden = settled(n);
    count(hidden.kind, hidden.state, -1);
  }
}

void StepLog::begin() {
  keep_up();
  if (by_heart_.size() >= most_) give_places();
}

void StepLog::put(const Key& key, const StepRecord& record) {
  if (record.state == StepState::begun) return begun_.put(key, record);
  begun_.erase(key);
  if (const Number n = locate(key); n != 0) {
    const Used used(run_->change);
    bind_step(run_->change, key, record);
    run_->change.bind(8, n);
    if (run_->change.exec() != 1) throw SQLite::Exception("a step is gone", SQLITE_CORRUPT);
    return;
  }
  const Used used(run_->add);
  bind_step(run_->add, key, record);
  run_->add.exec();
  last_ = run_->db.getLastInsertRowid();
  by_heart_[key] = last_;
  asked_.erase(key);
}

void StepLog::committed() {
  version_.keep_up();
}

void StepLog::rolled_back() {
  asked_.clear();
  unread_ = true;
}

void StepLog::keep_up() {
  if (version_.moved() || unread_) learn();
}

// Steps that were settled by others, and their places.
void StepLog::learn() {
  asked_.clear();
  const bool afresh = std::exchange(unread_, true);
  {
    const Used used(run_->placed);
    if (!run_->placed.executeStep()) throw SQLite::Exception("no places", SQLITE_CORRUPT);
    const Number placed = run_->placed.getColumn(0).getInt64();
    if (afresh || std::exchange(placed_, placed) != placed) {
      by_heart_.clear();
      by_heart_.reserve(most_);
      last_ = placed_ = placed;
    }
  }
  const Used used(run_->rest);
  run_->rest.bind(1, last_);
  while (run_->rest.executeStep()) {
    last_ = run_->rest.getColumn(0).getInt64();
    by_heart_[to_key(run_->rest.getColumn(1))] = last_;
  }
  unread_ = false;
}

void StepLog::give_places() {
  run_->db.exec(
      "INSERT INTO place SELECT substr(key, 1, 8), n FROM step "
      "WHERE n > (SELECT upto FROM placed) ORDER BY 1, 2;"
      "UPDATE placed SET upto = (SELECT max(n) FROM step)");
  by_heart_.clear();
  placed_ = last_;
}

StepLog::Number StepLog::locate(const Key& key) {
  if (const auto known = by_heart_.find(key); known != by_heart_.end()) return known->second;
  if (const auto known = asked_.find(key); known != asked_.end()) return known->second;
  const Used used(run_->locate);
  bind_key(run_->locate, key);
  run_->locate.bindNoCopy(2, key.bytes.data(), kHead);
  return run_->locate.executeStep() ? run_->locate.getColumn(0).getInt64() : 0;
}

StepRecord StepLog::settled(Number n) {
  const Used used(run_->read);
  run_->read.bind(1, n);
  if (!run_->read.executeStep()) throw SQLite::Exception("a step is gone", SQLITE_CORRUPT);
  StepRecord record = read_step(run_->read);
  return record.state == StepState::absent ? StepRecord{} : record;
}

}  // namespace usher
