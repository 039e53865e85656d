// SPDX-License-Identifier: Apache-2.0
// The only owner of the rate. Several windows at once; a request belongs to some of them (a bit
// mask) and may leave when every one has a free slot and no pause is on.
//
// A slot is free again one window after its *answer* came: the server counted the request before it
// answered, so no window of the server's can overflow, whatever the latency and whether it counts
// in fixed windows, sliding windows or token buckets (I7). The price is one latency per window. The
// initial burst is used.
//
// Several processes may share one book (run/shared_rate), and then one rate. Whoever comes first
// takes what is free, but leaves a slot that opens to those who have waited for it longer, for the
// moment that they take to wake. Reads no clock. Tested by pacer_test.cc and shared_pacer_test.cc
// against brute-force servers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "engine/rate_book.h"

namespace usher {

class Pacer {
 public:
  explicit Pacer(std::vector<RateWindow> windows);              // alone
  Pacer(std::shared_ptr<RateBook> book, std::uint32_t holder);  // one of several

  // True: the request leaves now, and is counted.
  [[nodiscard]] bool take(WindowMask mask, Instant now);
  void answered(WindowMask mask,
                Instant now);  // its answer came, or it is known not to have been sent

  // Nothing: may leave now. Else the earliest instant at which asking again makes sense; the far
  // future while only an answer can free a slot.
  [[nodiscard]] std::optional<Instant> wait(WindowMask mask, Instant now);

  // Nothing leaves before `until`, from any process. The latest end and its reason win.
  void pause(Instant until, const std::string& reason);
  // The same for this process alone: its own trouble.
  void pause_here(Instant until, std::string reason);
  [[nodiscard]] bool paused(Instant now) const;

  // Why wait() said to wait, for people: "user-management writes: 500 per 10 s, next in 3.2 s".
  [[nodiscard]] std::string reason(WindowMask mask, Instant now);

  static constexpr Instant kFarFuture = Instant::max();
  // A slot stays with the one who has waited longest for so long after it opened.
  static constexpr Duration kCourtesy = std::chrono::milliseconds{10};

 private:
  struct Obstacle {
    std::size_t window = 0;
    Instant until{};
    bool open_ended = false;  // only an answer can tell when
  };
  [[nodiscard]] std::optional<Obstacle> obstacle(WindowMask mask, Instant now);
  [[nodiscard]] std::optional<Obstacle> obstacle_in(std::size_t window, Instant now);
  [[nodiscard]] Instant paused_until() const;

  std::shared_ptr<RateBook> book_;
  std::uint32_t holder_;
  Instant paused_here_until_{};
  std::string pause_here_reason_;
};

}  // namespace usher
