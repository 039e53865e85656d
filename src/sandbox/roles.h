// SPDX-License-Identifier: Apache-2.0
// /authorization: roles of the environment and of organizations, and permissions. A slug never
// changes. Tested by roles_test.cc.
#pragma once

#include <span>
#include <string_view>

#include "sandbox/desk.h"

namespace usher::sandbox {

inline constexpr std::string_view kDefaultRole = "member";

[[nodiscard]] std::span<const Route> role_routes();
[[nodiscard]] std::span<const Route> permission_routes();

// Every environment begins with the default role.
void add_default_role(Desk& desk, WallTime now);

}  // namespace usher::sandbox
