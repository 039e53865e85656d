// SPDX-License-Identifier: Apache-2.0
#include "engine/outage.h"

#include <gtest/gtest.h>

namespace usher {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

const Instant kStart{seconds{1'000}};

// As failed(), of several at once; tells the pause after the last.
std::optional<Duration> fail_often(Outage& outage, int times, Instant now, bool heard = false) {
  std::optional<Duration> pause;
  for (int i = 0; i < times; ++i) pause = outage.failed(now, heard);
  return pause;
}

// One that the target has answered before, so that an outage takes a run of failures.
Outage known_target() {
  Outage outage;
  outage.answered();
  return outage;
}

TEST(Outages, TakeARunOfFailuresWithoutOneAnswer) {
  Outage outage = known_target();
  for (int round = 0; round < 3; ++round) {
    for (int i = 1; i < Outage::kFailuresInARow; ++i) {
      EXPECT_EQ(outage.failed(kStart, false), std::nullopt);
      EXPECT_FALSE(outage.on());
    }
    outage.answered();
  }
  fail_often(outage, Outage::kFailuresInARow - 1, kStart);
  EXPECT_EQ(outage.failed(kStart, false), Outage::kFirstPause);
  EXPECT_TRUE(outage.on());
  outage.answered();
  EXPECT_FALSE(outage.on());
}

TEST(Outages, OneFailureIsEnoughUntilTheTargetHasSpoken) {
  Outage outage;
  EXPECT_FALSE(outage.on());
  EXPECT_EQ(outage.failed(kStart, false), Outage::kFirstPause);
  EXPECT_TRUE(outage.on());

  Outage heard;
  EXPECT_EQ(heard.failed(kStart, true), std::nullopt) << "\"later\" is a sign of life";
  EXPECT_FALSE(heard.on());
}

TEST(Outages, PausesGrowWithEveryProbeUpToALongest) {
  Outage outage = known_target();
  Instant now = kStart;
  fail_often(outage, Outage::kFailuresInARow - 1, now);
  for (const int wanted : {1, 2, 4, 8, 16, 30, 30, 30}) {
    const auto pause = outage.failed(now, false);
    EXPECT_EQ(pause, seconds{wanted});
    now += seconds{wanted};
  }
  outage.answered();
  fail_often(outage, Outage::kFailuresInARow - 1, now);
  EXPECT_EQ(outage.failed(now, false), Outage::kFirstPause) << "an answer begins anew";
}

// A hundred requests in flight that fail together are one piece of news.
TEST(Outages, WhatHadLeftBeforeThePauseDoesNotMakeItLonger) {
  Outage outage = known_target();
  fail_often(outage, Outage::kFailuresInARow - 1, kStart, true);
  EXPECT_EQ(outage.failed(kStart, true), seconds{1});
  for (int i = 0; i < 80; ++i) {
    EXPECT_EQ(outage.failed(kStart + milliseconds{i}, true), seconds{1} - milliseconds{i});
  }
  EXPECT_EQ(outage.failed(kStart + seconds{1}, true), seconds{2});
}

TEST(Outages, EndInHopelessnessSoonerWhenNothingWasEverAnswered) {
  for (const bool known : {false, true}) {
    Outage outage = known ? known_target() : Outage();
    EXPECT_EQ(outage.hopeless_at(), std::nullopt);
    EXPECT_FALSE(outage.hopeless(kStart + minutes{60})) << "nothing has failed";
    const int failures = known ? Outage::kFailuresInARow : 1;
    fail_often(outage, 1, kStart);
    fail_often(outage, failures - 1, kStart + milliseconds{5});
    const Instant end = kStart + (known ? Outage::kGiveUp : Outage::kGiveUpAtStart);
    EXPECT_EQ(outage.hopeless_at(), end);
    EXPECT_FALSE(outage.hopeless(end - Duration{1}));
    EXPECT_TRUE(outage.hopeless(end));
    outage.answered();
    EXPECT_FALSE(outage.hopeless(end));
  }
}

TEST(Outages, AFewFailuresOfAKnownTargetAreNeverHopeless) {
  Outage outage = known_target();
  fail_often(outage, Outage::kFailuresInARow - 1, kStart);
  EXPECT_FALSE(outage.hopeless(kStart + minutes{60}));
}

TEST(Outages, AtTheStartProbesStayCloseTogether) {
  Outage outage;
  Instant now = kStart;
  int probes = 0;
  for (; !outage.hopeless(now); ++probes) now += outage.failed(now, false).value_or(Duration{0});
  EXPECT_GE(probes, 10);
}

}  // namespace
}  // namespace usher
