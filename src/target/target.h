// SPDX-License-Identifier: Apache-2.0
// An API as pure knowledge, for whoever carries its requests: what an answer means, and which rate
// windows a request counts in. No I/O, no clock. One table per target (workos/judge.h,
// customers/judge.h).
#pragma once

#include <cstdint>
#include <string_view>

#include "base/time.h"
#include "net/http.h"
#include "target/answer.h"

namespace usher {

class Target {
 public:
  Target() = default;
  Target(const Target&) = delete;
  Target& operator=(const Target&) = delete;
  virtual ~Target() = default;

  [[nodiscard]] virtual Answer judge(net::Method method, const net::Response& response,
                                     WallTime now) const = 0;
  // Bit i: window i of those that the engine was given.
  [[nodiscard]] virtual std::uint32_t windows_of(net::Method method,
                                                 std::string_view path) const = 0;
};

}  // namespace usher
