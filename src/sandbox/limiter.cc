// SPDX-License-Identifier: Apache-2.0
// Three ways to count a window, each exact and in constant time: fixed (aligned to multiples of its
// length), sliding (the moments of the last admissions) and token bucket (whole numbers only, so
// that nothing drifts). A request is asked of every window first and counted only when all admit
// it. Tested by limiter_test.cc against counting by brute force.
#include "sandbox/limiter.h"

#include <algorithm>
#include <cmath>
#include <deque>
#include <unordered_map>
#include <utility>
#include <vector>

namespace usher::sandbox {

namespace {

using std::chrono::seconds;

// One window. `wait` says how long until it would admit (zero: now); `take` counts a request.
class Gauge {
 public:
  Gauge(Window window, std::uint32_t requests, Duration per)
      : window_(window), requests_(requests), per_(per), tokens_(full()) {}

  [[nodiscard]] Duration wait(Instant now) {
    switch (window_) {
      case Window::fixed:
        return wait_fixed(now);
      case Window::sliding:
        return wait_sliding(now);
      case Window::token_bucket:
        return wait_tokens(now);
    }
    return {};
  }

  void take(Instant now) {
    switch (window_) {
      case Window::fixed:
        ++taken_;
        break;
      case Window::sliding:
        admitted_.push_back(now);
        break;
      case Window::token_bucket:
        tokens_ -= per_.count();
        break;
    }
  }

  // As if it had never been used; such a gauge need not be kept.
  [[nodiscard]] bool idle(Instant now) const {
    switch (window_) {
      case Window::fixed:
        return taken_ == 0 || window_of(now) != current_;
      case Window::sliding:
        return admitted_.empty() || now - admitted_.back() >= per_;
      case Window::token_bucket:
        return tokens_at(now) == full();
    }
    return false;
  }

 private:
  [[nodiscard]] std::int64_t window_of(Instant now) const {
    const auto since = now.time_since_epoch().count();
    const auto per = per_.count();
    return since / per - (since % per < 0 ? 1 : 0);
  }

  [[nodiscard]] Duration wait_fixed(Instant now) {
    const auto current = window_of(now);
    if (current != current_) {
      current_ = current;
      taken_ = 0;
    }
    if (taken_ < requests_) return {};
    return Duration((current + 1) * per_.count()) - now.time_since_epoch();
  }

  [[nodiscard]] Duration wait_sliding(Instant now) {
    while (!admitted_.empty() && now - admitted_.front() >= per_) admitted_.pop_front();
    if (admitted_.size() < requests_) return {};
    return admitted_.front() + per_ - now;
  }

  // A token is per_ units and a microsecond brings requests_ units, so there are no fractions.
  [[nodiscard]] std::int64_t full() const { return std::int64_t{requests_} * per_.count(); }

  [[nodiscard]] std::int64_t tokens_at(Instant now) const {
    const auto passed = std::clamp(now - filled_at_, Duration::zero(), per_);
    return std::min(full(), tokens_ + passed.count() * requests_);
  }

  [[nodiscard]] Duration wait_tokens(Instant now) {
    tokens_ = tokens_at(now);
    filled_at_ = std::max(filled_at_, now);
    if (tokens_ >= per_.count()) return {};
    const auto missing = per_.count() - tokens_;
    return Duration((missing + requests_ - 1) / requests_);
  }

