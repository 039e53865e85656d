// SPDX-License-Identifier: Apache-2.0
// Where a customer import goes and who it goes as, out of everything that can say so: what was
// typed, a profile, the environment, and the summary of a folder of retry files. What was typed
// wins; production must be named; a token never goes to an address that two of them disagree
// about. Pure. Tested by target_choice_test.cc.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "app/customers/profiles.h"
#include "base/result.h"
#include "source/customers/inputs.h"
#include "target/customers/endpoint.h"

namespace usher::customers {

struct TargetWish {
  std::string api_url;  // each empty or none: not typed
  std::string auth_url;
  std::optional<Platform> platform;
  std::optional<Environment> environment;
  std::optional<ImportType> type;
  bool allow_plaintext = false;
};

struct TargetChoice {
  Endpoint endpoint;  // customers, when nothing says the type: the inputs will
  Credentials credentials;
  std::vector<std::string> notes;  // for people: what was taken from where
};

// A setting of the environment or .env by name; empty: unset.
using Setting = std::function<Result<Secret>(const char* name)>;

// The names of the settings.
inline constexpr const char* kTokenSetting = "USHER_CUSTOMER_TOKEN";
inline constexpr const char* kUserSetting = "USHER_CUSTOMER_USER";
inline constexpr const char* kPasswordSetting = "USHER_CUSTOMER_PASSWORD";
inline constexpr const char* kClientSetting = "USHER_CUSTOMER_CLIENT_ID";
inline constexpr const char* kClientSecretSetting = "USHER_CUSTOMER_CLIENT_SECRET";
inline constexpr const char* kPassportSetting = "USHER_CUSTOMER_PASSPORT";
inline constexpr const char* kApiUrlSetting = "USHER_CUSTOMER_API_URL";
inline constexpr const char* kAuthUrlSetting = "USHER_CUSTOMER_AUTH_URL";

[[nodiscard]] Result<TargetChoice> choose_target(const TargetWish& wish,
                                                 const std::optional<Profile>& profile,
                                                 const std::vector<RetryOrigin>& origins,
                                                 const Setting& setting);

// For a job that goes on, when no address is typed: refuses a profile or a setting that names
// another one than the job's.
[[nodiscard]] Status agree_on_target(const Endpoint& job, const std::optional<Profile>& profile,
                                     const Setting& setting);

// The credentials alone, for a job that goes on: its target is known.
[[nodiscard]] Result<Credentials> choose_credentials(Platform platform, bool has_auth_url,
                                                     const std::optional<Profile>& profile,
                                                     const Setting& setting);

}  // namespace usher::customers
