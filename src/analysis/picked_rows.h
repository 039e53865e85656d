// SPDX-License-Identifier: Apache-2.0
// Which rows of an input are wanted, in the order of the input, out of any number of lines in any
// order, in a memory that does not grow: lines are sorted in runs, which go to an unlinked
// temporary file and are merged. A record may be named by several lines; the last of them counts,
// as a later attempt of a row overtakes an earlier one. Tested by picked_rows_test.cc.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/file.h"
#include "base/result.h"

namespace usher::analysis {

struct Pick {
  std::uint64_t record = 0;  // 0: the line does not say
  std::uint64_t place = 0;   // of the line
};

class PickedRows {
 public:
  explicit PickedRows(std::size_t at_once = 1 << 20) : at_once_(at_once) {}

  // `record` 0: of no known record, which comes after all others, in the order of the lines.
  // Places have to grow from line to line.
  [[nodiscard]] Status add(std::uint64_t record, std::uint64_t place, bool wanted);
  // Nothing is added from here on.
  [[nodiscard]] Status finish();
  [[nodiscard]] Result<std::optional<Pick>> next();
  // Lines about a record that a later line is about too; complete behind the last next().
  [[nodiscard]] std::uint64_t overtaken() const { return overtaken_; }

 private:
  // Sorted by record, then by place. The lowest bit of `place` says whether it is wanted.
  struct Entry {
    std::uint64_t record = 0;
    std::uint64_t place = 0;
    friend auto operator<=>(const Entry&, const Entry&) = default;
  };
  struct Run {
    std::uint64_t at = 0;  // the next entry in the file
    std::uint64_t end = 0;
    std::vector<Entry> read = {};  // of it, from `used` on
    std::size_t used = 0;
  };

  Status spill();
  Status refill(Run& run) const;
  Result<std::optional<Entry>> smallest();

  std::size_t at_once_;
  std::vector<Entry> entries_;
  std::size_t used_ = 0;  // of entries_, when nothing was spilt
  Fd file_;
  std::uint64_t spilt_ = 0;
  std::vector<Run> runs_;
  std::vector<std::size_t> heap_;  // of runs_, the smallest on top
  std::optional<Entry> held_;
  std::uint64_t overtaken_ = 0;
};

}  // namespace usher::analysis
