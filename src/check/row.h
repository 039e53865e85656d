// SPDX-License-Identifier: Apache-2.0
// A row under examination, and what is noted about it. Cells are views into the record, or into
// what a fix has made of it.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "check/rules.h"
#include "source/cells.h"
#include "source/columns.h"
#include "source/csv.h"

namespace usher::check {

// Which column stands where; -1: nowhere.
struct Layout {
  PerColumn<int> at;
  std::size_t width = 0;

  [[nodiscard]] bool has(Column column) const { return at[column] >= 0; }
  [[nodiscard]] bool names_organizations() const {
    return has(Column::org_id) || has(Column::org_external_id) || has(Column::org_name);
  }
};

struct Row {
  std::uint64_t number = 0;
  std::uint64_t line = 0;
  PerColumn<std::string_view> cells;  // as they stand in the file; of absent columns empty

  void take(const csv::Record& record, const Layout& layout) {
    number = record.number;
    line = record.line;
    for (std::size_t i = 0; i < kColumns; ++i) {
      const auto column = static_cast<Column>(i);
      const auto at = static_cast<std::size_t>(layout.at[column]);
      cells[column] = at < record.cells.size() ? record.cells[at] : std::string_view();
    }
  }
};

[[nodiscard]] inline bool names_organization(const Row& row) {
  return !clean_cell(row.cells[Column::org_id]).empty() ||
         !clean_cell(row.cells[Column::org_external_id]).empty() ||
         !clean_cell(row.cells[Column::org_name]).empty();
}

// Something that a rule says about a row.
struct Note {
  Rule rule = Rule::record_format;
  Column column = Column::email;
  std::string text = {};  // empty when nobody will read it
};

// Whether findings of a rule are still written down: the words for the others need not be found.
class Wanted {
 public:
  Wanted() { rules_.fill(true); }
  [[nodiscard]] bool operator()(Rule rule) const { return rules_[static_cast<std::size_t>(rule)]; }
  void no_more(Rule rule) { rules_[static_cast<std::size_t>(rule)] = false; }

 private:
  std::array<bool, kRules> rules_{};
};

}  // namespace usher::check
