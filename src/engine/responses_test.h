// SPDX-License-Identifier: Apache-2.0
// Responses made by hand, for tests of the engine: one of every kind that a target can tell apart.
#pragma once

#include <string>
#include <utility>

#include "net/http.h"

namespace usher {

inline net::Response reply(int status, std::string body = "{}", std::string retry_after = {}) {
  net::Response response;
  response.status = status;
  response.body = std::move(body);
  response.request_id = "req-" + std::to_string(status);
  response.retry_after = std::move(retry_after);
  return response;
}

inline net::Response no_reply(net::Transport transport, std::string detail) {
  net::Response response;
  response.transport = transport;
  response.detail = std::move(detail);
  return response;
}

inline net::Response lost() {
  return no_reply(net::Transport::lost, "connection reset");
}
inline net::Response unreachable() {
  return no_reply(net::Transport::unreachable, "connection refused");
}

}  // namespace usher
