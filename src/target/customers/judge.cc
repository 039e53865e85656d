// SPDX-License-Identifier: Apache-2.0
#include "target/customers/judge.h"

#include <utility>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "target/json_text.h"
#include "target/retry_after.h"

namespace usher::customers {
namespace {

namespace json = boost::json;
using Kind = Answer::Kind;

Answer judge_transport(const net::Response& response) {
  Answer answer;
  const bool left = response.transport == net::Transport::lost;
  answer.kind = left ? Kind::in_doubt : Kind::unavailable;
  answer.code = response.timed_out ? "timeout" : left ? "lost" : "unreachable";
  answer.message = response.detail;
  answer.hopeless = response.hopeless;
  answer.too_much = left && response.timed_out;
  return answer;
}

// Of the request's headers: 494 is nginx's own.
bool is_too_long(int status) {
  return status == 431 || status == 494;
}

Kind kind_of(int status, Tokens tokens) {
  if (status == 401) return tokens == Tokens::automatic ? Kind::stale : Kind::denied;
  if (status < 400 || status == 403 || status == 404 || status == 405 || status == 407 ||
      is_too_long(status)) {
    return Kind::denied;
  }
  if (status == 425) return Kind::unavailable;
  if (status == 429) return Kind::throttled;
  return status == 408 || status >= 500 ? Kind::in_doubt : Kind::refused;
}

std::string advice_on(int status, Tokens tokens) {
  if (status == 401 && tokens == Tokens::by_hand) {
    return "check USHER_CUSTOMER_TOKEN: it must be a token of this environment that has not ended";
  }
  if (status == 401) return "check --api-url: it does not take the tokens of --auth-url";
  if (status == 403) return "check that the user may import customers, and --environment";
  if (status == 407) return "check the proxy";
  if (is_too_long(status)) return "check the length of the token and of the passport";
  return "check --api-url";
}

}  // namespace

ProblemText read_problem(std::string_view body) {
  ProblemText problem;
  json::error_code error;
  const json::value value = json::parse(body, error);
  if (error || !value.is_object()) return problem;
  problem.json = true;
  const json::object& object = value.get_object();
  problem.code = first_of(object, "type", "code");
  if (problem.code == "about:blank") problem.code = text_of(object, "code");
  if (problem.code.empty()) problem.code = text_of(object, "error");
  problem.message = first_of(object, "title", "message");
  const std::string detail = first_of(object, "detail", "error_description");
  if (!problem.message.empty() && !detail.empty() && detail != problem.message) {
    problem.message += ": ";
  }
  if (detail != problem.message) problem.message += detail;
  return problem;
}

Answer judge(const net::Response& response, Tokens tokens, WallTime now) {
  if (response.transport != net::Transport::answered) return judge_transport(response);
  Answer answer;
  answer.status = response.status;
  answer.request_id = response.request_id;
  if (response.status >= 200 && response.status < 300) return answer;
  answer.kind = kind_of(response.status, tokens);
  answer.too_much = response.status == 408 || response.status == 413 || response.status == 504 ||
                    response.status == 524;
  ProblemText problem = read_problem(response.body);
  answer.code = std::move(problem.code);
  answer.message = std::move(problem.message);
  if (answer.message.empty()) {
    answer.message =
        fmt::format("HTTP {}{}", response.status, problem.json ? "" : " without a JSON body");
  }
  if (answer.kind == Kind::denied || answer.kind == Kind::stale) {
    answer.advice = advice_on(response.status, tokens);
  }
  answer.retry_after = retry_after(response.retry_after, now);
  return answer;
}

Answer Api::judge(net::Method /*method*/, const net::Response& response, WallTime now) const {
  return customers::judge(response, tokens_, now);
}

std::uint32_t Api::windows_of(net::Method /*method*/, std::string_view /*path*/) const {
  return 0;
}

}  // namespace usher::customers
