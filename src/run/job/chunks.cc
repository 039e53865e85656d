// SPDX-License-Identifier: Apache-2.0
#include "run/job/chunks.h"

#include <utility>

namespace usher::job {
namespace {

void change(std::uint64_t& count, std::int64_t by) {
  count += static_cast<std::uint64_t>(by);
}

void change(RowCounts& counts, const ChunkChange& by) {
  change(counts.created, by.created);
  change(counts.unchanged, by.unchanged);
  change(counts.failed, by.failed);
  change(counts.made_users, by.made_users);
  change(counts.made_memberships, by.made_memberships);
}

void sum_up(RowCounts& sum, const RowCounts& counts) {
  sum.total += counts.total;
  sum.created += counts.created;
  sum.unchanged += counts.unchanged;
  sum.failed += counts.failed;
  sum.made_users += counts.made_users;
  sum.made_memberships += counts.made_memberships;
  sum.members += counts.members;
  sum.members_done += counts.members_done;
}

}  // namespace

void add_mark(ChunkChanges& changes, const RowMark& mark, std::uint32_t chunk_size) {
  ChunkChange& chunk = changes[(mark.record - 1) / chunk_size];
  if (!mark.again) ++chunk.ended;
  if (mark.again && mark.outcome != RowOutcome::failed) --chunk.failed;
  if (!mark.again && mark.outcome == RowOutcome::failed) ++chunk.failed;
  chunk.created += mark.outcome == RowOutcome::created ? 1 : 0;
  chunk.unchanged += mark.outcome == RowOutcome::unchanged ? 1 : 0;
  chunk.made_users += mark.made_user ? 1 : 0;
  chunk.made_memberships += mark.made_membership ? 1 : 0;
}

Chunks::Chunks(std::vector<RowCounts> counts, std::uint32_t size)
    : counts_(std::move(counts)), size_(size) {
  for (const RowCounts& chunk : counts_) {
    sum_up(sum_, chunk);
    complete_ += chunk.pending() == 0 ? 1 : 0;
  }
}

void Chunks::apply(const ChunkChanges& changes) {
  for (const auto& [number, by] : changes) {
    if (number >= counts_.size()) continue;
    RowCounts& chunk = counts_[number];
    const bool was_complete = chunk.pending() == 0;
    change(chunk, by);
    change(sum_, by);
    complete_ += !was_complete && chunk.pending() == 0 ? 1 : 0;
  }
}

}  // namespace usher::job
