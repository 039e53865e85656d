// SPDX-License-Identifier: Apache-2.0
#include "cli/credentials.h"

#include <utility>

#include <fmt/format.h>

#include "app/choices.h"
#include "base/text.h"
#include "net/client_url.h"

namespace usher::cli {
namespace {

constexpr const char* kKey = "WORKOS_SECRET_KEY";
constexpr const char* kUrl = "WORKOS_API_URL";
constexpr const char* kPublicApi = "https://api.workos.com";

}  // namespace

Result<Dotenv> Settings::file() const {
  return Dotenv::read(around_.folder == "." ? ".env" : around_.folder + "/.env");
}

Result<Secret> Settings::find(const char* name) const {
  Secret from_environment(trim(around_.variable(name)));
  if (!from_environment.empty()) return from_environment;
  USHER_TRY_ASSIGN(const Dotenv dotenv, file());
  const auto found = dotenv.values.find(std::string_view(name));
  if (found == dotenv.values.end()) return Secret();
  return Secret(trim(found->second.reveal()));
}

Result<Secret> Settings::api_key(const std::string& command) const {
  USHER_TRY_ASSIGN(Secret key, find(kKey));
  if (!key.empty()) {
    USHER_TRY(check_api_key(key));
    return key;
  }
  USHER_TRY_ASSIGN(const Dotenv dotenv, file());
  std::string next = fmt::format("Set it for one run:  {}=sk_test_123 {}\n", kKey, command);
  if (!dotenv.folder) {
    next += fmt::format("  or keep it in .env:  echo '{}=sk_test_123' > .env\n", kKey);
  }
  next += "  The key is in the WorkOS dashboard under API Keys; usher sandbox takes any sk_...";
  if (!dotenv.problems.empty()) next += "\n  Not understood in .env: " + dotenv.problems.front();
  // A folder of that name (a Python environment) is no trouble as long as the key is elsewhere.
  return fail(fmt::format("{} is missing{}", kKey,
                          dotenv.folder ? ", and .env is a folder, not a file" : ""),
              std::move(next));
}

Result<std::string> Settings::api_url(const std::string& given, bool allow_http) const {
  std::string text = given;
  if (text.empty()) {
    USHER_TRY_ASSIGN(const Secret set, find(kUrl));
    text = set.empty() ? std::string(kPublicApi) : std::string(set.reveal());
  }
  USHER_TRY_ASSIGN(const net::BaseUrl url, net::parse_base_url(text, net::Plaintext::anywhere));
  if (!url.encrypted && !url.loopback && !allow_http) {
    return fail(fmt::format("http://{} would send the API key and everybody's data unencrypted",
                            printable(url.place)),
                "use https://, or add --allow-http when the network in between is yours");
  }
  return url.text;
}

}  // namespace usher::cli
