// SPDX-License-Identifier: Apache-2.0
// /organizations and /organization_domains. Tested by organizations_test.cc.
#pragma once

#include <span>

#include "sandbox/desk.h"

namespace usher::sandbox {

[[nodiscard]] std::span<const Route> organization_routes();
[[nodiscard]] std::span<const Route> domain_routes();

// The organization of the n-th part of the path, or the 404.
[[nodiscard]] Checked<Organization*> organization_in_path(Desk& desk, const Call& call,
                                                          std::size_t part = 0);

// Adds a domain and tells the log.
Domain& add_domain(Desk& desk, Organization& organization, std::string name, Domain::State state,
                   WallTime now);

}  // namespace usher::sandbox
