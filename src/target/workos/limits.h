// SPDX-License-Identifier: Apache-2.0
// The published rate windows of the WorkOS API, and which request belongs to which.
// Source of the figures: workos.com/docs/reference/rate-limits. Tested by limits_test.cc.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "base/time.h"
#include "net/http.h"

namespace usher::workos {

struct PublishedWindow {
  std::string_view name;
  std::uint32_t limit;
  Duration span;
};

// Index = bit in windows_of().
inline constexpr std::array<PublishedWindow, 4> kPublishedWindows = {{
    {"all requests", 6'000, std::chrono::seconds{60}},
    {"user-management reads", 1'000, std::chrono::seconds{10}},
    {"user-management writes", 500, std::chrono::seconds{10}},
    {"organization deletes", 50, std::chrono::seconds{60}},
}};

[[nodiscard]] constexpr std::uint32_t windows_of(net::Method method, std::string_view path) {
  std::uint32_t mask = 1U;
  if (path.starts_with("/user_management/")) mask |= method == net::Method::get ? 2U : 4U;
  if (method == net::Method::del && path.starts_with("/organizations/")) mask |= 8U;
  return mask;
}

}  // namespace usher::workos
