// SPDX-License-Identifier: Apache-2.0
#include "sandbox/factors.h"

#include "sandbox/form.h"
#include "sandbox/pages.h"
#include "sandbox/render.h"
#include "sandbox/totp.h"
#include "sandbox/users.h"

namespace usher::sandbox {

namespace {

constexpr std::chrono::minutes kChallengeLives{10};
constexpr std::chrono::seconds kStep{30};
constexpr std::size_t kSecretBytes = 20;
constexpr int kMostWrongCodes = 10;
constexpr std::string_view kIssuer = "Sandbox";

Checked<Factor*> factor_in_path(Desk& desk, const Call& call) {
  Factor* factor = desk.directory.find_factor(call.part(0));
  if (factor == nullptr) return refuse(not_found("Authentication Factor", call.part(0)));
  return factor;
}

const Challenge& add_challenge(Desk& desk, Factor& factor, WallTime now) {
  return desk.directory.add(Challenge{.id = desk.ids.next(now),
                                      .factor = &factor,
                                      .expires = now + kChallengeLives,
                                      .times = {now, now}});
}

Outcome create_factor(Desk& desk, const Call& call) {
  USHER_TRY_ASSIGN(User * user, user_in_path(desk, call));
  Form form(call);
  const std::string type = form.required_text("type");
  if (!type.empty() && type != "totp") {
    form.refuse("type", "type_invalid", "Type should be totp.");
  }
  const Text secret = form.text("totp_secret");
  if (secret && (secret->empty() || !from_base32(*secret))) {
    form.refuse("totp_secret", "totp_secret_invalid", "Totp secret should be Base32.");
  }
  const Text issuer = form.text("totp_issuer");
  const Text account = form.text("totp_user");
  USHER_TRY(form.verdict(desk.options.strict_fields));
  if (desk.options.single_totp && !user->factors.empty()) {
    return refuse(coded(409, "authentication_factor_already_exists",
                        "The user is already enrolled in this factor."));
  }
  const WallTime now = call.now.wall;
  Factor& factor = desk.directory.add(
      Factor{.id = desk.ids.next(now),
             .user = user,
             .issuer = issuer.value_or(std::string(kIssuer)),
             .account = account.value_or(user->email),
             .secret = Secret(secret ? *secret : to_base32(desk.ids.token(kSecretBytes))),
             .times = {now, now}});
  const Challenge& challenge = add_challenge(desk, factor, now);
  std::string body;
  JsonWriter out(body);
  write(out.open_object().key("authentication_factor"), factor, Show::everything);
  write(out.key("authentication_challenge"), challenge);
  out.close_object();
  return json(201, std::move(body));
}

Outcome list_factors(Desk& desk, const Call& call) {
  USHER_TRY_ASSIGN(const User* user, user_in_path(desk, call));
  const PageRules rules{.prefix = prefix::kFactor, .lenient = desk.options.lenient_pages};
  USHER_TRY_ASSIGN(const PageRequest request, read_page(call, rules, desk.ids));
  const auto page = cut_page(user->factors, request, [](const auto&) { return true; });
  return list(page, prefix::kFactor,
              [](auto& out, const auto& e) { write(out, *e.second, Show::no_secret); });
}

Outcome get_factor(Desk& desk, const Call& call) {
  USHER_TRY_ASSIGN(const Factor* factor, factor_in_path(desk, call));
  std::string body;
  JsonWriter out(body);
  write(out, *factor, Show::no_secret);
  return json(200, std::move(body));
}

Outcome delete_factor(Desk& desk, const Call& call) {
  USHER_TRY_ASSIGN(Factor * factor, factor_in_path(desk, call));
  desk.directory.remove(*factor);
  return nothing(204);
}

Outcome challenge_factor(Desk& desk, const Call& call) {
  USHER_TRY_ASSIGN(Factor * factor, factor_in_path(desk, call));
  return json(201, render(add_challenge(desk, *factor, call.now.wall)));
}

// The code of this step or of a neighbour: clocks differ.
bool fits(const Factor& factor, std::string_view code, WallTime now) {
  const auto bytes = from_base32(factor.secret.reveal());
  if (!bytes) return false;
  for (const auto moment : {now - kStep, now, now + kStep}) {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(moment.time_since_epoch());
    if (totp_code(*bytes, seconds.count()) == code) return true;
  }
  return false;
}

Outcome verify_challenge(Desk& desk, const Call& call) {
  Challenge* challenge = desk.directory.find_challenge(call.part(0));
  if (challenge == nullptr) return refuse(not_found("Authentication Challenge", call.part(0)));
  Form form(call);
  const std::string code = form.required_text("code");
  USHER_TRY(form.verdict(desk.options.strict_fields));
  if (challenge->verified) {
    return refuse(coded(422, "authentication_challenge_previously_verified",
                        "The authentication challenge was already verified."));
  }
  if (challenge->expires <= call.now.wall) {
    return refuse(coded(422, "authentication_challenge_expired",
                        "The authentication challenge has expired."));
  }
  if (challenge->wrong_codes >= kMostWrongCodes) {
    return refuse(coded(400, "one_time_code_too_many_attempts", "Too many attempts."));
  }
  challenge->verified = fits(*challenge->factor, code, call.now.wall);
  if (!challenge->verified) ++challenge->wrong_codes;
  challenge->times.touch(call.now.wall);
  std::string body;
  JsonWriter out(body);
  write(out.open_object().key("challenge"), *challenge);
  out.field("valid", challenge->verified).close_object();
  return json(201, std::move(body));
}

constexpr Route kRoutes[] = {
    {"POST", "/user_management/users/{id}/auth_factors", create_factor},
    {"GET", "/user_management/users/{id}/auth_factors", list_factors},
    {"GET", "/auth/factors/{id}", get_factor},
    {"DELETE", "/auth/factors/{id}", delete_factor},
    {"POST", "/auth/factors/{id}/challenge", challenge_factor},
    {"POST", "/auth/challenges/{id}/verify", verify_challenge},
};

}  // namespace

std::span<const Route> factor_routes() {
  return kRoutes;
}

}  // namespace usher::sandbox
