// SPDX-License-Identifier: Apache-2.0
#include "sandbox/users.h"

#include "base/text.h"
#include "sandbox/fields.h"
#include "sandbox/form.h"
#include "sandbox/pages.h"
#include "sandbox/password_fields.h"
#include "sandbox/render.h"

namespace usher::sandbox {

namespace {

constexpr std::string_view kEmailTaken = "This email is not available.";
constexpr std::string_view kExternalIdTaken =
    "The external_id provided has already been assigned to another user.";

Outcome answer(int status, const User& user) {
  return json(status, render(user));
}

// An e-mail that is there and a text; whether it is well-formed is asked next.
std::string read_email(Desk& desk, Form& form) {
  return tidy_email(form.required_text("email"), desk.options.email_case == EmailCase::lower);
}

void read_context(Form& form) {  // taken and ignored
  for (const std::string_view name : {"ip_address", "user_agent", "signals_id"}) {
    (void)form.text(name);
  }
}

Checked<void> check_free(Desk& desk, const User& user) {
  std::vector<Problem> taken;
  if (desk.directory.user_by_email(user.email) != nullptr) {
    taken.push_back({"email_not_available", std::string(kEmailTaken)});
  }
  if (user.external_id && desk.directory.user_by_external_id(*user.external_id) != nullptr) {
    taken.push_back({"external_id_already_used", std::string(kExternalIdTaken)});
  }
  if (taken.empty()) return {};
  return refuse(with_problems(400, "user_creation_error", "Could not create user.", taken));
}

Outcome create_user(Desk& desk, const Call& call) {
  Form form(call);
  User user;
  user.email = read_email(desk, form);
  if (!user.email.empty() && !looks_like_email(user.email)) {
    form.refuse("email", "email_required", "Email should be a valid email address.");
  }
  user.first_name = form.text("first_name");
  user.last_name = form.text("last_name");
  user.name = form.text("name");
  user.email_verified = form.flag("email_verified").value_or(false);
  user.external_id = read_external_id(form).value;
  const MetadataChange metadata = read_metadata(form);
  const PasswordFields password = read_password(form);
  read_context(form);
  USHER_TRY(form.verdict(desk.options.strict_fields));
  USHER_TRY_ASSIGN(auto kept, keep_password(password));
  if (kept) user.password = std::move(*kept);
  USHER_TRY_ASSIGN(user.metadata, apply(metadata, {}, desk.options.metadata_max_pairs));
  USHER_TRY(check_free(desk, user));

  user.id = desk.ids.next(call.now.wall);
  user.times = {call.now.wall, call.now.wall};
  std::string body = render(desk.directory.add(std::move(user)));
  desk.emit("user.created", body, call.now.wall);
  return json(201, std::move(body));
}

Outcome list_users(Desk& desk, const Call& call) {
  USHER_TRY_ASSIGN(
      const PageRequest request,
      read_page(call, {.prefix = prefix::kUser, .lenient = desk.options.lenient_pages}, desk.ids));
  const auto email = call.parameter("email");
  auto organization_id = call.parameter("organization_id");
  if (!organization_id) organization_id = call.parameter("organization");
  const Organization* organization = nullptr;
  if (organization_id) {
    organization = desk.directory.find_organization(*organization_id);
    if (organization == nullptr) {
      return refuse(invalid("organization_not_found", "The organization does not exist."));
    }
  }
  if (email) {
    std::map<Ulid, const User*> found;
    const User* user = desk.directory.user_by_email(trim(*email));
    if (user != nullptr) found.emplace(user->id, user);
    const auto page = cut_page(found, request, [&](const auto& entry) {
      if (organization == nullptr) return true;
      const Membership* pair = Directory::find_pair(*entry.second, *organization);
      return pair != nullptr && pair->status == MembershipStatus::active;
    });
    return list(page, prefix::kUser, [](auto& out, const auto& e) { write(out, *e.second); });
  }
  if (organization != nullptr) {
    const auto page = cut_page(organization->by_user, request, [](const auto& entry) {
      return entry.second->status == MembershipStatus::active;
    });
    return list(page, prefix::kUser, [](auto& out, const auto& e) { write(out, *e.second->user); });
  }
  const auto page = cut_page(desk.directory.users(), request, [](const auto&) { return true; });
  return list(page, prefix::kUser, [](auto& out, const auto& e) { write(out, e.second); });
}

Outcome get_user(Desk& desk, const Call& call) {
  USHER_TRY_ASSIGN(const User* user, user_in_path(desk, call));
  return answer(200, *user);
}

Outcome get_user_by_external_id(Desk& desk, const Call& call) {
  const User* user = desk.directory.user_by_external_id(call.part(0));
  if (user == nullptr) return refuse(not_found("User", call.part(0)));
  return answer(200, *user);
}

Outcome get_identities(Desk& desk, const Call& call) {
  USHER_TRY(user_in_path(desk, call));
  return json(200, "[]");
}

bool looks_like_locale(std::string_view locale) {
  return locale.size() >= 2 && locale.size() <= 35 &&
         locale.find_first_not_of(
             "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") ==
             std::string_view::npos;
}

struct UserChange {
  Text email{};
  Text first_name{};
  Text last_name{};
  Text name{};
  std::optional<bool> email_verified{};
  TextChange locale{};
  TextChange external_id{};
  MetadataChange metadata{};
  PasswordFields password{};
};

UserChange read_change(Desk& desk, Form& form) {
  UserChange change;
  if (form.has("email")) change.email = read_email(desk, form);
  change.first_name = form.text_not_null("first_name");
  change.last_name = form.text_not_null("last_name");
  change.name = form.text_not_null("name");
  change.email_verified = form.flag("email_verified");
  change.locale = {.present = form.has("locale"), .value = form.text("locale")};
  change.external_id = read_external_id(form);
  change.metadata = read_metadata(form);
  change.password = read_password(form);
  return change;
}

// What another user has already, under its own code here and not inside user_creation_error.
Checked<void> check_change(Desk& desk, const User& user, const UserChange& change) {
  if (change.email && !looks_like_email(*change.email)) {
    return refuse(coded(400, "invalid_email", "Email should be a valid email address."));
  }
  if (change.locale.value && !looks_like_locale(*change.locale.value)) {
    return refuse(coded(400, "invalid_locale", "Locale should be a BCP 47 tag."));
  }
  if (change.email) {
    const User* owner = desk.directory.user_by_email(*change.email);
    if (owner != nullptr && owner != &user) {
      return refuse(coded(400, "email_not_available", kEmailTaken));
    }
  }
  if (change.external_id.value) {
    const User* owner = desk.directory.user_by_external_id(*change.external_id.value);
    if (owner != nullptr && owner != &user) {
      return refuse(coded(400, "external_id_already_used", kExternalIdTaken));
    }
  }
  return {};
}

Outcome update_user(Desk& desk, const Call& call) {
  USHER_TRY_ASSIGN(User * user, user_in_path(desk, call));
  Form form(call);
  UserChange change = read_change(desk, form);
  USHER_TRY(form.verdict(desk.options.strict_fields));
  USHER_TRY_ASSIGN(auto password, keep_password(change.password));
  USHER_TRY_ASSIGN(auto metadata,
                   apply(change.metadata, user->metadata, desk.options.metadata_max_pairs));
  USHER_TRY(check_change(desk, *user, change));

  if (change.email) desk.directory.set_email(*user, std::move(*change.email));
  if (change.first_name) user->first_name = std::move(change.first_name);
  if (change.last_name) user->last_name = std::move(change.last_name);
  if (change.name) user->name = std::move(change.name);
  if (change.email_verified) user->email_verified = *change.email_verified;
  if (change.locale.present) user->locale = std::move(change.locale.value);
  if (change.external_id.present) {
    desk.directory.set_external_id(*user, std::move(change.external_id.value));
  }
  if (password) user->password = std::move(*password);
  user->metadata = std::move(metadata);
  user->times.touch(call.now.wall);
  std::string body = render(*user);
  desk.emit("user.updated", body, call.now.wall);
  return json(200, std::move(body));
}

Outcome delete_user(Desk& desk, const Call& call) {
  USHER_TRY_ASSIGN(User * user, user_in_path(desk, call));
  desk.emit("user.deleted", render(*user), call.now.wall);
  desk.directory.remove(*user);
  return nothing(200);
}

constexpr Route kRoutes[] = {
    {"POST", "/user_management/users", create_user},
    {"GET", "/user_management/users", list_users},
    {"GET", "/user_management/users/external_id/{external_id}", get_user_by_external_id},
    {"GET", "/user_management/users/{id}", get_user},
    {"PUT", "/user_management/users/{id}", update_user},
    {"DELETE", "/user_management/users/{id}", delete_user},
    {"GET", "/user_management/users/{id}/identities", get_identities},
};

}  // namespace

std::span<const Route> user_routes() {
  return kRoutes;
}

Checked<User*> user_in_path(Desk& desk, const Call& call, std::size_t part) {
  User* user = desk.directory.find_user(call.part(part));
  if (user == nullptr) return refuse(not_found("User", call.part(part)));
  return user;
}

}  // namespace usher::sandbox
