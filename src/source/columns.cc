// SPDX-License-Identifier: Apache-2.0
#include "source/columns.h"

#include <algorithm>
#include <string>

#include "base/text.h"

namespace usher {
namespace {

constexpr std::array<std::string_view, kColumns> kNames = {
    "email",           "first_name",    "last_name",          "email_verified", "external_id",
    "password",        "password_hash", "password_hash_type", "metadata",       "org_id",
    "org_external_id", "org_name",      "role_slugs"};

struct Word {
  std::string_view letters;
  Column column;
};

// Each a word for that column and nothing else.
constexpr std::array kWords = {
    Word{"emailaddress", Column::email},
    Word{"mail", Column::email},
    Word{"useremail", Column::email},
    Word{"givenname", Column::first_name},
    Word{"forename", Column::first_name},
    Word{"surname", Column::last_name},
    Word{"familyname", Column::last_name},
    Word{"emailconfirmed", Column::email_verified},
    Word{"verified", Column::email_verified},
    Word{"organizationid", Column::org_id},
    Word{"organizationname", Column::org_name},
    Word{"orgname", Column::org_name},
    Word{"roles", Column::role_slugs},
    Word{"roleslug", Column::role_slugs},
    Word{"role", Column::role_slugs},
    Word{"usermetadata", Column::metadata},
    Word{"organizationexternalid", Column::org_external_id},
};

// Letters and digits, lower case.
std::string skeleton(std::string_view name) {
  std::string letters;
  for (const char c : lower_ascii(name)) {
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) letters += c;
  }
  return letters;
}

}  // namespace

std::string_view to_string(Column column) {
  return kNames[static_cast<std::size_t>(column)];
}

std::optional<Column> known_column(std::string_view name) {
  const auto* const found = std::find(kNames.begin(), kNames.end(), name);
  if (found == kNames.end()) return std::nullopt;
  return static_cast<Column>(found - kNames.begin());
}

std::optional<Column> same_column(std::string_view name) {
  const std::string letters = skeleton(name);
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    if (skeleton(kNames[i]) == letters) return static_cast<Column>(i);
  }
  return std::nullopt;
}

std::optional<Column> meant_column(std::string_view name) {
  if (const auto same = same_column(name)) return same;
  const std::string letters = skeleton(name);
  for (const Word& word : kWords) {
    if (word.letters == letters) return word.column;
  }
  return std::nullopt;
}

}  // namespace usher
