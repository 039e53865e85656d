// SPDX-License-Identifier: Apache-2.0
// /user_management/invitations. No mail is sent. Inviting a known user into an organization makes a
// pending membership, which only the invitation can end. Tested by invitations_test.cc.
#pragma once

#include <span>

#include "sandbox/desk.h"

namespace usher::sandbox {

[[nodiscard]] std::span<const Route> invitation_routes();

}  // namespace usher::sandbox
