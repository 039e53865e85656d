// SPDX-License-Identifier: Apache-2.0
// What later passes have to know about single rows, collected in any order and asked for in the
// order of the file. Notes have a member `number`, of their row. Tested by spill_test.cc.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "base/result.h"
#include "check/spill.h"

namespace usher::check {

template <class Note>
class RowNotes {
 public:
  [[nodiscard]] Status add(const Note& note) { return spill_.add(note.number >> kShift, note); }

  // Those of the row, in the order of `before`, into `out`.
  template <class Before>
  [[nodiscard]] Status of(std::uint64_t number, std::vector<Note>& out, Before before) {
    out.clear();
    const std::size_t partition = number >> kShift;
    if (partition != at_) {
      at_ = partition;
      next_ = 0;
      in_hand_.clear();
      USHER_TRY(spill_.each(partition, [&](const Note& note) { in_hand_.push_back(note); }));
      std::ranges::sort(in_hand_, [&](const Note& a, const Note& b) {
        return a.number != b.number ? a.number < b.number : before(a, b);
      });
    }
    while (next_ < in_hand_.size() && in_hand_[next_].number < number) ++next_;
    for (; next_ < in_hand_.size() && in_hand_[next_].number == number; ++next_) {
      out.push_back(in_hand_[next_]);
    }
    return {};
  }

 private:
  static constexpr unsigned kShift = 14;  // rows of a partition, as a power of two

  Spill<Note> spill_;
  std::size_t at_ = SIZE_MAX;  // the partition in hand
  std::vector<Note> in_hand_;
  std::size_t next_ = 0;
};

}  // namespace usher::check
