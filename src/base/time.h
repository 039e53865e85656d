// SPDX-License-Identifier: Apache-2.0
// Points in time. Only drivers read clocks; everything that decides is handed a Now, so that tests
// crank the clock by hand. Formats: RFC 3339 with milliseconds and Z, HTTP dates (RFC 9110, 5.6.7).
// Tested by time_test.cc.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace usher {

using Duration = std::chrono::microseconds;
using Instant = std::chrono::time_point<std::chrono::steady_clock, Duration>;
using WallTime = std::chrono::sys_time<std::chrono::milliseconds>;

struct Now {
  Instant steady{};  // for waiting and rates
  WallTime wall{};   // for people and for HTTP dates
};

[[nodiscard]] Now read_clocks();

[[nodiscard]] std::string to_iso8601(WallTime time);  // 2026-03-02T09:15:07.042Z
[[nodiscard]] std::optional<WallTime> parse_iso8601(
    std::string_view text);  // UTC only; ms optional
[[nodiscard]] std::optional<WallTime> parse_http_date(std::string_view text);
[[nodiscard]] std::string to_http_date(WallTime time);

// "850 ms", "12.4 s", "44m 10s", "2h 13m 05s"
[[nodiscard]] std::string to_words(Duration span);

}  // namespace usher
