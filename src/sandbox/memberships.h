// SPDX-License-Identifier: Apache-2.0
// /user_management/organization_memberships: who belongs where, with which roles; a pair once only.
// Tested by memberships_test.cc.
#pragma once

#include <span>
#include <vector>

#include "sandbox/desk.h"
#include "sandbox/form.h"

namespace usher::sandbox {

[[nodiscard]] std::span<const Route> membership_routes();

// The roles a body asks for, as sent.
struct WantedRoles {
  Text one{};
  std::optional<std::vector<std::string>> several{};
  [[nodiscard]] bool any() const { return one || several; }
};
[[nodiscard]] WantedRoles read_roles(Form& form);
// By priority; the default role when the body asks for none.
[[nodiscard]] Checked<std::vector<Role*>> resolve_roles(Desk& desk, const WantedRoles& wanted,
                                                        Organization& organization);

}  // namespace usher::sandbox
