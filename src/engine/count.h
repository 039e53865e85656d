// SPDX-License-Identifier: Apache-2.0
// Counting what was made: each key stands in one count, also when its step is settled a second time
// (a refused person whose next row succeeds). Tested by count_test.cc.
#pragma once

#include <cstdint>

#include "model/step_record.h"
#include "model/tally.h"

namespace usher {

// The counts in which a step of this state stands; updated is part of already_there.
template <class Do>
void for_each_count(Tally::Things& things, StepState state, Do change) {
  switch (state) {
    case StepState::created:
      return change(things.created);
    case StepState::updated:
      change(things.updated);
      return change(things.already_there);
    case StepState::already_there:
      return change(things.already_there);
    case StepState::failed:
    case StepState::removed:
    case StepState::unsure:
      return change(things.failed);
    case StepState::absent:
    case StepState::begun:
      return;
  }
}

// `before` may be of an earlier life, which this run has not counted: hence the look at zero.
inline void recount(Tally::Things& things, StepState before, StepState after) {
  for_each_count(things, before, [](std::uint64_t& count) { count -= count > 0 ? 1 : 0; });
  for_each_count(things, after, [](std::uint64_t& count) { ++count; });
}

}  // namespace usher
