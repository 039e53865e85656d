// SPDX-License-Identifier: Apache-2.0
#include "sandbox/memberships.h"

#include <algorithm>

#include <fmt/format.h>

#include "sandbox/pages.h"
#include "sandbox/render.h"
#include "sandbox/roles.h"

namespace usher::sandbox {

namespace {

constexpr std::string_view kEntity = "Organization Membership";

net::Reply cannot_reactivate_pending() {
  return coded(400, "cannot_reactivate_pending_organization_membership",
               "A pending organization membership cannot be reactivated. The user needs to accept "
               "the invitation instead.");
}

Checked<Membership*> membership_in_path(Desk& desk, const Call& call) {
  Membership* membership = desk.directory.find_membership(call.part(0));
  if (membership == nullptr) return refuse(not_found(kEntity, call.part(0)));
  return membership;
}

// Renders, tells the log, answers.
Outcome tell(Desk& desk, const Call& call, int status, std::string_view event,
             const Membership& membership) {
  std::string body = render(membership);
  desk.emit(event, body, call.now.wall, membership.organization->id);
  return json(status, std::move(body));
}

Outcome set_status(Desk& desk, const Call& call, Membership& membership, MembershipStatus status) {
  if (membership.status == status) return json(200, render(membership));
  membership.status = status;
  membership.times.touch(call.now.wall);
  return tell(desk, call, 200, "organization_membership.updated", membership);
}

// The call on a pair that was deactivated brings it back, with the roles of this call.
Outcome create_again(Desk& desk, const Call& call, Membership& membership,
                     std::vector<Role*> roles) {
  if (membership.status == MembershipStatus::active) {
    return refuse(coded(desk.options.duplicate_membership_status,
                        "organization_membership_already_exists",
                        "User is already a member of this organization."));
  }
  membership.status = MembershipStatus::active;
  Directory::set_roles(membership, std::move(roles));
  membership.times.touch(call.now.wall);
  return tell(desk, call, 201, "organization_membership.updated", membership);
}

Outcome create_membership(Desk& desk, const Call& call) {
  Form form(call);
  const std::string user_id = form.required_text("user_id");
  const std::string organization_id = form.required_text("organization_id");
  const WantedRoles wanted = read_roles(form);
  USHER_TRY(form.verdict(desk.options.strict_fields));
  User* user = desk.directory.find_user(user_id);
  if (user == nullptr) return refuse(not_found("User", user_id));
  Organization* organization = desk.directory.find_organization(organization_id);
  if (organization == nullptr) return refuse(not_found("Organization", organization_id));
  Membership* present = Directory::find_pair(*user, *organization);
  if (present != nullptr && present->status == MembershipStatus::pending) {
    return refuse(cannot_reactivate_pending());
  }
  USHER_TRY_ASSIGN(auto roles, resolve_roles(desk, wanted, *organization));
  if (present != nullptr) return create_again(desk, call, *present, std::move(roles));

  const Membership& made = desk.directory.add(Membership{.id = desk.ids.next(call.now.wall),
                                                         .user = user,
                                                         .organization = organization,
                                                         .roles = std::move(roles),
                                                         .times = {call.now.wall, call.now.wall}});
  return tell(desk, call, 201, "organization_membership.created", made);
}

// Which statuses a list shows: the active ones, unless told otherwise.
Checked<std::vector<MembershipStatus>> read_statuses(const Call& call) {
  std::vector<MembershipStatus> statuses;
  for (const std::string& text : call.list_parameter("statuses")) {
    const auto all = {MembershipStatus::active, MembershipStatus::inactive,
                      MembershipStatus::pending};
    const auto known =
        std::ranges::find_if(all, [&](MembershipStatus each) { return to_string(each) == text; });
    if (known == all.end()) {
      return refuse(coded(400, "invalid_request_parameters",
                          fmt::format("'{}' is not a membership status.", text)));
    }
    statuses.push_back(*known);
  }
  if (statuses.empty()) statuses.push_back(MembershipStatus::active);
  return statuses;
}

Outcome list_memberships(Desk& desk, const Call& call) {
  const auto user_id = call.parameter("user_id");
  const auto organization_id = call.parameter("organization_id");
  if (!user_id && !organization_id) {
    return refuse(coded(400, "missing_user_id_or_organization_id",
                        "Either user_id or organization_id is required."));
  }
  const PageRules rules{.prefix = prefix::kMembership, .lenient = desk.options.lenient_pages};
  USHER_TRY_ASSIGN(const PageRequest request, read_page(call, rules, desk.ids));
  USHER_TRY_ASSIGN(const auto statuses, read_statuses(call));
  static const std::map<Ulid, Membership*> kNone;
  const User* user = user_id ? desk.directory.find_user(*user_id) : nullptr;
  const Organization* organization =
      organization_id ? desk.directory.find_organization(*organization_id) : nullptr;
  const bool unknown = (user_id && user == nullptr) || (organization_id && organization == nullptr);
  const auto& shelf = unknown           ? kNone
                      : user != nullptr ? user->memberships
                                        : organization->memberships;
  const auto page = cut_page(shelf, request, [&](const auto& entry) {
    const Membership& each = *entry.second;
    return (organization == nullptr || each.organization == organization) &&
           std::ranges::find(statuses, each.status) != statuses.end();
  });
  return list(page, prefix::kMembership, [](auto& out, const auto& e) { write(out, *e.second); });
}

Outcome get_membership(Desk& desk, const Call& call) {
  USHER_TRY_ASSIGN(const Membership* membership, membership_in_path(desk, call));
  return json(200, render(*membership));
}

Outcome update_membership(Desk& desk, const Call& call) {
  USHER_TRY_ASSIGN(Membership * membership, membership_in_path(desk, call));
  Form form(call);
  const WantedRoles wanted = read_roles(form);
  USHER_TRY(form.verdict(desk.options.strict_fields));
  if (!wanted.any()) return json(200, render(*membership));
  USHER_TRY_ASSIGN(auto roles, resolve_roles(desk, wanted, *membership->organization));
  Directory::set_roles(*membership, std::move(roles));
  membership->times.touch(call.now.wall);
  return tell(desk, call, 200, "organization_membership.updated", *membership);
}

Outcome delete_membership(Desk& desk, const Call& call) {
  USHER_TRY_ASSIGN(Membership * membership, membership_in_path(desk, call));
  desk.emit("organization_membership.deleted", render(*membership), call.now.wall,
            membership->organization->id);
  desk.directory.remove(*membership);
  return nothing(200);
}

Outcome deactivate_membership(Desk& desk, const Call& call) {
  USHER_TRY_ASSIGN(Membership * membership, membership_in_path(desk, call));
  if (membership->status == MembershipStatus::pending) {
    return refuse(coded(400, "cannot_deactivate_pending_organization_membership",
                        "A pending organization membership cannot be deactivated. Revoke the "
                        "invitation instead."));
  }
  return set_status(desk, call, *membership, MembershipStatus::inactive);
}

Outcome reactivate_membership(Desk& desk, const Call& call) {
  USHER_TRY_ASSIGN(Membership * membership, membership_in_path(desk, call));
  if (membership->status == MembershipStatus::pending) return refuse(cannot_reactivate_pending());
  return set_status(desk, call, *membership, MembershipStatus::active);
}

constexpr Route kRoutes[] = {
    {"POST", "/user_management/organization_memberships", create_membership},
    {"GET", "/user_management/organization_memberships", list_memberships},
    {"GET", "/user_management/organization_memberships/{id}", get_membership},
    {"PUT", "/user_management/organization_memberships/{id}", update_membership},
    {"DELETE", "/user_management/organization_memberships/{id}", delete_membership},
    {"PUT", "/user_management/organization_memberships/{id}/deactivate", deactivate_membership},
    {"PUT", "/user_management/organization_memberships/{id}/reactivate", reactivate_membership},
};

}  // namespace

std::span<const Route> membership_routes() {
  return kRoutes;
}

WantedRoles read_roles(Form& form) {
  WantedRoles wanted{.one = form.short_text("role_slug", 48), .several = form.texts("role_slugs")};
  if (wanted.one && wanted.several) {
    form.refuse("role_slugs", "role_slug_and_role_slugs_provided",
                "Provide either role_slug or role_slugs, not both.");
  }
  if (wanted.several && wanted.several->empty()) {
    form.refuse("role_slugs", "role_slugs_array_required",
                "Role slugs should have at least one entry.");
  }
  return wanted;
}

Checked<std::vector<Role*>> resolve_roles(Desk& desk, const WantedRoles& wanted,
                                          Organization& organization) {
  std::vector<std::string> slugs = wanted.several.value_or(std::vector<std::string>{});
  const std::size_t most = desk.options.multiple_roles             ? slugs.size()
                           : desk.options.strict_single_role_array ? 0
                                                                   : 1;
  if (slugs.size() > most) {
    return refuse(coded(422, "multiple_roles_not_enabled",
                        "Multiple roles are not enabled for this environment."));
  }
  if (wanted.one) slugs.push_back(*wanted.one);
  if (slugs.empty()) slugs.emplace_back(kDefaultRole);
  std::vector<Role*> roles;
  for (const std::string& slug : slugs) {
    Role* role = desk.directory.find_role(slug, &organization);
    if (role == nullptr) {
      return refuse(
          coded(422, "invalid_role", fmt::format("Role '{}' is not a valid role.", slug)));
    }
    if (std::ranges::find(roles, role) == roles.end()) roles.push_back(role);
  }
  // Roles are made in order of priority, and ids grow.
  std::ranges::sort(roles, {}, [](const Role* role) { return role->id; });
  return roles;
}

}  // namespace usher::sandbox
