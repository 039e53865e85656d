// SPDX-License-Identifier: Apache-2.0
// For tests: servers that count as an API might, as strictly as can be, by brute force.
#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <memory>

#include "base/random.h"
#include "base/time.h"
#include "engine/pacer.h"

namespace usher {

inline constexpr Instant kServersBegin{std::chrono::seconds{1'000}};

class Server {
 public:
  Server(std::uint32_t limit, Duration span) : limit_(limit), span_(span) {}
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  virtual ~Server() = default;
  virtual bool accepts(Instant now) = 0;

 protected:
  std::uint32_t limit_;
  Duration span_;
};

// Counts from one multiple of the span to the next, wherever its clock began.
class FixedWindow final : public Server {
 public:
  FixedWindow(std::uint32_t limit, Duration span, Duration phase)
      : Server(limit, span), phase_(phase) {}
  bool accepts(Instant now) override {
    const auto window = (now.time_since_epoch() + phase_).count() / span_.count();
    if (window != window_) count_ = 0;
    window_ = window;
    return ++count_ <= limit_;
  }

 private:
  Duration phase_;
  std::int64_t window_ = -1;
  std::uint32_t count_ = 0;
};

// Looks back one span from every request, its ends included.
class SlidingWindow final : public Server {
 public:
  using Server::Server;
  bool accepts(Instant now) override {
    while (!seen_.empty() && seen_.front() < now - span_) seen_.pop_front();
    seen_.push_back(now);
    return seen_.size() <= limit_;
  }

 private:
  std::deque<Instant> seen_;
};

// Begins full, and fills evenly.
class TokenBucket final : public Server {
 public:
  TokenBucket(std::uint32_t limit, Duration span) : Server(limit, span), tokens_(limit) {}
  bool accepts(Instant now) override {
    const double passed = static_cast<double>((now - last_).count());
    last_ = now;
    const double rate = static_cast<double>(limit_) / static_cast<double>(span_.count());
    tokens_ = std::min<double>(limit_, tokens_ + passed * rate);
    if (tokens_ < 1.0 - 1e-9) return false;
    tokens_ -= 1.0;
    return true;
  }

 private:
  double tokens_;
  Instant last_ = kServersBegin;
};

inline std::unique_ptr<Server> any_server(const RateWindow& window, Random& random) {
  switch (random.below(3)) {
    case 0:
      return std::make_unique<FixedWindow>(window.limit, window.span,
                                           Duration{static_cast<std::int64_t>(random.below(
                                               static_cast<std::uint64_t>(window.span.count())))});
    case 1:
      return std::make_unique<SlidingWindow>(window.limit, window.span);
    default:
      return std::make_unique<TokenBucket>(window.limit, window.span);
  }
}

}  // namespace usher
