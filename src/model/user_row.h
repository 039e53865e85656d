// SPDX-License-Identifier: Apache-2.0
// One row of a user import, after mapping: a person, the organization wished for, the roles. Plain
// values; secrets are Secrets. What may stand in a cell is checked by source/ (form) and by
// target/workos (the API's limits).
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/secret.h"

namespace usher {

struct OrgRef {
  enum class By { none, id, external_id, name };
  By by = By::none;
  std::string value = {};   // the id, the external id or the name, by `by`
  std::string name = {};    // with external_id: the name for a new organization; may be empty
  bool may_create = false;  // a missing one is created

  friend bool operator==(const OrgRef&, const OrgRef&) = default;
};

struct UserRow {
  std::string email;  // trimmed, case as typed
  std::string first_name;
  std::string last_name;
  std::optional<bool> email_verified;
  std::string external_id;
  Secret password;  // empty when a complete hash pair is given
  Secret password_hash;
  std::string password_hash_type;
  std::vector<std::pair<std::string, std::string>>
      metadata;  // in the order of the cell; values text
  OrgRef org;
  std::vector<std::string> roles;  // no repeats; order: the row's, then the role mapping's
};

}  // namespace usher
