// SPDX-License-Identifier: Apache-2.0
#include "store/job_counts.h"

#include <SQLiteCpp/SQLiteCpp.h>

#include "store/job_rows.h"

namespace usher {
namespace {

// `by` is 1, or minus 1 for what turns out to be hidden; what is counted is never below zero.
void count(StepCounts& counts, StepState state, std::uint64_t by) {
  switch (state) {
    case StepState::created:
      counts.created += by;
      return;
    case StepState::updated:
      counts.updated += by;
      [[fallthrough]];
    case StepState::already_there:
      counts.already_there += by;
      return;
    case StepState::failed:
    case StepState::unsure:
      counts.failed += by;
      return;
    case StepState::begun:
      counts.open += by;
      return;
    case StepState::absent:
    case StepState::removed:
      return;
  }
}

void count(RowCounts& counts, std::int64_t mark) {
  ++counts.total;
  const RowState state = marks::state(mark);
  if (state.outcome == RowOutcome::created) ++counts.created;
  if (state.outcome == RowOutcome::unchanged) ++counts.unchanged;
  if (state.outcome == RowOutcome::failed) ++counts.failed;
  if ((mark & marks::kMadeUser) != 0) ++counts.made_users;
  if ((mark & marks::kMadeMembership) != 0) ++counts.made_memberships;
  if ((mark & marks::kMember) == 0) return;
  ++counts.members;
  if (state.succeeded()) ++counts.members_done;
}

}  // namespace

AllStepCounts count_all_steps(StepLog& steps) {
  AllStepCounts counts;
  steps.count([&](StepKind kind, StepState state, int by) {
    count(counts.at(static_cast<std::size_t>(kind)), state, static_cast<std::uint64_t>(by));
  });
  return counts;
}

std::vector<RowCounts> count_rows_by(SQLite::Database& db, std::uint64_t size) {
  std::vector<RowCounts> chunks;
  SQLite::Statement rows(db, "SELECT mark FROM row ORDER BY record");
  std::uint64_t left = 0;
  while (rows.executeStep()) {
    if (left == 0) {
      chunks.emplace_back();
      left = size;
    }
    --left;
    count(chunks.back(), rows.getColumn(0).getInt64());
  }
  return chunks;
}

}  // namespace usher
