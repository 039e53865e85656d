// SPDX-License-Identifier: Apache-2.0
// What the sandbox remembers, as plain records. Pointers between records are kept right by
// Directory, which owns them all; a record never moves.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/secret.h"
#include "base/time.h"
#include "sandbox/ids.h"
#include "sandbox/passwords.h"

namespace usher::sandbox {

using Text = std::optional<std::string>;
using Metadata = std::vector<std::pair<std::string, std::string>>;  // in the order first set

struct Times {
  WallTime created{};
  WallTime updated{};

  // An update is always later than what it updates, even within one millisecond.
  void touch(WallTime now) { updated = std::max(now, updated + std::chrono::milliseconds(1)); }
};

struct Organization;
struct Membership;
struct Factor;

struct Password {
  std::string type{};  // "bcrypt"; empty: no password
  Secret hash{};
  SaltPosition salt = SaltPosition::suffix;
};

struct User {
  Ulid id{};
  std::string email{};
  bool email_verified = false;
  Text first_name{};
  Text last_name{};
  Text name{};
  Text locale{};
  Text external_id{};
  Metadata metadata{};
  Password password{};
  std::optional<WallTime> last_sign_in{};
  Times times{};
  std::map<Ulid, Membership*> memberships{};
  std::map<Ulid, Factor*> factors{};
};

struct Domain {
  enum class State { pending, verified, legacy_verified };
  Ulid id{};
  Organization* organization = nullptr;
  std::string name{};
  State state = State::pending;
  std::string token{};  // of the DNS verification; empty: proven by hand
  Times times{};
};

struct Role {
  Ulid id{};
  Organization* organization = nullptr;  // none: a role of the environment
  std::string slug{};
  std::string name{};
  Text description{};
  std::string resource_type = "organization";
  std::vector<std::string> permissions{};
  std::size_t holders = 0;
  Times times{};
};
using Roles = std::vector<std::unique_ptr<Role>>;  // in order of priority

struct Permission {
  Ulid id{};
  std::string slug{};
  std::string name{};
  Text description{};
  std::string resource_type = "organization";
  Times times{};
};

struct Organization {
  Ulid id{};
  std::string name{};
  bool allow_profiles_outside = false;
  Text external_id{};
  Text stripe_customer_id{};
  Metadata metadata{};
  Times times{};
  std::vector<Domain*> domains{};
  std::map<Ulid, Membership*> memberships{};
  std::map<Ulid, Membership*> by_user{};  // key: the user's id; one membership per pair
  Roles roles{};
};

enum class MembershipStatus { active, inactive, pending };

struct Membership {
  Ulid id{};
  User* user = nullptr;
  Organization* organization = nullptr;
  MembershipStatus status = MembershipStatus::active;
  std::vector<Role*> roles{};  // by priority
  Times times{};
};

struct Factor {
  Ulid id{};
  User* user = nullptr;
  std::string issuer{};
  std::string account{};
  Secret secret{};  // Base32
  std::vector<Ulid> challenges{};
  Times times{};
};

struct Challenge {
  Ulid id{};
  Factor* factor = nullptr;
  WallTime expires{};
  bool verified = false;
  int wrong_codes = 0;
  Times times{};
};

enum class InvitationState { pending, accepted, expired, revoked };

struct Invitation {
  Ulid id{};
  std::string email{};
  InvitationState state = InvitationState::pending;
  std::optional<WallTime> accepted{};
  std::optional<WallTime> revoked{};
  WallTime expires{};
  std::optional<Ulid> organization{};
  std::optional<Ulid> inviter{};
  std::optional<Ulid> accepted_by{};
  Text role_slug{};
  std::string token{};
  Times times{};
};

}  // namespace usher::sandbox
