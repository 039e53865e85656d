// SPDX-License-Identifier: Apache-2.0
// Why items have not arrived, in the file of a job: each different cause once, known by a number.
// An API that is down says the same of a million items, and one that gives each answer an id of its
// own says it a little differently each time, so only so many are known by heart. A room's secret:
// only src/store includes it. Tested by batch_store_test.cc.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>

#include "base/hash.h"
#include "model/customer.h"
#include "store/sqlite_names.h"

namespace usher {

using CauseNumber = std::uint32_t;  // 0: none

// All of it throws SQLite::Exception.
class CauseBook {
 public:
  static constexpr std::size_t kMostByHeart = 1'024;

  explicit CauseBook(SQLite::Database& db);
  ~CauseBook();
  CauseBook(const CauseBook&) = delete;
  CauseBook& operator=(const CauseBook&) = delete;

  // In a transaction that can write. Texts that are too long are cut.
  [[nodiscard]] CauseNumber number_of(const std::shared_ptr<const customers::Cause>& cause);
  // Null when there is none of that number.
  [[nodiscard]] std::shared_ptr<const customers::Cause> find(CauseNumber number);
  // After a transaction that came to nothing.
  void rolled_back();

 private:
  struct Statements;

  [[nodiscard]] CauseNumber number_of(const customers::Cause& cause);
  [[nodiscard]] CauseNumber stored(const Hash128& digest);
  void insert(const Hash128& digest, const customers::Cause& cause);

  std::unique_ptr<Statements> run_;
  Hasher digest_;
  std::shared_ptr<const customers::Cause> last_;  // asked for its number
  CauseNumber last_number_ = 0;
  std::unordered_map<Hash128, CauseNumber, Hash128Hasher> numbers_;
  std::unordered_map<CauseNumber, std::shared_ptr<const customers::Cause>> causes_;
};

}  // namespace usher
