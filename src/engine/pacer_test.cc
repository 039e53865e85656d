// SPDX-License-Identifier: Apache-2.0
// The pacer against brute-force servers, which must never have a reason to refuse (I7).
#include "engine/pacer.h"

#include <algorithm>
#include <functional>
#include <memory>
#include <queue>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/random.h"
#include "engine/rate_servers_test.h"

namespace usher {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Instant kStart = kServersBegin;

// --- traffic -----------------------------------------------------------------------------------

// Requests that travel, are counted somewhere on the way, and come back.
class Traffic {
 public:
  Traffic(std::vector<RateWindow> windows, std::uint64_t seed)
      : random(seed), pacer_(std::move(windows)) {}

  // Each server watches one class of requests.
  void watch(WindowMask mask, std::unique_ptr<Server> server) {
    servers_.push_back({mask, std::move(server)});
  }

  // Sends all that `next_mask` asks for, as soon as it may, until `end`.
  void run(Instant end, std::size_t concurrency, const std::function<WindowMask()>& next_mask) {
    WindowMask mask = next_mask();
    while (now_ < end) {
      bool moved = false;
      while (in_flight_ < concurrency && pacer_.take(mask, now_)) {
        send(mask);
        mask = next_mask();
        moved = true;
      }
      const Instant wake = pacer_.wait(mask, now_).value_or(Pacer::kFarFuture);
      ASSERT_TRUE(moved || in_flight_ == concurrency || wake > now_);
      const bool event =
          !events_.empty() && (in_flight_ == concurrency || events_.top().at <= wake);
      if (!event) {
        ASSERT_LT(wake, Pacer::kFarFuture) << "it would wait for ever";
        now_ = wake;
        continue;
      }
      take_event();
    }
  }

  Random random;
  std::function<Duration()> latency = [] { return milliseconds{80}; };
  std::vector<Instant> sent;
  std::uint64_t refused = 0;

 private:
  struct Event {
    Instant at{};
    std::uint64_t order = 0;
    WindowMask mask = 0;
    bool arrives = false;  // at the server; else the answer comes back
    Duration rest{0};      // of the way
    bool operator<(const Event& other) const {
      return at != other.at ? at > other.at : order > other.order;
    }
  };

  void send(WindowMask mask) {
    ++in_flight_;
    sent.push_back(now_);
    const Duration whole = latency();
    const auto way = static_cast<std::int64_t>(random.unit() * static_cast<double>(whole.count()));
    events_.push({now_ + Duration{way}, ++order_, mask, true, whole - Duration{way}});
  }

  void take_event() {
    const Event event = events_.top();
    events_.pop();
    now_ = std::max(now_, event.at);
    if (!event.arrives) {
      --in_flight_;
      pacer_.answered(event.mask, now_);
      return;
    }
    for (auto& [mask, server] : servers_) {
      if ((event.mask & mask) != 0 && !server->accepts(now_)) ++refused;
    }
    events_.push({now_ + event.rest, ++order_, event.mask, false, {}});
  }

