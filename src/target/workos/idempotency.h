// SPDX-License-Identifier: Apache-2.0
// Idempotency keys: the same request of the same run has the same key, another request or another
// run has another. The run's nonce keeps a key from outliving a record that was deleted meanwhile;
// the body's digest keeps two wishes for one person apart (the API refuses one key with two
// bodies). Tested by idempotency_test.cc.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include <fmt/format.h>

namespace usher::workos {

[[nodiscard]] inline std::string idempotency_key(std::string_view nonce, std::string_view path,
                                                 std::string_view body) {
  const std::hash<std::string_view> digest;
  std::string salted(path);
  salted += body;
  return fmt::format("usher-{}-{:016x}{:016x}", nonce, digest(body), digest(salted));
}

}  // namespace usher::workos
