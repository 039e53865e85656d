// SPDX-License-Identifier: Apache-2.0
#include "target/workos/judge.h"

#include <boost/json.hpp>
#include <fmt/format.h>

#include "base/text.h"
#include "target/json_text.h"
#include "target/retry_after.h"
#include "target/workos/limits.h"

namespace usher::workos {
namespace {

namespace json = boost::json;
using Kind = Answer::Kind;

// errors[] comes as objects in several shapes, or as plain strings.
void read_problems(const json::object& object, Answer& answer) {
  const json::value* list = object.if_contains("errors");
  if (list == nullptr || !list->is_array()) return;
  for (const json::value& element : list->get_array()) {
    ApiProblem problem;
    if (element.is_string()) {
      problem.message = printable(element.get_string(), kLongestText);
    } else if (element.is_object()) {
      problem.code = text_of(element.get_object(), "code");
      problem.field = text_of(element.get_object(), "field");
      problem.message = text_of(element.get_object(), "message");
    }
    answer.errors.push_back(std::move(problem));
    if (answer.errors.size() == 32) return;
  }
}

// Whether the body was a JSON object; its code, message and problems are taken.
bool read_error(const std::string& body, Answer& answer) {
  json::error_code error;
  const json::value value = json::parse(body, error);
  if (error || !value.is_object()) return false;
  const json::object& object = value.get_object();
  answer.code = first_of(object, "code", "error");
  answer.message = first_of(object, "message", "error_description");
  read_problems(object, answer);
  for (const ApiProblem& problem : answer.errors) {
    const std::string& detail = problem.message.empty() ? problem.code : problem.message;
    if (!detail.empty() && detail != answer.message) answer.message += " " + detail;
  }
  return true;
}

// A cheap first look: the steps parse what they need.
bool looks_like_object(std::string_view body) {
  const std::string_view text = trim(body);
  return text.size() >= 2 && text.front() == '{' && text.back() == '}';
}

// Of the request's headers: 494 is nginx's own.
bool is_too_long(int status) {
  return status == 431 || status == 494;
}

// Of denied requests.
std::string advice_on(int status) {
  if (status == 401 || status == 403) {
    return "check WORKOS_SECRET_KEY: it must be a valid key of this environment";
  }
  if (is_too_long(status)) {
    return "check the length of WORKOS_SECRET_KEY: no other header of a request is long";
  }
  return "check --api-url";
}

Kind kind_of_error(net::Method method, int status, bool json_body, const Answer& answer) {
  const bool write = method != net::Method::get;
  if (status == 401 || status == 403 || is_too_long(status)) return Kind::denied;
  if (status < 400) return Kind::denied;
  const bool uncoded_create = method == net::Method::post && answer.code.empty();
  if (status == 404 && (!json_body || uncoded_create)) return Kind::denied;
  if (status == 429) return Kind::throttled;
  if (status == 425) return Kind::unavailable;
  if (status == 501 || status == 505) return Kind::refused;
  if (status == 408 || status >= 500) return write ? Kind::in_doubt : Kind::unavailable;
  return Kind::refused;
}

Answer judge_transport(bool write, const net::Response& response) {
  Answer answer;
  const bool left = response.transport == net::Transport::lost;
  answer.kind = left && write ? Kind::in_doubt : Kind::unavailable;
  answer.message = response.detail;
  answer.hopeless = response.hopeless;
  return answer;
}

}  // namespace

Answer judge(net::Method method, const net::Response& response, WallTime now) {
  const bool write = method != net::Method::get;
  if (response.transport != net::Transport::answered) return judge_transport(write, response);

  Answer answer;
  answer.status = response.status;
  answer.request_id = response.request_id;
  if (response.status >= 200 && response.status < 300) {
    const bool usable = method == net::Method::del || looks_like_object(response.body);
    if (usable) {
      answer.body = response.body;
    } else {
      answer.kind = write ? Kind::in_doubt : Kind::unavailable;
      answer.message = fmt::format("HTTP {} without a JSON object", response.status);
    }
    return answer;
  }
  const bool json_body = read_error(response.body, answer);
  if (answer.message.empty()) {
    answer.message =
        fmt::format("HTTP {}{}", response.status, json_body ? "" : " without a JSON body");
  }
  answer.kind = kind_of_error(method, response.status, json_body, answer);
  if (answer.kind == Kind::denied) answer.advice = advice_on(response.status);
  answer.retry_after = usher::retry_after(response.retry_after, now);
  return answer;
}

Answer Api::judge(net::Method method, const net::Response& response, WallTime now) const {
  return workos::judge(method, response, now);
}

std::uint32_t Api::windows_of(net::Method method, std::string_view path) const {
  return workos::windows_of(method, path);
}

}  // namespace usher::workos
