// SPDX-License-Identifier: Apache-2.0
#include "engine/rate_book.h"

#include <algorithm>
#include <atomic>
#include <bit>
#include <cstdlib>
#include <new>
#include <type_traits>
#include <utility>

namespace usher {
namespace {

// What stands above is stored before what stands below: the order a killed process leaves behind.
// The processor keeps to it by itself up to the last instruction; only the compiler must be told.
void in_order() {
  std::atomic_signal_fence(std::memory_order_seq_cst);
}

// One ring per window, a power of two so that a slot is found without a division.
std::uint64_t ring_size(const RateWindow& window) {
  return std::bit_ceil(std::max<std::uint64_t>(window.limit, 1));
}

// Far more than clocks and settlings reach into the future, far less than a wrong byte does.
constexpr Duration kSoon = std::chrono::minutes{1};
constexpr Duration kLongestPause = std::chrono::hours{24};

}  // namespace

// --- memory ------------------------------------------------------------------------------------

namespace {

std::size_t bytes_of(const std::vector<RateWindow>& windows, std::uint32_t holders,
                     std::size_t head, std::size_t window, std::size_t use) {
  std::size_t bytes = head + holders * sizeof(Instant);
  for (const RateWindow& each : windows) {
    bytes += window + holders * use + ring_size(each) * sizeof(Instant);
  }
  return bytes;
}

}  // namespace

void RateBook::FreeMemory::operator()(std::byte* memory) const {
  std::free(memory);
}

RateBook::RateBook(std::vector<RateWindow> windows)
    : windows_(std::move(windows)), holders_(1), turns_(nullptr) {
  // calloc, because pages of a long ring that is never filled are never touched.
  own_.reset(static_cast<std::byte*>(
      std::calloc(1, bytes_of(windows_, holders_, sizeof(Head), sizeof(Window), sizeof(Use)))));
  if (own_ == nullptr) throw std::bad_alloc();
  lay_out(own_.get());
  hold(0);
}

RateBook::RateBook(std::vector<RateWindow> windows, std::span<std::byte> memory, Turns* turns)
    : windows_(std::move(windows)), holders_(kMostHolders), turns_(turns) {
  if (memory.size() < bytes_for(windows_)) std::abort();
  lay_out(memory.data());
}

std::size_t RateBook::bytes_for(const std::vector<RateWindow>& windows) {
  return bytes_of(windows, kMostHolders, sizeof(Head), sizeof(Window), sizeof(Use));
}

void RateBook::lay_out(std::byte* memory) {
  static_assert(std::is_trivially_copyable_v<Head> && std::is_trivially_copyable_v<Window> &&
                std::is_trivially_copyable_v<Use> && std::is_trivially_copyable_v<Instant>);
  static_assert(sizeof(Head) % 8 == 0 && sizeof(Window) % 8 == 0 && sizeof(Use) % 8 == 0);
  head_ = reinterpret_cast<Head*>(memory);
  memory += sizeof(Head);
  lives_ = reinterpret_cast<Instant*>(memory);
  memory += holders_ * sizeof(Instant);
  used_ = reinterpret_cast<Window*>(memory);
  memory += windows_.size() * sizeof(Window);
  uses_ = reinterpret_cast<Use*>(memory);
  memory += windows_.size() * holders_ * sizeof(Use);
  for (const RateWindow& window : windows_) {
    rings_.push_back({reinterpret_cast<Instant*>(memory), ring_size(window) - 1});
    memory += ring_size(window) * sizeof(Instant);
  }
}

// --- windows -----------------------------------------------------------------------------------

void RateBook::take(std::uint32_t holder, WindowMask mask, Instant now) {
  head_->last_use = std::max(head_->last_use, now);
  in_order();
  for (std::size_t i = 0; i < windows_.size(); ++i) {
    if ((mask >> i & 1U) == 0) continue;
    ++use(i, holder).in_flight;
    ++used_[i].in_flight;
  }
}

void RateBook::answer(std::uint32_t holder, WindowMask mask, Instant now) {
  head_->last_use = std::max(head_->last_use, now);
  in_order();
  for (std::size_t i = 0; i < windows_.size(); ++i) {
    if ((mask >> i & 1U) != 0) answer_one(i, use(i, holder), now);
  }
}

// Between the two it is counted twice.
void RateBook::answer_one(std::size_t window, Use& use, Instant when) {
  push(window, when);
  in_order();
  if (use.in_flight == 0) return;
  --use.in_flight;
  in_order();
  --used_[window].in_flight;
}

// When the ring is full already, because something was counted twice, the oldest makes room: with
// the one that comes the window is full until the second oldest leaves it, and so it stays.
// The one that comes is not older than the last, though another process may have read its clock
// a little earlier.
void RateBook::push(std::size_t window, Instant when) {
  Window& used = used_[window];
  const std::uint32_t limit = windows_[window].limit;
  if (limit == 0) return;
  if (used.oldest != used.end) when = std::max(when, slot(window, used.end - 1));
  if (used.end - used.oldest >= limit) ++used.oldest;
  slot(window, used.end) = when;
  in_order();
  ++used.end;
}

void RateBook::forget(std::size_t window, Instant now) {
  if (head_->next_burial != Instant{} && head_->next_burial <= now) settle(now);
  Window& used = used_[window];
  while (used.oldest != used.end) {
    const Instant frees = slot(window, used.oldest) + held_for(window);
    if (frees > now) return;
    if (full(window)) used.open_since = frees;
    ++used.oldest;
  }
}

std::optional<Instant> RateBook::frees_at(std::size_t window) const {
  const Window& used = used_[window];
  if (used.oldest == used.end) return std::nullopt;
  return slot(window, used.oldest) + held_for(window);
}

// --- who waits ---------------------------------------------------------------------------------

void RateBook::queue_up(std::uint32_t holder, std::size_t window, Instant now) {
  Use& mine = use(window, holder);
  if (mine.waiting_since != Instant{}) return;
  mine.waiting_since = now;
  ++used_[window].waiting;
}

void RateBook::step_back(std::uint32_t holder, std::size_t window) {
  Use& mine = use(window, holder);
  if (mine.waiting_since == Instant{}) return;
  mine.waiting_since = Instant{};
  --used_[window].waiting;
}

std::uint32_t RateBook::ahead_of(std::uint32_t holder, std::size_t window) const {
  std::uint32_t ahead = used_[window].waiting;
  if (ahead == 0) return 0;
  const Instant since = use(window, holder).waiting_since;
  if (since == Instant{}) return ahead;
  ahead = 0;
  for (std::uint32_t other = 0; other < holders_; ++other) {
    const Instant theirs = use(window, other).waiting_since;
    const bool earlier = theirs < since || (theirs == since && other < holder);
    if (theirs != Instant{} && earlier) ++ahead;
  }
  return ahead;
}

void RateBook::overtake(std::uint32_t holder, std::size_t window) {
  if (used_[window].waiting == 0) return;
  const std::uint32_t ahead = ahead_of(holder, window);
  const Instant since = use(window, holder).waiting_since;
  const bool last_ones = used(window) + ahead >= windows_[window].limit;
  for (std::uint32_t other = 0; ahead > 0 && last_ones && other < holders_; ++other) {
    const Instant theirs = use(window, other).waiting_since;
    if (since == Instant{} || theirs <= since) step_back(other, window);
  }
  step_back(holder, window);
}

// --- pause -------------------------------------------------------------------------------------

void RateBook::pause(Instant until, std::string_view reason) {
  if (until <= head_->paused_until) return;
  std::size_t length = std::min(reason.size(), kLongestReason);
  // Not in the middle of a character.
  while (length < reason.size() && length > 0 && (reason[length] & '\xC0') == '\x80') --length;
  std::copy_n(reason.begin(), length, head_->reason.begin());
  head_->reason[length] = '\0';
  in_order();
  head_->paused_until = until;
}

std::string RateBook::pause_reason() const {
  const auto& text = head_->reason;
  return {text.begin(), std::find(text.begin(), text.end(), '\0')};
}

// --- holders -----------------------------------------------------------------------------------

void RateBook::bury(std::uint32_t holder, Instant when) {
  bool in_flight = false;
  for (std::size_t i = 0; i < windows_.size(); ++i) {
    step_back(holder, i);
    in_flight = in_flight || use(i, holder).in_flight > 0;
  }
  if (!in_flight) {
    lives_[holder] = Instant{};
    return;
  }
  head_->last_use = std::max(head_->last_use, when);
  in_order();
  lives_[holder] = when;
  in_order();
  Instant& next = head_->next_burial;
  next = next == Instant{} ? when : std::min(next, when);
}

void RateBook::settle(Instant now) {
  Instant next{};
  for (std::uint32_t holder = 0; holder < holders_; ++holder) {
    const Instant when = lives_[holder];
    if (when == Instant{} || when == kHeld) continue;
    if (when > now) {
      next = next == Instant{} ? when : std::min(next, when);
      continue;
    }
    for (std::size_t i = 0; i < windows_.size(); ++i) {
      Use& theirs = use(i, holder);
      while (theirs.in_flight > 0) answer_one(i, theirs, when);
    }
    in_order();
    lives_[holder] = Instant{};
  }
  in_order();
  head_->next_burial = next;
}

// --- after trouble -----------------------------------------------------------------------------

void RateBook::repair() {
  for (std::size_t i = 0; i < windows_.size(); ++i) {
    std::uint32_t in_flight = 0;
    std::uint32_t waiting = 0;
    for (std::uint32_t holder = 0; holder < holders_; ++holder) {
      in_flight += use(i, holder).in_flight;
      waiting += use(i, holder).waiting_since != Instant{} ? 1 : 0;
    }
    used_[i].in_flight = in_flight;
    used_[i].waiting = waiting;
  }
  Instant next{};
  for (std::uint32_t holder = 0; holder < holders_; ++holder) {
    const Instant when = lives_[holder];
    if (when == Instant{} || when == kHeld) continue;
    next = next == Instant{} ? when : std::min(next, when);
  }
  head_->next_burial = next;
}

bool RateBook::sane(Instant now) const {
  const auto soon = [now](Instant when) { return when >= Instant{} && when <= now + kSoon; };
  if (!soon(head_->last_use) || head_->paused_until > now + kLongestPause) return false;
  for (std::uint32_t holder = 0; holder < holders_; ++holder) {
    if (lives_[holder] != kHeld && !soon(lives_[holder])) return false;
  }
  for (std::size_t i = 0; i < windows_.size(); ++i) {
    const Window& used = used_[i];
    if (used.oldest > used.end || used.end - used.oldest > windows_[i].limit) return false;
    Instant last{};
    for (std::uint64_t number = used.oldest; number < used.end; ++number) {
      const Instant when = slot(i, number);
      if (when < last || !soon(when)) return false;
      last = when;
    }
    for (std::uint32_t holder = 0; holder < holders_; ++holder) {
      if (use(i, holder).in_flight > windows_[i].limit) return false;
      if (!soon(use(i, holder).waiting_since)) return false;
    }
  }
  return true;
}

void RateBook::use_up(Instant when) {
  head_->last_use = when;
  for (std::size_t i = 0; i < windows_.size(); ++i) use_up_window(i, when);
}

void RateBook::use_up_window(std::size_t window, Instant when) {
  for (std::uint32_t i = 0; i < windows_[window].limit; ++i) push(window, when);
}

void RateBook::inherit(const RateBook& old, Instant settled) {
  const auto in_flight = [](const Window& window) { return window.in_flight > 0; };
  const bool busy = std::any_of(old.used_, old.used_ + old.windows_.size(), in_flight);
  const Instant last_use = busy ? settled : old.head_->last_use;
  head_->last_use = last_use;
  pause(old.head_->paused_until, old.pause_reason());
  if (last_use == Instant{}) return;
  for (std::size_t i = 0; i < windows_.size(); ++i) inherit_window(i, old, last_use);
  hold(0);
  bury(0, last_use);
}

// Windows that the old book did not have, or had over another span, begin used up.
void RateBook::inherit_window(std::size_t window, const RateBook& old, Instant settled) {
  const RateWindow& mine = windows_[window];
  const auto found = std::find_if(
      old.windows_.begin(), old.windows_.end(),
      [&](const RateWindow& one) { return one.name == mine.name && one.span == mine.span; });
  if (found == old.windows_.end()) return use_up_window(window, settled);
  const auto its = static_cast<std::size_t>(found - old.windows_.begin());
  const Window& theirs = old.used_[its];
  for (std::uint64_t i = theirs.oldest; i < theirs.end; ++i) push(window, old.slot(its, i));
  use(window, 0).in_flight = std::min(theirs.in_flight, mine.limit);
  used_[window].in_flight = use(window, 0).in_flight;
}

}  // namespace usher
