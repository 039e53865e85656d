// SPDX-License-Identifier: Apache-2.0
// Steps in a table of an SQLite file, as both stores have it: its columns, how a step gets in and
// out, and the simplest table, sorted by key. A room's secret: only src/store includes it. Tested
// by store_test.cc.
#pragma once

#include <memory>
#include <string>

#include "model/step_record.h"
#include "store/sqlite_names.h"

namespace usher {

// The columns of a table of steps, for CREATE TABLE; comments in it are what `.schema` shows.
// `key`: what the key's column is besides.
[[nodiscard]] std::string step_columns(const char* key);

// All below throws SQLite::Exception.

inline constexpr const char* kStepColumns = "kind, state, id, identity, wish, begun_at";
// Out of the first columns, kStepColumns, of the row at which the query stands.
[[nodiscard]] StepRecord read_step(SQLite::Statement& query);
// ?1 is the key, then come kStepColumns.
void bind_step(SQLite::Statement& statement, const Key& key, const StepRecord& record);
[[nodiscard]] StepKind to_kind(const SQLite::Column& column);
[[nodiscard]] StepState to_state(const SQLite::Column& column);
[[nodiscard]] Key to_key(const SQLite::Column& column);
void bind_key(SQLite::Statement& statement, const Key& key);

class StepTable {
 public:
  StepTable(SQLite::Database& db, const std::string& table);
  ~StepTable();
  StepTable(const StepTable&) = delete;
  StepTable& operator=(const StepTable&) = delete;

  // State absent when there is none.
  [[nodiscard]] StepRecord find(const Key& key);
  void put(const Key& key, const StepRecord& record);
  void erase(const Key& key);

 private:
  std::unique_ptr<SQLite::Statement> find_;
  std::unique_ptr<SQLite::Statement> put_;
  std::unique_ptr<SQLite::Statement> erase_;
};

}  // namespace usher
