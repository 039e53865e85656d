// SPDX-License-Identifier: Apache-2.0
#include "sandbox/control.h"

#include <algorithm>

#include <boost/json.hpp>

#include "sandbox/render.h"
#include "sandbox/router.h"

namespace usher::sandbox {

namespace {

Metadata sorted(Metadata metadata) {
  std::ranges::sort(metadata);
  return metadata;
}

void text(JsonWriter& out, std::string_view name, const Text& value) {
  out.key(name);
  value ? out.value(*value) : out.null();
}

std::string line_of(const User& user) {
  std::string line;
  JsonWriter out(line);
  out.open_object().field("type", "user").field("email", user.email);
  text(out, "external_id", user.external_id);
  text(out, "first_name", user.first_name);
  text(out, "last_name", user.last_name);
  text(out, "name", user.name);
  out.field("email_verified", user.email_verified);
  write(out.key("metadata"), sorted(user.metadata));
  text(out, "password_hash_type", user.password.type.empty() ? Text{} : Text(user.password.type));
  out.field("factors", std::uint64_t{user.factors.size()}).close_object();
  return line;
}

std::string line_of(const Organization& organization) {
  std::string line;
  JsonWriter out(line);
  out.open_object().field("type", "organization");
  text(out, "external_id", organization.external_id);
  out.field("name", organization.name).key("metadata");
  write(out, sorted(organization.metadata));
  std::vector<std::string> domains;
  domains.reserve(organization.domains.size());
  for (const Domain* domain : organization.domains) domains.push_back(domain->name);
  std::ranges::sort(domains);
  out.key("domains").open_array();
  for (const std::string& domain : domains) out.value(domain);
  out.close_array().close_object();
  return line;
}

std::string line_of(const Membership& membership) {
  const Organization& organization = *membership.organization;
  std::string line;
  JsonWriter out(line);
  out.open_object().field("type", "membership").field("email", membership.user->email);
  out.field("organization", organization.external_id.value_or(organization.name));
  std::vector<std::string> slugs;
  slugs.reserve(membership.roles.size());
  for (const Role* role : membership.roles) slugs.push_back(role->slug);
  std::ranges::sort(slugs);
  out.key("roles").open_array();
  for (const std::string& slug : slugs) out.value(slug);
  out.close_array().field("status", to_string(membership.status)).close_object();
  return line;
}

}  // namespace

void write_faults(JsonWriter& out, const FaultPlan& faults) {
  out.open_array();
  for (std::size_t i = 0; i < faults.faults().size(); ++i) {
    const Fault& fault = faults.faults()[i];
    out.open_object().field("name", fault.name).field("kind", to_string(fault.kind));
    out.field("method", fault.method).field("path", fault.path);
    out.field("fired", faults.fired()[i]).close_object();
  }
  out.close_array();
}

net::Reply tell_state(const Desk& desk, const Counters& counters, const FaultPlan& faults) {
  const Directory& directory = desk.directory;
  std::string body;
  JsonWriter out(body);
  const auto count = [&](std::string_view name, std::size_t number) {
    out.field(name, std::uint64_t{number});
  };
  out.open_object();
  count("users", directory.users().size());
  count("organizations", directory.organizations().size());
  count("organization_domains", directory.domains().size());
  count("organization_memberships", directory.memberships().size());
  count("permissions", directory.permissions().size());
  count("authentication_factors", directory.factors().size());
  count("invitations", directory.invitations().size());
  count("events", desk.events.all().size());
  counters.write(out.key("requests").open_object());
  out.close_object().key("routes").open_object();
  for (std::size_t number = 0; number < api().size(); ++number) {
    if (counters.by_route()[number] == 0) continue;
    const Route& route = api().route(number);
    out.field(std::string(route.method) + " " + std::string(route.pattern),
              counters.by_route()[number]);
  }
  write_faults(out.close_object().key("faults"), faults);
  out.close_object();
  return json(200, std::move(body));
}

net::Reply dump(const Directory& directory) {
  std::vector<std::string> lines;
  for (const auto& [id, organization] : directory.organizations()) {
    lines.push_back(line_of(organization));
  }
  for (const auto& [id, user] : directory.users()) lines.push_back(line_of(user));
  for (const auto& [id, membership] : directory.memberships()) {
    lines.push_back(line_of(membership));
  }
  std::ranges::sort(lines);
  net::Reply reply{.content_type = "application/x-ndjson"};
  for (const std::string& line : lines) reply.body.append(line).append("\n");
  return reply;
}

net::Reply tell_faults(const FaultPlan& faults) {
  std::string body;
  JsonWriter out(body);
  write_faults(out.open_object().key("faults"), faults);
  out.close_object();
  return json(200, std::move(body));
}

net::Reply add_faults(FaultPlan& faults, std::string_view body, Api api) {
  boost::json::error_code error;
  const auto value = boost::json::parse(boost::json::string_view(body.data(), body.size()), error);
  const bool single = !error && value.is_object() && !value.get_object().contains("faults");
  const auto plan = FaultPlan::parse(
      single ? "{\"faults\":[" + boost::json::serialize(value) + "]}" : std::string(body), api);
  if (!plan) return saying(422, plan.error().what);
  for (const Fault& fault : plan->faults()) faults.add(fault);
  return tell_faults(faults);
}

}  // namespace usher::sandbox
