// SPDX-License-Identifier: Apache-2.0
// Second factors: a TOTP secret is imported for a user, challenged and verified.
// Tested by factors_test.cc.
#pragma once

#include <span>

#include "sandbox/desk.h"

namespace usher::sandbox {

[[nodiscard]] std::span<const Route> factor_routes();

}  // namespace usher::sandbox
