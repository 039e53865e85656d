// SPDX-License-Identifier: Apache-2.0
// The only owner of the rate. Several windows at once; a request belongs to some of them (a bit
// mask) and may leave when every one has a free slot and no pause is on.
//
// A slot is free again one window after its *answer* came: the server counted the request before it
// answered, so no window of the server's can overflow, whatever the latency and whether it counts
// in fixed windows, sliding windows or token buckets (I7). The price is one latency per window. The
// initial burst is used. Reads no clock. Tested by pacer_test.cc against brute-force servers.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"

namespace usher {

struct RateWindow {
  std::string name;  // for people: "user-management writes"
  std::uint32_t limit = 0;
  Duration span{};
};

using WindowMask = std::uint32_t;  // bit i: window i

class Pacer {
 public:
  explicit Pacer(std::vector<RateWindow> windows);

  // Nothing: may leave now. Else the earliest instant at which asking again makes sense; the far
  // future while only an answer can free a slot.
  [[nodiscard]] std::optional<Instant> wait(WindowMask mask, Instant now);

  void left(WindowMask mask);  // a request leaves
  void answered(WindowMask mask,
                Instant now);  // its answer came, or it is known not to have been sent

  // Nothing leaves before `until`. The latest end and its reason win.
  void pause(Instant until, std::string reason);
  [[nodiscard]] bool paused(Instant now) const { return now < paused_until_; }

  // Why wait() said to wait, for people: "user-management writes: 500 per 10 s, next in 3.2 s".
  [[nodiscard]] std::string reason(WindowMask mask, Instant now);

  static constexpr Instant kFarFuture = Instant::max();

 private:
  struct Window {
    RateWindow rate;
    std::uint32_t in_flight = 0;
    std::deque<Instant> answered = {};  // within the last span, oldest first
  };
  static void forget(Window& window, Instant now);
  [[nodiscard]] static bool full(const Window& window) {
    return window.in_flight + window.answered.size() >= window.rate.limit;
  }
  [[nodiscard]] static Instant frees_at(const Window& window);

  std::vector<Window> windows_;
  Instant paused_until_{};
  std::string pause_reason_;
};

}  // namespace usher
