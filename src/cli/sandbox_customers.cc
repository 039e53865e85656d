// SPDX-License-Identifier: Apache-2.0
#include "cli/sandbox_customers.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "base/text.h"

namespace usher::cli {
namespace {

constexpr std::int64_t kMostLifetime = 1'000'000'000;  // s

constexpr std::array<std::string_view, 11> kUsersOnly = {"--api-key",
                                                         "--stub",
                                                         "--multiple-roles",
                                                         "--strict-single-role-array",
                                                         "--domain-unique",
                                                         "--single-totp",
                                                         "--strict-fields",
                                                         "--lenient-pages",
                                                         "--idempotency",
                                                         "--email-case",
                                                         "--duplicate-membership-status"};
constexpr std::array<std::string_view, 8> kCustomersOnly = {
    "--token",          "--login",         "--client",        "--token-lifetime",
    "--success-status", "--household-key", "--household-ids", "--digests"};

bool is_visible(std::string_view text) {
  return !text.empty() &&
         std::ranges::all_of(text, [](char letter) { return letter > ' ' && letter <= '~'; });
}

// "NAME:SECRET"
Status take_pair(std::string_view text, bool secret_needed, std::string& name,
                 std::string& secret) {
  const auto colon = std::min(text.find(':'), text.size());
  name = text.substr(0, colon);
  secret = text.substr(std::min(colon + 1, text.size()));
  const bool full = is_visible(text) && !name.empty() && (!secret_needed || !secret.empty());
  if (full) return {};
  return fail(secret_needed ? "must be NAME:PASSWORD, without spaces"
                            : "must be ID or ID:SECRET, without spaces");
}

}  // namespace

void declare_customer_sandbox(Options& options, CustomerSandboxFlags& flags) {
  auto& wish = flags.options;
  options.heading("Of the customer API (--customers)")
      .flag("--customers", "serve the customer import API instead: tokens, customers, households",
            flags.chosen)
      .each("--token", "TOKEN",
            "take this token, besides those that were given out; it never ends; made-up ones only "
            "(default: every one that begins with token_)",
            [&wish](std::string_view text) -> Status {
              if (!is_visible(text)) return fail("must be visible characters without spaces");
              wish.tokens.tokens.emplace_back(text);
              return {};
            })
      .once("--login", "NAME:PASSWORD", "who may log in, made up (default: anybody)",
            [&wish](std::string_view text) {
              return take_pair(text, true, wish.tokens.user, wish.tokens.password);
            })
      .once("--client", "ID[:SECRET]", "the client that may ask for tokens (default: any)",
            [&wish](std::string_view text) {
              return take_pair(text, false, wish.tokens.client_id, wish.tokens.client_secret);
            })
      .once("--token-lifetime", "SECONDS", "after which a token is refused (default 3600)",
            [&wish](std::string_view text) -> Status {
              const auto seconds = parse_int(text);
              if (!seconds || *seconds < 1 || *seconds > kMostLifetime) {
                return fail(
                    fmt::format("must be a whole number from 1 to {}", with_commas(kMostLifetime)));
              }
              wish.tokens.lifetime = std::chrono::seconds(*seconds);
              return {};
            })
      .once("--success-status", "200|201",
            "of an import: 201 as published (default), or 200 as the deployed service answers",
            [&wish](std::string_view text) -> Status {
              if (text != "200" && text != "201") return fail("must be 200 or 201");
              wish.success_status = text == "200" ? 200 : 201;
              return {};
            })
      .once("--household-key", "data|households",
            "the name of the list in answers about households (default data)",
            [&wish](std::string_view text) -> Status {
              if (text != "data" && text != "households") {
                return fail("must be data or households");
              }
              wish.household_answer = text;
              return {};
            })
      .flag("--household-ids", "results of households have a householdId", wish.household_ids)
      .flag("--digests", "keep a SHA-256 of each item instead of its bytes", flags.digests);
}

Status check_apis_apart(const Options& options, bool customers) {
  for (const auto& [name, value] : options.given()) {
    if (customers && std::ranges::find(kUsersOnly, name) != kUsersOnly.end()) {
      return fail(fmt::format("{} does not go together with --customers", name));
    }
    if (!customers && std::ranges::find(kCustomersOnly, name) != kCustomersOnly.end()) {
      return fail(fmt::format("{} needs --customers", name));
    }
    if (customers && name == "--rate-limit" && value == "real") {
      return fail("--rate-limit real: no limits of the customer API are published",
                  "Give requests per second, such as --rate-limit 10");
    }
  }
  return {};
}

void announce_customer_sandbox(std::uint16_t port, const CustomerSandboxFlags& flags, Output& out) {
  const std::string url = fmt::format("http://127.0.0.1:{}", port);
  const auto& rules = flags.options.tokens;
  out.line(fmt::format("usher sandbox: {}  (customer API; token: {})", url,
                       rules.tokens.empty() ? "any token_..." : "as given"));
  const std::array<std::string, 1> token = {rules.tokens.empty() ? "token_1"
                                                                 : rules.tokens.front()};
  out.line(
      fmt::format("  import:  USHER_CUSTOMER_TOKEN={} usher import-customers customers.json "
                  "--mode engage --api-url {}/v1/customers",
                  shell_line(token), url));
  out.line(
      fmt::format("  log in:  engage: {}/auth/realms/001-operators/protocol/openid-connect/"
                  "token",
                  url));
  out.line(fmt::format("           c4r:    {}/auth-service/tenants/001/oauth/token", url));
  out.line(fmt::format("  look:    curl {}/_sandbox/state", url));
  out.line("  end:     Ctrl-C");
}

}  // namespace usher::cli
