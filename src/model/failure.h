// SPDX-License-Identifier: Apache-2.0
// Why a row failed, in the fields of errors.jsonl (docs/errors.md). Produced by mapping, by a
// target's verdict or by the engine; written by run/, read by people and by the analyzer.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace usher {

enum class FailedAt { user_create, membership_create, org_resolution };
[[nodiscard]] std::string_view to_string(FailedAt at);  // the seeds' errorType words

struct ApiProblem {  // one element of an answer's errors[]
  std::string code;
  std::string field;
  std::string message;
};

struct Failure {
  FailedAt at = FailedAt::user_create;
  std::string message;     // what is wrong and, where it helps, the next step; no secret
  int http_status = 0;     // 0: nothing was answered
  std::string code;        // the API's code; empty: none
  std::string request_id;  // empty: none
  std::vector<ApiProblem> errors;
  std::string user_id;  // the user concerned, when known
  // Nothing is wrong with the row: it was given up for want of a useful answer, and the same again
  // may succeed.
  bool passing = false;
};

}  // namespace usher
