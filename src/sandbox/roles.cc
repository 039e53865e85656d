// SPDX-License-Identifier: Apache-2.0
#include "sandbox/roles.h"

#include <algorithm>

#include <fmt/format.h>

#include "sandbox/form.h"
#include "sandbox/organizations.h"
#include "sandbox/render.h"

namespace usher::sandbox {

namespace {

constexpr std::size_t kSlug = 48;
constexpr std::size_t kDescription = 150;
constexpr std::string_view kOrganizationPrefix = "org-";

// An organization's routes have one part more in front of the slug.
struct Place {
  Organization* organization = nullptr;
  Role* role = nullptr;
};

Checked<Role*> environment_role(Desk& desk, const Call& call) {
  Role* role = desk.directory.find_role(call.part(0), nullptr);
  if (role == nullptr) return refuse(not_found("Role", call.part(0)));
  return role;
}

// A role as an organization sees it: its own, or the environment's.
Checked<Place> organization_role(Desk& desk, const Call& call) {
  USHER_TRY_ASSIGN(Organization * organization, organization_in_path(desk, call));
  Role* role = desk.directory.find_role(call.part(1), organization);
  if (role == nullptr) return refuse(not_found("Role", call.part(1)));
  return Place{organization, role};
}

// Only its own may be changed through an organization's routes.
Checked<Place> own_role(Desk& desk, const Call& call) {
  USHER_TRY_ASSIGN(const Place place, organization_role(desk, call));
  if (place.role->organization == nullptr) {
    return refuse(saying(403, "A role of the environment cannot be changed by an organization."));
  }
  return place;
}

Outcome tell(Desk& desk, const Call& call, int status, std::string_view what, const Role& role) {
  std::string body = render(role);
  std::optional<Ulid> organization;
  if (role.organization != nullptr) organization = role.organization->id;
  desk.emit(what, body, call.now.wall, organization);
  return json(status, std::move(body));
}

std::string_view updated(const Role& role) {
  return role.organization != nullptr ? "organization_role.updated" : "role.updated";
}

bool is_slug(std::string_view text) {
  return !text.empty() &&
         text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_-") == std::string_view::npos;
}

void read_words(Form& form, Role& role) {
  if (auto name = form.short_text("name", kSlug)) role.name = std::move(*name);
  if (form.has("description")) role.description = form.short_text("description", kDescription);
  if (auto type = form.short_text("resource_type_slug", kSlug)) {
    role.resource_type = std::move(*type);
  }
}

Role& make_role(Desk& desk, const Call& call, Role role) {
  role.id = desk.ids.next(call.now.wall);
  role.times = {call.now.wall, call.now.wall};
  return desk.directory.add(std::move(role));
}

std::string listed(const Roles& first, const Roles* second) {
  std::string body;
  JsonWriter out(body);
  out.open_object().field("object", "list").key("data").open_array();
  for (const auto& role : first) write(out, *role);
  if (second != nullptr) {
    for (const auto& role : *second) write(out, *role);
  }
  out.close_array().close_object();
  return body;
}

Outcome list_environment_roles(Desk& desk, const Call&) {
  return json(200, listed(desk.directory.roles(nullptr), nullptr));
}

Outcome list_organization_roles(Desk& desk, const Call& call) {
  USHER_TRY_ASSIGN(Organization * organization, organization_in_path(desk, call));
  return json(200, listed(desk.directory.roles(nullptr), &organization->roles));
}

Outcome create_environment_role(Desk& desk, const Call& call) {
  Form form(call);
  Role role;
  role.slug = form.required_text("slug");
  (void)form.short_text("slug", kSlug);
  if (!role.slug.empty() && !is_slug(role.slug)) {
    form.refuse("slug", "slug_invalid", "Slug should use a-z, 0-9, - and _ only.");
  }
  (void)form.required_text("name");
  read_words(form, role);
  USHER_TRY(form.verdict(desk.options.strict_fields));
  if (desk.directory.find_role(role.slug, nullptr) != nullptr) {
    return refuse(coded(409, "role_slug_conflict",
                        fmt::format("A role with the slug '{}' already exists.", role.slug)));
  }
  return tell(desk, call, 201, "role.created", make_role(desk, call, std::move(role)));
}

// "Site Manager" -> "org-site-manager-x7k2"
std::string slug_from(std::string_view name, std::string suffix) {
  std::string slug(kOrganizationPrefix);
  for (const char letter : name.substr(0, kSlug - kOrganizationPrefix.size() - 1 - suffix.size())) {
    const bool capital = letter >= 'A' && letter <= 'Z';
    const char small = capital ? static_cast<char>(letter - 'A' + 'a') : letter;
    const std::string_view one(&small, 1);
    slug += is_slug(one) ? small : '-';
  }
  for (char& letter : suffix) {
    if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
  }
  return slug + '-' + suffix;
}

Outcome create_organization_role(Desk& desk, const Call& call) {
  USHER_TRY_ASSIGN(Organization * organization, organization_in_path(desk, call));
  Form form(call);
  Role role;
  role.organization = organization;
  (void)form.required_text("name");
  read_words(form, role);
  const Text slug = form.short_text("slug", kSlug);
  if (slug && (!slug->starts_with(kOrganizationPrefix) || !is_slug(*slug))) {
    form.refuse("slug", "slug_invalid",
                "Slug should begin with org- and use a-z, 0-9, - and _ only.");
  }
  USHER_TRY(form.verdict(desk.options.strict_fields));
  role.slug = slug ? *slug : slug_from(role.name, desk.ids.token(4));
  if (desk.directory.find_role(role.slug, organization) != nullptr) {
    return refuse(coded(409, "organization_role_slug_conflict",
                        fmt::format("A role with the slug '{}' already exists.", role.slug)));
  }
  return tell(desk, call, 201, "organization_role.created", make_role(desk, call, std::move(role)));
}

Outcome get_environment_role(Desk& desk, const Call& call) {
  USHER_TRY_ASSIGN(const Role* role, environment_role(desk, call));
  return json(200, render(*role));
}

Outcome get_organization_role(Desk& desk, const Call& call) {
  USHER_TRY_ASSIGN(const Place place, organization_role(desk, call));
  return json(200, render(*place.role));
}

Outcome rename(Desk& desk, const Call& call, Role& role) {
  Form form(call);
  Role changed;
  changed.name = role.name;
  changed.description = role.description;
  read_words(form, changed);
  (void)form.raw("slug");  // never changes; the field is ignored
  USHER_TRY(form.verdict(desk.options.strict_fields));
  role.name = std::move(changed.name);
  role.description = std::move(changed.description);
  role.times.touch(call.now.wall);
  return tell(desk, call, 200, updated(role), role);
}

Outcome update_environment_role(Desk& desk, const Call& call) {
  USHER_TRY_ASSIGN(Role * role, environment_role(desk, call));
  return rename(desk, call, *role);
}

Outcome update_organization_role(Desk& desk, const Call& call) {
  USHER_TRY_ASSIGN(const Place place, own_role(desk, call));
  return rename(desk, call, *place.role);
}

Outcome delete_organization_role(Desk& desk, const Call& call) {
  USHER_TRY_ASSIGN(const Place place, own_role(desk, call));
  if (place.role->holders > 0) {
    return refuse(coded(409, "role_has_assignments", "The role is assigned to memberships."));
  }
  desk.emit("organization_role.deleted", render(*place.role), call.now.wall,
            place.organization->id);
  desk.directory.remove(*place.role);
  return nothing(204);
}

Checked<void> check_permission(Desk& desk, std::string_view slug) {
  if (desk.directory.find_permission(slug) != nullptr) return {};
  return refuse(saying(404, fmt::format("Permission not found: '{}'.", slug)));
}

Outcome set_permissions(Desk& desk, const Call& call, Role& role) {
  Form form(call);
  const auto slugs = form.texts("permissions").value_or(std::vector<std::string>{});
  if (!form.given("permissions")) {
    form.refuse("permissions", "permissions_array_required",
                "Permissions should be an array of slugs.");
  }
  USHER_TRY(form.verdict(desk.options.strict_fields));
  std::vector<std::string> chosen;
  for (const std::string& slug : slugs) {
    USHER_TRY(check_permission(desk, slug));
    if (std::ranges::find(chosen, slug) == chosen.end()) chosen.push_back(slug);
  }
  role.permissions = std::move(chosen);
  role.times.touch(call.now.wall);
  return tell(desk, call, 200, updated(role), role);
}

Outcome add_permission(Desk& desk, const Call& call, Role& role) {
  Form form(call);
  const std::string slug = form.required_text("slug");
  USHER_TRY(form.verdict(desk.options.strict_fields));
  USHER_TRY(check_permission(desk, slug));
  if (std::ranges::find(role.permissions, slug) != role.permissions.end()) {
    return json(200, render(role));
  }
  role.permissions.push_back(slug);
  role.times.touch(call.now.wall);
  return tell(desk, call, 200, updated(role), role);
}

Outcome set_environment_permissions(Desk& desk, const Call& call) {
  USHER_TRY_ASSIGN(Role * role, environment_role(desk, call));
  return set_permissions(desk, call, *role);
}

Outcome add_environment_permission(Desk& desk, const Call& call) {
  USHER_TRY_ASSIGN(Role * role, environment_role(desk, call));
  return add_permission(desk, call, *role);
}

Outcome set_organization_permissions(Desk& desk, const Call& call) {
  USHER_TRY_ASSIGN(const Place place, own_role(desk, call));
  return set_permissions(desk, call, *place.role);
}

Outcome add_organization_permission(Desk& desk, const Call& call) {
  USHER_TRY_ASSIGN(const Place place, own_role(desk, call));
  return add_permission(desk, call, *place.role);
}

Outcome remove_organization_permission(Desk& desk, const Call& call) {
  USHER_TRY_ASSIGN(const Place place, own_role(desk, call));
  USHER_TRY(check_permission(desk, call.part(2)));
  if (std::erase(place.role->permissions, call.part(2)) > 0) {
    place.role->times.touch(call.now.wall);
    return tell(desk, call, 200, updated(*place.role), *place.role);
  }
  return json(200, render(*place.role));
}

constexpr Route kRoutes[] = {
    {"GET", "/authorization/roles", list_environment_roles},
    {"POST", "/authorization/roles", create_environment_role},
    {"GET", "/authorization/roles/{slug}", get_environment_role},
    {"PATCH", "/authorization/roles/{slug}", update_environment_role},
    {"PUT", "/authorization/roles/{slug}/permissions", set_environment_permissions},
    {"POST", "/authorization/roles/{slug}/permissions", add_environment_permission},
    {"GET", "/authorization/organizations/{org}/roles", list_organization_roles},
    {"POST", "/authorization/organizations/{org}/roles", create_organization_role},
    {"GET", "/authorization/organizations/{org}/roles/{slug}", get_organization_role},
    {"PATCH", "/authorization/organizations/{org}/roles/{slug}", update_organization_role},
    {"DELETE", "/authorization/organizations/{org}/roles/{slug}", delete_organization_role},
    {"PUT", "/authorization/organizations/{org}/roles/{slug}/permissions",
     set_organization_permissions},
    {"POST", "/authorization/organizations/{org}/roles/{slug}/permissions",
     add_organization_permission},
    {"DELETE", "/authorization/organizations/{org}/roles/{slug}/permissions/{permission}",
     remove_organization_permission},
    {"GET", "/organizations/{org}/roles", list_organization_roles},  // the older address
};

}  // namespace

std::span<const Route> role_routes() {
  return kRoutes;
}

void add_default_role(Desk& desk, WallTime now) {
  desk.directory.add(Role{.id = desk.ids.next(now),
                          .slug = std::string(kDefaultRole),
                          .name = "Member",
                          .times = {now, now}});
}

}  // namespace usher::sandbox
