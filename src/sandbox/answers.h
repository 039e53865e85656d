// SPDX-License-Identifier: Apache-2.0
// The shapes of answers: the API has five kinds of error body, and which endpoint uses which is
// part of being like it. A handler returns its answer as a value, a refusal as the error: who
// refuses has changed nothing. Tested by the tests of each resource.
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "net/server.h"

namespace usher::sandbox {

enum class RetryAfter;  // sandbox.h

template <class T>
using Checked = std::expected<T, net::Reply>;
using Outcome = Checked<net::Reply>;

[[nodiscard]] inline std::unexpected<net::Reply> refuse(net::Reply reply) {
  return std::unexpected(std::move(reply));
}

struct Problem {
  std::string code;     // "email_string_required"
  std::string message;  // "Email should be a non-empty string."
};

// With errors: what is wrong with which field, the older form that the organizations still use.
struct FieldProblem {
  std::string field;
  std::string code;  // "required"
};

[[nodiscard]] net::Reply json(int status, std::string body);
[[nodiscard]] net::Reply nothing(int status);  // no body, no content type
[[nodiscard]] net::Reply saying(int status, std::string_view message);
[[nodiscard]] net::Reply coded(int status, std::string_view code, std::string_view message);
[[nodiscard]] net::Reply with_problems(int status, std::string_view code, std::string_view message,
                                       const std::vector<Problem>& problems);
[[nodiscard]] net::Reply with_problems(const std::vector<FieldProblem>& problems);  // 422
[[nodiscard]] net::Reply invalid(const std::vector<Problem>& problems);             // 422
[[nodiscard]] net::Reply invalid(std::string_view code, std::string_view message);  // one problem
// 404: "User not found: 'user_x'."
[[nodiscard]] net::Reply not_found(std::string_view entity, std::string_view id);
[[nodiscard]] net::Reply no_route();
[[nodiscard]] net::Reply unauthorized();
[[nodiscard]] net::Reply too_many_requests();
[[nodiscard]] net::Reply too_many_requests(Duration wait, RetryAfter style, WallTime now);

}  // namespace usher::sandbox
