// SPDX-License-Identifier: Apache-2.0
// The limiter against an oracle that remembers every admitted request and counts them anew each
// time, over seeded random traffic, for all three ways to count; then the published windows one by
// one.
#include "sandbox/limiter.h"

#include <algorithm>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "base/random.h"

namespace usher::sandbox {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Rate = Limiter::Options::Rate;

Instant at(Duration since) {
  return Instant(since);
}

Limiter::Options real(Window window, double scale = 1.0) {
  return {.rate = Rate::real, .flat_per_second = 0, .scale = scale, .window = window};
}

// Counts from nothing but the list of admissions; slow and plain on purpose.
struct Oracle {
  Window window = Window::sliding;
  std::int64_t requests = 1;
  std::int64_t per = 1;  // µs
  std::vector<std::int64_t> admitted = {};

  [[nodiscard]] bool admits(std::int64_t now) const {
    if (window == Window::token_bucket) return units_at(now) >= per;
    std::int64_t count = 0;
    for (const auto moment : admitted) {
      const bool counts = window == Window::fixed ? moment / per == now / per : now - moment < per;
      count += counts ? 1 : 0;
    }
    return count < requests;
  }

  // A bucket of requests * per units, filled with `requests` units per µs, a request takes `per`.
  [[nodiscard]] std::int64_t units_at(std::int64_t now) const {
    std::int64_t units = requests * per;
    std::int64_t last = 0;
    for (const auto moment : admitted) {
      units = std::min(requests * per, units + (moment - last) * requests) - per;
      last = moment;
    }
    return std::min(requests * per, units + (now - last) * requests);
  }
};

// Mixes bursts at one moment, steps of microseconds, pauses, and jumps to the very end of a wait.
std::int64_t next_moment(Random& random, std::int64_t now, std::int64_t per,
                         std::optional<Duration> wait) {
  switch (random.below(6)) {
    case 0:
      return now;
    case 1:
      return now + static_cast<std::int64_t>(random.below(3));
    case 2:
      return now + static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(per / 5)));
    case 3:
      return now + static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(2 * per)));
    case 4:
      return now + (wait ? wait->count() : 0);
    default:
      return now + (wait ? wait->count() - 1 : 1);
  }
}

class EveryWindow : public testing::TestWithParam<Window> {};

TEST_P(EveryWindow, AdmitsExactlyWhatCountingByHandAdmits) {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Random random(seed);
    const auto requests = static_cast<std::uint32_t>(1 + random.below(12));
    const std::int64_t per = 1'000 + static_cast<std::int64_t>(random.below(20'000));
    Limiter limiter(real(GetParam()));
    Oracle oracle{.window = GetParam(), .requests = requests, .per = per};
    std::int64_t now = static_cast<std::int64_t>(random.below(1'000'000));
    std::optional<Duration> wait;
    for (int i = 0; i < 400; ++i) {
      now = next_moment(random, now, per, wait);
      const bool admits = oracle.admits(now);
      wait = limiter.refuse_subject("send", requests, Duration(per), "a@example.test",
                                    at(Duration(now)));
      ASSERT_EQ(!wait, admits) << "request " << i << " at " << now;
      if (!wait) {
        oracle.admitted.push_back(now);
        continue;
      }
      ASSERT_GT(wait->count(), 0);
      ASSERT_FALSE(oracle.admits(now + wait->count() - 1)) << "waits too long at " << now;
      ASSERT_TRUE(oracle.admits(now + wait->count())) << "waits too short at " << now;
    }
  }
}

