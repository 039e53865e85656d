// SPDX-License-Identifier: Apache-2.0
// Named targets of the customer API in a file of the operator's, because nothing is built in:
//
//   {"profiles": {"shop-test": {"mode": "engage", "environment": "development",
//                               "api_url": "https://...", "auth_url": "https://...",
//                               "client_id": "...", "user": "...", "password": "..."}}}
//
// It may hold secrets, so one that others than its owner can read is refused. Tested by
// profiles_test.cc.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "target/customers/endpoint.h"

namespace usher::customers {

struct Profile {
  std::string name;
  std::optional<Platform> platform;
  std::optional<Environment> environment;
  std::string api_url;
  std::string auth_url;
  Credentials credentials;
};

// Errors name the file, the profile and the field, never a value.
[[nodiscard]] Result<Profile> parse_profile(std::string_view text, const std::string& path,
                                            const std::string& name);
[[nodiscard]] Result<Profile> read_profile(const std::string& path, const std::string& name);

// As they are typed: "c4r", "engage"; "development", "dev", "production", "prod"; "customers",
// "households". Errors complete "--mode " and the like.
[[nodiscard]] Result<Platform> parse_platform(std::string_view text);
[[nodiscard]] Result<Environment> parse_environment(std::string_view text);
[[nodiscard]] Result<ImportType> parse_import_type(std::string_view text);

}  // namespace usher::customers
