// SPDX-License-Identifier: Apache-2.0
// Signing in with a password, which proves that a migrated hash works, and what belongs to
// sessions. Tested by authenticate_test.cc.
#pragma once

#include <span>

#include "sandbox/desk.h"

namespace usher::sandbox {

inline constexpr std::string_view kSignInPath = "/user_management/authenticate";

[[nodiscard]] std::span<const Route> authenticate_routes();

}  // namespace usher::sandbox
