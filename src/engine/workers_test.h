// SPDX-License-Identifier: Apache-2.0
// For tests: workers of one job in simulated time, each with a pacer of its own on one book, and
// the servers that count what arrives. Workers wake a little late, as processes do, are idle now
// and then, die with requests in flight, and are replaced.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <queue>
#include <span>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "engine/pacer.h"
#include "engine/rate_servers_test.h"

namespace usher {

// Memory as a file would give it, and a turn that nobody takes twice.
class BookMemory final : public RateBook::Turns {
 public:
  explicit BookMemory(std::vector<RateWindow> windows)
      : windows_(std::move(windows)), memory_(RateBook::bytes_for(windows_) / sizeof(Line) + 1) {}

  // Another look at the same memory, as another process has it.
  std::shared_ptr<RateBook> look() {
    return std::make_shared<RateBook>(windows_, std::as_writable_bytes(std::span(memory_)), this);
  }
  void enter() override {
    ASSERT_FALSE(inside_);
    inside_ = true;
  }
  void leave() override { inside_ = false; }

  // Words of four bytes.
  [[nodiscard]] std::vector<std::size_t> differences(const BookMemory& other) const {
    std::vector<std::size_t> words;
    for (std::size_t i = 0; i < 16 * memory_.size(); ++i) {
      if (word(i) != other.word(i)) words.push_back(i);
    }
    return words;
  }
  void copy(const BookMemory& other) { memory_ = other.memory_; }
  void copy(const BookMemory& other, std::size_t word_number) {
    memory_[word_number / 16].words[word_number % 16] = other.word(word_number);
  }

 private:
  struct alignas(64) Line {
    std::array<std::uint32_t, 16> words{};
  };
  [[nodiscard]] std::uint32_t word(std::size_t number) const {
    return memory_[number / 16].words[number % 16];
  }

  std::vector<RateWindow> windows_;
  std::vector<Line> memory_;
  bool inside_ = false;
};

class Workers {
 public:
  static constexpr Duration kGrace = std::chrono::seconds{3};

  struct Worker {
    std::size_t concurrency = 10;
    Duration lateness{0};                                  // at most, of waking
    std::function<WindowMask()> next = [] { return 1U; };  // what it would send
    std::function<bool(Instant)> busy = [](Instant) { return true; };
    std::uint64_t sent = 0;
    std::vector<Instant> sent_at = {};
  };

  Workers(const std::vector<RateWindow>& windows, std::uint64_t seed)
      : random(seed), memory_(std::make_unique<BookMemory>(windows)), book_(memory_->look()) {}

  void watch(WindowMask mask, std::unique_ptr<Server> server) {
    servers_.push_back({mask, std::move(server)});
  }
  void join(Worker worker) {
    Life life;
    life.worker = std::move(worker);
    lives_.push_back(std::move(life));
    revive(lives_.size() - 1);
  }
  // At `at` it is gone, with what it has in flight; noticed and replaced a little later.
  void kill(std::size_t worker, Instant at, Duration noticed_after) {
    push({at, 0, Event::Kind::death, worker});
    push({at + noticed_after, 0, Event::Kind::notice, worker});
  }
  // Everybody dies, and the next run finds these windows in the file.
  void resume(const std::vector<RateWindow>& windows) {
    for (std::size_t i = 0; i < lives_.size(); ++i) die(i);
    if (windows == book_->windows()) {
      for (std::uint32_t holder = 0; holder < RateBook::kMostHolders; ++holder) {
        if (book_->held(holder)) book_->bury(holder, now_ + kGrace);
      }
      for (std::size_t i = 0; i < lives_.size(); ++i) revive(i);
      return;
    }
    const auto old = book_;
    auto memory = std::make_unique<BookMemory>(windows);
    book_ = memory->look();
    book_->inherit(*old, now_ + kGrace);
    earlier_.push_back(std::exchange(memory_, std::move(memory)));
    for (std::size_t i = 0; i < lives_.size(); ++i) revive(i);
  }

  void run(Instant end) {
    push({end, 0, Event::Kind::end, 0});
    while (!events_.empty()) {
      const Event event = events_.top();
      events_.pop();
      ASSERT_GE(event.at, now_);
      now_ = event.at;
      if (event.kind == Event::Kind::end) return;
      happen(event);
    }
    FAIL() << "everybody waits for ever";
  }

  [[nodiscard]] Worker& worker(std::size_t number) { return lives_[number].worker; }
  [[nodiscard]] std::uint64_t sent() const {
    std::uint64_t sum = 0;
    for (const Life& life : lives_) sum += life.worker.sent;
    return sum;
  }
  [[nodiscard]] Instant now() const { return now_; }

