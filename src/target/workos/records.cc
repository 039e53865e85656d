// SPDX-License-Identifier: Apache-2.0
#include "target/workos/records.h"

#include <array>

#include <boost/json.hpp>

namespace usher::workos {
namespace {

namespace json = boost::json;

// Answers are parsed on the stack where they fit: a user is about 600 bytes.
struct Parsed {
  std::array<unsigned char, 8192> space;  // not cleared: that would cost more than the parsing
  json::monotonic_resource resource;
  json::value value;
  bool ok = false;

  explicit Parsed(std::string_view text) : resource(space.data(), space.size()), value(&resource) {
    json::error_code error;
    value = json::parse(json::string_view(text.data(), text.size()), error, &resource);
    ok = !error && value.is_object();
  }
};

std::string text_of(const json::object& object, std::string_view name) {
  const json::value* found = object.if_contains(name);
  if (found == nullptr || !found->is_string()) return {};
  return std::string(std::string_view(found->get_string()));
}

bool truth_of(const json::object& object, std::string_view name) {
  const json::value* found = object.if_contains(name);
  return found != nullptr && found->is_bool() && found->get_bool();
}

std::vector<std::pair<std::string, std::string>> metadata_of(const json::object& object) {
  std::vector<std::pair<std::string, std::string>> result;
  const json::value* found = object.if_contains("metadata");
  if (found == nullptr || !found->is_object()) return result;
  for (const auto& [name, value] : found->get_object()) {
    if (value.is_string()) {
      result.emplace_back(std::string_view(name), std::string_view(value.get_string()));
    }
  }
  return result;
}

void add_slug(std::vector<std::string>& roles, const json::value& role) {
  if (!role.is_object()) return;
  std::string slug = text_of(role.get_object(), "slug");
  if (!slug.empty()) roles.push_back(std::move(slug));
}

std::vector<std::string> roles_of(const json::object& object) {
  std::vector<std::string> roles;
  const json::value* several = object.if_contains("roles");
  if (several != nullptr && several->is_array()) {
    for (const json::value& role : several->get_array()) add_slug(roles, role);
  }
  const json::value* one = object.if_contains("role");
  if (roles.empty() && one != nullptr) add_slug(roles, *one);
  return roles;
}

std::optional<UserRecord> user_of(const json::object& object) {
  UserRecord user;
  user.id = text_of(object, "id");
  user.email = text_of(object, "email");
  if (user.id.empty() || user.email.empty()) return std::nullopt;
  user.external_id = text_of(object, "external_id");
  user.first_name = text_of(object, "first_name");
  user.last_name = text_of(object, "last_name");
  user.email_verified = truth_of(object, "email_verified");
  user.metadata = metadata_of(object);
  user.created_at = parse_iso8601(text_of(object, "created_at"));
  return user;
}

std::optional<MembershipRecord> membership_of(const json::object& object) {
  MembershipRecord membership;
  membership.id = text_of(object, "id");
  if (membership.id.empty()) return std::nullopt;
  membership.organization_id = text_of(object, "organization_id");
  membership.user_id = text_of(object, "user_id");
  membership.status = text_of(object, "status");
  membership.roles = roles_of(object);
  membership.created_at = parse_iso8601(text_of(object, "created_at"));
  return membership;
}

std::optional<OrganizationRecord> organization_of(const json::object& object) {
  OrganizationRecord organization;
  organization.id = text_of(object, "id");
  if (organization.id.empty()) return std::nullopt;
  organization.name = text_of(object, "name");
  organization.external_id = text_of(object, "external_id");
  organization.created_at = parse_iso8601(text_of(object, "created_at"));
  return organization;
}

template <class Record, class Read>
std::optional<Record> read_one(std::string_view text, Read read) {
  const Parsed parsed(text);
  if (!parsed.ok) return std::nullopt;
  return read(parsed.value.get_object());
}

template <class Record, class Read>
std::optional<Page<Record>> read_page(std::string_view text, Read read) {
  const Parsed parsed(text);
  if (!parsed.ok) return std::nullopt;
  const json::object& object = parsed.value.get_object();
  const json::value* data = object.if_contains("data");
  if (data == nullptr || !data->is_array()) return std::nullopt;
  Page<Record> page;
  for (const json::value& element : data->get_array()) {
    if (!element.is_object()) return std::nullopt;
    auto record = read(element.get_object());
    if (!record) return std::nullopt;
    page.records.push_back(std::move(*record));
  }
  const json::value* list = object.if_contains("list_metadata");
  if (list != nullptr && list->is_object()) page.after = text_of(list->get_object(), "after");
  return page;
}

}  // namespace

std::optional<UserRecord> read_user(std::string_view json) {
  return read_one<UserRecord>(json, user_of);
}
std::optional<MembershipRecord> read_membership(std::string_view json) {
  return read_one<MembershipRecord>(json, membership_of);
}
std::optional<OrganizationRecord> read_organization(std::string_view json) {
  return read_one<OrganizationRecord>(json, organization_of);
}
std::optional<Page<UserRecord>> read_users(std::string_view json) {
  return read_page<UserRecord>(json, user_of);
}
std::optional<Page<MembershipRecord>> read_memberships(std::string_view json) {
  return read_page<MembershipRecord>(json, membership_of);
}
std::optional<Page<OrganizationRecord>> read_organizations(std::string_view json) {
  return read_page<OrganizationRecord>(json, organization_of);
}

}  // namespace usher::workos