TEST_P(EveryWindow, NeverAdmitsMoreThanTwiceTheLimitInAWindowOfAnyAlignment) {
  Limiter limiter(real(GetParam()));
  Random random(3);
  std::vector<std::int64_t> admitted;
  for (std::int64_t now = 0; now < 60'000'000;
       now += static_cast<std::int64_t>(random.below(9'000))) {
    if (!limiter.refuse("POST", "/user_management/users", "key", at(Duration(now)))) {
      admitted.push_back(now);
    }
  }
  const std::size_t most = GetParam() == Window::sliding ? 500 : 1000;
  for (std::size_t i = 0; i + most < admitted.size(); ++i) {
    ASSERT_GE(admitted[i + most] - admitted[i], 10'000'000) << "from request " << i;
  }
  EXPECT_GE(admitted.size(), 2500u) << "and it does not waste the limit";
}

TEST_P(EveryWindow, AdmitsAPublishedBurstAndRefusesTheNext) {
  struct Case {
    const char* method;
    const char* path;
    int burst;
    const char* next_door;  // a path whose own window is untouched
  };
  for (const Case& c : {Case{"POST", "/user_management/users", 500, "/organizations"},
                        Case{"PUT", "/user_management/users/user_1", 500, "/organizations"},
                        Case{"DELETE", "/user_management/users/user_1", 500, "/organizations"},
                        Case{"GET", "/user_management/users?limit=10", 1000, "/organizations"},
                        Case{"POST", "/organizations", 6000, nullptr},
                        Case{"DELETE", "/organizations/org_1", 50, "/organizations/org_1/x"}}) {
    SCOPED_TRACE(std::string(c.method) + " " + c.path);
    Limiter limiter(real(GetParam()));
    const Instant start = at(seconds(120));
    for (int i = 0; i < c.burst; ++i) {
      ASSERT_FALSE(limiter.refuse(c.method, c.path, "key", start)) << "request " << i;
    }
    const auto wait = limiter.refuse(c.method, c.path, "key", start).value_or(Duration(0));
    ASSERT_GT(wait, Duration(0));
    EXPECT_FALSE(limiter.refuse(c.method, c.path, "key", start + wait));
    EXPECT_FALSE(c.next_door && limiter.refuse(c.method, c.next_door, "key", start));
  }
}

TEST_P(EveryWindow, CountsReadsAndWritesApart) {
  Limiter limiter(real(GetParam()));
  const Instant start = at(seconds(120));
  for (int i = 0; i < 500; ++i) {
    ASSERT_FALSE(limiter.refuse("POST", "/user_management/users", "key", start));
  }
  ASSERT_TRUE(limiter.refuse("POST", "/user_management/users", "key", start));
  for (int i = 0; i < 1000; ++i) {
    ASSERT_FALSE(limiter.refuse("GET", "/user_management/users", "key", start));
  }
  EXPECT_TRUE(limiter.refuse("GET", "/user_management/users", "key", start));
}

TEST_P(EveryWindow, SharesTheEnvironmentsWindowAmongKeysButNotTheGeneralOne) {
  Limiter limiter(real(GetParam(), 0.1));  // 50 writes, 600 in general, 5 deletes
  const Instant start = at(seconds(120));
  for (int i = 0; i < 50; ++i) {
    ASSERT_FALSE(
        limiter.refuse("POST", "/user_management/users", i % 2 == 0 ? "one" : "two", start));
  }
  EXPECT_TRUE(limiter.refuse("POST", "/user_management/users", "one", start));
  EXPECT_TRUE(limiter.refuse("POST", "/user_management/users", "two", start));
  for (int i = 0; i < 575; ++i) ASSERT_FALSE(limiter.refuse("GET", "/events", "one", start));
  EXPECT_TRUE(limiter.refuse("GET", "/events", "one", start));
  EXPECT_FALSE(limiter.refuse("GET", "/events", "two", start));
}

TEST_P(EveryWindow, DoesNotCountWhatItRefused) {
  Limiter limiter(real(GetParam(), 0.01));  // 5 writes per 10 s, 60 in general
  const Instant start = at(seconds(120));
  for (int i = 0; i < 5; ++i) {
    ASSERT_FALSE(limiter.refuse("POST", "/user_management/users", "key", start));
  }
  for (int i = 0; i < 1000; ++i) {
    ASSERT_TRUE(limiter.refuse("POST", "/user_management/users", "key", start));
  }
  for (int i = 0; i < 55; ++i) {
    ASSERT_FALSE(limiter.refuse("GET", "/events", "key", start)) << "the refused took a place";
  }
  EXPECT_FALSE(limiter.refuse("POST", "/user_management/users", "key", start + seconds(60)));
}

TEST_P(EveryWindow, TellsTheLongestOfSeveralWaits) {
  Limiter limiter(real(GetParam(), 0.01));
  const Instant start = at(seconds(120));
  for (int i = 0; i < 5; ++i) {
    ASSERT_FALSE(limiter.refuse("POST", "/user_management/users", "key", start));
  }
  for (int i = 0; i < 55; ++i) ASSERT_FALSE(limiter.refuse("GET", "/events", "key", start));
  const auto both =
      start + limiter.refuse("POST", "/user_management/users", "key", start).value_or(Duration(0));
  ASSERT_GT(both, start);
  EXPECT_TRUE(limiter.refuse("POST", "/user_management/users", "key", both - Duration(1)));
  EXPECT_FALSE(limiter.refuse("POST", "/user_management/users", "key", both));
}

INSTANTIATE_TEST_SUITE_P(Limiter, EveryWindow,
                         testing::Values(Window::fixed, Window::sliding, Window::token_bucket),
                         [](const auto& chosen) -> std::string {
                           switch (chosen.param) {
                             case Window::fixed:
                               return "Fixed";
                             case Window::sliding:
                               return "Sliding";
                             case Window::token_bucket:
                               break;
                           }
                           return "TokenBucket";
                         });

TEST(Limiter, OffRefusesNothing) {
  Limiter limiter({});
  for (int i = 0; i < 20'000; ++i) {
    ASSERT_FALSE(limiter.refuse("POST", "/user_management/users", "key", at(seconds(1))));
    ASSERT_FALSE(limiter.refuse_subject("authenticate", 1, seconds(60), "a", at(seconds(1))));
  }
}

TEST(Limiter, FlatIsOneWindowOverEverything) {
  Limiter limiter({.rate = Rate::flat, .flat_per_second = 50});
  const Instant start = at(seconds(1));
  for (int i = 0; i < 50; ++i) {
    ASSERT_FALSE(limiter.refuse(i % 2 ? "GET" : "POST", i % 3 ? "/a" : "/user_management/users",
                                i % 5 ? "one" : "two", start));
  }
  EXPECT_EQ(limiter.refuse("GET", "/b", "three", start), Duration(seconds(1)));
  EXPECT_EQ(limiter.refuse("GET", "/b", "three", start + milliseconds(400)),
            Duration(milliseconds(600)));
  EXPECT_FALSE(limiter.refuse("GET", "/b", "three", start + seconds(1)));
}

TEST(Limiter, ScalesEveryLimitAndKeepsAtLeastOne) {
  struct Case {
    double scale;
    int deletions;  // of 50 per minute
  };
  for (const Case& c : {Case{1.0, 50}, Case{0.1, 5}, Case{0.02, 1}, Case{0.0001, 1}, Case{0, 1},
                        Case{-1, 1}, Case{2, 100}, Case{0.3, 15}}) {
    SCOPED_TRACE(c.scale);
    Limiter limiter(real(Window::sliding, c.scale));
    int admitted = 0;
    // Alternating keys leave the general window alone; deletions are counted per key.
    while (admitted < 200 &&
           !limiter.refuse("DELETE", "/organizations/org_1", "k", at(seconds(1)))) {
      ++admitted;
    }
    EXPECT_EQ(admitted, c.deletions);
  }
}

TEST(Limiter, TakesOnlyTheDeletionOfAnOrganizationItselfForOne) {
  Limiter limiter(real(Window::sliding, 0.02));  // one deletion, 120 in general
  const Instant start = at(seconds(1));
  for (const char* path : {"/organizations", "/organizations/", "/organizations/org_1/roles/x",
                           "/organization_domains/org_domain_1", "/user_management/users/u"}) {
    EXPECT_FALSE(limiter.refuse("DELETE", path, "key", start)) << path;
    EXPECT_FALSE(limiter.refuse("DELETE", path, "key", start)) << path;
  }
  EXPECT_FALSE(limiter.refuse("GET", "/organizations/org_1", "key", start));
  EXPECT_FALSE(limiter.refuse("DELETE", "/organizations/org_1", "key", start));
  EXPECT_TRUE(limiter.refuse("DELETE", "/organizations/org_2?x=/y", "key", start));
}

TEST(Limiter, KeepsSubjectsApartAndForgetsThemWhenTheirWindowsHavePassed) {
  Limiter limiter(real(Window::sliding));
  for (int i = 0; i < 5'000; ++i) {
    const auto subject = "person" + std::to_string(i) + "@example.test";
    const Instant now = at(milliseconds(i));
    for (int n = 0; n < 3; ++n) {
      ASSERT_FALSE(limiter.refuse_subject("magic auth", 3, seconds(60), subject, now));
    }
    ASSERT_TRUE(limiter.refuse_subject("magic auth", 3, seconds(60), subject, now));
    ASSERT_FALSE(limiter.refuse_subject("password reset", 3, seconds(60), subject, now));
  }
  const Instant later = at(seconds(66));
  for (int i = 0; i < 5'000; ++i) {
    const auto subject = "person" + std::to_string(i) + "@example.test";
    ASSERT_FALSE(limiter.refuse_subject("magic auth", 3, seconds(60), subject, later));
  }
}

TEST(Limiter, StartsAnewAfterReset) {
  Limiter limiter({.rate = Rate::flat, .flat_per_second = 1});
  ASSERT_FALSE(limiter.refuse("GET", "/", "k", at(seconds(1))));
  ASSERT_TRUE(limiter.refuse("GET", "/", "k", at(seconds(1))));
  limiter.reset();
  EXPECT_FALSE(limiter.refuse("GET", "/", "k", at(seconds(1))));
}

}  // namespace
}  // namespace usher::sandbox
