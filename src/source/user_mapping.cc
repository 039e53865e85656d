// SPDX-License-Identifier: Apache-2.0
#include "source/user_mapping.h"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "base/text.h"
#include "source/cells.h"
#include "source/columns.h"
#include "source/email.h"
#include "source/metadata.h"

namespace usher {
namespace {

std::string list(const std::vector<std::string>& names) {
  constexpr std::size_t kMost = 12;
  std::string text;
  for (std::size_t i = 0; i < std::min(names.size(), kMost); ++i) {
    text += fmt::format("{}\"{}\"", i == 0 ? "" : ", ", printable(names[i], 40));
  }
  if (names.size() > kMost) text += fmt::format(" and {} more", names.size() - kMost);
  return text;
}

Error no_email_column(std::span<const std::string> header) {
  std::string what = fmt::format("the header has no \"email\" column; found {}",
                                 list({header.begin(), header.end()}));
  for (const std::string& name : header) {
    if (meant_column(name) == Column::email) {
      return {std::move(what), fmt::format("rename \"{}\" to \"email\"", printable(name, 40))};
    }
  }
  return {std::move(what), "the first line has to name the columns; one of them has to be email"};
}

}  // namespace

std::string_view to_string(Mode mode) {
  switch (mode) {
    case Mode::user_only:
      return "user-only";
    case Mode::single_org:
      return "single-org";
    case Mode::multi_org:
      return "multi-org";
  }
  return "?";
}

bool UserMapping::is_secret(std::string_view column) {
  return column == to_string(Column::password) || column == to_string(Column::password_hash);
}

// --- the header

void UserMapping::note_columns(std::span<const std::string> header) {
  columns_.values.fill(-1);
  for (std::size_t i = 0; i < header.size(); ++i) {
    if (const auto known = known_column(header[i])) columns_[*known] = static_cast<int>(i);
  }
  std::vector<std::string> unknown;
  for (const std::string& name : header) {
    if (known_column(name)) continue;
    const auto meant = meant_column(name);
    if (meant && columns_[*meant] < 0) {
      warnings_.push_back(
          fmt::format("Column \"{}\" is not read; rename it to \"{}\" if it is that",
                      printable(name, 40), to_string(*meant)));
    } else {
      unknown.push_back(name);
    }
  }
  if (!unknown.empty()) {
    warnings_.push_back(
        fmt::format("Column{} not read: {}", unknown.size() == 1 ? "" : "s", list(unknown)));
  }
}

void UserMapping::note_ignored() {
  if (mode_ == Mode::single_org) {
    std::vector<std::string> ignored;
    for (const auto column : {Column::org_id, Column::org_external_id, Column::org_name}) {
      if (columns_[column] >= 0) ignored.emplace_back(to_string(column));
      columns_[column] = -1;
    }
    if (!ignored.empty()) {
      warnings_.push_back("Everybody joins one organization, so these columns are ignored: " +
                          list(ignored));
    }
  }
  if (mode_ != Mode::user_only) return;
  if (columns_[Column::role_slugs] >= 0) {
    warnings_.emplace_back("Column \"role_slugs\" is ignored: no row names an organization");
    columns_[Column::role_slugs] = -1;
  }
  if (options_.role_mapping != nullptr && !options_.role_mapping->roles.empty()) {
    warnings_.emplace_back("The role mapping is ignored: no row names an organization");
    options_.role_mapping = nullptr;
  }
}

Result<UserMapping> UserMapping::make(std::span<const std::string> header, Options options) {
  UserMapping mapping;
  mapping.options_ = std::move(options);
  mapping.note_columns(header);
  if (mapping.columns_[Column::email] < 0) return std::unexpected(no_email_column(header));
  const auto has = [&](Column column) { return mapping.columns_[column] >= 0; };
  if (mapping.options_.single_org.by != OrgRef::By::none) {
    mapping.mode_ = Mode::single_org;
  } else if (has(Column::org_id) || has(Column::org_external_id) || has(Column::org_name)) {
    mapping.mode_ = Mode::multi_org;
  }
  mapping.note_ignored();
  return mapping;
}

// --- a row

struct UserMapping::RowReader {
  const UserMapping& mapping;
  const csv::Record& record;
  UserRow& row;
  Failure& failure;
  std::vector<std::string>& warnings;

  std::string_view cell(Column column) const {
    const int at = mapping.columns_[column];
    return at < 0 ? std::string_view() : clean_cell(record.cells[static_cast<std::size_t>(at)]);
  }

  bool fail(FailedAt at, std::string message) {
    failure = Failure{};
    failure.at = at;
    failure.message = std::move(message);
    return false;
  }
  bool fail(std::string message) { return fail(FailedAt::user_create, std::move(message)); }
  void warn(std::string_view message) {
    warnings.push_back(fmt::format("Row {}: {}", record.number, message));
  }

