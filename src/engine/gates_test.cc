// SPDX-License-Identifier: Apache-2.0
#include "engine/gates.h"

#include <gtest/gtest.h>

namespace usher {
namespace {

Key key(unsigned char number) {
  Key key;
  key.bytes[0] = number;
  return key;
}

StepRecord known(const std::string& id) {
  StepRecord record;
  record.state = StepState::created;
  record.id = id;
  return record;
}

TEST(GateKeeping, AGateIsMadeOnceOutOfWhatIsKnown) {
  Gates gates(10);
  EXPECT_FALSE(gates.knows(key(1)));
  Gate& gate = gates.at(key(1), known("org_1"));
  EXPECT_EQ(gate.record.id, "org_1");
  EXPECT_EQ(gate.key, key(1));
  EXPECT_TRUE(gates.knows(key(1)));
  EXPECT_EQ(&gates.at(key(1), known("stale")), &gate);
  EXPECT_EQ(gate.record.id, "org_1") << "memory is newer than what was read for the row";
}

TEST(GateKeeping, TheLeastRecentlyUsedIsForgotten) {
  Gates gates(3);
  for (unsigned char i = 1; i <= 3; ++i) gates.at(key(i), {});
  gates.at(key(1), {});
  gates.at(key(4), {});
  EXPECT_EQ(gates.size(), 3U);
  EXPECT_TRUE(gates.knows(key(1)));
  EXPECT_FALSE(gates.knows(key(2)));
  EXPECT_TRUE(gates.knows(key(3)));
}

TEST(GateKeeping, WhatIsResolvingStaysAndTheNumberStaysBounded) {
  Gates gates(3);
  Gate& resolving = gates.at(key(0), {});
  resolving.resolving = true;
  for (unsigned char i = 1; i < 200; ++i) {
    gates.at(key(i), known("org"));
    EXPECT_LE(gates.size(), 3U);
  }
  EXPECT_EQ(&gates.at(key(0), {}), &resolving);
  resolving.resolving = false;
  for (unsigned char i = 1; i < 4; ++i) gates.at(key(i), {});
  EXPECT_FALSE(gates.knows(key(0)));
}

TEST(GateKeeping, WhatARowStillWantsStays) {
  Gates gates(2);
  Gate& wanted = gates.at(key(0), known("org_0"));
  wanted.wanted = 1;
  for (unsigned char i = 1; i < 50; ++i) gates.at(key(i), {});
  EXPECT_EQ(&gates.at(key(0), {}), &wanted);
  EXPECT_EQ(gates.size(), 2U);
  wanted.wanted = 0;
  for (unsigned char i = 1; i < 4; ++i) gates.at(key(i), {});
  EXPECT_FALSE(gates.knows(key(0)));
}

TEST(GateKeeping, TheOneAskedForIsNeverForgotten) {
  Gates gates(1);
  gates.at(key(1), {}).resolving = true;
  Gate& second = gates.at(key(2), known("org_2"));
  EXPECT_EQ(second.record.id, "org_2");
  EXPECT_EQ(gates.size(), 2U);
  gates.at(key(3), {});
  EXPECT_TRUE(gates.knows(key(1)));
  EXPECT_FALSE(gates.knows(key(2)));
}

TEST(GateKeeping, ForgetsEverythingWhenCleared) {
  Gates gates(3);
  gates.at(key(1), {});
  gates.clear();
  EXPECT_EQ(gates.size(), 0U);
  EXPECT_FALSE(gates.knows(key(1)));
}

}  // namespace
}  // namespace usher
