// SPDX-License-Identifier: Apache-2.0
// Retry-After, which every HTTP API may send. Tested by retry_after_test.cc.
#pragma once

#include <optional>
#include <string_view>

#include "base/time.h"

namespace usher {

// Whole seconds or an HTTP date; at most an hour; a date gone by is zero.
[[nodiscard]] std::optional<Duration> retry_after(std::string_view text, WallTime now);

}  // namespace usher
