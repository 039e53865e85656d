// SPDX-License-Identifier: Apache-2.0
// Which requests a plan hits: matching, after/every/count, chance by seed, and several faults at
// once.
#include "sandbox/faults.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace usher::sandbox {
namespace {

using std::chrono::milliseconds;

FaultPlan plan_of(Fault fault, std::uint64_t seed = 1) {
  return FaultPlan({std::move(fault)}, seed);
}

// The numbers (from 1) of the first `requests` that are hit.
std::vector<int> hits(FaultPlan& plan, int requests) {
  std::vector<int> numbers;
  for (int i = 1; i <= requests; ++i) {
    if (plan.next("POST", "/x").fault != nullptr) numbers.push_back(i);
  }
  return numbers;
}

TEST(Faults, AnEmptyPlanHitsNothing) {
  FaultPlan plan;
  EXPECT_EQ(hits(plan, 100), std::vector<int>());
  EXPECT_EQ(plan.next("GET", "/").latency, milliseconds(0));
}

TEST(Faults, HitOnlyTheirVerbAndPath) {
  struct Case {
    const char* method;
    const char* pattern;
    const char* request;
    const char* path;
    bool hit;
  };
  for (const Case& c : std::vector<Case>{
           {"*", "*", "GET", "/", true},
           {"POST", "*", "POST", "/a", true},
           {"POST", "*", "GET", "/a", false},
           {"*", "/a", "GET", "/a", true},
           {"*", "/a", "GET", "/a?limit=1", true},
           {"*", "/a", "GET", "/a/b", false},
           {"*", "/a", "GET", "/ab", false},
           {"*", "/a/*", "GET", "/a/b", true},
           {"*", "/a/*", "GET", "/a/b/c", true},
           {"*", "/a/*", "GET", "/a", false},
           {"*", "/a/*", "GET", "/ab", false},
           {"*", "/*", "GET", "/anything/at/all", true},
           {"DELETE", "/a/*", "DELETE", "/a/b", true},
           {"DELETE", "/a/*", "POST", "/a/b", false},
       }) {
    SCOPED_TRACE(std::string(c.method) + " " + c.pattern + " : " + c.request + " " + c.path);
    auto plan = plan_of({.kind = FaultKind::throttle, .method = c.method, .path = c.pattern});
    EXPECT_EQ(plan.next(c.request, c.path).fault != nullptr, c.hit);
    EXPECT_EQ(plan.fired().front(), c.hit ? 1u : 0u);
  }
}

TEST(Faults, SpareTheFirstAndRestAfterTheirCount) {
  auto plan = plan_of({.kind = FaultKind::throttle, .after = 3, .count = 2});
  EXPECT_EQ(hits(plan, 10), (std::vector<int>{4, 5}));
  EXPECT_EQ(plan.fired().front(), 2u);
}

TEST(Faults, HitEveryNth) {
  auto plan = plan_of({.kind = FaultKind::throttle, .every = 4});
  EXPECT_EQ(hits(plan, 13), (std::vector<int>{4, 8, 12}));
  auto later = plan_of({.kind = FaultKind::throttle, .after = 2, .every = 3, .count = 2});
  EXPECT_EQ(hits(later, 20), (std::vector<int>{5, 8}));
}

TEST(Faults, CountOnlyTheRequestsThatMatch) {
  auto plan = plan_of({.kind = FaultKind::throttle, .path = "/x", .every = 2});
  EXPECT_FALSE(plan.next("POST", "/x").fault);
  EXPECT_FALSE(plan.next("POST", "/y").fault);
  EXPECT_TRUE(plan.next("POST", "/x").fault);
}

TEST(Faults, HitTheSameRequestsWithTheSameSeed) {
  const Fault fault{.kind = FaultKind::commit_then_cut, .probability = 0.2};
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    auto one = plan_of(fault, seed);
    auto two = plan_of(fault, seed);
    auto other = plan_of(fault, seed + 1);
    const auto numbers = hits(one, 500);
    EXPECT_EQ(numbers, hits(two, 500)) << "seed " << seed;
    EXPECT_NE(numbers, hits(other, 500)) << "seed " << seed;
  }
}

