// SPDX-License-Identifier: Apache-2.0
// What has been used of an API's rate windows: the memory of a Pacer. It is flat, so that it lies
// in the heap of one process or in a file that all workers of a job have mapped (run/shared_rate).
// Each worker then is a *holder*, so that its requests in flight can be settled when it dies.
//
// A process can be killed between any two stores, also in here. So every change is a row of single
// stores in an order in which what is half done counts too much and never too little, and what can
// be derived is recounted by the next one who comes (repair). Performs no I/O, reads no clock.
// Tested by rate_book_test.cc and, together with its rules, by pacer_test.cc.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"

namespace usher {

struct RateWindow {
  std::string name;  // for people: "user-management writes"
  std::uint32_t limit = 0;
  Duration span{};

  friend bool operator==(const RateWindow&, const RateWindow&) = default;
};

using WindowMask = std::uint32_t;  // bit i: window i

class RateBook {
 public:
  static constexpr std::uint32_t kMostHolders = 64;
  // Servers' clocks run a little differently; a slot is held this much longer than published.
  static constexpr Duration kMargin = std::chrono::milliseconds{5};
  static constexpr std::size_t kLongestReason = 255;  // bytes; longer ones are cut

  // How processes take turns at memory they share. enter() calls repair() when the one before
  // died inside.
  class Turns {
   public:
    Turns() = default;
    Turns(const Turns&) = delete;
    Turns& operator=(const Turns&) = delete;
    virtual ~Turns() = default;
    virtual void enter() = 0;
    virtual void leave() = 0;
  };
  // Every function below is called during a turn; alone, a turn costs nothing.
  class Turn {
   public:
    explicit Turn(const RateBook& book) : turns_(book.turns_) {
      if (turns_ != nullptr) turns_->enter();
    }
    ~Turn() {
      if (turns_ != nullptr) turns_->leave();
    }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;

   private:
    Turns* turns_;
  };

  // Memory of its own, for the one holder 0.
  explicit RateBook(std::vector<RateWindow> windows);
  // Memory that others see as well: bytes_for(windows) bytes, aligned to 64, all zero at first.
  RateBook(std::vector<RateWindow> windows, std::span<std::byte> memory, Turns* turns);
  [[nodiscard]] static std::size_t bytes_for(const std::vector<RateWindow>& windows);

  [[nodiscard]] const std::vector<RateWindow>& windows() const { return windows_; }
  [[nodiscard]] bool shared() const { return turns_ != nullptr; }

  // --- windows
  void take(std::uint32_t holder, WindowMask mask, Instant now);
  void answer(std::uint32_t holder, WindowMask mask, Instant now);
  // Lets go of what is older than the window, and of the dead whose time is over.
  void forget(std::size_t window, Instant now);
  [[nodiscard]] std::uint64_t used(std::size_t window) const {
    return used_[window].in_flight + (used_[window].end - used_[window].oldest);
  }
  [[nodiscard]] bool full(std::size_t window) const {
    return used(window) >= windows_[window].limit;
  }
  // When the next answered request leaves the window; nothing when none is in it.
  [[nodiscard]] std::optional<Instant> frees_at(std::size_t window) const;
  [[nodiscard]] Duration held_for(std::size_t window) const {
    return windows_[window].span + kMargin;
  }
  [[nodiscard]] Instant open_since(std::size_t window) const { return used_[window].open_since; }

  // --- who waits for a window, in order
  void queue_up(std::uint32_t holder, std::size_t window, Instant now);
  [[nodiscard]] std::uint32_t ahead_of(std::uint32_t holder, std::size_t window) const;
  // The holder goes to the window's counter; those who had waited longer lose their places.
  void overtake(std::uint32_t holder, std::size_t window);
  void step_back(std::uint32_t holder, std::size_t window);

  // --- pause
  void pause(Instant until, std::string_view reason);
  [[nodiscard]] Instant paused_until() const { return head_->paused_until; }
  [[nodiscard]] std::string pause_reason() const;

  // --- holders
  [[nodiscard]] bool vacant(std::uint32_t holder) const { return lives_[holder] == Instant{}; }
  [[nodiscard]] bool held(std::uint32_t holder) const { return lives_[holder] == kHeld; }
  void hold(std::uint32_t holder) { lives_[holder] = kHeld; }
  // The holder is gone: what it has in flight counts as answered at `when`, then its place is free.
  void bury(std::uint32_t holder, Instant when);
  void settle(Instant now);  // those buried by now

  // --- after trouble, and from one run to the next
  void repair();
  [[nodiscard]] bool sane(Instant now) const;
  // Every window as if all of it had been answered at that moment.
  void use_up(Instant when);
  // Takes over, never too little, what was used under other windows by holders who are all gone;
  // what they had in flight counts as answered at `settled`. This book is as new.
  void inherit(const RateBook& old, Instant settled);

 private:
  struct Head {
    Instant last_use{};
    Instant paused_until{};
    Instant next_burial{};  // the earliest; none: the epoch
    std::array<char, kLongestReason + 1> reason{};
  };
  struct Window {
    std::uint64_t oldest = 0;  // the ring holds the answers [oldest, end)
    std::uint64_t end = 0;
    std::uint32_t in_flight = 0;  // of all holders
    std::uint32_t waiting = 0;    // holders
    Instant open_since{};
  };
  struct Use {  // of a window by a holder
    std::uint32_t in_flight = 0;
    Instant waiting_since{};  // the epoch: it does not wait
  };
  struct Ring {
    Instant* slots = nullptr;
    std::uint64_t mask = 0;
  };
  struct FreeMemory {
    void operator()(std::byte* memory) const;
  };
  static constexpr Instant kHeld = Instant::max();

  void lay_out(std::byte* memory);
  [[nodiscard]] Use& use(std::size_t window, std::uint32_t holder) const {
    return uses_[window * holders_ + holder];
  }
  [[nodiscard]] Instant& slot(std::size_t window, std::uint64_t number) const {
    return rings_[window].slots[number & rings_[window].mask];
  }
  void push(std::size_t window, Instant when);
  void answer_one(std::size_t window, Use& use, Instant when);
  void inherit_window(std::size_t window, const RateBook& old, Instant settled);
  void use_up_window(std::size_t window, Instant when);

  std::vector<RateWindow> windows_;
  std::uint32_t holders_;
  Turns* turns_;
  std::unique_ptr<std::byte, FreeMemory> own_;
  Head* head_ = nullptr;
  Instant* lives_ = nullptr;  // per holder: the epoch: free; kHeld; else when it is settled
  Window* used_ = nullptr;
  Use* uses_ = nullptr;
  std::vector<Ring> rings_;
};

// A process's part in a book.
struct RateShare {
  std::shared_ptr<RateBook> book;  // null: it paces itself alone
  std::uint32_t holder = 0;
};

}  // namespace usher
