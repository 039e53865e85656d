// SPDX-License-Identifier: Apache-2.0
// A table of steps in an SQLite file, as both stores have it: sorted by key, one compact row a
// step. A room's secret: only src/store includes it. Tested by store_test.cc and job_store_test.cc.
#pragma once

#include <memory>
#include <string>

#include "model/step_record.h"

namespace SQLite {
class Database;
class Statement;
}  // namespace SQLite

namespace usher {

// The columns of a table of steps, for CREATE TABLE. Comments in it are what `.schema` shows.
[[nodiscard]] std::string step_columns();

// All of it throws SQLite::Exception.
class StepTable {
 public:
  // `first`: a table of the same columns whose steps hide those of `table`; "" for none.
  StepTable(SQLite::Database& db, const std::string& table, const std::string& first = "");
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
