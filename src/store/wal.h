// SPDX-License-Identifier: Apache-2.0
// How processes that share a store get along: waiting for each other, and keeping the WAL short.
//
// SQLite by itself writes the WAL back after each commit that finds it long, beside the others'
// commits, and starts it anew only if nobody has committed meanwhile. With four writers that never
// happened, and the WAL grew for as long as they worked. So here the bulk is written back beside
// the others as well, and the little that has come since while they wait.
//
// A room's secret: only src/store includes it. Tested by wal_test.cc.
#pragma once

#include "store/sqlite_names.h"

namespace usher {

// Seconds a statement waits for others before it fails.
inline constexpr int kPatience = 10;
void be_patient(SQLite::Database& db);

class ShortWal {
 public:
  static constexpr int kMostPages = 4'096;

  // Of a connection that writes; for as long as this lives.
  explicit ShortWal(SQLite::Database& db, int most_pages = kMostPages);
  ~ShortWal();
  ShortWal(const ShortWal&) = delete;
  ShortWal& operator=(const ShortWal&) = delete;

 private:
  void committed(int pages);
  [[nodiscard]] bool write_back();

  SQLite::Database& db_;
  int most_;
  int next_;  // as many pages as call for a try
};

}  // namespace usher
