// SPDX-License-Identifier: Apache-2.0
#include "sandbox/answers.h"

#include <fmt/format.h>

#include "base/json.h"
#include "sandbox/sandbox.h"

namespace usher::sandbox {

namespace {

constexpr std::string_view kValidation = "Validation failed";

}  // namespace

net::Reply json(int status, std::string body) {
  return net::Reply{.status = status, .body = std::move(body)};
}

net::Reply nothing(int status) {
  return net::Reply{.status = status, .content_type = ""};
}

net::Reply saying(int status, std::string_view message) {
  std::string body;
  JsonWriter(body).open_object().field("message", message).close_object();
  return json(status, std::move(body));
}

net::Reply coded(int status, std::string_view code, std::string_view message) {
  std::string body;
  JsonWriter(body).open_object().field("message", message).field("code", code).close_object();
  return json(status, std::move(body));
}

net::Reply with_problems(int status, std::string_view code, std::string_view message,
                         const std::vector<Problem>& problems) {
  std::string body;
  JsonWriter writer(body);
  writer.open_object().field("message", message).field("code", code);
  writer.key("errors").open_array();
  for (const Problem& problem : problems) {
    writer.open_object().field("code", problem.code).field("message", problem.message);
    writer.close_object();
  }
  writer.close_array().close_object();
  return json(status, std::move(body));
}

net::Reply with_problems(const std::vector<FieldProblem>& problems) {
  std::string body;
  JsonWriter writer(body);
  writer.open_object().field("message", kValidation).key("errors").open_array();
  for (const FieldProblem& problem : problems) {
    writer.open_object().field("field", problem.field).field("code", problem.code).close_object();
  }
  writer.close_array().close_object();
  return json(422, std::move(body));
}

net::Reply invalid(const std::vector<Problem>& problems) {
  return with_problems(422, "invalid_request_parameters", kValidation, problems);
}

net::Reply invalid(std::string_view code, std::string_view message) {
  return invalid({Problem{std::string(code), std::string(message)}});
}

net::Reply not_found(std::string_view entity, std::string_view id) {
  std::string body;
  JsonWriter(body)
      .open_object()
      .field("message", fmt::format("{} not found: '{}'.", entity, id))
      .field("code", "entity_not_found")
      .field("entity_id", id)
      .close_object();
  return json(404, std::move(body));
}

net::Reply no_route() {
  return saying(404, "Not Found");
}
net::Reply unauthorized() {
  return saying(401, "Unauthorized");
}
net::Reply too_many_requests() {
  return coded(429, "rate_limit_exceeded", "Too many requests.");
}

net::Reply too_many_requests(Duration wait, RetryAfter style, WallTime now) {
  net::Reply reply = too_many_requests();
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(wait);
  if (style == RetryAfter::seconds) {
    reply.headers.emplace_back("Retry-After", fmt::format("{}", seconds.count()));
  }
  if (style == RetryAfter::http_date) {
    const auto then = std::chrono::ceil<std::chrono::seconds>(now + seconds);
    reply.headers.emplace_back("Retry-After", to_http_date(then));
  }
  return reply;
}

}  // namespace usher::sandbox
