// SPDX-License-Identifier: Apache-2.0
// An answer after its first judgement: what a status, a transport and an error body mean for one
// request, before anybody knows which step it belongs to. Codes, fields and statuses decide; nobody
// reads message text. Each target has one table that makes Answers (workos: judge.h).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "model/failure.h"

namespace usher {

struct Answer {
  enum class Kind {
    ok,           // 2xx with a body that can be used
    refused,      // the target has decided: repeating the same request changes nothing
    throttled,    // not carried out, ask again later; not an attempt
    unavailable,  // not carried out, or a read that failed: ask again
    in_doubt,     // a write that may or may not have been carried out: look up
    denied,       // the key, the address or the permissions are wrong for every request
    stale,        // not carried out: the token is no longer good, ask again with a new one
  };
  Kind kind = Kind::ok;
  int status = 0;
  std::string code;
  std::string message;  // for people
  std::string advice;   // with denied: what to check
  std::vector<ApiProblem> errors;
  std::string request_id;
  bool hopeless = false;  // unavailable, and asking again would bring the same
  // Refused or in doubt because of its size: smaller requests may be carried out.
  bool too_much = false;
  std::optional<Duration> retry_after;  // with throttled, unavailable and in_doubt
  std::string body;                     // with ok: the JSON text

  // The code itself, or one of errors[].code.
  [[nodiscard]] bool says(std::string_view wanted) const;
  // Of an ok answer it has no status: "HTTP 200" is no reason, what was found is. A step that was
  // refused first, and looked only to explain it, makes the failure out of the refusal.
  // Passing when the API has not decided.
  [[nodiscard]] Failure as_failure(FailedAt at, const std::string& text = {}) const;
  // Of an ok answer whose body is not what was asked for: the API's trouble, not the row's.
  [[nodiscard]] Failure as_unreadable(FailedAt at, const std::string& text) const;
};

}  // namespace usher
