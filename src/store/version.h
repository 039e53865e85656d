// SPDX-License-Identifier: Apache-2.0
// Whether another process has written to the file since a cache was filled. A room's secret: only
// src/store includes it. Tested by step_log_test.cc and job_store_test.cc.
#pragma once

#include <cstdint>

#include "store/sqlite_names.h"

namespace usher {

class Version {
 public:
  explicit Version(SQLite::Database& db) : db_(db) {}

  // As of the last time this process read or wrote anything: asking reads no file. Forgets.
  [[nodiscard]] bool moved();
  // What this process has just committed itself is no news.
  void keep_up() { static_cast<void>(moved()); }

 private:
  SQLite::Database& db_;
  std::uint32_t seen_ = 0;
};

}  // namespace usher
