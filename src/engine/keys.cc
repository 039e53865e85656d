// SPDX-License-Identifier: Apache-2.0
#include "engine/keys.h"

#include <algorithm>
#include <string>
#include <vector>

#include "base/text.h"

namespace usher {
namespace {

// Parts are joined with a byte that no cell can hold, so that "a" + "bc" is not "ab" + "c".
constexpr char kBetween = '\0';

std::string_view how_named(OrgRef::By by) {
  switch (by) {
    case OrgRef::By::id:
      return "id";
    case OrgRef::By::external_id:
      return "ext";
    case OrgRef::By::name:
      return "name";
    case OrgRef::By::none:
      break;
  }
  return "";
}

std::string organization_text(const OrgRef& organization) {
  std::string text(how_named(organization.by));
  text += kBetween;
  text += organization.value;
  return text;
}

std::uint64_t profile_digest(const Hasher& hasher, const UserRow& row) {
  std::string text;
  auto add = [&](std::string_view part) {
    text += part;
    text += kBetween;
  };
  add(row.first_name);
  add(row.last_name);
  add(row.email_verified ? (*row.email_verified ? "1" : "0") : "");
  add(row.password.reveal());
  add(row.password_hash.reveal());
  add(row.password_hash_type);
  for (const auto& [name, value] : row.metadata) {
    add(name);
    add(value);
  }
  return hasher(text).head();
}

}  // namespace

Key organization_key(const Hasher& hasher, const OrgRef& organization) {
  return hasher("org" + (kBetween + organization_text(organization)));
}

RowKeys make_keys(const Hasher& hasher, const UserRow& row) {
  RowKeys keys;
  const std::string email = lower_ascii(row.email);
  keys.user = hasher("user" + (kBetween + email));
  if (!row.external_id.empty())
    keys.identity = hasher("id" + (kBetween + row.external_id)).head() | 1U;
  keys.profile = profile_digest(hasher, row);
  if (row.org.by == OrgRef::By::none) return keys;

  keys.organization = organization_key(hasher, row.org);
  keys.membership = hasher("member" + (kBetween + email) + kBetween + organization_text(row.org));
  if (!row.roles.empty()) {
    std::vector<std::string> sorted = row.roles;
    std::sort(sorted.begin(), sorted.end());
    std::string text = "roles";
    for (const std::string& role : sorted) text += kBetween + role;
    keys.roles = hasher(text).head() | 1U;
  }
  return keys;
}

std::uint64_t content_digest(const Hasher& hasher, const RowKeys& keys, const UserRow& row) {
  std::string text = "row";
  const auto add_key = [&](const Key& key) {
    for (const unsigned char byte : key.bytes) text += static_cast<char>(byte);
  };
  add_key(keys.user);
  add_key(keys.organization);
  for (const std::uint64_t digest : {keys.identity, keys.profile, keys.roles}) {
    text += std::to_string(digest) + kBetween;
  }
  text += row.org.name;
  text += row.org.may_create ? '1' : '0';
  return hasher(text).head();
}

}  // namespace usher
