// SPDX-License-Identifier: Apache-2.0
// One request as the handlers see it: the path split before it is decoded, so that an id may hold
// any byte; the query with its comma lists; the body as a JSON object. Tested by call_test.cc.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/json/fwd.hpp>

#include "base/time.h"
#include "net/server.h"

namespace usher::sandbox {

struct Call {
  explicit Call(const net::ServerRequest& asked, Now at);

  // The n-th {part} of the route's pattern.
  [[nodiscard]] const std::string& part(std::size_t n) const { return parts[n]; }
  [[nodiscard]] std::optional<std::string> parameter(std::string_view name) const;
  // a,b and repeated keys and name[]=...; empty parts are dropped.
  [[nodiscard]] std::vector<std::string> list_parameter(std::string_view name) const;
  [[nodiscard]] bool reads() const { return request.method == "GET"; }

  const net::ServerRequest& request;
  Now now;
  std::string_view path;                                   // as sent, without the query
  std::vector<std::string> segments;                       // decoded
  std::vector<std::string> parts;                          // what the route's braces caught
  std::vector<std::pair<std::string, std::string>> query;  // decoded
  std::string key;                                         // the API key that was accepted
  const boost::json::object* body = nullptr;  // set before a handler runs, never null there
};

}  // namespace usher::sandbox
