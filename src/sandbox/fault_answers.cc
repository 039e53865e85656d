// SPDX-License-Identifier: Apache-2.0
#include "sandbox/fault_answers.h"

#include <fmt/format.h>

#include "sandbox/answers.h"

namespace usher::sandbox {

namespace {

constexpr std::chrono::milliseconds kSlow{1000};  // where the fault does not say

}  // namespace

std::string_view words_for(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 201:
      return "Created";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 408:
      return "Request Timeout";
    case 413:
      return "Content Too Large";
    case 429:
      return "Too many requests.";
    case 500:
      return "Internal Server Error";
    case 501:
      return "Not Implemented";
    case 502:
      return "Bad Gateway";
    case 503:
      return "Service Unavailable";
    case 504:
      return "Gateway Timeout";
    default:
      return "Something went wrong";
  }
}

net::Reply html_page(int status) {
  return {.status = status,
          .content_type = "text/html",
          .body = fmt::format("<html>\r\n<head><title>{0} {1}</title></head>\r\n<body>\r\n"
                              "<center><h1>{0} {1}</h1></center>\r\n</body>\r\n</html>\r\n",
                              status, words_for(status))};
}

bool commits(FaultKind kind) {
  switch (kind) {
    case FaultKind::throttle:
    case FaultKind::error_json:
    case FaultKind::error_html:
    case FaultKind::reset_before:
    case FaultKind::gateway_timeout:
    case FaultKind::expire_tokens:
    case FaultKind::result:
      return false;
    case FaultKind::latency:
    case FaultKind::commit_then_cut:
    case FaultKind::commit_then_hang:
    case FaultKind::commit_then_error:
    case FaultKind::slow_body:
    case FaultKind::cut_body:
    case FaultKind::wrong_content_type:
    case FaultKind::drop_result:
    case FaultKind::shuffle_results:
    case FaultKind::no_ids:
    case FaultKind::lower_case:
    case FaultKind::extra_result:
    case FaultKind::empty_body:
    case FaultKind::html_page:
    case FaultKind::other_answer:
      break;
  }
  return true;
}

net::Reply answer_instead(const Fault& fault) {
  net::Reply reply;
  switch (fault.kind) {
    case FaultKind::throttle:
      reply = too_many_requests();
      break;
    case FaultKind::error_html:
      reply = html_page(fault.status);
      break;
    case FaultKind::reset_before:
      reply.delivery.cut = net::Delivery::Cut::before_answer;
      reply.status = 0;
      return reply;
    default:
      reply = saying(fault.status, words_for(fault.status));
      break;
  }
  if (!fault.retry_after.empty()) reply.headers.emplace_back("Retry-After", fault.retry_after);
  return reply;
}

net::Reply spoil(net::Reply answer, const Fault& fault) {
  switch (fault.kind) {
    case FaultKind::commit_then_cut:
      answer.delivery.cut = net::Delivery::Cut::before_answer;
      break;
    case FaultKind::commit_then_hang:
      answer.delivery.cut = net::Delivery::Cut::hang;
      break;
    case FaultKind::commit_then_error:
      return answer_instead(fault);
    case FaultKind::slow_body:
      answer.delivery.slow_body = fault.delay.count() > 0 ? fault.delay : kSlow;
      break;
    case FaultKind::cut_body:
      answer.delivery.cut = net::Delivery::Cut::mid_answer;
      break;
    case FaultKind::wrong_content_type:
      answer.content_type = "text/html";
      break;
    default:
      break;
  }
  return answer;
}

}  // namespace usher::sandbox
