// SPDX-License-Identifier: Apache-2.0
// What usher reads out of the API's objects: only the fields that decide something.
// Tested by records_test.cc.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/time.h"

namespace usher::workos {

struct UserRecord {
  std::string id;
  std::string email;
  std::string external_id;  // empty: none
  std::string first_name;
  std::string last_name;
  bool email_verified = false;
  std::vector<std::pair<std::string, std::string>> metadata;
  std::optional<WallTime> created_at;
};

struct MembershipRecord {
  std::string id;
  std::string organization_id;
  std::string user_id;
  std::string status;  // active, inactive, pending
  std::vector<std::string> roles;
  std::optional<WallTime> created_at;
};

struct OrganizationRecord {
  std::string id;
  std::string name;
  std::string external_id;
  std::optional<WallTime> created_at;
};

// Nothing: the text is not such an object (no id, wrong types).
[[nodiscard]] std::optional<UserRecord> read_user(std::string_view json);
[[nodiscard]] std::optional<MembershipRecord> read_membership(std::string_view json);
[[nodiscard]] std::optional<OrganizationRecord> read_organization(std::string_view json);

// A page of a list; `after`: the cursor of the next page, empty at the end.
template <class Record>
struct Page {
  std::vector<Record> records;
  std::string after;
};
[[nodiscard]] std::optional<Page<UserRecord>> read_users(std::string_view json);
[[nodiscard]] std::optional<Page<MembershipRecord>> read_memberships(std::string_view json);
[[nodiscard]] std::optional<Page<OrganizationRecord>> read_organizations(std::string_view json);

}  // namespace usher::workos
