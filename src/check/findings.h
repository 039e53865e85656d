// SPDX-License-Identifier: Apache-2.0
// What a validation has found: counted by rule without a bound, written down one by one up to one.
// The texts wait in a file without a name until the report is written, whose head needs the counts.
// Tested by findings_test.cc.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "base/result.h"
#include "check/row.h"
#include "check/spool.h"

namespace usher::check {

struct Finding {
  Rule rule = Rule::record_format;
  std::uint64_t number = 0;  // of the record; 0: it is about the file
  std::uint64_t line = 0;
  std::string_view field = {};
  std::string_view email = {};
  std::string_view message = {};
  bool fixed = false;
  std::optional<std::string_view> original = {};  // with what a fix made of it
  std::string_view replacement = {};
  std::string_view org_id = {};
  std::string_view org_external_id = {};
};

struct RuleTotal {
  Rule rule = Rule::record_format;
  std::uint64_t found = 0;    // that still stand
  std::uint64_t fixed = 0;    // cells that were put right
  std::uint64_t fixable = 0;  // of the found: what --auto-fix would put right
  std::uint64_t first_record = 0;
  std::uint64_t first_line = 0;
  std::string example;  // the first message, of what still stands when anything does
};

class Findings {
 public:
  struct Limits {
    std::uint64_t all = 100'000;
    std::uint64_t of_a_rule = 20'000;  // so that a loud rule does not hide the others
  };
  explicit Findings(Limits limits) : limits_(limits) {}

  // Counts it, and writes it down while there is room. `message` may be empty when not wanted().
  [[nodiscard]] Status add(const Finding& finding);
  void can_be_fixed(Rule rule) { ++totals_[static_cast<std::size_t>(rule)].fixable; }
  [[nodiscard]] const Wanted& wanted() const { return wanted_; }

  [[nodiscard]] const RuleTotal& total(Rule rule) const {
    return totals_[static_cast<std::size_t>(rule)];
  }
  // Those with anything to tell: by severity, then the largest first.
  [[nodiscard]] std::vector<RuleTotal> totals() const;
  [[nodiscard]] std::uint64_t count(Severity severity) const;
  [[nodiscard]] std::uint64_t fixed() const;
  [[nodiscard]] std::uint64_t written() const { return written_; }
  [[nodiscard]] std::uint64_t not_written() const { return not_written_; }

  // The elements of a JSON array, one a line.
  [[nodiscard]] Status copy_to(Replacement& file) { return issues_.copy_to(file); }

 private:
  Limits limits_;
  std::array<RuleTotal, kRules> totals_{};
  std::array<std::uint64_t, kRules> kept_{};
  Wanted wanted_;
  std::uint64_t written_ = 0;
  std::uint64_t not_written_ = 0;
  std::string line_;
  Spool issues_;
};

}  // namespace usher::check
