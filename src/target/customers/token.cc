// SPDX-License-Identifier: Apache-2.0
#include "target/customers/token.h"

#include <algorithm>
#include <chrono>
#include <string_view>
#include <utility>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "base/text.h"
#include "target/customers/judge.h"
#include "target/retry_after.h"

namespace usher::customers {
namespace {

namespace json = boost::json;
using Kind = TokenAnswer::Kind;

constexpr std::size_t kLongestToken = 64 << 10;
constexpr std::int64_t kUsualLife = 3'600;  // seconds
constexpr std::int64_t kLongestLife = 365L * 86'400;

void add_field(std::string& form, std::string_view name, std::string_view value) {
  if (!form.empty()) form += '&';
  form.append(name).append("=").append(percent_encode(value));
}

// Whoever answers may repeat what was asked.
std::string without(std::string text, const Secret& secret) {
  if (secret.empty()) return text;
  for (std::size_t at = 0; (at = text.find(secret.reveal(), at)) != text.npos;
       at += Secret::kMask.size()) {
    text.replace(at, secret.reveal().size(), Secret::kMask);
  }
  return text;
}

std::int64_t life_of(const json::object& object) {
  const json::value* found = object.if_contains("expires_in");
  std::optional<std::int64_t> seconds;
  if (found != nullptr && found->is_int64()) seconds = found->get_int64();
  if (found != nullptr && found->is_uint64()) seconds = kLongestLife;
  if (found != nullptr && found->is_double() && found->get_double() >= 1) {
    seconds =
        static_cast<std::int64_t>(std::min(found->get_double(), static_cast<double>(kLongestLife)));
  }
  if (found != nullptr && found->is_string()) seconds = parse_int(found->get_string());
  if (!seconds || *seconds <= 0) return kUsualLife;
  return std::min(*seconds, kLongestLife);
}

// Fit for a header.
bool is_usable(std::string_view token) {
  return !token.empty() && token.size() <= kLongestToken &&
         std::ranges::all_of(token, [](char c) { return c > ' ' && c < '\x7f'; });
}

TokenAnswer grant(const net::Response& response) {
  TokenAnswer answer;
  answer.kind = Kind::rejected;
  answer.message = fmt::format("HTTP {} without an access_token", response.status);
  answer.advice = "check --auth-url";
  json::error_code error;
  const json::value value = json::parse(response.body, error);
  const json::value* token =
      error || !value.is_object() ? nullptr : value.get_object().if_contains("access_token");
  if (token == nullptr || !token->is_string()) return answer;
  if (!is_usable(token->get_string())) {
    answer.message = "the access_token cannot be used in a header";
    return answer;
  }
  answer = {};
  answer.kind = Kind::granted;
  answer.token = Secret(std::string_view(token->get_string()));
  answer.life = std::chrono::seconds{life_of(value.get_object())};
  return answer;
}

bool is_passing(int status) {
  return status == 408 || status == 425 || status == 429 || status >= 500;
}

std::string advice_on(int status) {
  if (status == 400 || status == 401 || status == 403) {
    return "check USHER_CUSTOMER_USER, USHER_CUSTOMER_PASSWORD and the client of the profile";
  }
  return "check --auth-url";
}

}  // namespace

net::Request token_request(const Endpoint& endpoint, const Credentials& credentials) {
  net::Request request;
  request.method = net::Method::post;
  request.url = endpoint.auth_url;
  request.content_type = "application/x-www-form-urlencoded";
  add_field(request.body, "username", credentials.user);
  add_field(request.body, "password", credentials.password.reveal());
  add_field(request.body, "grant_type", "password");
  if (endpoint.platform == Platform::c4r) {
    if (!credentials.client_id.empty()) {
      request.headers.push_back(
          {"Authorization",
           Secret("Basic " + to_base64(fmt::format("{}:{}", credentials.client_id,
                                                   credentials.client_secret.reveal())))});
    }
    return request;
  }
  if (!credentials.client_id.empty()) add_field(request.body, "client_id", credentials.client_id);
  if (!credentials.client_secret.empty()) {
    add_field(request.body, "client_secret", credentials.client_secret.reveal());
  }
  return request;
}

TokenAnswer judge_token(const net::Response& response, const Credentials& credentials,
                        WallTime now) {
  TokenAnswer answer;
  if (response.transport != net::Transport::answered) {
    answer.message = response.detail;
    answer.advice = "check --auth-url and the network";
    answer.hopeless = response.hopeless;
    return answer;
  }
  if (response.status >= 200 && response.status < 300) return grant(response);
  answer.kind = is_passing(response.status) ? Kind::again : Kind::rejected;
  answer.advice = advice_on(response.status);
  answer.retry_after = retry_after(response.retry_after, now);
  const ProblemText problem = read_problem(response.body);
  answer.message = fmt::format("HTTP {}", response.status);
  for (const std::string* part : {&problem.code, &problem.message}) {
    if (!part->empty()) answer.message += " " + *part;
  }
  answer.message = without(std::move(answer.message), credentials.password);
  answer.message = without(std::move(answer.message), credentials.client_secret);
  return answer;
}

}  // namespace usher::customers
