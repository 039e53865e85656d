// SPDX-License-Identifier: Apache-2.0
#include "sandbox/router.h"

#include "base/text.h"
#include "sandbox/authenticate.h"
#include "sandbox/event_routes.h"
#include "sandbox/factors.h"
#include "sandbox/invitations.h"
#include "sandbox/memberships.h"
#include "sandbox/organizations.h"
#include "sandbox/roles.h"
#include "sandbox/users.h"

namespace usher::sandbox {

namespace {

bool catches(std::string_view segment) {
  return segment.starts_with('{');
}

bool fits(const std::vector<std::string_view>& pattern, const std::vector<std::string>& path) {
  if (pattern.size() != path.size()) return false;
  for (std::size_t i = 0; i < path.size(); ++i) {
    if (catches(pattern[i]) ? path[i].empty() : pattern[i] != path[i]) return false;
  }
  return true;
}

}  // namespace

void Router::add(std::span<const Route> routes) {
  for (const Route& route : routes) {
    entries_.push_back({&route, split(route.pattern.substr(1), '/')});
  }
}

Router::Match Router::find(Call& call) const {
  for (std::size_t number = 0; number < entries_.size(); ++number) {
    const auto& [route, pattern] = entries_[number];
    if (route->method != call.request.method || !fits(pattern, call.segments)) continue;
    for (std::size_t i = 0; i < pattern.size(); ++i) {
      if (catches(pattern[i])) call.parts.push_back(std::move(call.segments[i]));
    }
    return {route, number};
  }
  return {};
}

const Router& api() {
  static const Router kApi = [] {
    Router router;
    router.add(user_routes());
    router.add(membership_routes());
    router.add(organization_routes());
    router.add(domain_routes());
    router.add(role_routes());
    router.add(permission_routes());
    router.add(factor_routes());
    router.add(invitation_routes());
    router.add(event_routes());
    router.add(authenticate_routes());
    return router;
  }();
  return kApi;
}

}  // namespace usher::sandbox
