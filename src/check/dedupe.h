// SPDX-License-Identifier: Apache-2.0
// A copy of an input in which nobody comes twice in one organization. Rows of one person in several
// organizations are several memberships and stay. Only rows that an import would take are merged: a
// row with an error stays as it is, since a good row merged with it would be refused too. Memory
// does not grow: rows are compared by 128-bit hashes, partition by partition. Tested by
// dedupe_test.cc and dedupe_loss_test.cc.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "base/file.h"
#include "base/result.h"
#include "base/time.h"
#include "check/snapshot.h"

namespace usher::check {

struct DedupeSummary {
  std::uint64_t total_rows = 0;
  std::uint64_t unique_rows = 0;  // written
  std::uint64_t duplicates = 0;   // people and organizations that came more than once
  std::uint64_t rows_removed = 0;
  std::uint64_t rows_with_errors = 0;  // which stay as they are
  std::uint64_t rows_too_many = 0;     // these too: merged they would be more than the API takes
  bool interrupted = false;
};

struct DedupeWish {
  std::string csv_path;  // for the report
  WallTime now{};
  std::uint64_t most_details = 100'000;  // merges that the report lists
  std::function<bool(std::uint64_t rows, std::uint64_t bytes, std::uint64_t of_bytes)> progressed =
      {};
};

// Neither output is committed.
[[nodiscard]] Result<DedupeSummary> dedupe(const Snapshot& input, const DedupeWish& wish,
                                           Replacement& csv, Replacement& report);

}  // namespace usher::check
