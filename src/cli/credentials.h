// SPDX-License-Identifier: Apache-2.0
// Settings out of the environment and, where that says nothing, out of `.env` in the current
// folder; above all the API key, without which nothing begins. Tested by credentials_test.cc.
#pragma once

#include <string>

#include "base/result.h"
#include "base/secret.h"
#include "cli/dotenv.h"
#include "cli/surroundings.h"

namespace usher::cli {

class Settings {
 public:
  explicit Settings(const Surroundings& around) : around_(around) {}

  // Blank counts as unset. The environment wins over .env.
  [[nodiscard]] Result<Secret> find(const char* name) const;
  // WORKOS_SECRET_KEY; when it is missing, the error says how to set it, with `command` as example.
  [[nodiscard]] Result<Secret> api_key(const std::string& command) const;
  // The first that is set: `given` (--api-url), WORKOS_API_URL, the public API. Plain http:// to
  // another machine only with `allow_http`.
  [[nodiscard]] Result<std::string> api_url(const std::string& given, bool allow_http) const;

 private:
  [[nodiscard]] Result<Dotenv> file() const;
  const Surroundings& around_;
};

}  // namespace usher::cli
