// SPDX-License-Identifier: Apache-2.0
// The counts of a run. Two ways of counting, each exact: rows (every row ends in one count, I9),
// and things made in the target (every person, membership and organization once, however many rows
// name it). Produced by the engine, shown by cli/.
#pragma once

#include <cstdint>

namespace usher {

struct Tally {
  struct Rows {
    std::uint64_t read = 0;       // sum of the four below, once a run has ended
    std::uint64_t created = 0;    // something the row asks for was made by this run
    std::uint64_t unchanged = 0;  // all of it was already there
    std::uint64_t failed = 0;
    std::uint64_t not_tried = 0;  // the run was stopped first
    // Parts of failed that leave nobody in the count of users:
    std::uint64_t unusable = 0;              // turned down before anything was asked
    std::uint64_t without_organization = 0;  // it failed, and the person was not tried
    [[nodiscard]] std::uint64_t succeeded() const { return created + unchanged; }
    [[nodiscard]] std::uint64_t done() const { return created + unchanged + failed; }
  };
  struct Things {
    std::uint64_t created = 0;
    std::uint64_t already_there = 0;
    std::uint64_t updated =
        0;  // part of already_there: found, then changed (a role, --existing update)
    std::uint64_t failed = 0;
  };
  struct Traffic {
    std::uint64_t requests = 0;   // put on the wire
    std::uint64_t writes = 0;     // of them POST, PUT, PATCH, DELETE
    std::uint64_t retries = 0;    // asked again after unavailable or in doubt
    std::uint64_t throttled = 0;  // answered 429 (or 503 with Retry-After)
    std::uint64_t looked_up = 0;  // ambiguous outcomes settled by a look-up
  };

  Rows rows;
  Things users;
  Things memberships;
  Things organizations;
  std::uint64_t roles_assigned = 0;
  std::uint64_t warnings = 0;
  Traffic traffic;
};

}  // namespace usher
