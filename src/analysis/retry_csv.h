// SPDX-License-Identifier: Apache-2.0
// The CSV of the rows that are to be tried again: the bytes of their records as they stand in the
// input, under its own header, in its order, each record once. Without the input, rows are made of
// what the errors file remembers, where secrets are masked. It appears whole or not at all, mode
// 0600. Tested by retry_csv_test.cc.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "analysis/error_lines.h"
#include "analysis/picked_rows.h"
#include "base/result.h"

namespace usher::analysis {

struct LeftOut {
  std::uint64_t record = 0;  // 0: not known
  std::string why;
};

struct RetryCsv {
  std::uint64_t rows = 0;       // that are in it; 0: it was not written
  std::uint64_t left_out = 0;   // that could not be taken
  std::uint64_t overtaken = 0;  // lines that a later one about the same row has overtaken
  std::uint64_t of_others = 0;  // lines of other inputs
  std::vector<LeftOut> first_left_out;
  std::map<std::string, std::uint64_t> masked;  // column: cells that are empty, but were not
  std::string from;                             // the input; empty: what the errors file remembers

  // Of the wanted lines, what is no row of the file.
  [[nodiscard]] std::uint64_t missing() const { return left_out + overtaken + of_others; }
};
constexpr std::size_t kMostLeftOut = 5;  // that are told one by one

struct RetrySource {
  const ErrorLines& lines;
  PickedRows& rows;  // finished
};

// From the input. `compare`: it may not be the one that failed, so that each row is held against
// what its line remembers of it, and taken only when the two agree.
[[nodiscard]] Result<RetryCsv> retry_from_input(const std::string& path, const std::string& input,
                                                bool compare, RetrySource source);
// From the errors file itself. `columns`: how many at least the input must have had. Refuses lines
// that are of several inputs as far as can be told.
[[nodiscard]] Result<RetryCsv> retry_from_errors(const std::string& path, std::size_t columns,
                                                 RetrySource source);

}  // namespace usher::analysis
