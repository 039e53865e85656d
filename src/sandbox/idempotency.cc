// SPDX-License-Identifier: Apache-2.0
#include "sandbox/idempotency.h"

#include <string>

#include <fmt/format.h>

#include "sandbox/answers.h"

namespace usher::sandbox {

namespace {

constexpr std::chrono::hours kLifetime{24};

}  // namespace

Hash128 IdempotencyKeys::scope(const Call& call, std::string_view key) const {
  std::string text;
  for (const std::string_view part :
       {std::string_view(call.key), std::string_view(call.request.method), call.path, key}) {
    text.append(part).push_back('\0');
  }
  return hasher_(text);
}

std::optional<net::Reply> IdempotencyKeys::recall(const Call& call, std::string_view key) {
  forget(call.now.steady);
  const auto found = entries_.find(scope(call, key));
  if (found == entries_.end()) return {};
  if (found->second.payload == hasher_(call.request.body)) return found->second.reply;
  return saying(400, fmt::format("Another idempotency key ({}) with different request parameters "
                                 "was found. Please use a different idempotency key.",
                                 key));
}

void IdempotencyKeys::remember(const Call& call, std::string_view key, const net::Reply& reply) {
  if (reply.status == 401 || reply.status == 429 || reply.status >= 500) return;
  const Hash128 name = scope(call, key);
  const Entry entry{hasher_(call.request.body), call.now.steady, reply};
  if (entries_.insert_or_assign(name, entry).second) order_.push_back(name);
}

void IdempotencyKeys::forget(Instant now) {
  while (!order_.empty()) {
    const auto oldest = entries_.find(order_.front());
    if (entries_.size() <= kept_ && now - oldest->second.since < kLifetime) return;
    entries_.erase(oldest);
    order_.pop_front();
  }
}

}  // namespace usher::sandbox
