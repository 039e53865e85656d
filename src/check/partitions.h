// SPDX-License-Identifier: Apache-2.0
// How values that are dealt out by a 64-bit hash are looked at a part at a time, so that what is
// compared with what fits in memory. Tested by repeats_test.cc and customers/item_check_test.cc.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

#include "base/result.h"
#include "check/spill.h"

namespace usher::check {

inline constexpr std::size_t kPartitions = 64;
inline constexpr unsigned kPartitionShift = 58;  // the highest bits choose the partition
inline constexpr unsigned kPartShift = 32;       // these the part of a large one
inline constexpr unsigned kSweepShift = 40;      // and these its sweep: a table uses the low ones
inline constexpr std::size_t kMostAtOnce = 64 << 10;  // entries looked at together: some MiB

inline std::size_t partition_of(std::uint64_t key) {
  return key >> kPartitionShift;
}

// How often a partition has to be read for its entries to fit.
inline std::size_t parts_of(std::uint64_t size) {
  return std::bit_ceil(static_cast<std::size_t>(size) / kMostAtOnce + 1);
}

inline bool in_part(std::uint64_t key, std::size_t part, std::size_t parts) {
  return ((key >> kPartShift) & (parts - 1)) == part;
}

// One person may be in any number of organizations, one name that of any number: all of them fall
// into one part, and what they are compared with is then remembered in so many sweeps.
template <class Entry>
Result<std::size_t> sweeps_of(const Spill<Entry>& spill, std::size_t partition, std::size_t part,
                              std::size_t parts) {
  if (parts == 1) return 1;
  std::uint64_t count = 0;
  USHER_TRY(spill.each(
      partition, [&](const Entry& entry) { count += in_part(entry.key, part, parts) ? 1 : 0; }));
  return std::bit_ceil(static_cast<std::size_t>(count) / (2 * kMostAtOnce) + 1);
}

inline bool in_sweep(std::uint64_t key, std::size_t sweep, std::size_t sweeps) {
  return ((key >> kSweepShift) & (sweeps - 1)) == sweep;
}

}  // namespace usher::check
