// SPDX-License-Identifier: Apache-2.0
// What the stores of all kinds of jobs share: their notes and runs, transactions, and what happens
// when SQLite fails. A room's secret: only src/store includes it. Tested by job_store_test.cc and
// batch_store_test.cc.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "store/job_store.h"
#include "store/sqlite_names.h"
#include "store/wal.h"

namespace usher {

class JobBook {
 public:
  JobBook(std::string path, std::unique_ptr<SQLite::Database> db);
  ~JobBook();
  JobBook(const JobBook&) = delete;
  JobBook& operator=(const JobBook&) = delete;

  [[nodiscard]] SQLite::Database& db() { return *db_; }
  [[nodiscard]] const std::string& path() const { return path_; }

  // Nothing SQLite throws leaves the store.
  [[nodiscard]] Status guard(const std::function<Status()>& act);
  template <class Do>
  auto attempt(Do act) -> decltype(act()) {
    decltype(act()) result = std::unexpected(Error{});
    USHER_TRY(guard([&]() -> Status {
      result = act();
      return {};
    }));
    return result;
  }
  // One transaction: on disk when it returns, or nothing of it is.
  [[nodiscard]] Status change(const std::function<Status()>& act);

  [[nodiscard]] Result<std::string> note(std::string_view name);
  void put(std::span<const JobStore::Note> notes);  // throws; inside change()

  [[nodiscard]] Result<std::uint32_t> begin_run(WallTime now, int workers, std::uint32_t most);
  [[nodiscard]] Status end_run(WallTime now, std::string_view end);
  [[nodiscard]] Result<std::vector<RunRecord>> runs();
  // That is under way in this process; 0: none.
  [[nodiscard]] std::uint32_t run() const { return run_; }
  void set_run(std::uint32_t run) { run_ = run; }

 private:
  std::string path_;
  std::unique_ptr<SQLite::Database> db_;
  ShortWal short_wal_;
  // What a disk holds that has failed once cannot be known: a second fsync() may well succeed, and
  // lie. Nothing more is written.
  std::optional<Error> broken_;
  std::uint32_t run_ = 0;
};

}  // namespace usher
