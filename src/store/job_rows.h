// SPDX-License-Identifier: Apache-2.0
// What the column `mark` of the table `row` says: how a row ended, in one number. It always takes
// three bytes of the file, so that a row that ends never outgrows its page. A room's secret: only
// src/store includes it. Tested by job_store_test.cc.
#pragma once

#include <cstdint>

#include "model/row_record.h"

namespace usher::marks {

// Numbers reach the disk (and the view `rows` reads them): never renumber.
inline constexpr std::int64_t kOutcome = 3;
inline constexpr std::int64_t kMadeUser = 4;
inline constexpr std::int64_t kMadeMembership = 8;
inline constexpr std::int64_t kMember = 16;
inline constexpr int kRunShift = 5;
inline constexpr std::int64_t kMostRun = 0x1FFFF;
inline constexpr std::int64_t kWidth = 1LL << 22;

inline std::int64_t pending(bool member) {
  return kWidth | (member ? kMember : 0);
}

inline std::int64_t ended(const RowMark& mark, std::uint32_t run) {
  return kWidth | static_cast<std::int64_t>(run) << kRunShift |
         static_cast<std::int64_t>(mark.outcome) | (mark.made_user ? kMadeUser : 0) |
         (mark.made_membership ? kMadeMembership : 0);
}

// To be tried again, as if never: but what it made before is still of its making.
inline std::int64_t reopened(std::int64_t mark) {
  return mark & ~(kOutcome | kMostRun << kRunShift);
}

inline RowOutcome outcome(std::int64_t mark) {
  return static_cast<RowOutcome>(mark & kOutcome);
}

inline RowState state(std::int64_t mark) {
  return {outcome(mark), static_cast<std::uint32_t>(mark >> kRunShift & kMostRun)};
}

}  // namespace usher::marks
