// SPDX-License-Identifier: Apache-2.0
#include "engine/count.h"

#include <array>
#include <map>

#include <gtest/gtest.h>

#include "base/random.h"

namespace usher {
namespace {

constexpr std::array kStates = {StepState::absent,        StepState::begun,  StepState::created,
                                StepState::already_there, StepState::failed, StepState::removed,
                                StepState::updated,       StepState::unsure};

std::uint64_t sum(const Tally::Things& things) {
  return things.created + things.already_there + things.failed;
}

TEST(Counts, EverySettledStateStandsInOneCount) {
  for (const StepState state : kStates) {
    Tally::Things things;
    recount(things, StepState::absent, state);
    const bool settled = state != StepState::absent && state != StepState::begun;
    EXPECT_EQ(sum(things), settled ? 1U : 0U) << static_cast<int>(state);
    EXPECT_EQ(things.updated, state == StepState::updated ? 1U : 0U);
    StepRecord record;
    record.state = state;
    EXPECT_EQ(record.holds(), things.created + things.already_there == 1)
        << static_cast<int>(state);
  }
}

TEST(Counts, WhatIsSettledAgainMovesToItsNewCount) {
  for (const StepState before : kStates) {
    for (const StepState after : kStates) {
      Tally::Things things;
      recount(things, StepState::absent, before);
      recount(things, before, after);
      Tally::Things at_once;
      recount(at_once, StepState::absent, after);
      EXPECT_EQ(things.created, at_once.created);
      EXPECT_EQ(things.already_there, at_once.already_there);
      EXPECT_EQ(things.updated, at_once.updated);
      EXPECT_EQ(things.failed, at_once.failed);
    }
  }
}

TEST(Counts, WhatAnEarlierLifeCountedDoesNotGoBelowZero) {
  for (const StepState before : kStates) {
    Tally::Things things;
    recount(things, before, StepState::absent);
    EXPECT_EQ(sum(things) + things.updated, 0U) << static_cast<int>(before);
  }
}

TEST(Counts, AgreeWithAModelOverRandomChanges) {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    std::map<std::uint64_t, StepState> model;
    Tally::Things things;
    for (int i = 0; i < 200; ++i) {
      StepState& state = model[random.below(10)];
      const StepState after = kStates[random.below(kStates.size())];
      recount(things, state, after);
      state = after;
    }
    Tally::Things wanted;
    for (const auto& [key, state] : model) recount(wanted, StepState::absent, state);
    EXPECT_EQ(things.created, wanted.created);
    EXPECT_EQ(things.already_there, wanted.already_there);
    EXPECT_EQ(things.updated, wanted.updated);
    EXPECT_EQ(things.failed, wanted.failed);
  }
}

}  // namespace
}  // namespace usher
