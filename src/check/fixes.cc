// SPDX-License-Identifier: Apache-2.0
#include "check/fixes.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "check/nested_metadata.h"
#include "source/cells.h"
#include "source/email.h"
#include "source/metadata.h"
#include "target/workos/checks.h"
#include "target/workos/hash_format.h"

namespace usher::check {
namespace {

bool is_good(std::string_view address) {
  return !address.empty() && !email_problem(address);
}

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

bool is_metadata(std::string_view cell) {
  Metadata ignored;
  return !parse_metadata(cell, ignored).has_value();
}

// What a type that WorkOS does not know is called there; empty when nothing is certain.
std::string_view known_type(std::string_view type) {
  if (type.starts_with("argon2")) return "argon2";
  if (type == "okta-bcrypt" || type == "auth0") return "bcrypt";
  return type;
}

}  // namespace

std::string_view address_inside(std::string_view text) {
  text = without_blanks(text);
  if (is_good(text)) return text;
  const auto open = text.find('<');
  if (open != std::string_view::npos) {
    if (!text.ends_with('>') || text.find('<', open + 1) != std::string_view::npos) return {};
    if (text.substr(0, open).find('@') != std::string_view::npos) return {};
    text = without_blanks(text.substr(open + 1, text.size() - open - 2));
  }
  constexpr std::string_view kScheme = "mailto:";
  if (equal_ignoring_case(text.substr(0, kScheme.size()), kScheme)) {
    text.remove_prefix(kScheme.size());
  }
  while (text.ends_with(',') || text.ends_with(';')) text.remove_suffix(1);
  return is_good(text) ? text : std::string_view();
}

std::string with_json_quotes(std::string_view cell) {
  // A quote or a backslash would have to be told from those that are meant.
  if (!cell.starts_with('{') || cell.find_first_of("\"\\") != std::string_view::npos) return {};
  std::string text(cell);
  if (cell.find("\xE2\x80\x9C") != std::string_view::npos) {
    replace_all(text, "\xE2\x80\x9C", "\"");  // left and right
    replace_all(text, "\xE2\x80\x9D", "\"");
  } else {
    replace_all(text, "'", "\"");
  }
  return is_metadata(text) ? text : std::string();
}

void Fixer::put(Row& row, Column column, Rule rule, std::string after) {
  done_->push_back({rule, column, std::string(row.cells[column]), after});
  changed_[column] = std::move(after);
  row.cells[column] = changed_[column];
}

void Fixer::fix(Row& row, std::vector<Fix>& done) {
  done_ = &done;
  trim_cells(row);
  fix_email(row);
  fix_verified(row);
  fix_hash_type(row);
  fix_metadata(row);
  move_organization_id(row);
}

void Fixer::trim_cells(Row& row) {
  for (std::size_t i = 0; i < kColumns; ++i) {
    const auto column = static_cast<Column>(i);
    if (column == Column::password || column == Column::password_hash) continue;
    const std::string_view bare = clean_cell(row.cells[column]);
    if (bare.size() == row.cells[column].size()) continue;
    const Rule rule = column == Column::email ? Rule::email_whitespace : Rule::cell_whitespace;
    put(row, column, rule, std::string(bare));
  }
}

void Fixer::fix_email(Row& row) {
  const std::string_view cell = row.cells[Column::email];
  if (cell.empty() || is_good(cell)) return;
  const std::string_view inside = address_inside(cell);
  if (inside.empty()) return;
  put(row, Column::email, Rule::email_format, std::string(inside));
}

void Fixer::fix_verified(Row& row) {
  const std::string_view word = row.cells[Column::email_verified];
  if (word == "true" || word == "false") return;
  const auto truth = read_truth(word);
  if (truth) put(row, Column::email_verified, Rule::boolean_format, *truth ? "true" : "false");
}

// Certain once the hash is one of that type.
void Fixer::fix_hash_type(Row& row) {
  const std::string_view type = row.cells[Column::password_hash_type];
  const std::string_view hash = clean_cell(row.cells[Column::password_hash]);
  if (type.empty() || hash.empty() || !workos::hash_problem(type, hash)) return;
  const std::string lower = lower_ascii(type);
  const std::string_view known = known_type(lower);
  if (known == type || workos::hash_problem(known, hash)) return;
  put(row, Column::password_hash_type, Rule::password_hash_format, std::string(known));
}

void Fixer::fix_metadata(Row& row) {
  const std::string_view cell = row.cells[Column::metadata];
  if (cell.empty()) return;
  if (!is_metadata(cell)) {
    std::string text = with_json_quotes(cell);
    if (text.empty()) return;
    put(row, Column::metadata, Rule::metadata_json, std::move(text));
  }
  std::string text = with_nested_as_text(row.cells[Column::metadata]);
  if (text == row.cells[Column::metadata]) return;
  put(row, Column::metadata, Rule::metadata_arrays_objects, std::move(text));
}

// The rule under which the id in org_external_id belongs into org_id.
std::optional<Rule> Fixer::moves_id(const Row& row) const {
  const std::string_view foreign = clean_cell(row.cells[Column::org_external_id]);
  if (foreign.empty() || !clean_cell(row.cells[Column::org_id]).empty()) return std::nullopt;
  switch (workos::looks_like_organization_id(foreign)) {
    case workos::OrganizationId::certainly:
      return Rule::org_id_in_external_id_column;
    case workos::OrganizationId::perhaps:
      return options_.ids_like_others ? std::optional(Rule::org_id_like_external_id) : std::nullopt;
    case workos::OrganizationId::no:
      break;
  }
  return std::nullopt;
}

void Fixer::move_organization_id(Row& row) {
  const auto rule = moves_id(row);
  if (!rule) return;
  std::string id(row.cells[Column::org_external_id]);
  done_->push_back({*rule, Column::org_external_id, id, ""});
  row.cells[Column::org_external_id] = {};
  changed_[Column::org_id] = std::move(id);
  row.cells[Column::org_id] = changed_[Column::org_id];
}

void Fixer::fix_keys(Row& row) {
  const std::string_view address = clean_cell(row.cells[Column::email]);
  if (!address.empty() && !is_good(address)) {
    if (const auto inside = address_inside(address); !inside.empty()) {
      row.cells[Column::email] = inside;
    }
  }
  if (!moves_id(row)) return;
  row.cells[Column::org_id] = row.cells[Column::org_external_id];
  row.cells[Column::org_external_id] = {};
}

}  // namespace usher::check
