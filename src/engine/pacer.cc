// SPDX-License-Identifier: Apache-2.0
#include "engine/pacer.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace usher {
namespace {

// Clocks tick differently in two processes; a window is held this much longer than published.
constexpr Duration kMargin = std::chrono::milliseconds{5};

std::string in_words(const std::string& what, Instant until, Instant now) {
  if (until == Pacer::kFarFuture) return what + ", next when an answer comes";
  return fmt::format("{}, next in {}", what, to_words(std::max(until - now, Duration{0})));
}

}  // namespace

Pacer::Pacer(std::vector<RateWindow> windows) {
  for (RateWindow& rate : windows) windows_.push_back({std::move(rate)});
}

void Pacer::forget(Window& window, Instant now) {
  while (!window.answered.empty() && window.answered.front() + window.rate.span + kMargin <= now) {
    window.answered.pop_front();
  }
}

Instant Pacer::frees_at(const Window& window) {
  if (window.answered.empty()) return kFarFuture;
  return window.answered.front() + window.rate.span + kMargin;
}

std::optional<Instant> Pacer::wait(WindowMask mask, Instant now) {
  std::optional<Instant> until;
  if (paused(now)) until = paused_until_;
  for (std::size_t i = 0; i < windows_.size(); ++i) {
    if ((mask >> i & 1U) == 0) continue;
    forget(windows_[i], now);
    if (full(windows_[i])) until = std::max(until.value_or(now), frees_at(windows_[i]));
  }
  return until;
}

void Pacer::left(WindowMask mask) {
  for (std::size_t i = 0; i < windows_.size(); ++i) {
    if ((mask >> i & 1U) != 0) ++windows_[i].in_flight;
  }
}

void Pacer::answered(WindowMask mask, Instant now) {
  for (std::size_t i = 0; i < windows_.size(); ++i) {
    if ((mask >> i & 1U) == 0) continue;
    --windows_[i].in_flight;
    windows_[i].answered.push_back(now);
  }
}

void Pacer::pause(Instant until, std::string reason) {
  if (until <= paused_until_) return;
  paused_until_ = until;
  pause_reason_ = std::move(reason);
}

std::string Pacer::reason(WindowMask mask, Instant now) {
  if (paused(now)) return in_words(pause_reason_, paused_until_, now);
  std::string text;
  Instant latest{};
  for (std::size_t i = 0; i < windows_.size(); ++i) {
    if ((mask >> i & 1U) == 0) continue;
    forget(windows_[i], now);
    if (!full(windows_[i])) continue;
    const Instant until = frees_at(windows_[i]);
    if (!text.empty() && until <= latest) continue;
    latest = until;
    const RateWindow& rate = windows_[i].rate;
    text =
        in_words(fmt::format("rate limit ({}: {} per {} s)", rate.name, rate.limit,
                             std::chrono::duration_cast<std::chrono::seconds>(rate.span).count()),
                 until, now);
  }
  return text;
}

}  // namespace usher
