// SPDX-License-Identifier: Apache-2.0
// When to ask again, and when to give up: exponential with jitter and a cap, a bound on attempts.
// Writes and reads of a step are counted apart: a doubtful write costs a look-up or three, and an
// API that fails every third request would use up a common budget for a fiftieth of the steps. A
// look-up that was answered is progress, so the reads begin to count anew; failed writes add up,
// which bounds them all. Pure; the same for every target. Tested by retry_test.cc and
// dispatcher_budget_test.cc.
#pragma once

#include <algorithm>
#include <optional>

#include "base/random.h"
#include "base/time.h"

namespace usher {

struct RetryPolicy {
  int attempts = 8;  // to write, in all, and to read, in a row; of one step, without throttled ones
  Duration base = std::chrono::milliseconds{250};
  Duration cap = std::chrono::seconds{30};

  // The wait before attempt `failed` + 1; half of it is random. Retry-After, when given, is the
  // least.
  [[nodiscard]] std::optional<Duration> next(int failed, std::optional<Duration> asked,
                                             Random& random) const {
    if (failed >= attempts) return std::nullopt;
    return std::max(backoff(failed, random), asked.value_or(Duration{0}));
  }

  [[nodiscard]] Duration backoff(int failed, Random& random) const {
    const int doublings = std::clamp(failed - 1, 0, 20);
    const Duration full = std::min(base * (std::int64_t{1} << doublings), cap);
    const auto half = full.count() / 2;
    return Duration{half + static_cast<std::int64_t>(random.unit() * static_cast<double>(half))};
  }
};

}  // namespace usher