  Window window_;
  std::uint32_t requests_;
  Duration per_;
  std::int64_t current_ = 0;      // fixed
  std::uint32_t taken_ = 0;       // fixed
  std::deque<Instant> admitted_;  // sliding: at most requests_ of them
  std::int64_t tokens_;           // token bucket
  Instant filled_at_{};           // token bucket
};

// Nobody limits beyond these, and twice their product fits the token bucket's 64 bits.
constexpr std::uint32_t kMostRequests = 1'000'000'000;
constexpr Duration kLongestWindow = std::chrono::hours(1);

bool is_read(std::string_view method) {
  return method == "GET" || method == "HEAD";
}

bool is_organization_deletion(std::string_view method, std::string_view path) {
  constexpr std::string_view kFolder = "/organizations/";
  return method == "DELETE" && path.starts_with(kFolder) && path.size() > kFolder.size() &&
         path.find('/', kFolder.size()) == std::string_view::npos;
}

}  // namespace

struct Limiter::Impl {
  explicit Impl(const Options& chosen) : options(chosen) {}

  [[nodiscard]] std::uint32_t scaled(std::uint32_t requests) const {
    const double product = std::round(static_cast<double>(requests) * options.scale);
    if (!(product >= 1)) return 1;  // also when the scale is no number
    return static_cast<std::uint32_t>(std::min<double>(product, kMostRequests));
  }

  Gauge& gauge(std::string name, std::uint32_t requests, Duration per) {
    const auto length = std::clamp(per, Duration(1), kLongestWindow);
    return gauges.try_emplace(std::move(name), options.window, scaled(requests), length)
        .first->second;
  }

  // Subjects come from outside: what is idle is dropped before the map doubles, so that memory
  // follows the subjects of the last windows and the cost stays constant per request.
  void sweep(Instant now) {
    if (gauges.size() < sweep_at) return;
    std::erase_if(gauges, [now](const auto& entry) { return entry.second.idle(now); });
    sweep_at = std::max<std::size_t>(kFirstSweep, gauges.size() * 2);
  }

  static constexpr std::size_t kFirstSweep = 256;
  Options options;
  std::unordered_map<std::string, Gauge> gauges;  // its elements do not move
  std::size_t sweep_at = kFirstSweep;
};

Limiter::Limiter(Options options) : impl_(std::make_unique<Impl>(options)) {}
Limiter::~Limiter() = default;

std::optional<Duration> Limiter::refuse(std::string_view method, std::string_view path,
                                        std::string_view key, Instant now) {
  using Rate = Options::Rate;
  if (impl_->options.rate == Rate::off) return std::nullopt;
  path = path.substr(0, path.find('?'));

  impl_->sweep(now);
  std::vector<Gauge*> asked;
  const auto ask = [&](std::string name, std::uint32_t requests, Duration per) {
    asked.push_back(&impl_->gauge(std::move(name), requests, per));
  };
  if (impl_->options.rate == Rate::flat) {
    ask("flat", std::max(1u, impl_->options.flat_per_second), seconds(1));
  } else {
    ask("general\n" + std::string(key), 6000, seconds(60));
    if (path.starts_with("/user_management/")) {
      if (is_read(method)) {
        ask("user-management reads", 1000, seconds(10));
      } else {
        ask("user-management writes", 500, seconds(10));
      }
    }
    if (is_organization_deletion(method, path)) {
      ask("organization deletes\n" + std::string(key), 50, seconds(60));
    }
  }

  Duration longest{};
  for (auto* gauge : asked) longest = std::max(longest, gauge->wait(now));
  if (longest > Duration::zero()) return longest;
  for (auto* gauge : asked) gauge->take(now);
  return std::nullopt;
}

std::optional<Duration> Limiter::refuse_subject(std::string_view what, std::uint32_t requests,
                                                Duration per, std::string_view subject,
                                                Instant now) {
  if (impl_->options.rate != Options::Rate::real) return std::nullopt;
  auto name = std::string(what) + "\n" + std::string(subject);
  impl_->sweep(now);
  auto& gauge = impl_->gauge(std::move(name), requests, per);
  if (const auto wait = gauge.wait(now); wait > Duration::zero()) return wait;
  gauge.take(now);
  return std::nullopt;
}

void Limiter::reset() {
  impl_->gauges.clear();
  impl_->sweep_at = Impl::kFirstSweep;
}

}  // namespace usher::sandbox
