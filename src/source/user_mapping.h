// SPDX-License-Identifier: Apache-2.0
// From cells to a person: which column is what, and what a cell must look like. Columns are the
// seeds': email first_name last_name email_verified external_id password password_hash
// password_hash_type metadata org_id org_external_id org_name role_slugs. The limits of an API are
// its target's business. Tested by user_mapping_test.cc.
#pragma once

#include <expected>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "model/failure.h"
#include "model/user_row.h"
#include "source/csv.h"

namespace usher {

// external_id -> role slugs, out of a CSV with the columns external_id and role_slug, one pair a
// row.
struct RoleMapping {
  std::unordered_map<std::string, std::vector<std::string>> roles;
  std::vector<std::string> warnings;
  [[nodiscard]] static Result<RoleMapping> read(const std::string& path);
};

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

  [[nodiscard]] Mode mode() const;
  // About the header, each once: unknown columns, organization columns that a single-org run
  // ignores ...
  [[nodiscard]] const std::vector<std::string>& warnings() const;

  // The person of a record, or why there is none (a record's own problem included). Cells are
  // trimmed; blank cells count as absent. Warnings about this row are appended, each beginning "Row
  // N: ".
  [[nodiscard]] std::expected<UserRow, Failure> map(const csv::Record& record,
                                                    std::vector<std::string>& warnings) const;

  // Column names whose cells are secret (password, password_hash): masked in errors.jsonl.
  [[nodiscard]] static bool is_secret(std::string_view column);

 private:
  enum Column : std::size_t {};
  std::vector<int> columns_;  // index by known column; -1: absent
  Options options_;
  Mode mode_ = Mode::user_only;
  std::size_t width_ = 0;
  std::vector<std::string> warnings_;
};

}  // namespace usher
