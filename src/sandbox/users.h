// SPDX-License-Identifier: Apache-2.0
// /user_management/users. Tested by users_test.cc.
#pragma once

#include <span>

#include "sandbox/desk.h"

namespace usher::sandbox {

[[nodiscard]] std::span<const Route> user_routes();

// The user of the n-th part of the path, or the 404.
[[nodiscard]] Checked<User*> user_in_path(Desk& desk, const Call& call, std::size_t part = 0);

}  // namespace usher::sandbox
