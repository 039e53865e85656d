// SPDX-License-Identifier: Apache-2.0
// The fixed CSV: the input with the changed cells in their places, all other bytes as they were,
// also of rows that nothing could be done about. Tested by fixes_test.cc and
// header_test.cc.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "check/header.h"
#include "check/row.h"
#include "check/splice.h"
#include "source/csv.h"

namespace usher::check {

class FixedCsv {
 public:
  // Both outlive this. `adds_org_id`: every record gets a last column of that name.
  FixedCsv(const Snapshot& from, Replacement& to, const Header& header, bool adds_org_id)
      : from_(from), splice_(from, to), header_(header), adds_org_id_(adds_org_id) {}

  [[nodiscard]] Status begin();
  // `was` has the cells as they stand in the record, `now` as they shall be.
  [[nodiscard]] Status row(const csv::Record& record, const Row& was, const Row& now);
  // A record that is not well-formed: it gets the new column too, since one with a cell too many
  // would look right under a longer header.
  [[nodiscard]] Status broken(const csv::Record& record);
  [[nodiscard]] Status finish() { return splice_.finish(); }

 private:
  [[nodiscard]] Status end_record(const csv::Record& record, std::string_view org_id);

  const Snapshot& from_;
  Splice splice_;
  const Header& header_;
  bool adds_org_id_;
  std::vector<std::string_view> raw_;
  std::vector<std::pair<std::size_t, std::string_view>> edits_;  // cell, its new text
  std::string text_;
};

// Where the header stands in the first bytes of a file: begin and end, without its line end.
[[nodiscard]] std::pair<std::size_t, std::size_t> header_range(std::string_view start);

}  // namespace usher::check
