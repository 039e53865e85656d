// SPDX-License-Identifier: Apache-2.0
#include "engine/retry.h"

#include <gtest/gtest.h>

namespace usher {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr int kTimes = 1'000;

TEST(Retry, DoublesFromTheBaseToTheCapAndHalfOfItIsRandom) {
  const RetryPolicy policy;
  Random random(1);
  Duration full = policy.base;
  for (int failed = 1; failed < 60; ++failed) {
    Duration least = policy.cap;
    Duration most{0};
    for (int i = 0; i < kTimes; ++i) {
      const Duration wait = policy.backoff(failed, random);
      least = std::min(least, wait);
      most = std::max(most, wait);
    }
    EXPECT_GE(least, full / 2) << failed;
    EXPECT_LE(most, full) << failed;
    EXPECT_LT(least, full * 6 / 10) << failed << ": hardly any jitter";
    EXPECT_GT(most, full * 9 / 10) << failed << ": hardly any jitter";
    full = std::min(full * 2, policy.cap);
  }
}

TEST(Retry, GivesUpAfterTheLastAttempt) {
  Random random(1);
  for (const int attempts : {1, 2, 8}) {
    RetryPolicy policy;
    policy.attempts = attempts;
    for (int failed = 1; failed < attempts; ++failed) {
      EXPECT_TRUE(policy.next(failed, std::nullopt, random)) << failed << " of " << attempts;
    }
    for (const std::optional<Duration> asked : {std::optional<Duration>{}, {seconds{1}}}) {
      EXPECT_FALSE(policy.next(attempts, asked, random));
      EXPECT_FALSE(policy.next(attempts + 1, asked, random));
    }
  }
}

TEST(Retry, WhatTheApiAsksForIsTheLeast) {
  const RetryPolicy policy;
  Random random(1);
  for (int i = 0; i < kTimes; ++i) {
    EXPECT_EQ(policy.next(1, seconds{7}, random), seconds{7});
    EXPECT_GE(policy.next(3, Duration{0}, random), policy.base * 2);
    EXPECT_EQ(policy.next(3, std::chrono::hours{1}, random), std::chrono::hours{1});
  }
}

TEST(Retry, NoPolicyOverflows) {
  Random random(1);
  RetryPolicy policy;
  policy.base = std::chrono::hours{1};
  policy.cap = std::chrono::hours{24};
  for (const int failed : {-5, 0, 1, 31, 32, 63, 64, 1'000'000}) {
    const Duration wait = policy.backoff(failed, random);
    EXPECT_GE(wait, Duration{0}) << failed;
    EXPECT_LE(wait, policy.cap) << failed;
  }
  policy.base = policy.cap = Duration{0};
  EXPECT_EQ(policy.backoff(5, random), Duration{0});
}

}  // namespace
}  // namespace usher
