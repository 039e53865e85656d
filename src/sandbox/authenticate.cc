// SPDX-License-Identifier: Apache-2.0
#include "sandbox/authenticate.h"

#include "base/text.h"
#include "sandbox/form.h"
#include "sandbox/pages.h"
#include "sandbox/render.h"
#include "sandbox/users.h"

namespace usher::sandbox {

namespace {

constexpr std::chrono::seconds kMinute{60};

Checked<void> check_rate(Desk& desk, const Call& call, std::string_view what, std::uint32_t most,
                         std::string_view subject) {
  const auto wait = desk.limiter.refuse_subject(what, most, kMinute, subject, call.now.steady);
  if (!wait) return {};
  return refuse(too_many_requests(*wait, desk.options.retry_after, call.now.wall));
}

std::string signed_in(Desk& desk, const User& user) {
  std::string body;
  JsonWriter out(body);
  write(out.open_object().key("user"), user);
  out.key("organization_id");
  if (user.memberships.size() == 1) {
    out.value(to_id(prefix::kOrganization, user.memberships.begin()->second->organization->id));
  } else {
    out.null();
  }
  out.field("access_token", desk.ids.token(64)).field("refresh_token", desk.ids.token(25));
  out.field("authentication_method", "Password").close_object();
  return body;
}

Outcome authenticate(Desk& desk, const Call& call) {
  Form form(call);
  const std::string grant = form.required_text("grant_type");
  const std::string email = lower_ascii(trim(form.text("email").value_or("")));
  const Secret password(form.text("password").value_or(""));
  if (grant != "password") {
    return refuse(json(400, R"({"error":"unsupported_grant_type",)"
                            R"("error_description":"The sandbox knows the password grant."})"));
  }
  USHER_TRY(check_rate(desk, call, "authenticate", 10, email));
  User* user = desk.directory.user_by_email(email);
  const bool fits = user != nullptr && !user->password.type.empty() &&
                    verify_password(user->password.type, user->password.hash.reveal(),
                                    user->password.salt, password.reveal());
  if (!fits) return refuse(coded(400, "invalid_credentials", "Invalid credentials."));
  user->last_sign_in = call.now.wall;
  return json(200, signed_in(desk, *user));
}

Outcome send_email_verification(Desk& desk, const Call& call) {
  USHER_TRY_ASSIGN(const User* user, user_in_path(desk, call));
  if (user->email_verified) {
    return refuse(coded(400, "email_already_verified", "The email is already verified."));
  }
  USHER_TRY(check_rate(desk, call, "email verification", 3, call.part(0)));
  std::string body;
  JsonWriter out(body);
  write(out.open_object().key("user"), *user);
  out.close_object();
  return json(200, std::move(body));
}

Outcome list_sessions(Desk& desk, const Call& call) {
  USHER_TRY(user_in_path(desk, call));
  return list(Page<std::pair<const Ulid, int>>{}, "", [](auto&, const auto&) {});
}

constexpr Route kRoutes[] = {
    {"POST", kSignInPath, authenticate},
    {"POST", "/user_management/users/{id}/email_verification/send", send_email_verification},
    {"GET", "/user_management/users/{id}/sessions", list_sessions},
};

}  // namespace

std::span<const Route> authenticate_routes() {
  return kRoutes;
}

}  // namespace usher::sandbox
