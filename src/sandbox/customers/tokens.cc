// SPDX-License-Identifier: Apache-2.0
#include "sandbox/customers/tokens.h"

#include <algorithm>
#include <map>
#include <optional>

#include <fmt/format.h>

#include "base/json.h"
#include "base/text.h"

namespace usher::sandbox::customers {

namespace {

constexpr std::size_t kMostTokens = 100'000;

using Form = std::map<std::string, std::string, std::less<>>;

Form form_of(std::string_view body) {
  Form form;
  for (const std::string_view pair : split(body, '&')) {
    const std::size_t equals = std::min(pair.find('='), pair.size());
    const std::string_view value = pair.substr(std::min(equals + 1, pair.size()));
    form[percent_decode(pair.substr(0, equals), true)] = percent_decode(value, true);
  }
  return form;
}

std::string field(const Form& form, std::string_view name) {
  const auto found = form.find(name);
  return found == form.end() ? std::string() : found->second;
}

// The text after the scheme, whatever its case.
std::string_view after_scheme(std::string_view header, std::string_view scheme) {
  if (header.size() <= scheme.size() ||
      !equal_ignoring_case(header.substr(0, scheme.size()), scheme)) {
    return {};
  }
  return header.substr(scheme.size());
}

}  // namespace

net::Reply Tokens::refuse(int status, std::string_view error, std::string_view description) {
  ++refused_;
  net::Reply reply{.status = status};
  JsonWriter(reply.body)
      .open_object()
      .field("error", error)
      .field("error_description", description)
      .close_object();
  return reply;
}

net::Reply Tokens::grant(const net::ServerRequest& request, Grant grant, Instant now) {
  if (!request.header("Content-Type").starts_with("application/x-www-form-urlencoded")) {
    return refuse(400, "invalid_request", "The body is not a form");
  }
  const Form form = form_of(request.body);
  std::string client = field(form, "client_id");
  std::string secret = field(form, "client_secret");
  if (grant == Grant::c4r) {
    const std::string pair =
        from_base64(after_scheme(request.header("Authorization"), "Basic ")).value_or("");
    const auto colon = std::min(pair.find(':'), pair.size());
    client = pair.substr(0, colon);
    secret = pair.substr(std::min(colon + 1, pair.size()));
  }
  const bool known = rules_.client_id.empty() ||
                     (client == rules_.client_id &&
                      (rules_.client_secret.empty() || secret == rules_.client_secret));
  if (client.empty() || !known) return refuse(401, "invalid_client", "Bad client credentials");
  if (field(form, "grant_type") != "password") {
    return refuse(400, "unsupported_grant_type", "Only the password grant is served");
  }
  const std::string user = field(form, "username");
  const std::string password = field(form, "password");
  const bool welcome = rules_.user.empty() || (user == rules_.user && password == rules_.password);
  if (user.empty() || password.empty() || !welcome) {
    return refuse(401, "invalid_grant", "Invalid user credentials");
  }
  ++granted_;
  if (ends_.size() >= kMostTokens) {
    std::erase_if(ends_, [&](const auto& entry) { return entry.second <= now; });
  }
  const std::string token = fmt::format("sandbox.{:016x}{:016x}", random_.next(), random_.next());
  ends_[token] = now + rules_.lifetime;
  net::Reply reply;
  JsonWriter(reply.body)
      .open_object()
      .field("access_token", token)
      .field("token_type", "bearer")
      .field("refresh_token", fmt::format("sandbox.refresh.{:016x}", random_.next()))
      .field("expires_in", std::int64_t{rules_.lifetime.count()})
      .close_object();
  reply.headers.emplace_back("Cache-Control", "no-store");
  return reply;
}

bool Tokens::accepts(std::string_view authorization, Instant now) const {
  const std::string token(after_scheme(authorization, "Bearer "));
  if (token.empty()) return false;
  if (rules_.tokens.empty() ? token.starts_with("token_")
                            : std::ranges::find(rules_.tokens, token) != rules_.tokens.end()) {
    return true;
  }
  const auto found = ends_.find(token);
  return found != ends_.end() && now < found->second;
}

}  // namespace usher::sandbox::customers
