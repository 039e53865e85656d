// SPDX-License-Identifier: Apache-2.0
// How far a job is, chunk by chunk, in memory: a few numbers for each chunk of rows. A chunk is
// complete when every row of it has ended, well or not; a failed row that is tried again does not
// open its chunk again. Tested by chunks_test.cc.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <vector>

#include "model/row_record.h"
#include "store/job_store.h"

namespace usher::job {

// What rows that have just ended change in a chunk.
struct ChunkChange {
  std::int64_t ended = 0;  // rows that had been pending
  std::int64_t created = 0;
  std::int64_t unchanged = 0;
  std::int64_t failed = 0;  // below zero when failed rows succeed
  std::int64_t made_users = 0;
  std::int64_t made_memberships = 0;
};
using ChunkChanges = std::map<std::uint64_t, ChunkChange>;  // by number, 0 is the first

void add_mark(ChunkChanges& changes, const RowMark& mark, std::uint32_t chunk_size);

class Chunks {
 public:
  Chunks() = default;
  Chunks(std::vector<RowCounts> counts, std::uint32_t size);

  void apply(const ChunkChanges& changes);

  [[nodiscard]] std::uint64_t total() const { return counts_.size(); }
  [[nodiscard]] std::uint64_t complete() const { return complete_; }
  [[nodiscard]] std::uint32_t size() const { return size_; }
  [[nodiscard]] const std::vector<RowCounts>& counts() const { return counts_; }
  [[nodiscard]] const RowCounts& sum() const { return sum_; }

 private:
  std::vector<RowCounts> counts_;
  RowCounts sum_;
  std::uint32_t size_ = 1;
  std::uint64_t complete_ = 0;
};

}  // namespace usher::job
