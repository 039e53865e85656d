// SPDX-License-Identifier: Apache-2.0
#include "sandbox/stub.h"

#include "sandbox/form.h"
#include "sandbox/pages.h"
#include "sandbox/render.h"
#include "sandbox/roles.h"

namespace usher::sandbox {

namespace {

User user_of(Desk& desk, const Call& call) {
  Form form(call);
  User user;
  user.id = desk.ids.next(call.now.wall);
  user.email = form.text("email").value_or("");
  user.first_name = form.text("first_name");
  user.last_name = form.text("last_name");
  user.external_id = form.text("external_id");
  user.times = {call.now.wall, call.now.wall};
  return user;
}

Organization organization_of(Desk& desk, const Call& call) {
  Form form(call);
  Organization organization;
  organization.id = desk.ids.next(call.now.wall);
  organization.name = form.text("name").value_or("Stub");
  organization.external_id = form.text("external_id");
  organization.times = {call.now.wall, call.now.wall};
  return organization;
}

std::string membership_of(Desk& desk, const Call& call) {
  Form form(call);
  User user = user_of(desk, call);
  user.id = parse_id(prefix::kUser, form.text("user_id").value_or("")).value_or(user.id);
  Organization organization = organization_of(desk, call);
  const auto id = parse_id(prefix::kOrganization, form.text("organization_id").value_or(""));
  organization.id = id.value_or(organization.id);
  Role role;
  role.slug = form.text("role_slug").value_or(std::string(kDefaultRole));
  return render(Membership{.id = desk.ids.next(call.now.wall),
                           .user = &user,
                           .organization = &organization,
                           .roles = {&role},
                           .times = {call.now.wall, call.now.wall}});
}

net::Reply empty_list() {
  return list(Page<std::pair<const Ulid, int>>{}, "", [](auto&, const auto&) {});
}

}  // namespace

net::Reply answer_stub(Desk& desk, const Call& call) {
  const bool makes = call.request.method == "POST";
  const int status = makes ? 201 : 200;
  if (call.request.method == "DELETE") return nothing(200);
  if (call.path.starts_with("/user_management/users")) {
    if (call.reads() && call.parts.empty()) return empty_list();
    return json(status, render(user_of(desk, call)));
  }
  if (call.path.starts_with("/user_management/organization_memberships")) {
    if (call.reads() && call.parts.empty()) return empty_list();
    return json(status, membership_of(desk, call));
  }
  if (call.path.starts_with("/organizations")) {
    if (call.reads() && call.parts.empty()) return empty_list();
    return json(status, render(organization_of(desk, call)));
  }
  if (call.reads()) return empty_list();
  return json(status, "{}");
}

}  // namespace usher::sandbox
