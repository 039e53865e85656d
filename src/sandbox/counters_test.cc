// SPDX-License-Identifier: Apache-2.0
#include "sandbox/counters.h"

#include <gtest/gtest.h>

namespace usher::sandbox {
namespace {

constexpr Instant kStart{std::chrono::hours(1)};

std::string told(const Counters& counters) {
  std::string text;
  JsonWriter out(text);
  counters.write(out.open_object());
  out.close_object();
  return text;
}

TEST(Counters, TheBusiestSecondIsAnySecondAndNotOneOfTheClock) {
  Counters counters(1);
  for (int i = 0; i < 10; ++i) {
    counters.arrived(kStart + std::chrono::milliseconds(600 + i * 100), 1);
  }
  counters.arrived(kStart + std::chrono::milliseconds(1600), 3);
  counters.arrived(kStart + std::chrono::seconds(9), 1);
  EXPECT_EQ(told(counters),
            R"({"total":12,"by_status":{},"writes_accepted":0,"writes_refused":0,"throttled":0,)"
            R"("max_in_flight":3,"busiest_second":10})");
}

TEST(Counters, CountStatusesWritesAndRoutes) {
  Counters counters(3);
  counters.answered(201);
  counters.answered(201);
  counters.answered(0);  // a reset has no status
  counters.answered(99999);
  counters.wrote(true);
  counters.wrote(false);
  counters.routed(2);
  counters.throttled();
  EXPECT_EQ(told(counters),
            R"({"total":0,"by_status":{"0":1,"201":2,"999":1},"writes_accepted":1,)"
            R"("writes_refused":1,"throttled":1,"max_in_flight":0,"busiest_second":0})");
  EXPECT_EQ(counters.by_route(), (std::vector<std::uint64_t>{0, 0, 1}));
}

}  // namespace
}  // namespace usher::sandbox