  Pacer pacer_;
  Instant now_ = kStart;
  std::size_t in_flight_ = 0;
  std::uint64_t order_ = 0;
  std::priority_queue<Event> events_;
  std::vector<std::pair<WindowMask, std::unique_ptr<Server>>> servers_;
};

// --- never a refusal ---------------------------------------------------------------------------

TEST(Pacer, I7NoServerEverRefusesOverRandomTraffic) {
  for (std::uint64_t seed = 1; seed <= 600; ++seed) {
    SCOPED_TRACE(fmt::format("seed {}", seed));
    Random random(seed);
    std::vector<RateWindow> windows;
    for (std::uint64_t i = 1 + random.below(4); i > 0; --i) {
      const auto limit = static_cast<std::uint32_t>(1 + random.below(40));
      windows.push_back(
          {fmt::format("window {}", i), limit, milliseconds{50 + random.below(3'000)}});
    }
    Traffic traffic(windows, seed);
    for (std::size_t i = 0; i < windows.size(); ++i) {
      for (int twice = 0; twice < 2; ++twice) {
        traffic.watch(1U << i, any_server(windows[i], random));
      }
    }
    const auto slowest = 1 + random.below(random.chance(0.2) ? 8'000 : 300);
    traffic.latency = [&] { return milliseconds{random.below(slowest)}; };
    const WindowMask all = (1U << windows.size()) - 1U;
    const bool always_all = random.chance(0.3);
    traffic.run(kStart + seconds{30}, 1 + random.below(60),
                [&] { return always_all ? all : static_cast<WindowMask>(1 + random.below(all)); });
    ASSERT_EQ(traffic.refused, 0U);
    ASSERT_GE(traffic.sent.size(), 3U);
  }
}

TEST(Pacer, TheServersDoRefuseWhoeverDoesNotPace) {
  Random random(1);
  const RateWindow window{"w", 10, seconds{1}};
  FixedWindow fixed(window.limit, window.span, milliseconds{300});
  SlidingWindow sliding(window.limit, window.span);
  TokenBucket bucket(window.limit, window.span);
  for (Server* server : std::initializer_list<Server*>{&fixed, &sliding, &bucket}) {
    int accepted = 0;
    for (int i = 0; i < 11; ++i) accepted += server->accepts(kStart + milliseconds{i}) ? 1 : 0;
    EXPECT_EQ(accepted, 10);
  }
}

// --- nothing of the limit is wasted ------------------------------------------------------------

std::vector<RateWindow> published() {
  return {{"all requests", 6'000, seconds{60}}, {"user-management writes", 500, seconds{10}}};
}

TEST(Pacer, SendsAtLeast98PercentOfTheLimitInAMinute) {
  Traffic traffic(published(), 1);
  for (int i = 0; i < 20; ++i) {
    traffic.watch(2, std::make_unique<FixedWindow>(500, seconds{10}, milliseconds{i * 497}));
  }
  traffic.watch(1, std::make_unique<SlidingWindow>(6'000, seconds{60}));
  traffic.watch(2, std::make_unique<SlidingWindow>(500, seconds{10}));
  traffic.watch(2, std::make_unique<TokenBucket>(500, seconds{10}));
  traffic.run(kStart + seconds{60}, 50, [] { return WindowMask{3}; });
  EXPECT_EQ(traffic.refused, 0U);
  EXPECT_GE(traffic.sent.size(), 3'000U * 98 / 100);
}

TEST(Pacer, TheInitialBurstIsUsed) {
  Traffic traffic(published(), 1);
  traffic.latency = [] { return milliseconds{1}; };
  traffic.run(kStart + seconds{1}, 50, [] { return WindowMask{3}; });
  EXPECT_EQ(traffic.sent.size(), 500U);
}

TEST(Pacer, APerSecondLimitHoldsForEverySecond) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE(seed);
    Traffic traffic({{"--rate-limit", 50, seconds{1}}}, seed);
    traffic.latency = [&] { return milliseconds{traffic.random.below(200)}; };
    traffic.run(kStart + seconds{20}, 10, [] { return WindowMask{1}; });
    ASSERT_GE(traffic.sent.size(), 700U);
    for (std::size_t i = 50; i < traffic.sent.size(); ++i) {
      ASSERT_GT(traffic.sent[i] - traffic.sent[i - 50], seconds{1}) << i;
    }
  }
}

TEST(Pacer, WindowsThatARequestIsNotInDoNotHoldIt) {
  Pacer pacer({{"reads", 2, seconds{1}}, {"writes", 1, seconds{1}}});
  EXPECT_TRUE(pacer.take(2, kStart));
  EXPECT_TRUE(pacer.wait(2, kStart));
  EXPECT_TRUE(pacer.wait(3, kStart));
  EXPECT_FALSE(pacer.wait(1, kStart));
  EXPECT_FALSE(pacer.wait(0, kStart));
}

TEST(Pacer, WithoutWindowsNothingWaits) {
  Pacer pacer({});
  for (int i = 0; i < 1'000; ++i) {
    EXPECT_FALSE(pacer.wait(0, kStart));
    EXPECT_TRUE(pacer.take(0, kStart));
  }
  EXPECT_EQ(pacer.reason(0, kStart), "");
}

// --- what it answers ---------------------------------------------------------------------------

TEST(Pacer, OnlyAnAnswerFreesASlot) {
  Pacer pacer({{"w", 1, seconds{1}}});
  EXPECT_FALSE(pacer.wait(1, kStart));
  EXPECT_TRUE(pacer.take(1, kStart));
  EXPECT_EQ(pacer.wait(1, kStart), Pacer::kFarFuture);
  EXPECT_EQ(pacer.wait(1, kStart + seconds{100}), Pacer::kFarFuture);
  pacer.answered(1, kStart + seconds{100});
  const Instant free = pacer.wait(1, kStart + seconds{100}).value_or(kStart);
  EXPECT_GT(free, kStart + seconds{101});
  EXPECT_LT(free, kStart + seconds{101} + milliseconds{50});
  EXPECT_TRUE(pacer.wait(1, free - Duration{1}));
  EXPECT_FALSE(pacer.wait(1, free));
}

TEST(Pacer, TheFullestWindowDecides) {
  Pacer pacer({{"short", 1, seconds{1}}, {"long", 1, seconds{10}}});
  EXPECT_TRUE(pacer.take(3, kStart));
  pacer.answered(3, kStart);
  EXPECT_EQ(pacer.wait(3, kStart), pacer.wait(2, kStart));
  EXPECT_LT(pacer.wait(1, kStart), pacer.wait(2, kStart));
  EXPECT_NE(pacer.reason(3, kStart).find("long: 1 per 10 s"), std::string::npos)
      << pacer.reason(3, kStart);
}

TEST(Pacer, APauseHoldsEverythingUntilItsEnd) {
  Pacer pacer({{"w", 10, seconds{1}}});
  pacer.pause(kStart + seconds{3}, "the API asks to wait");
  for (const WindowMask mask : {0U, 1U}) {
    EXPECT_EQ(pacer.wait(mask, kStart), kStart + seconds{3});
    EXPECT_EQ(pacer.wait(mask, kStart + seconds{3} - Duration{1}), kStart + seconds{3});
    EXPECT_FALSE(pacer.wait(mask, kStart + seconds{3}));
  }
  EXPECT_TRUE(pacer.paused(kStart));
  EXPECT_FALSE(pacer.paused(kStart + seconds{3}));
  EXPECT_EQ(pacer.reason(1, kStart), "the API asks to wait, next in 3.0 s");
  EXPECT_EQ(pacer.reason(1, kStart + seconds{3}), "");
}

TEST(Pacer, TheLatestEndOfAPauseAndItsReasonWin) {
  Pacer pacer({});
  pacer.pause(kStart + seconds{3}, "first");
  pacer.pause(kStart + seconds{2}, "shorter");
  EXPECT_EQ(pacer.wait(0, kStart), kStart + seconds{3});
  EXPECT_TRUE(pacer.reason(0, kStart).starts_with("first"));
  pacer.pause(kStart + seconds{4}, "longer");
  EXPECT_EQ(pacer.wait(0, kStart), kStart + seconds{4});
  EXPECT_TRUE(pacer.reason(0, kStart).starts_with("longer"));
}

TEST(Pacer, AfterAPauseTheWindowsStillHold) {
  Pacer pacer({{"w", 1, seconds{10}}});
  EXPECT_TRUE(pacer.take(1, kStart));
  pacer.answered(1, kStart);
  pacer.pause(kStart + seconds{1}, "pause");
  EXPECT_GT(pacer.wait(1, kStart), kStart + seconds{10});
}

TEST(Pacer, SaysForPeopleWhyItWaits) {
  Pacer pacer({{"user-management writes", 2, seconds{10}}});
  EXPECT_EQ(pacer.reason(1, kStart), "");
  EXPECT_TRUE(pacer.take(1, kStart));
  EXPECT_TRUE(pacer.take(1, kStart));
  EXPECT_EQ(pacer.reason(1, kStart),
            "rate limit (user-management writes: 2 per 10 s), next when an answer comes");
  pacer.answered(1, kStart);
  EXPECT_EQ(pacer.reason(1, kStart + milliseconds{6'805}),
            "rate limit (user-management writes: 2 per 10 s), next in 3.2 s");
  EXPECT_EQ(pacer.reason(1, kStart + seconds{20}), "") << "it does not wait any more";
  EXPECT_EQ(pacer.reason(0, kStart), "");
}

}  // namespace
}  // namespace usher
