// SPDX-License-Identifier: Apache-2.0
#include "sandbox/customers/problem.h"

#include "base/json.h"
#include "sandbox/fault_answers.h"

namespace usher::sandbox::customers {

net::Reply problem(int status, std::string_view detail) {
  net::Reply reply{.status = status, .content_type = "application/problem+json"};
  JsonWriter out(reply.body);
  out.open_object().field("type", "about:blank").field("title", words_for(status));
  out.field("status", status);
  if (!detail.empty()) out.field("detail", detail);
  out.close_object();
  return reply;
}

net::Reply answer_instead(const Fault& fault) {
  net::Reply reply;
  switch (fault.kind) {
    case FaultKind::error_json:
    case FaultKind::commit_then_error:
      reply = problem(fault.status, "This answer is a fault on purpose.");
      if (!fault.body.empty()) reply.body = fault.body;
      break;
    case FaultKind::throttle:
      reply = problem(429, "Too many requests.");
      break;
    case FaultKind::gateway_timeout:
      reply = html_page(504);
      break;
    case FaultKind::other_answer:
      reply = {.status = fault.status, .body = fault.body};
      if (!fault.content_type.empty()) reply.content_type = fault.content_type;
      break;
    default:
      return sandbox::answer_instead(fault);
  }
  if (!fault.retry_after.empty()) reply.headers.emplace_back("Retry-After", fault.retry_after);
  return reply;
}

}  // namespace usher::sandbox::customers
