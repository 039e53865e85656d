// SPDX-License-Identifier: Apache-2.0
// The login of the customer API: a password grant at a token service, which differs by platform.
// What is asked, and what an answer means:
//
//   nothing on the wire, lost        again
//   2xx with an access_token         granted
//   any other 2xx, 3xx               rejected   the address is wrong
//   408, 425, 429, 5xx               again
//   any other 4xx                    rejected   never repeated: accounts get locked
//
// A life (expires_in) that is absent or no sensible number counts as an hour. Nothing that is said
// to people holds a password. Tested by token_test.cc.
#pragma once

#include <optional>
#include <string>

#include "base/secret.h"
#include "base/time.h"
#include "net/http.h"
#include "target/customers/endpoint.h"

namespace usher::customers {

[[nodiscard]] net::Request token_request(const Endpoint& endpoint, const Credentials& credentials);

struct TokenAnswer {
  enum class Kind { granted, rejected, again } kind = Kind::again;
  Secret token;
  Duration life{};
  std::string message;  // for people, unless granted
  std::string advice;
  bool hopeless = false;  // as net::Response::hopeless
  std::optional<Duration> retry_after;
};
[[nodiscard]] TokenAnswer judge_token(const net::Response& response, const Credentials& credentials,
                                      WallTime now);

}  // namespace usher::customers
