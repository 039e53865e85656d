// SPDX-License-Identifier: Apache-2.0
// As much of the API as the engine's own tests need: it answers at once and correctly, and counts
// nothing. The faithful one is sandbox/, which the simulated world runs against (tests/world).
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "base/text.h"
#include "engine/responses_test.h"

namespace usher {

// The text of a field of a flat JSON object, or of a query; enough for bodies of our own making.
inline std::string text_between(const std::string& text, const std::string& before, char after) {
  const std::size_t at = text.find(before);
  if (at == std::string::npos) return {};
  const std::size_t start = at + before.size();
  return text.substr(start, text.find(after, start) - start);
}
inline std::string field_of(const net::Request& request, const std::string& name) {
  return text_between(request.body, "\"" + name + "\":\"", '"');
}
inline std::string query_of(const net::Request& request, const std::string& name) {
  const std::string text = text_between(request.path + "&", name + "=", '&');
  return percent_decode(text);
}

class SmallApi {
 public:
  struct Person {
    std::string email;
    std::string external_id;
  };
  struct Member {
    std::set<std::string> roles = {"member"};
    std::string status = "active";
  };

  net::Response operator()(const net::Request& request) {
    const std::string& path = request.path;
    const bool get = request.method == net::Method::get;
    if (path.starts_with("/user_management/organization_memberships")) {
      if (get) return list_memberships(request);
      return request.method == net::Method::put ? put_membership(request)
                                                : post_membership(request);
    }
    if (path.starts_with("/user_management/users")) {
      if (get) return list_users(request);
      if (request.method == net::Method::put) return put_user(request);
      return request.method == net::Method::del ? delete_user(request) : post_user(request);
    }
    return get ? get_organization(request) : post_organization(request);
  }

  std::map<std::string, Person> users;                    // by id
  std::map<std::string, std::string> organizations;       // external id to id
  std::map<std::string, std::string> organization_names;  // of organizations, by id
  std::set<std::string> unlisted;                         // names that the lists do not show yet
  std::map<std::pair<std::string, std::string>, Member> memberships;  // by user and organization

  std::string add_user(const std::string& email, const std::string& external_id = "") {
    const std::string id = fmt::format("user_{}", ++made_);
    users[id] = {email, external_id};
    return id;
  }
  std::string add_organization(const std::string& external_id) {
    return organizations[external_id] = "org_" + external_id;
  }

 private:
  static std::string list(const std::string& records) {
    return R"({"data":[)" + records + R"(],"list_metadata":{"after":null}})";
  }
  static net::Response problem(int status, const std::string& code) {
    return reply(status, fmt::format(R"({{"code":"{0}","message":"{0}"}})", code));
  }
  // Created long ago, so that nothing is mistaken for an echo.
  static std::string user_json(const std::string& id, const Person& person) {
    return fmt::format(
        R"({{"id":"{}","email":"{}","external_id":"{}","created_at":"2020-01-01T00:00:00.000Z"}})",
        id, person.email, person.external_id);
  }
  std::string membership_json(const std::string& user, const std::string& organization) {
    const Member& member = memberships[{user, organization}];
    std::string roles;
    for (const std::string& role : member.roles) {
      roles += fmt::format(R"({}{{"slug":"{}"}})", roles.empty() ? "" : ",", role);
    }
    return fmt::format(
        R"({{"id":"om-{0}-{1}","user_id":"{0}","organization_id":"{1}","status":"{2}",)"
        R"("roles":[{3}],"created_at":"2020-01-01T00:00:00.000Z"}})",
        user, organization, member.status, roles);
  }

