// SPDX-License-Identifier: Apache-2.0
// What is known of one step of a job: whether it has begun, whether and how it is settled. This,
// and no cell value, is what the store keeps. Keys are hashes under the job's own key
// (base/hash.h).
#pragma once

#include <cstdint>
#include <string>

#include "base/hash.h"
#include "base/time.h"

namespace usher {

using Key = Hash128;

// Numbers reach the disk: never renumber.
enum class StepKind : std::uint8_t { organization = 1, user = 2, membership = 3 };
enum class StepState : std::uint8_t {
  absent = 0,
  begun = 1,          // sent, perhaps carried out: in doubt
  created = 2,        // settled: made by this job
  already_there = 3,  // settled: found, and adopted
  failed = 4,         // settled: the target refused it; tried again by whoever wants it again
  removed = 5,        // settled: made by this job and taken back
  updated = 6,        // settled: found, adopted, and something was added to it or changed
  unsure = 7,         // settled as failed, but in doubt: looked up by whoever wants it again
};

// A create was sent, or was about to be, and never settled: it may have been carried out.
[[nodiscard]] inline bool in_doubt(StepState state) {
  return state == StepState::begun || state == StepState::unsure;
}

struct StepRecord {
  StepKind kind = StepKind::user;
  StepState state = StepState::absent;
  std::string id;              // the target's id; empty unless it holds
  std::uint64_t identity = 0;  // user: digest of the external id; 0: none
  std::uint64_t wish =
      0;  // digest of what was asked for (user: the profile; membership: the roles)
  WallTime begun_at{};

  [[nodiscard]] bool holds() const {
    return state == StepState::created || state == StepState::already_there ||
           state == StepState::updated;
  }
  [[nodiscard]] bool in_doubt() const { return usher::in_doubt(state); }
};

struct StepWrite {
  Key key;
  StepRecord record;
};

}  // namespace usher
