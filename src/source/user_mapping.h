// SPDX-License-Identifier: Apache-2.0
// From cells to a person: which column is what, and what a cell must look like. Columns are the
// seeds': email first_name last_name email_verified external_id password password_hash
// password_hash_type metadata org_id org_external_id org_name role_slugs. The limits of an API are
// its target's business. Tested by user_mapping_test.cc.
//
// Decisions: a complete hash pair wins over a password; a hash without a type fails its row, since
// a password would be lost unnoticed; a type without a hash is nothing (exports fill that column
// for everybody). org_id wins over org_name; org_name alone names an organization that is found or
// made.
#pragma once

#include <expected>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/failure.h"
#include "model/user_row.h"
#include "source/columns.h"
#include "source/csv.h"
#include "source/role_mapping.h"

namespace usher {

enum class Mode { user_only, single_org, multi_org };
[[nodiscard]] std::string_view to_string(Mode mode);  // "user-only", "single-org", "multi-org"

class UserMapping {
 public:
  struct Options {
    OrgRef single_org;                          // by != none: every person joins this one
    const RoleMapping* role_mapping = nullptr;  // outlives the mapping
  };

  // Fails without an email column, naming the columns found.
  [[nodiscard]] static Result<UserMapping> make(std::span<const std::string> header,
                                                Options options);

  [[nodiscard]] Mode mode() const { return mode_; }
  // About the header, each once: unknown columns, organization columns that a single-org run
  // ignores ...
  [[nodiscard]] const std::vector<std::string>& warnings() const { return warnings_; }

  // The person of a record, or why there is none (a record's own problem included). Cells are
  // trimmed; blank cells count as absent. Warnings about this row are appended, each beginning "Row
  // N: ".
  [[nodiscard]] std::expected<UserRow, Failure> map(const csv::Record& record,
                                                    std::vector<std::string>& warnings) const;
  // The same into a row that is used again and again. False: `failure` says why, and the row holds
  // what could be read before.
  [[nodiscard]] bool map_into(const csv::Record& record, UserRow& row, Failure& failure,
                              std::vector<std::string>& warnings) const;

  // Column names whose cells are secret (password, password_hash): masked in errors.jsonl.
  [[nodiscard]] static bool is_secret(std::string_view column);

 private:
  struct RowReader;

  void note_columns(std::span<const std::string> header);
  void note_ignored();

  PerColumn<int> columns_;  // where a known column stands; -1: nowhere
  Options options_;
  Mode mode_ = Mode::user_only;
  std::vector<std::string> warnings_;
};

}  // namespace usher
