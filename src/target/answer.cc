// SPDX-License-Identifier: Apache-2.0
#include "target/answer.h"

#include <algorithm>
#include <utility>

namespace usher {

bool Answer::says(std::string_view wanted) const {
  return code == wanted ||
         std::any_of(errors.begin(), errors.end(),
                     [&](const ApiProblem& problem) { return problem.code == wanted; });
}

Failure Answer::as_failure(FailedAt at, const std::string& text) const {
  Failure failure;
  failure.at = at;
  failure.message = text.empty() ? message : text;
  failure.http_status = kind == Kind::ok ? 0 : status;
  failure.code = code;
  failure.request_id = request_id;
  failure.errors = errors;
  failure.passing = kind == Kind::throttled || kind == Kind::unavailable || kind == Kind::in_doubt;
  return failure;
}

Failure Answer::as_unreadable(FailedAt at, const std::string& text) const {
  Failure failure = as_failure(at, text);
  failure.passing = kind == Kind::ok;
  return failure;
}

}  // namespace usher
