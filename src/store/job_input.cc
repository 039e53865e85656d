// SPDX-License-Identifier: Apache-2.0
// Rows are paired in two passes over sorted lists, the old rows beside the new: by content first,
// then, for what is left, by person. Sorting is SQLite's, which spills to a temporary file, so
// memory does not grow with the input.
#include "store/job_input.h"

#include <cstdint>
#include <initializer_list>
#include <string>

#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>

#include "store/job_rows.h"
#include "store/used.h"

namespace usher {
namespace {

// `fresh`: the new rows. `kept`: those that were there, with how they ended. `*_left`: what has no
// partner of the same content.
constexpr const char* kWorkTables = R"sql(
CREATE TEMP TABLE fresh (record INTEGER PRIMARY KEY, content INTEGER, person INTEGER, mark INTEGER);
CREATE TEMP TABLE kept (record INTEGER, mark INTEGER);
CREATE TEMP TABLE old_left (person INTEGER);
CREATE TEMP TABLE new_left (person INTEGER))sql";

constexpr const char* kDropWorkTables =
    "DROP TABLE temp.fresh; DROP TABLE temp.kept; DROP TABLE temp.old_left;"
    "DROP TABLE temp.new_left";

// A sorted list of which the head is looked at.
class Sorted {
 public:
  Sorted(SQLite::Database& db, const char* query) : rows_(db, query) { advance(); }
  [[nodiscard]] bool more() const { return more_; }
  [[nodiscard]] std::int64_t key() const { return key_; }
  [[nodiscard]] std::int64_t number(int column) const { return rows_.getColumn(column).getInt64(); }
  void advance() {
    more_ = rows_.executeStep();
    if (more_) key_ = number(0);
  }

 private:
  mutable SQLite::Statement rows_;
  bool more_ = false;
  std::int64_t key_ = 0;
};

// Walks both lists: equal heads are partners, in the order in which they stand.
template <class Both, class Old, class New>
void pair_up(Sorted& old_rows, Sorted& new_rows, Both both, Old only_old, New only_new) {
  while (old_rows.more() || new_rows.more()) {
    const bool has_both = old_rows.more() && new_rows.more();
    if (has_both && old_rows.key() == new_rows.key()) {
      both();
      old_rows.advance();
      new_rows.advance();
    } else if (!new_rows.more() || (has_both && old_rows.key() < new_rows.key())) {
      only_old();
      old_rows.advance();
    } else {
      only_new();
      new_rows.advance();
    }
  }
}

void insert(SQLite::Statement& statement, std::initializer_list<std::int64_t> values) {
  const Used used(statement);
  int at = 0;
  for (const std::int64_t value : values) statement.bind(++at, value);
  statement.exec();
}

Result<std::uint64_t> read_into(SQLite::Statement& statement, const JobStore::NextRow& next) {
  std::uint64_t count = 0;
  while (true) {
    USHER_TRY_ASSIGN(const auto row, next());
    if (!row) return count;
    if (row->record != ++count) {
      return fail(
          fmt::format("record {} of the input came where record {} was due", row->record, count));
    }
    insert(statement,
           {static_cast<std::int64_t>(row->record), static_cast<std::int64_t>(row->content),
            static_cast<std::int64_t>(row->person), marks::pending(row->member)});
  }
}

void pair_by_content(SQLite::Database& db, InputChange& change) {
  SQLite::Statement keep(db, "INSERT INTO temp.kept VALUES (?, ?)");
  SQLite::Statement leave_old(db, "INSERT INTO temp.old_left VALUES (?)");
  SQLite::Statement leave_new(db, "INSERT INTO temp.new_left VALUES (?)");
  Sorted old_rows(db, "SELECT content, record, mark, person FROM row ORDER BY content, record");
  Sorted new_rows(db, "SELECT content, record, person FROM temp.fresh ORDER BY content, record");
  pair_up(
      old_rows, new_rows,
      [&] {
        ++change.same;
        const std::int64_t mark = old_rows.number(2);
        const bool done = marks::state(mark).succeeded();
        if (done) ++change.done;
        insert(keep, {new_rows.number(1), done ? mark : marks::reopened(mark)});
      },
      [&] { insert(leave_old, {old_rows.number(3)}); },
      [&] { insert(leave_new, {new_rows.number(2)}); });
}

void pair_by_person(SQLite::Database& db, InputChange& change) {
  Sorted old_rows(db, "SELECT person FROM temp.old_left ORDER BY person");
  Sorted new_rows(db, "SELECT person FROM temp.new_left ORDER BY person");
  pair_up(
      old_rows, new_rows, [&] { ++change.repaired; }, [&] { ++change.gone; },
      [&] { ++change.added; });
}

void replace_rows(SQLite::Database& db) {
  db.exec("DELETE FROM row");
  SQLite::Statement put(db, "INSERT INTO row VALUES (?, ?, ?, ?)");
  SQLite::Statement fresh(db,
                          "SELECT record, content, person, mark FROM temp.fresh ORDER BY record");
  Sorted kept(db, "SELECT record, mark FROM temp.kept ORDER BY record");
  while (fresh.executeStep()) {
    const std::int64_t record = fresh.getColumn(0).getInt64();
    std::int64_t mark = fresh.getColumn(3).getInt64();
    if (kept.more() && kept.key() == record) {
      mark = kept.number(1);
      kept.advance();
    }
    insert(put, {record, fresh.getColumn(1).getInt64(), fresh.getColumn(2).getInt64(), mark});
  }
}

bool has_rows(SQLite::Database& db) {
  return db.execAndGet("SELECT EXISTS (SELECT 1 FROM row)").getInt() == 1;
}

}  // namespace

Result<InputChange> compare_rows(SQLite::Database& db, const JobStore::NextRow& next) {
  InputChange change;
  db.exec(kWorkTables);
  {
    SQLite::Statement put(db, "INSERT INTO temp.fresh VALUES (?, ?, ?, ?)");
    USHER_TRY(read_into(put, next));
  }
  pair_by_content(db, change);
  pair_by_person(db, change);
  return change;
}

Result<InputChange> take_rows(SQLite::Database& db, const JobStore::NextRow& next) {
  InputChange change;
  if (!has_rows(db)) {
    SQLite::Statement put(db, "INSERT INTO row VALUES (?, ?, ?, ?)");
    USHER_TRY_ASSIGN(change.added, read_into(put, next));
    return change;
  }
  USHER_TRY_ASSIGN(change, compare_rows(db, next));
  replace_rows(db);
  db.exec(kDropWorkTables);
  if (change.repaired + change.added + change.gone > 0) {
    // Not deleted: their place in the log is known by its number.
    db.exec(fmt::format("UPDATE step SET state = {}, id = '' WHERE state = {}",
                        static_cast<int>(StepState::absent), static_cast<int>(StepState::failed)));
  }
  return change;
}

}  // namespace usher
