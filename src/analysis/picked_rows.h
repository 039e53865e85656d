// SPDX-License-Identifier: Apache-2.0
// Which rows of an input are wanted, in the order of the input, out of any number of lines in any
// order, in a memory that does not grow: lines are sorted in runs, which go to an unlinked
// temporary file and are merged. A record may be named by several lines; the last of them counts,
// as a later attempt of a row overtakes an earlier one. Numbers count in one input: lines of
// another one are told apart, and so are lines that name no input and are about another person.
// Every wanted line comes, or is counted. Tested by picked_rows_test.cc.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/file.h"
#include "base/result.h"

namespace usher::analysis {

// What a line says of itself.
struct PickLine {
  std::uint64_t record = 0;
  std::uint64_t place = 0;
  bool wanted = true;
  std::uint32_t input = 0;   // a number for it; 0: the line names none
  std::uint64_t person = 0;  // a hash
};

struct Pick {
  std::uint64_t record = 0;  // 0: the line does not say
  std::uint64_t place = 0;   // of the line
};

class PickedRows {
 public:
  static constexpr std::uint32_t kMostInputs = 4095;  // the largest number of one

  explicit PickedRows(std::size_t at_once = 1 << 19) : at_once_(at_once) {}

  // Record 0: of no known record, which comes after all others, in the order of the lines.
  // Places have to grow from line to line.
  [[nodiscard]] Status add(const PickLine& line);
  // Nothing is added from here on. Only lines of this input, and those that name none, come.
  [[nodiscard]] Status finish(std::optional<std::uint32_t> input = {});
  [[nodiscard]] Result<std::optional<Pick>> next();

  // Complete behind the last next(); wanted lines alone.
  [[nodiscard]] std::uint64_t overtaken() const { return overtaken_; }  // by a later line
  [[nodiscard]] std::uint64_t of_others() const { return of_others_; }  // of another input
  // A record that lines without an input say of two different persons; 0: none.
  [[nodiscard]] std::uint64_t clash() const { return clash_; }

 private:
  // Sorted by record, then by place. The lowest bits of `place` say of which input it is, and
  // whether it is wanted.
  struct Entry {
    std::uint64_t record = 0;
    std::uint64_t place = 0;
    std::uint64_t person = 0;

    [[nodiscard]] bool wanted() const { return (place & 1U) != 0; }
    [[nodiscard]] std::uint32_t input() const;
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
  Result<std::optional<Entry>> chosen();
  Status gather();
  void join(const Entry& entry);

  std::size_t at_once_;
  std::vector<Entry> entries_;
  std::size_t used_ = 0;  // of entries_, when nothing was spilt
  Fd file_;
  std::uint64_t spilt_ = 0;
  std::vector<Run> runs_;
  std::vector<std::size_t> heap_;  // of runs_, the smallest on top
  std::optional<std::uint32_t> input_;
  std::optional<Entry> held_;
  std::vector<Entry> alike_;  // of one record: one of each person
  std::size_t given_ = 0;     // of alike_
  std::uint64_t overtaken_ = 0;
  std::uint64_t of_others_ = 0;
  std::uint64_t clash_ = 0;
};

}  // namespace usher::analysis
