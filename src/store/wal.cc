// SPDX-License-Identifier: Apache-2.0
#include "store/wal.h"

#include <algorithm>
#include <chrono>
#include <thread>

#include <SQLiteCpp/SQLiteCpp.h>
#include <sqlite3.h>

namespace usher {
namespace {

// Writers are at work for a millisecond, and SQLite's own handler soon sleeps for a tenth of a
// second: with eight writers the unlucky ones would starve.
constexpr std::chrono::microseconds kNap{250};

// Somebody who reads for long, or was stopped while he read, must not stop the writers.
constexpr int kHaste = 50;

template <int kMilliseconds>
int nap(void* /*nothing*/, int calls) {
  using Clock = std::chrono::steady_clock;
  thread_local Clock::time_point first;
  const Clock::time_point now = Clock::now();
  if (calls == 0) first = now;
  if (now - first >= std::chrono::milliseconds(kMilliseconds)) return 0;
  std::this_thread::sleep_for(kNap);
  return 1;
}

}  // namespace

void be_patient(SQLite::Database& db) {
  sqlite3_busy_handler(db.getHandle(), nap<kPatience * 1'000>, nullptr);
}

ShortWal::ShortWal(SQLite::Database& db, int most_pages)
    : db_(db), most_(most_pages), next_(most_pages) {
  sqlite3_wal_hook(
      db_.getHandle(),
      [](void* self, sqlite3* /*db*/, const char* /*name*/, int pages) {
        static_cast<ShortWal*>(self)->committed(pages);
        return SQLITE_OK;
      },
      this);
}

ShortWal::~ShortWal() {
  sqlite3_wal_hook(db_.getHandle(), nullptr, nullptr);
}

// The commit is on disk. Should this fail, it is tried again later, and nothing is lost by it.
void ShortWal::committed(int pages) {
  if (pages < most_) next_ = most_;
  if (pages >= next_ && !write_back()) next_ = pages + std::max(most_ / 4, 1);
}

bool ShortWal::write_back() {
  const auto checkpoint = [&](int mode) {
    return sqlite3_wal_checkpoint_v2(db_.getHandle(), "main", mode, nullptr, nullptr) == SQLITE_OK;
  };
  if (!checkpoint(SQLITE_CHECKPOINT_PASSIVE)) return false;  // another is at it
  sqlite3_busy_handler(db_.getHandle(), nap<kHaste>, nullptr);
  const bool anew = checkpoint(SQLITE_CHECKPOINT_RESTART);
  be_patient(db_);
  return anew;
}

}  // namespace usher
