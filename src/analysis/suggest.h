// SPDX-License-Identifier: Apache-2.0
// What to do about each group of failures: in a sentence, with an example, and with the command
// where usher can do it itself. Chosen by the group's reason, which codes, statuses and cells have
// decided. Pure. Tested by suggest_test.cc.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/analysis.h"

namespace usher::analysis {

struct Suggestion {
  std::string group;  // its id
  std::string pattern;
  std::string_view reason;
  Severity severity = Severity::low;
  std::uint64_t affected = 0;
  std::string text;
  bool actionable = false;           // something in the data or the set-up has to be changed
  std::vector<std::string> example;  // lines: before, after; empty: none
  std::vector<std::string> command;  // its words; empty: usher cannot do it
};

// Stands in commands for an input that is not known.
inline constexpr std::string_view kYourCsv = "<your-csv>";
inline constexpr std::string_view kFixedCsv = "fixed.csv";  // what commands write

// In the order of the groups; for every group whose reason there is advice for. `csv`: the input,
// for the commands; empty: not known.
[[nodiscard]] std::vector<Suggestion> suggest(const Analysis& analysis, const std::string& csv);

}  // namespace usher::analysis
