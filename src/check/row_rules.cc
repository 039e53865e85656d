// SPDX-License-Identifier: Apache-2.0
#include "check/row_rules.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "check/nested_metadata.h"
#include "source/cells.h"
#include "source/email.h"
#include "target/workos/hash_format.h"

namespace usher::check {
namespace {

constexpr std::size_t kShown = 80;  // of a cell, in a message

bool is_slug(std::string_view slug) {
  return std::ranges::all_of(slug, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
}

bool has_blanks(std::string_view cell) {
  const auto blank = [](char c) { return static_cast<unsigned char>(c) <= ' '; };
  return !cell.empty() && (blank(cell.front()) || blank(cell.back()));
}

}  // namespace

bool is_rounded_number(std::string_view text) {
  const auto e = text.find_first_of("Ee");
  if (e == std::string_view::npos || e == 0 || e + 2 >= text.size()) return false;
  const std::string_view power = text.substr(e + 2);
  return text[e + 1] == '+' && text[0] >= '1' && text[0] <= '9' &&
         text.find_first_not_of("0123456789.", 0) == e &&
         power.find_first_not_of("0123456789") == std::string_view::npos;
}

void RowRules::check(const Row& row, std::vector<Note>& notes) {
  notes_ = &notes;
  check_white_space(row);
  if (layout_.has(Column::email)) check_email(row.cells[Column::email]);
  check_verified(clean_cell(row.cells[Column::email_verified]));
  check_ids(row);
  check_password(row);
  check_metadata(clean_cell(row.cells[Column::metadata]));
  check_organization(row);
  if (layout_.has(Column::role_slugs)) check_roles(row);
}

void RowRules::check_white_space(const Row& row) {
  for (std::size_t i = 0; i < kColumns; ++i) {
    const auto column = static_cast<Column>(i);
    const std::string_view cell = row.cells[column];
    if (!has_blanks(cell) || column == Column::email) continue;
    if (column == Column::password) {
      note(Rule::password_whitespace, column,
           [] { return "password begins or ends with white space, which is not sent"; });
    } else if (column != Column::password_hash) {
      note(Rule::cell_whitespace, column, [&] {
        return fmt::format("{} has whitespace: \"{}\"", to_string(column), printable(cell, kShown));
      });
    }
  }
}

void RowRules::check_email(std::string_view cell) {
  const std::string_view address = clean_cell(cell);
  if (address.empty()) {
    note(Rule::required_email, Column::email, [] { return "Missing required email"; });
    return;
  }
  if (address.size() != cell.size()) {
    note(Rule::email_whitespace, Column::email,
         [&] { return fmt::format("Email has whitespace: \"{}\"", printable(cell, kShown)); });
  }
  if (const auto problem = email_problem(address)) {
    note(Rule::email_format, Column::email, [&] {
      return fmt::format("Invalid email format: {} ({})", printable(address, kShown), *problem);
    });
  }
}

void RowRules::check_verified(std::string_view word) {
  if (word.empty() || read_truth(word)) return;
  note(Rule::boolean_format, Column::email_verified, [&] {
    return fmt::format("Invalid boolean value: \"{}\" (expected: true/false/1/0/yes/no/y/n)",
                       printable(word, kShown));
  });
}

void RowRules::check_ids(const Row& row) {
  const std::string_view id = clean_cell(row.cells[Column::external_id]);
  if (auto problem = workos::external_id_problem("external_id", id)) {
    note(Rule::external_id_format, Column::external_id, [&] { return std::move(*problem); });
  } else if (auto warning = workos::external_id_warning(id)) {
    note(Rule::external_id_length, Column::external_id, [&] { return std::move(*warning); });
  }
  for (const Column column : {Column::external_id, Column::org_external_id}) {
    const std::string_view text = clean_cell(row.cells[column]);
    if (!is_rounded_number(text)) continue;
    note(Rule::spreadsheet_number, column, [&] {
      return fmt::format("{} \"{}\" looks like a number that a spreadsheet has rounded",
                         to_string(column), printable(text, kShown));
    });
  }
}

void RowRules::check_password(const Row& row) {
  const std::string_view hash = clean_cell(row.cells[Column::password_hash]);
  if (hash.empty()) return;
  if (!clean_cell(row.cells[Column::password]).empty()) {
    note(Rule::password_and_hash, Column::password,
         [] { return "Row has both password and password_hash: the hash is used"; });
  }
  const std::string_view type = clean_cell(row.cells[Column::password_hash_type]);
  if (type.empty()) {
    note(Rule::password_hash_complete, Column::password_hash_type,
         [] { return "password_hash provided without password_hash_type"; });
  } else if (auto problem = workos::hash_problem(type, hash)) {
    note(Rule::password_hash_format, Column::password_hash_type,
         [&] { return std::move(*problem); });
  }
}

void RowRules::note_left_out(std::vector<std::string>& sentences) {
  for (std::string& sentence : sentences) {
    note(Rule::metadata_left_out, Column::metadata, [&] { return std::move(sentence); });
  }
  sentences.clear();
}

void RowRules::check_metadata(std::string_view cell) {
  if (cell.empty()) return;
  if (auto problem = parse_metadata(cell, metadata_, &left_out_)) {
    left_out_.clear();
    note(Rule::metadata_json, Column::metadata, [&] {
      constexpr std::string_view kInvalid = "Metadata is invalid JSON ";
      std::string_view text = *problem;
      if (text.starts_with(kInvalid)) text.remove_prefix(kInvalid.size());
      return fmt::format("Invalid JSON in metadata field: {}", text);
    });
    return;
  }
  if (!left_out_.empty()) note_left_out(left_out_);
  for_each_nested(cell, [&](std::string_view key) {
    note(Rule::metadata_arrays_objects, Column::metadata, [&] {
      return fmt::format(
          "Metadata field \"{}\" contains array/object (will be auto-converted to JSON string for "
          "WorkOS compatibility)",
          printable(key, kShown));
    });
  });
  says_.problems.clear();
  says_.warnings.clear();
  workos::check_metadata(metadata_, says_);
  for (std::string& problem : says_.problems) {
    note(Rule::metadata_limits, Column::metadata, [&] { return std::move(problem); });
  }
  for (std::string& warning : says_.warnings) {
    note(Rule::metadata_documented_limits, Column::metadata, [&] { return std::move(warning); });
  }
}

void RowRules::check_organization(const Row& row) {
  const std::string_view id = clean_cell(row.cells[Column::org_id]);
  const std::string_view foreign = clean_cell(row.cells[Column::org_external_id]);
  if (!id.empty() && !foreign.empty()) {
    note(Rule::org_id_conflict, Column::org_id,
         [] { return "Row has both org_id and org_external_id - these are mutually exclusive"; });
  }
  if (!id.empty() && workos::cannot_be_organization_id(id)) {
    note(Rule::org_id_format, Column::org_id, [&] {
      return fmt::format("org_id \"{}\" is no WorkOS organization id (they begin with org_)",
                         printable(id, kShown));
    });
  }
  if (!foreign.empty()) check_foreign_id(foreign);
}

void RowRules::check_foreign_id(std::string_view foreign) {
  if (auto problem = workos::external_id_problem("org_external_id", foreign)) {
    note(Rule::org_external_id_format, Column::org_external_id,
         [&] { return std::move(*problem); });
  }
  switch (workos::looks_like_organization_id(foreign)) {
    case workos::OrganizationId::certainly:
      note(Rule::org_id_in_external_id_column, Column::org_external_id, [&] {
        return fmt::format(
            "org_external_id \"{}\" is a WorkOS organization id: it belongs into "
            "the org_id column",
            foreign);
      });
      break;
    case workos::OrganizationId::perhaps:
      note(Rule::org_id_like_external_id, Column::org_external_id, [&] {
        return fmt::format(
            "org_external_id \"{}\" looks like a WorkOS organization id, which would belong into "
            "the org_id column, or like an id of another system, such as Auth0",
            printable(foreign, kShown));
      });
      break;
    case workos::OrganizationId::no:
      break;
  }
}

void RowRules::check_roles(const Row& row) {
  const std::string_view cell = clean_cell(row.cells[Column::role_slugs]);
  if (cell.empty()) return;
  roles_.clear();
  if (!read_roles(cell, roles_)) {
    note(Rule::role_slugs_format, Column::role_slugs, [] {
      return "role_slugs is not a list of roles; write member,admin or [\"member\",\"admin\"]";
    });
    return;
  }
  if (roles_.empty()) {
    note(Rule::role_slugs_empty, Column::role_slugs,
         [] { return "role_slugs column is present but empty"; });
  }
  if (!roles_.empty() && layout_.names_organizations() && !names_organization(row)) {
    note(Rule::role_slugs_without_organization, Column::role_slugs,
         [] { return "role_slugs is ignored: the row names no organization"; });
    return;
  }
  for (const std::string& slug : roles_) {
    auto problem = workos::role_problem(slug);
    if (!problem) continue;
    note(Rule::role_slugs_format, Column::role_slugs, [&] {
      if (is_slug(slug)) return std::move(*problem);  // its length
      return fmt::format(
          "Invalid role slug \"{}\" — must be lowercase alphanumeric with hyphens/underscores",
          printable(slug, kShown));
    });
  }
}

}  // namespace usher::check
