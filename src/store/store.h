// SPDX-License-Identifier: Apache-2.0
// The job's truth: which steps have begun, and which are settled and how. A write is durable when
// apply() returns; all of a batch or nothing. Two ways to have one: a temporary store (no name,
// nothing left behind, bounded memory, no fsync) for imports without a job, and later a job's file.
// SQLite stays in sqlite_store.cc. Tested by store_test.cc.
#pragma once

#include <memory>
#include <span>

#include "base/result.h"
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
  [[nodiscard]] virtual Status apply(std::span<const StepWrite> writes) = 0;
};

// Spills to an unlinked file in TMPDIR (or /tmp, /var/tmp) beyond a few megabytes.
[[nodiscard]] Result<std::unique_ptr<Store>> open_temporary_store();

}  // namespace usher
