// SPDX-License-Identifier: Apache-2.0
// Counting what was made: each key stands in one count, also when its step is settled a second time
// (a refused person whose next row succeeds). Tested by count_test.cc.
#pragma once

#include "model/step_record.h"
#include "model/tally.h"

namespace usher {

inline std::uint64_t* place_of(Tally::Things& things, StepState state) {
  switch (state) {
    case StepState::created:
      return &things.created;
    case StepState::already_there:
      return &things.already_there;
    case StepState::failed:
    case StepState::removed:
      return &things.failed;
    case StepState::absent:
    case StepState::begun:
      break;
  }
  return nullptr;
}

inline void recount(Tally::Things& things, StepState before, StepState after) {
  std::uint64_t* const from = place_of(things, before);
  if (from != nullptr && *from > 0) --*from;
  std::uint64_t* const to = place_of(things, after);
  if (to != nullptr) ++*to;
}

}  // namespace usher
