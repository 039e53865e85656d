// SPDX-License-Identifier: Apache-2.0
// The steps of a job in its file. Keys are hashes, so in a table sorted by key each step that is
// settled changes a page of its own, which is written twice (to the WAL, then to the file): at a
// million rows that was 7 KB for a step of 60 bytes, and the disk, not the API, set the pace.
// Hence:
//
//   step    settled steps in the order in which they came: written once, page after page
//   place   sorted: where in `step` a key stands. Behind: brought up to `placed`, some ten
//           thousands of steps at once, so that each page is changed for several of them
//   begun   what is on its way: a handful
//
// The steps that have no place yet are known by heart, as many as fit in a few megabytes. All that
// is known by heart is of the file: it is read again when another process has written.
//
// A room's secret: only src/store includes it. Tested by step_log_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <unordered_map>

#include "model/step_record.h"
#include "store/step_table.h"
#include "store/version.h"

namespace usher {

// All of it throws SQLite::Exception.
class StepLog {
 public:
  static constexpr std::size_t kMostByHeart = 65'536;

  [[nodiscard]] static std::string schema();

  explicit StepLog(SQLite::Database& db, std::size_t most_by_heart = kMostByHeart);
  ~StepLog();
  StepLog(const StepLog&) = delete;
  StepLog& operator=(const StepLog&) = delete;

  // State absent when nothing is known.
  [[nodiscard]] StepRecord find(const Key& key);
  // Each step once, as what it is now: in whichever order, and `by` -1 takes a call back.
  using Count = std::function<void(StepKind kind, StepState state, int by)>;
  void count(const Count& count);

  // In a transaction of the caller's that can write: begin(), put() as often as wanted, then
  // committed() or rolled_back().
  void begin();
  void put(const Key& key, const StepRecord& record);
  void committed();
  void rolled_back();

 private:
  using Number = std::int64_t;  // of a settled step; 1 is the first
  struct Statements;
  class Snapshot;

  void keep_up();
  void learn();
  void give_places();
  [[nodiscard]] Number locate(const Key& key);
  [[nodiscard]] StepRecord settled(Number n);

  std::size_t most_;
  Version version_;
  StepTable begun_;
  std::unique_ptr<Statements> run_;
  std::unordered_map<Key, Number, Hash128Hasher> by_heart_;  // all after placed_
  std::unordered_map<Key, Number, Hash128Hasher> asked_;     // answers of late; 0 is none
  bool unread_ = true;
  Number placed_ = 0;
  Number last_ = 0;  // the last that is known
};

}  // namespace usher
