// SPDX-License-Identifier: Apache-2.0
// /authorization/permissions.
#include <fmt/format.h>

#include "sandbox/form.h"
#include "sandbox/pages.h"
#include "sandbox/render.h"
#include "sandbox/roles.h"

namespace usher::sandbox {

namespace {

constexpr std::size_t kSlug = 48;
constexpr std::size_t kDescription = 150;

Checked<Permission*> permission_in_path(Desk& desk, const Call& call) {
  Permission* permission = desk.directory.find_permission(call.part(0));
  if (permission == nullptr) return refuse(not_found("Permission", call.part(0)));
  return permission;
}

bool is_slug(std::string_view text) {
  return text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-_:.*") ==
         std::string_view::npos;
}

Outcome create_permission(Desk& desk, const Call& call) {
  Form form(call);
  Permission made;
  made.slug = form.required_text("slug");
  (void)form.short_text("slug", kSlug);
  if (!is_slug(made.slug)) {
    form.refuse("slug", "slug_invalid", "Slug should use a-z, 0-9 and -_:.* only.");
  }
  made.name = form.required_text("name");
  (void)form.short_text("name", kSlug);
  made.description = form.short_text("description", kDescription);
  if (auto type = form.short_text("resource_type_slug", kSlug)) {
    made.resource_type = std::move(*type);
  }
  USHER_TRY(form.verdict(desk.options.strict_fields));
  if (desk.directory.find_permission(made.slug) != nullptr) {
    return refuse(coded(409, "permission_slug_conflict",
                        fmt::format("A permission with the slug '{}' already exists.", made.slug)));
  }
  made.id = desk.ids.next(call.now.wall);
  made.times = {call.now.wall, call.now.wall};
  std::string body = render(desk.directory.add(std::move(made)));
  desk.emit("permission.created", body, call.now.wall);
  return json(201, std::move(body));
}

Outcome list_permissions(Desk& desk, const Call& call) {
  const PageRules rules{.prefix = prefix::kPermission, .lenient = desk.options.lenient_pages};
  USHER_TRY_ASSIGN(const PageRequest request, read_page(call, rules, desk.ids));
  const auto page =
      cut_page(desk.directory.permissions(), request, [](const auto&) { return true; });
  return list(page, prefix::kPermission, [](auto& out, const auto& e) { write(out, e.second); });
}

Outcome get_permission(Desk& desk, const Call& call) {
  USHER_TRY_ASSIGN(const Permission* permission, permission_in_path(desk, call));
  return json(200, render(*permission));
}

Outcome update_permission(Desk& desk, const Call& call) {
  USHER_TRY_ASSIGN(Permission * permission, permission_in_path(desk, call));
  Form form(call);
  const auto name = form.short_text("name", kSlug);
  const bool describes = form.has("description");
  auto description = form.short_text("description", kDescription);
  (void)form.raw("slug");  // never changes; the field is ignored
  USHER_TRY(form.verdict(desk.options.strict_fields));
  if (name) permission->name = *name;
  if (describes) permission->description = std::move(description);
  permission->times.touch(call.now.wall);
  std::string body = render(*permission);
  desk.emit("permission.updated", body, call.now.wall);
  return json(200, std::move(body));
}

Outcome delete_permission(Desk& desk, const Call& call) {
  USHER_TRY_ASSIGN(Permission * permission, permission_in_path(desk, call));
  desk.emit("permission.deleted", render(*permission), call.now.wall);
  desk.directory.remove(*permission);
  return nothing(204);
}

constexpr Route kRoutes[] = {
    {"GET", "/authorization/permissions", list_permissions},
    {"POST", "/authorization/permissions", create_permission},
    {"GET", "/authorization/permissions/{slug}", get_permission},
    {"PATCH", "/authorization/permissions/{slug}", update_permission},
    {"DELETE", "/authorization/permissions/{slug}", delete_permission},
};

}  // namespace

std::span<const Route> permission_routes() {
  return kRoutes;
}

}  // namespace usher::sandbox
