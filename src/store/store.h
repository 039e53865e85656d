// SPDX-License-Identifier: Apache-2.0
// The job's truth: which steps have begun, which are settled and how, and which rows have ended. A
// write is durable when apply() returns; all of a batch or nothing. Two ways to have one: a
// temporary store (no name, nothing left behind, bounded memory, no fsync) for imports without a
// job, and a job's file (job_store.h). Tested by store_test.cc.
#pragma once

#include <memory>
#include <span>

#include "base/result.h"
#include "model/row_record.h"
#include "model/step_record.h"

namespace usher {

class Store {
 public:
  Store() = default;
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;
  virtual ~Store() = default;

  // What is known of the step; state absent when nothing is.
  [[nodiscard]] virtual Result<StepRecord> find(const Key& key) = 0;
  // How the row ended, in this run or before; pending when nothing is known.
  [[nodiscard]] virtual Result<RowState> row(std::uint64_t record) = 0;
  // `marks`: rows whose steps were all settled before, or are by `writes`.
  [[nodiscard]] virtual Status apply(std::span<const StepWrite> writes,
                                     std::span<const RowMark> marks) = 0;
};

// Keeps steps only: its rows are read once, so nobody asks how they ended. Spills to an unlinked
// file in TMPDIR (or /tmp, /var/tmp) beyond a few megabytes.
[[nodiscard]] Result<std::unique_ptr<Store>> open_temporary_store();

}  // namespace usher
