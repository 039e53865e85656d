// SPDX-License-Identifier: Apache-2.0
// The first entry of every key, in one table. Entries have a member `key`, a good 64-bit hash.
// Tested by spill_test.cc.
#pragma once

#include <bit>
#include <cstdint>
#include <utility>
#include <vector>

namespace usher::check {

template <class Entry>
class FirstSeen {
 public:
  void clear(std::size_t expected) {
    entries_.clear();
    slots_.assign(std::bit_ceil(expected * 2 + 8), 0);
  }

  // The first entry of this key, and whether it is this one.
  std::pair<const Entry*, bool> meet(const Entry& entry) {
    std::uint32_t& slot = find(entry.key);
    if (slot != 0) return {&entries_[slot - 1], false};
    entries_.push_back(entry);
    slot = static_cast<std::uint32_t>(entries_.size());
    if (entries_.size() * 4 > slots_.size() * 3) grow();
    return {&entries_.back(), true};
  }

 private:
  std::uint32_t& find(std::uint64_t key) {
    const std::size_t mask = slots_.size() - 1;
    std::size_t slot = key & mask;
    while (slots_[slot] != 0 && entries_[slots_[slot] - 1].key != key) slot = (slot + 1) & mask;
    return slots_[slot];
  }
  void grow() {
    slots_.assign(slots_.size() * 2, 0);
    for (std::size_t i = 0; i < entries_.size(); ++i) {
      find(entries_[i].key) = static_cast<std::uint32_t>(i + 1);
    }
  }

  std::vector<Entry> entries_;
  std::vector<std::uint32_t> slots_;  // one more than the place of an entry; 0: empty
};

}  // namespace usher::check