  Random random;
  std::function<Duration()> latency = [] { return std::chrono::milliseconds{80}; };
  std::uint64_t refused = 0;
  std::vector<Instant> arrived;

 private:
  struct Event {
    enum class Kind { wake, arrival, answer, death, notice, end };
    Instant at{};
    std::uint64_t order = 0;
    Kind kind = Kind::wake;
    std::size_t worker = 0;
    std::uint64_t life = 0;
    WindowMask mask = 0;
    Duration rest{0};
    bool operator<(const Event& other) const {
      return at != other.at ? at > other.at : order > other.order;
    }
  };
  struct Life {
    Worker worker;
    std::uint64_t number = 0;  // of its lives
    std::uint32_t holder = 0;
    std::unique_ptr<Pacer> pacer = {};  // none: dead
    std::size_t in_flight = 0;
    WindowMask next = 0;
    bool chosen = false;  // next is what it wants to send
  };

  void push(Event event) {
    event.order = ++order_;
    events_.push(event);
  }

  void revive(std::size_t number) {
    Life& life = lives_[number];
    const RateBook::Turn turn(*book_);
    book_->settle(now_);
    for (life.holder = 0; !book_->vacant(life.holder);) ++life.holder;
    ASSERT_LT(life.holder, RateBook::kMostHolders);
    book_->hold(life.holder);
    life.pacer = std::make_unique<Pacer>(memory_->look(), life.holder);
    life.in_flight = 0;
    ++life.number;
    push({now_, 0, Event::Kind::wake, number, life.number});
  }

  void die(std::size_t number) { lives_[number].pacer.reset(); }

  void happen(const Event& event) {
    Life& life = lives_[event.worker];
    const bool alive = life.pacer != nullptr && event.life == life.number;
    switch (event.kind) {
      case Event::Kind::wake:
        if (alive) send(event.worker);
        break;
      case Event::Kind::arrival:
        arrived.push_back(now_);
        for (auto& [mask, server] : servers_) {
          if ((event.mask & mask) != 0 && !server->accepts(now_)) ++refused;
        }
        push({now_ + event.rest, 0, Event::Kind::answer, event.worker, event.life, event.mask});
        break;
      case Event::Kind::answer:
        if (!alive) break;
        --life.in_flight;
        life.pacer->answered(event.mask, now_);
        send(event.worker);
        break;
      case Event::Kind::death:
        die(event.worker);
        break;
      case Event::Kind::notice: {
        if (life.pacer) break;
        {
          const RateBook::Turn turn(*book_);
          book_->bury(life.holder, now_ + kGrace);
        }
        revive(event.worker);
        break;
      }
      case Event::Kind::end:
        break;
    }
  }

  void send(std::size_t number) {
    Life& life = lives_[number];
    Worker& worker = life.worker;
    while (life.in_flight < worker.concurrency && worker.busy(now_)) {
      if (!std::exchange(life.chosen, true)) life.next = worker.next();
      if (!life.pacer->take(life.next, now_)) break;
      ++life.in_flight;
      ++worker.sent;
      worker.sent_at.push_back(now_);
      const Duration whole = latency();
      const Duration way{random.below(static_cast<std::uint64_t>(whole.count()) + 1)};
      push({now_ + way, 0, Event::Kind::arrival, number, life.number, life.next, whole - way});
      life.chosen = false;
    }
    if (life.in_flight >= worker.concurrency) return;
    // As a process sleeps: until it is its turn, or to look whether there is work.
    const bool busy = worker.busy(now_);
    Instant wake = now_ + std::chrono::milliseconds{100};
    if (busy) wake = std::min(wake, life.pacer->wait(life.next, now_).value_or(now_));
    ASSERT_TRUE(wake > now_);
    const auto late = static_cast<std::uint64_t>(worker.lateness.count()) + 1;
    push({wake + Duration{random.below(late)}, 0, Event::Kind::wake, number, life.number});
  }

  std::unique_ptr<BookMemory> memory_;
  std::vector<std::unique_ptr<BookMemory>> earlier_;
  std::shared_ptr<RateBook> book_;
  Instant now_ = kServersBegin;
  std::uint64_t order_ = 0;
  std::priority_queue<Event> events_;
  std::vector<Life> lives_;
  std::vector<std::pair<WindowMask, std::unique_ptr<Server>>> servers_;
};

}  // namespace usher
