// SPDX-License-Identifier: Apache-2.0
// Counting what a job's store holds: one scan each. A room's secret: only src/store includes it.
// Tested by job_store_test.cc.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "store/job_store.h"
#include "store/sqlite_names.h"
#include "store/step_log.h"

namespace usher {

// By number of the kind; all of it throws SQLite::Exception.
using AllStepCounts = std::array<StepCounts, 4>;

[[nodiscard]] AllStepCounts count_all_steps(StepLog& steps);
// For each `size` rows; `size` > 0.
[[nodiscard]] std::vector<RowCounts> count_rows_by(SQLite::Database& db, std::uint64_t size);

}  // namespace usher
