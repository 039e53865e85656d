// SPDX-License-Identifier: Apache-2.0
#include "run/customers/stamp.h"

#include <gmock/gmock.h>

namespace usher::customers {
namespace {

using testing::MatchesRegex;

TEST(LocalStamps, HaveTheFormOfTheNamesOfRetryFolders) {
  const WallTime time = read_clocks().wall;
  EXPECT_THAT(local_stamp(time), MatchesRegex("[0-9]{8}_[0-9]{6}"));
  EXPECT_THAT(local_stamp(time, '-'), MatchesRegex("[0-9]{8}-[0-9]{6}"));
  EXPECT_THAT(local_iso8601(time), MatchesRegex("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}"));
}

TEST(LocalStamps, DifferFromSecondToSecond) {
  const WallTime time{std::chrono::hours{500'000}};
  EXPECT_EQ(local_stamp(time), local_stamp(time + std::chrono::milliseconds{999}));
  EXPECT_NE(local_stamp(time), local_stamp(time + std::chrono::seconds{1}));
}

}  // namespace
}  // namespace usher::customers
