// SPDX-License-Identifier: Apache-2.0
// What can be put right without guessing: white space, words for true and false, an address inside
// its angle brackets, the case of a hash type, quotes of JSON, a WorkOS id in the wrong column.
// What a cell means afterwards is what it meant before; where that is not certain, it stays as it
// is and stays a finding. Passwords and hashes are never touched. Tested by fixes_test.cc.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "check/row.h"

namespace usher::check {

struct Fix {
  Rule rule = Rule::cell_whitespace;
  Column column = Column::email;
  std::string before = {};
  std::string after = {};
};

class Fixer {
 public:
  struct Options {
    bool ids_like_others = false;  // move what only looks like a WorkOS id too
  };
  explicit Fixer(Options options) : options_(options) {}

  // Changes the cells of `row`, which look into this Fixer from then on, until the next row.
  // Appends what was done. Mostly nothing is.
  void fix(Row& row, std::vector<Fix>& done);

  // Only what says who and where: the address and the organization. Nothing is recorded.
  void fix_keys(Row& row);

 private:
  void put(Row& row, Column column, Rule rule, std::string after);
  void trim_cells(Row& row);
  void fix_email(Row& row);
  [[nodiscard]] std::optional<Rule> moves_id(const Row& row) const;
  void fix_verified(Row& row);
  void fix_hash_type(Row& row);
  void fix_metadata(Row& row);
  void move_organization_id(Row& row);

  Options options_;
  PerColumn<std::string> changed_;
  std::vector<Fix>* done_ = nullptr;
};

// The address of "Ann Lee <ann@example.com>", "mailto:ann@example.com" or "ann@example.com;", when
// exactly one is there; else empty.
[[nodiscard]] std::string_view address_inside(std::string_view text);

// JSON with single or typographic quotes, in double quotes; empty when that is not certain.
[[nodiscard]] std::string with_json_quotes(std::string_view cell);

}  // namespace usher::check
