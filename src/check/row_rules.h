// SPDX-License-Identifier: Apache-2.0
// Everything that is wrong with a row by itself, not only the first thing: what mapping and the API
// refuse is an error, what an import would not do as a person expects is a warning. What a cell may
// hold is decided in source/ and target/workos, where an import asks too. Tested by
// row_rules_test.cc and agreement_test.cc.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "check/row.h"
#include "source/metadata.h"
#include "target/workos/checks.h"

namespace usher::check {

class RowRules {
 public:
  // Both outlive this.
  RowRules(const Layout& layout, const Wanted& wanted) : layout_(layout), wanted_(wanted) {}

  // Appends to `notes`. Messages never hold a password or a hash.
  void check(const Row& row, std::vector<Note>& notes);

 private:
  template <class Say>
  void note(Rule rule, Column column, Say say) {
    notes_->push_back({rule, column, wanted_(rule) ? std::string(say()) : std::string()});
  }

  void check_white_space(const Row& row);
  void check_email(std::string_view cell);
  void check_verified(std::string_view word);
  void check_ids(const Row& row);
  void check_password(const Row& row);
  void check_metadata(std::string_view cell);
  void note_left_out(std::vector<std::string>& sentences);
  void check_organization(const Row& row);
  void check_foreign_id(std::string_view foreign);
  void check_roles(const Row& row);

  const Layout& layout_;
  const Wanted& wanted_;
  std::vector<Note>* notes_ = nullptr;
  Metadata metadata_;
  std::vector<std::string> left_out_;
  workos::MetadataSays says_;
  std::vector<std::string> roles_;
};

// A number that a spreadsheet has cut: 1.23457E+12.
[[nodiscard]] bool is_rounded_number(std::string_view text);

}  // namespace usher::check
