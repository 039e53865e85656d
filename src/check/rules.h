// SPDX-License-Identifier: Apache-2.0
// Every rule of a validation: its id (which scripts read), how bad it is, and what to do about it.
// One table, so that the report, the screen and the tests cannot disagree. Tested by rules_test.cc.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace usher::check {

enum class Severity : std::uint8_t { error, warning, info };
enum class Category : std::uint8_t { header, row, duplicate };
[[nodiscard]] std::string_view to_string(Severity severity);
[[nodiscard]] std::string_view to_string(Category category);

enum class Rule : std::uint8_t {
  // of the header
  empty_file,
  header_format,
  required_email_column,
  unknown_columns,
  mode_detection,
  role_slugs_unused,  // the column is there, but no row can use it
  role_slugs_blank,   // the column is there, but every cell is empty
  // of a row
  record_format,
  required_email,
  email_format,
  email_whitespace,
  cell_whitespace,
  password_whitespace,
  boolean_format,
  external_id_format,
  external_id_length,
  spreadsheet_number,
  metadata_json,
  metadata_arrays_objects,
  metadata_left_out,
  metadata_limits,
  metadata_documented_limits,
  org_id_conflict,
  org_id_in_external_id_column,
  org_id_like_external_id,
  org_id_format,
  org_external_id_format,
  role_slugs_format,
  role_slugs_empty,
  role_slugs_without_organization,
  password_hash_complete,
  password_hash_format,
  password_and_hash,
  rows_without_organization,
  // of several rows
  duplicate_email,
  duplicate_email_conflict,
  duplicate_external_id,
  org_name_differs,
  org_name_shared,
  several_organizations,
};
constexpr std::size_t kRules = static_cast<std::size_t>(Rule::several_organizations) + 1;

struct RuleFacts {
  std::string_view id;
  Severity severity = Severity::error;
  Category category = Category::row;
  std::string_view title;   // what all findings of the rule have in common
  std::string_view advice;  // what to do; empty: nothing
};

[[nodiscard]] const RuleFacts& facts(Rule rule);

}  // namespace usher::check
