// SPDX-License-Identifier: Apache-2.0
#include "engine/pacer.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace usher {

Pacer::Pacer(std::vector<RateWindow> windows)
    : Pacer(std::make_shared<RateBook>(std::move(windows)), 0) {}

Pacer::Pacer(std::shared_ptr<RateBook> book, std::uint32_t holder)
    : book_(std::move(book)), holder_(holder) {}

std::optional<Pacer::Obstacle> Pacer::obstacle_in(std::size_t window, Instant now) {
  book_->forget(window, now);
  if (book_->full(window)) {
    if (const auto frees = book_->frees_at(window)) return Obstacle{window, *frees, false};
    // What others have in flight can be answered this instant, and frees a slot no sooner.
    const Instant soonest = book_->shared() ? now + book_->held_for(window) : kFarFuture;
    return Obstacle{window, soonest, true};
  }
  if (!book_->shared()) return std::nullopt;
  const Instant left_to_others = book_->open_since(window) + kCourtesy;
  if (now >= left_to_others) return std::nullopt;
  const std::uint64_t free = book_->windows()[window].limit - book_->used(window);
  if (free > book_->ahead_of(holder_, window)) return std::nullopt;
  return Obstacle{window, left_to_others, false};
}

// The one that lasts longest.
std::optional<Pacer::Obstacle> Pacer::obstacle(WindowMask mask, Instant now) {
  std::optional<Obstacle> longest;
  for (std::size_t i = 0; i < book_->windows().size(); ++i) {
    if ((mask >> i & 1U) == 0) continue;
    const auto found = obstacle_in(i, now);
    if (found && (!longest || found->until > longest->until)) longest = found;
  }
  return longest;
}

bool Pacer::take(WindowMask mask, Instant now) {
  const RateBook::Turn turn(*book_);
  if (now < paused_until()) return false;
  const auto obstacle = this->obstacle(mask, now);
  if (obstacle) {
    // In one queue only, else slots are kept for somebody whom another window holds.
    if (book_->shared()) book_->queue_up(holder_, obstacle->window, now);
    return false;
  }
  for (std::size_t i = 0; book_->shared() && i < book_->windows().size(); ++i) {
    if ((mask >> i & 1U) != 0) book_->overtake(holder_, i);
  }
  book_->take(holder_, mask, now);
  return true;
}

void Pacer::answered(WindowMask mask, Instant now) {
  const RateBook::Turn turn(*book_);
  book_->answer(holder_, mask, now);
}

std::optional<Instant> Pacer::wait(WindowMask mask, Instant now) {
  const RateBook::Turn turn(*book_);
  std::optional<Instant> until;
  if (now < paused_until()) until = paused_until();
  if (const auto obstacle = this->obstacle(mask, now)) {
    until = std::max(until.value_or(now), obstacle->until);
  }
  return until;
}

// --- pause -------------------------------------------------------------------------------------

Instant Pacer::paused_until() const {
  return std::max(book_->paused_until(), paused_here_until_);
}

void Pacer::pause(Instant until, const std::string& reason) {
  const RateBook::Turn turn(*book_);
  book_->pause(until, reason);
}

void Pacer::pause_here(Instant until, std::string reason) {
  if (until <= paused_here_until_) return;
  paused_here_until_ = until;
  pause_here_reason_ = std::move(reason);
}

bool Pacer::paused(Instant now) const {
  const RateBook::Turn turn(*book_);
  return now < paused_until();
}

// --- for people --------------------------------------------------------------------------------

std::string Pacer::reason(WindowMask mask, Instant now) {
  const RateBook::Turn turn(*book_);
  const auto in_words = [now](const std::string& what, Instant until) {
    return fmt::format("{}, next in {}", what, to_words(std::max(until - now, Duration{0})));
  };
  if (const Instant until = paused_until(); now < until) {
    const bool here = paused_here_until_ == until;
    return in_words(here ? pause_here_reason_ : book_->pause_reason(), until);
  }
  const auto obstacle = this->obstacle(mask, now);
  if (!obstacle) return {};
  const RateWindow& rate = book_->windows()[obstacle->window];
  const std::string what =
      fmt::format("rate limit ({}: {} per {} s)", rate.name, rate.limit,
                  std::chrono::duration_cast<std::chrono::seconds>(rate.span).count());
  return obstacle->open_ended ? what + ", next when an answer comes"
                              : in_words(what, obstacle->until);
}

}  // namespace usher