  net::Response list_users(const net::Request& request) const {
    const std::string email = query_of(request, "email");
    for (const auto& [id, person] : users) {
      if (equal_ignoring_case(person.email, email)) return reply(200, list(user_json(id, person)));
    }
    return reply(200, list(""));
  }
  net::Response post_user(const net::Request& request) {
    const std::string email = field_of(request, "email");
    const std::string external_id = field_of(request, "external_id");
    for (const auto& [id, person] : users) {
      if (equal_ignoring_case(person.email, email)) return problem(400, "email_not_available");
    }
    const std::string id = add_user(email, external_id);
    return reply(201, user_json(id, users[id]));
  }
  net::Response put_user(const net::Request& request) {
    const std::string id = request.path.substr(request.path.rfind('/') + 1);
    return reply(200, user_json(id, users[id]));
  }
  net::Response delete_user(const net::Request& request) {
    const std::string id = request.path.substr(request.path.rfind('/') + 1);
    return users.erase(id) > 0 ? reply(200, "") : problem(404, "entity_not_found");
  }

  static std::set<std::string> roles_of(const net::Request& request) {
    std::set<std::string> roles;
    const std::string one = field_of(request, "role_slug");
    if (!one.empty()) roles.insert(one);
    const std::string several = text_between(request.body, "\"role_slugs\":[", ']');
    for (const std::string_view quoted : split(several, ',')) {
      if (quoted.size() > 2) roles.insert(std::string(quoted.substr(1, quoted.size() - 2)));
    }
    return roles;
  }
  net::Response list_memberships(const net::Request& request) {
    const std::string user = query_of(request, "user_id");
    const std::string organization = query_of(request, "organization_id");
    std::string records;
    for (const auto& [names, member] : memberships) {
      if (names.first != user || (!organization.empty() && names.second != organization)) continue;
      records += (records.empty() ? "" : ",") + membership_json(names.first, names.second);
    }
    return reply(200, list(records));
  }
  net::Response post_membership(const net::Request& request) {
    const std::string user = field_of(request, "user_id");
    const std::string organization = field_of(request, "organization_id");
    if (!users.contains(user)) return problem(404, "entity_not_found");
    const std::set<std::string> roles = roles_of(request);
    if (roles.contains("ghost")) return problem(422, "invalid_role");
    if (memberships.contains({user, organization})) {
      return problem(409, "organization_membership_already_exists");
    }
    Member& member = memberships[{user, organization}];
    if (!roles.empty()) member.roles = roles;
    return reply(201, membership_json(user, organization));
  }
  net::Response put_membership(const net::Request& request) {
    const std::string id = request.path.substr(request.path.rfind('/') + 1);
    const auto parts = split(id, '-');
    const std::pair<std::string, std::string> names{std::string(parts.at(1)),
                                                    std::string(parts.at(2))};
    const std::set<std::string> roles = roles_of(request);
    if (roles.contains("ghost")) return problem(422, "invalid_role");
    memberships[names].roles = roles;
    return reply(200, membership_json(names.first, names.second));
  }

  static std::string organization_json(const std::string& id, const std::string& name) {
    return fmt::format(R"({{"id":"{}","name":"{}","created_at":"2020-01-01T00:00:00.000Z"}})", id,
                       name);
  }
  net::Response get_organization(const net::Request& request) {
    const std::string searched = query_of(request, "search");
    if (!searched.empty()) return list_organizations(searched);
    const auto found = organizations.find(request.path.substr(request.path.rfind('/') + 1));
    if (found == organizations.end()) return problem(404, "entity_not_found");
    return reply(200, organization_json(found->second, organization_names[found->second]));
  }
  net::Response list_organizations(const std::string& searched) const {
    std::string records;
    for (const auto& [id, name] : organization_names) {
      if (name != searched || unlisted.contains(name)) continue;
      records += (records.empty() ? "" : ",") + organization_json(id, name);
    }
    return reply(200, list(records));
  }
  net::Response post_organization(const net::Request& request) {
    const std::string external_id = field_of(request, "external_id");
    if (organizations.contains(external_id)) return problem(400, "external_id_already_used");
    const std::string id = external_id.empty()
                               ? fmt::format("org_named{}", organization_names.size())
                               : add_organization(external_id);
    organization_names[id] = field_of(request, "name");
    return reply(201, organization_json(id, organization_names[id]));
  }

  int made_ = 0;
};

}  // namespace usher
