// SPDX-License-Identifier: Apache-2.0
#include "target/retry_after.h"

#include <chrono>

#include <gtest/gtest.h>

namespace usher {
namespace {

TEST(RetryAfter, ReadsSecondsAndADate) {
  const WallTime now{std::chrono::seconds{784111777}};  // Sun, 06 Nov 1994 08:49:37 GMT
  EXPECT_EQ(retry_after("3", now), std::chrono::seconds{3});
  EXPECT_EQ(retry_after(" 0 ", now), Duration{0});
  EXPECT_EQ(retry_after("Sun, 06 Nov 1994 08:49:47 GMT", now), std::chrono::seconds{10});
  EXPECT_EQ(retry_after("Sun, 06 Nov 1994 08:00:00 GMT", now), Duration{0});
  EXPECT_EQ(retry_after("99999999", now), std::chrono::hours{1});
  for (const char* bad : {"", "-1", "1.5", "soon", "Sun, 99 Nov 1994 08:49:37 GMT"}) {
    EXPECT_EQ(retry_after(bad, now), std::nullopt) << bad;
  }
}

}  // namespace
}  // namespace usher
