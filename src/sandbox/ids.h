// SPDX-License-Identifier: Apache-2.0
// Ids as the API gives them: a prefix and a ULID, strictly increasing over all kinds of object, so
// that the order of ids is the order of creation and a cursor stays good while others create. A
// seed makes them the same on every start, for the same requests in the same order: then their time
// only counts. Tested by ids_test.cc.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/random.h"
#include "base/time.h"

namespace usher::sandbox {

struct Ulid {
  std::uint64_t high = 0;  // 48 bits of milliseconds, 16 of chance
  std::uint64_t low = 0;
  friend auto operator<=>(const Ulid&, const Ulid&) = default;
};

namespace prefix {
inline constexpr std::string_view kUser = "user_";
inline constexpr std::string_view kOrganization = "org_";
inline constexpr std::string_view kDomain = "org_domain_";
inline constexpr std::string_view kMembership = "om_";
inline constexpr std::string_view kRole = "role_";
inline constexpr std::string_view kPermission = "perm_";
inline constexpr std::string_view kFactor = "auth_factor_";
inline constexpr std::string_view kChallenge = "auth_challenge_";
inline constexpr std::string_view kInvitation = "invitation_";
inline constexpr std::string_view kEvent = "event_";
}  // namespace prefix

[[nodiscard]] std::string to_id(std::string_view prefix, Ulid ulid);
// Only what to_id() writes is read back.
[[nodiscard]] std::optional<Ulid> parse_id(std::string_view prefix, std::string_view text);

class IdMaker {
 public:
  explicit IdMaker(std::uint64_t seed);  // 0: different on every start

  [[nodiscard]] Ulid next(WallTime now);
  // Whether next() can have given this one: a cursor stays good after its object was deleted.
  [[nodiscard]] bool may_have_issued(Ulid ulid) const;
  // Version 4. Has chance of its own: looking at the sandbox changes no id.
  [[nodiscard]] std::string uuid();
  [[nodiscard]] std::string token(std::size_t length);  // letters and digits

 private:
  [[nodiscard]] std::uint64_t milliseconds(WallTime now);

  bool seeded_;
  Random random_;
  Random random_of_uuids_;
  std::uint64_t made_ = 0;
  Ulid first_;
  Ulid last_;
};

}  // namespace usher::sandbox
