// SPDX-License-Identifier: Apache-2.0
#include "target/retry_after.h"

#include <algorithm>
#include <chrono>

#include "base/text.h"

namespace usher {
namespace {

constexpr Duration kLongestWait = std::chrono::hours{1};

}  // namespace

std::optional<Duration> retry_after(std::string_view text, WallTime now) {
  text = trim(text);
  if (text.empty()) return std::nullopt;
  if (const auto seconds = parse_int(text)) {
    if (*seconds < 0) return std::nullopt;
    return std::min<Duration>(std::chrono::seconds{std::min<std::int64_t>(*seconds, 86'400)},
                              kLongestWait);
  }
  const auto date = parse_http_date(text);
  if (!date) return std::nullopt;
  return std::clamp<Duration>(*date - now, Duration{0}, kLongestWait);
}

}  // namespace usher