TEST(Faults, HitAboutTheirShare) {
  for (const double probability : {0.0, 0.01, 0.1, 0.5, 0.99, 1.0}) {
    auto plan = plan_of({.kind = FaultKind::throttle, .probability = probability}, 5);
    const auto share = static_cast<double>(hits(plan, 100'000).size()) / 100'000;
    EXPECT_NEAR(share, probability, 0.01);
  }
}

TEST(Faults, HitTheSameRequestsAloneAndAmongOthersThatMiss) {
  const Fault never{.kind = FaultKind::throttle, .probability = 0.5, .path = "/elsewhere"};
  const Fault often{.kind = FaultKind::latency, .probability = 0.5, .delay = milliseconds(1)};
  const Fault fault{.kind = FaultKind::reset_before, .probability = 0.1};
  FaultPlan among({never, often, fault}, 9);
  FaultPlan alone({never, {.kind = FaultKind::throttle, .probability = 0}, fault}, 9);
  EXPECT_EQ(hits(among, 1000), hits(alone, 1000));
}

TEST(Faults, TheFirstOfSeveralWinsAndTheLoserHasNotFired) {
  FaultPlan plan({{.kind = FaultKind::throttle, .count = 1, .name = "first"},
                  {.kind = FaultKind::cut_body, .count = 1, .name = "second"}},
                 1);
  ASSERT_TRUE(plan.next("GET", "/").fault);
  EXPECT_EQ(plan.fired(), (std::vector<std::uint64_t>{1, 0}));
  const auto second = plan.next("GET", "/");
  ASSERT_TRUE(second.fault);
  EXPECT_EQ(second.fault->name, "second");
  EXPECT_FALSE(plan.next("GET", "/").fault);
  EXPECT_EQ(plan.fired(), (std::vector<std::uint64_t>{1, 1}));
}

TEST(Faults, TwoOfTheSameKindDoNotHitInStep) {
  const Fault fault{.kind = FaultKind::latency, .probability = 0.5, .delay = milliseconds(1)};
  auto other = fault;
  other.delay = milliseconds(10);
  FaultPlan plan({fault, other}, 4);
  bool apart = false;
  for (int i = 0; i < 100; ++i) {
    const auto late = plan.next("GET", "/").latency.count();
    apart = apart || late == 1 || late == 10;
  }
  EXPECT_TRUE(apart);
}

TEST(Faults, LatencyGoesWithAnotherFaultAndAddsUp) {
  FaultPlan plan({{.kind = FaultKind::latency, .delay = milliseconds(20)},
                  {.kind = FaultKind::throttle},
                  {.kind = FaultKind::latency, .delay = milliseconds(300)}},
                 1);
  const auto hit = plan.next("GET", "/");
  EXPECT_EQ(hit.latency, milliseconds(320));
  ASSERT_TRUE(hit.fault);
  EXPECT_EQ(hit.fault->kind, FaultKind::throttle);
}

TEST(Faults, JitterStaysWithinItsBoundsAndReachesThem) {
  auto plan = plan_of(
      {.kind = FaultKind::latency, .delay = milliseconds(60), .jitter = milliseconds(3)}, 2);
  std::vector<int> seen(4);
  for (int i = 0; i < 1000; ++i) {
    const auto late = plan.next("GET", "/").latency.count();
    ASSERT_GE(late, 60);
    ASSERT_LE(late, 63);
    ++seen[static_cast<std::size_t>(late - 60)];
  }
  for (const int times : seen) EXPECT_GT(times, 100);
}

TEST(Faults, CanBeAddedAndTakenAway) {
  FaultPlan plan;
  plan.add({.kind = FaultKind::throttle});
  EXPECT_EQ(plan.faults().front().name, "throttle") << "named after its kind";
  EXPECT_TRUE(plan.next("GET", "/").fault);
  plan.clear();
  EXPECT_FALSE(plan.next("GET", "/").fault);
  EXPECT_TRUE(plan.fired().empty());
  plan.add({.kind = FaultKind::cut_body});
  EXPECT_TRUE(plan.next("GET", "/").fault);
  EXPECT_EQ(plan.fired().front(), 1u);
}

}  // namespace
}  // namespace usher::sandbox
