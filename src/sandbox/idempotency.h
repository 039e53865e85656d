// SPDX-License-Identifier: Apache-2.0
// Idempotency-Key: a POST repeated under its key gets the answer of the first time, for 24 hours;
// the key with another body is refused. Keys are per API key, method and path. Tested by
// idempotency_test.cc.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string_view>
#include <unordered_map>

#include "base/hash.h"
#include "base/time.h"
#include "net/server.h"
#include "sandbox/call.h"

namespace usher::sandbox {

class IdempotencyKeys {
 public:
  explicit IdempotencyKeys(std::size_t kept) : kept_(kept) {}

  // The answer to give instead of carrying out the request, if its key was seen.
  [[nodiscard]] std::optional<net::Reply> recall(const Call& call, std::string_view key);
  // Outcomes that a client may repeat to change (401, 429, 5xx) are not kept.
  void remember(const Call& call, std::string_view key, const net::Reply& reply);

 private:
  struct Entry {
    Hash128 payload{};
    Instant since{};
    net::Reply reply{};
  };
  [[nodiscard]] Hash128 scope(const Call& call, std::string_view key) const;
  void forget(Instant now);

  std::size_t kept_;
  Hasher hasher_{"idempotency"};
  std::unordered_map<Hash128, Entry, Hash128Hasher> entries_;
  std::deque<Hash128> order_;  // oldest first
};

}  // namespace usher::sandbox