  bool read() {
    reset();
    if (!record.problem.empty()) {
      guess_email();
      return fail(fmt::format("Line {}: the record {}", record.line, record.problem));
    }
    return read_person() && read_organization() && read_password() && read_metadata() &&
           read_row_roles();
  }

  // A row that is used again must tell nothing of the one before, wherever reading ends.
  void reset() {
    row.email.clear();
    row.first_name.clear();
    row.last_name.clear();
    row.email_verified.reset();
    row.external_id.clear();
    set(row.password, {});
    set(row.password_hash, {});
    row.password_hash_type.clear();
    row.metadata.clear();
    row.org.by = OrgRef::By::none;
    row.org.value.clear();
    row.org.name.clear();
    row.org.may_create = false;
    row.roles.clear();
  }

  // Of a broken record, so that the failure names somebody; cells may have moved.
  void guess_email() {
    const auto at = static_cast<std::size_t>(mapping.columns_[Column::email]);
    if (at >= record.cells.size()) return;
    const std::string_view text = clean_cell(record.cells[at]);
    if (!email_problem(text)) row.email = text;
  }

  bool read_person() {
    row.email = cell(Column::email);
    row.first_name = cell(Column::first_name);
    row.last_name = cell(Column::last_name);
    row.external_id = cell(Column::external_id);
    if (row.email.empty()) return fail("Missing required email");
    if (const auto problem = email_problem(row.email)) {
      return fail(fmt::format("Invalid email: \"{}\" {}", printable(row.email, 80), *problem));
    }
    const std::string_view word = cell(Column::email_verified);
    row.email_verified = read_truth(word);
    if (!word.empty() && !row.email_verified) {
      warn(fmt::format("email_verified \"{}\" is neither true nor false; left unset",
                       printable(word, 20)));
    }
    return true;
  }

  bool read_password() {
    const std::string_view plain = cell(Column::password);
    const std::string_view hash = cell(Column::password_hash);
    if (!hash.empty()) row.password_hash_type = cell(Column::password_hash_type);
    if (!hash.empty() && row.password_hash_type.empty()) {
      return fail(
          "password_hash has no password_hash_type; name the type (such as bcrypt), or leave "
          "both out");
    }
    set(row.password_hash, hash);
    set(row.password, hash.empty() ? plain : std::string_view());
    return true;
  }

  static void set(Secret& secret, std::string_view text) {
    if (!secret.empty() || !text.empty()) secret = Secret(text);
  }

  bool read_metadata() {
    const std::string_view text = cell(Column::metadata);
    if (text.empty()) return true;
    std::vector<std::string> left_out;
    if (auto problem = parse_metadata(text, row.metadata, &left_out)) {
      return fail(std::move(*problem));
    }
    for (const std::string& what : left_out) warn(what);
    return true;
  }

  bool read_organization() {
    if (mapping.mode_ == Mode::single_org) {
      row.org = mapping.options_.single_org;
      return true;
    }
    const std::string_view id = cell(Column::org_id);
    const std::string_view foreign = cell(Column::org_external_id);
    const std::string_view name = cell(Column::org_name);
    if (!id.empty() && !foreign.empty()) {
      return fail(FailedAt::org_resolution, "Row cannot specify both org_id and org_external_id");
    }
    row.org.may_create = id.empty() && !name.empty();
    if (!id.empty()) {
      row.org.by = OrgRef::By::id;
      row.org.value = id;
    } else if (!foreign.empty()) {
      row.org.by = OrgRef::By::external_id;
      row.org.value = foreign;
      row.org.name = name;
    } else {
      row.org.by = name.empty() ? OrgRef::By::none : OrgRef::By::name;
      row.org.value = name;
    }
    return true;
  }

  bool read_row_roles() {
    const std::string_view text = cell(Column::role_slugs);
    if (!text.empty() && !read_roles(text, row.roles)) {
      return fail(
          "role_slugs is not a list of roles; write member,admin or [\"member\",\"admin\"]");
    }
    if (row.org.by == OrgRef::By::none) {
      if (!row.roles.empty()) warn("role_slugs is ignored: the row names no organization");
      row.roles.clear();
      return true;
    }
    const RoleMapping* more = mapping.options_.role_mapping;
    if (more == nullptr || row.external_id.empty()) return true;
    const auto found = more->roles.find(row.external_id);
    if (found == more->roles.end()) return true;
    for (const std::string& slug : found->second) add_role(row.roles, slug);
    return true;
  }
};

bool UserMapping::map_into(const csv::Record& record, UserRow& row, Failure& failure,
                           std::vector<std::string>& warnings) const {
  return RowReader{*this, record, row, failure, warnings}.read();
}

std::expected<UserRow, Failure> UserMapping::map(const csv::Record& record,
                                                 std::vector<std::string>& warnings) const {
  UserRow row;
  Failure failure;
  if (!map_into(record, row, failure, warnings)) return std::unexpected(std::move(failure));
  return row;
}

}  // namespace usher
