// SPDX-License-Identifier: Apache-2.0
#include "app/customers/target_choice.h"

#include <utility>

#include <fmt/format.h>

#include "base/text.h"
#include "net/client_url.h"

namespace usher::customers {
namespace {

Result<std::string> text_of(const Setting& setting, const char* name) {
  USHER_TRY_ASSIGN(const Secret value, setting(name));
  return std::string(value.reveal());
}

// Of several folders of retry files, which must agree: they go out in one run.
Result<std::optional<RetryOrigin>> one_origin(const std::vector<RetryOrigin>& origins) {
  if (origins.empty()) return std::nullopt;
  const RetryOrigin& first = origins.front();
  for (const RetryOrigin& other : origins) {
    const bool same = other.type == first.type && other.api_url == first.api_url &&
                      other.platform == first.platform && other.environment == first.environment;
    if (same) continue;
    return fail(fmt::format("{} and {} are of imports with different targets or types",
                            printable(first.folder), printable(other.folder)),
                "import one folder after the other");
  }
  return std::optional(first);
}

Status refuse_plaintext(const std::string& text, bool allowed, const char* name) {
  USHER_TRY_ASSIGN(const net::BaseUrl url, net::parse_base_url(text, net::Plaintext::anywhere));
  if (url.encrypted || url.loopback || allowed) return {};
  return fail(fmt::format("{} http://{} would send credentials and everybody's data unencrypted",
                          name, printable(url.place)),
              "use https://, or add --allow-http when the network in between is yours");
}

// What was typed, else the profile's, else the retry files', else the environment's. A setting of
// the environment that contradicts the retry files is no choice.
Result<std::string> choose_api_url(const TargetWish& wish, const std::optional<Profile>& profile,
                                   const std::optional<RetryOrigin>& origin,
                                   const Setting& setting) {
  if (!wish.api_url.empty()) return wish.api_url;
  if (profile && !profile->api_url.empty()) return profile->api_url;
  USHER_TRY_ASSIGN(std::string set, text_of(setting, kApiUrlSetting));
  if (!origin || origin->api_url.empty()) {
    if (!set.empty()) return set;
    return fail("it is not said where the customers go",
                fmt::format("add --api-url URL or --profile NAME, or set {}", kApiUrlSetting));
  }
  if (set.empty()) return origin->api_url;
  const auto wanted = import_url(set, origin->type);
  const auto known = import_url(origin->api_url, origin->type);
  if (wanted && known && *wanted == *known) return set;
  return fail(fmt::format("the retry files came from {}, and {} is another address",
                          printable(origin->api_url), kApiUrlSetting),
              "say which one is meant: --api-url URL");
}

Result<Environment> choose_environment(const TargetWish& wish,
                                       const std::optional<Profile>& profile,
                                       const std::optional<RetryOrigin>& origin) {
  std::optional<Environment> known;
  std::string whose;
  if (profile && profile->environment) {
    known = profile->environment;
    whose = "the profile " + printable(profile->name, 60);
  } else if (!profile && wish.api_url.empty() && origin && origin->environment) {
    known = origin->environment;
    whose = "the import that left these retry files";
  }
  if (known == Environment::production && wish.environment != known) {
    return fail(whose + " is of production, which must be named",
                "if that is meant, add --environment production");
  }
  if (known && wish.environment && *wish.environment != *known) {
    return fail(fmt::format("--environment {} contradicts {}, which is of {}",
                            to_string(*wish.environment), whose, to_string(*known)));
  }
  return wish.environment.value_or(known.value_or(Environment::development));
}

Result<Platform> choose_platform(const TargetWish& wish, const std::optional<Profile>& profile,
                                 const std::optional<RetryOrigin>& origin) {
  if (wish.platform) return *wish.platform;
  if (profile && profile->platform) return *profile->platform;
  if (origin && origin->platform) return *origin->platform;
  return fail("--mode c4r or --mode engage is required",
              "it decides how to log in; a profile may say it as well");
}

Result<Secret> secret_of(const Setting& setting, const char* name, const Secret& in_profile) {
  USHER_TRY_ASSIGN(Secret set, setting(name));
  if (set.empty()) return in_profile;
  return set;
}

Error missing_login(const char* name, std::string_view what) {
  return {fmt::format("{} is missing: {}", name, what),
          "set it in the environment or in the profile; or give a token instead: " +
              std::string(kTokenSetting)};
}

Status check_login(Platform platform, bool has_auth_url, const Credentials& found) {
  if (found.user.empty()) {
    return fail("there is neither a token nor a user to log in with",
                fmt::format("set {}=... for a token you have, or {} and {} to log in",
                            kTokenSetting, kUserSetting, kPasswordSetting));
  }
  if (found.password.empty()) {
    return std::unexpected(missing_login(kPasswordSetting, "the password of the user"));
  }
  if (found.client_id.empty()) {
    return std::unexpected(missing_login(kClientSetting, "the client that logs in"));
  }
  if (platform == Platform::c4r && found.client_secret.empty()) {
    return std::unexpected(missing_login(kClientSecretSetting, "c4r asks for it"));
  }
  if (!has_auth_url) {
    return fail("it is not said where to log in",
                fmt::format("add --auth-url URL, or set {}", kAuthUrlSetting));
  }
  return {};
}

}  // namespace

Status agree_on_target(const Endpoint& job, const std::optional<Profile>& profile,
                       const Setting& setting) {
  USHER_TRY_ASSIGN(std::string named, text_of(setting, kApiUrlSetting));
  std::string whose = kApiUrlSetting;
  if (profile && !profile->api_url.empty()) {
    named = profile->api_url;
    whose = "the profile " + printable(profile->name, 60);
  }
  if (named.empty()) return {};
  const auto url = import_url(named, job.type);
  if (url && *url == job.api_url) return {};
  return fail(fmt::format("the job goes to {}, and {} is of another address",
                          printable(job.api_url), whose),
              fmt::format("if the job's is meant, add --api-url {}", printable(job.api_url)));
}

Result<Credentials> choose_credentials(Platform platform, bool has_auth_url,
                                       const std::optional<Profile>& profile,
                                       const Setting& setting) {
  const Credentials kept = profile ? profile->credentials : Credentials{};
  Credentials found;
  if (platform == Platform::c4r) {
    USHER_TRY_ASSIGN(found.passport, secret_of(setting, kPassportSetting, kept.passport));
  }
  USHER_TRY_ASSIGN(found.token, secret_of(setting, kTokenSetting, kept.token));
  if (!found.token.empty()) return found;
  USHER_TRY_ASSIGN(found.user, text_of(setting, kUserSetting));
  if (found.user.empty()) found.user = kept.user;
  USHER_TRY_ASSIGN(found.password, secret_of(setting, kPasswordSetting, kept.password));
  USHER_TRY_ASSIGN(found.client_id, text_of(setting, kClientSetting));
  if (found.client_id.empty()) found.client_id = kept.client_id;
  USHER_TRY_ASSIGN(found.client_secret,
                   secret_of(setting, kClientSecretSetting, kept.client_secret));
  USHER_TRY(check_login(platform, has_auth_url, found));
  return found;
}

Result<TargetChoice> choose_target(const TargetWish& wish, const std::optional<Profile>& profile,
                                   const std::vector<RetryOrigin>& origins,
                                   const Setting& setting) {
  USHER_TRY_ASSIGN(const auto origin, one_origin(origins));
  TargetChoice choice;
  Endpoint& to = choice.endpoint;
  to.type = wish.type.value_or(origin ? origin->type : ImportType::customers);
  USHER_TRY_ASSIGN(to.platform, choose_platform(wish, profile, origin));
  USHER_TRY_ASSIGN(to.environment, choose_environment(wish, profile, origin));
  USHER_TRY_ASSIGN(const std::string given, choose_api_url(wish, profile, origin, setting));
  USHER_TRY_ASSIGN(to.api_url, import_url(given, to.type));
  USHER_TRY(refuse_plaintext(to.api_url, wish.allow_plaintext, "--api-url"));
  to.auth_url = wish.auth_url;
  if (to.auth_url.empty() && profile) to.auth_url = profile->auth_url;
  if (to.auth_url.empty()) {
    USHER_TRY_ASSIGN(to.auth_url, text_of(setting, kAuthUrlSetting));
  }
  to.allow_plaintext = wish.allow_plaintext;
  USHER_TRY_ASSIGN(choice.credentials,
                   choose_credentials(to.platform, !to.auth_url.empty(), profile, setting));
  if (choice.credentials.automatic()) {
    USHER_TRY(refuse_plaintext(to.auth_url, wish.allow_plaintext, "--auth-url"));
  }
  if (origin && to.api_url != origin->api_url && !origin->api_url.empty()) {
    choice.notes.push_back(fmt::format("The retry files came from {}; they go to {} now.",
                                       printable(origin->api_url), printable(to.api_url)));
  }
  return choice;
}

}  // namespace usher::customers
