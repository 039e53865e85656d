// SPDX-License-Identifier: Apache-2.0
// Real processes on one rate file, killed at any instruction: what they have let out together stays
// within the limit (I7), whoever comes next, and nobody waits for a dead one's lock. Each writes
// down when the server would have counted its requests; only these clock values are judged.
#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/random.h"
#include "base/scratch.h"
#include "engine/pacer.h"
#include "run/shared_rate.h"

namespace usher {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

// What the server counts, in memory that outlives who writes to it.
struct Counter {
  static constexpr std::size_t kMost = 1 << 18;
  std::atomic<std::int64_t> clock = 0;  // where time is simulated
  std::atomic<std::uint64_t> begun = 0;
  std::array<std::atomic<std::int64_t>, kMost> counted = {};  // 0: killed before it left

  void count(Instant when) {
    const std::uint64_t place = begun.fetch_add(1);
    if (place < kMost) counted[place] = when.time_since_epoch().count();
  }
  [[nodiscard]] Instant now() const { return Instant{Duration{clock.load()}}; }
};

class SharedCounter {
 public:
  SharedCounter()
      : memory_(::mmap(nullptr, sizeof(Counter), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
                       -1, 0)),
        counter_(memory_ == MAP_FAILED ? nullptr : new(memory_) Counter) {}
  ~SharedCounter() { ::munmap(memory_, sizeof(Counter)); }
  SharedCounter(const SharedCounter&) = delete;
  SharedCounter& operator=(const SharedCounter&) = delete;

  Counter* operator->() const { return counter_; }
  [[nodiscard]] std::vector<std::int64_t> sorted() const {
    std::vector<std::int64_t> all;
    const std::uint64_t count = std::min<std::uint64_t>(counter_->begun, Counter::kMost);
    for (std::uint64_t i = 0; i < count; ++i) {
      if (counter_->counted[i] != 0) all.push_back(counter_->counted[i]);
    }
    std::sort(all.begin(), all.end());
    return all;
  }
  // No window of the server, wherever it begins, saw more than the limit.
  void expect_within(const RateWindow& rate) const {
    const std::vector<std::int64_t> all = sorted();
    for (std::size_t i = rate.limit; i < all.size(); ++i) {
      ASSERT_GT(all[i] - all[i - rate.limit], rate.span.count()) << "request " << i;
    }
  }

 private:
  void* memory_;
  Counter* counter_;
};

// A child never outlives the test, and never runs on into its end.
pid_t start(const std::function<void()>& work) {
  const pid_t child = ::fork();
  if (child != 0) return child;
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  work();
  ::_exit(0);
}

int end_of(pid_t child) {
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
  return status;
}

struct Joined {
  std::shared_ptr<SharedRate> rate;
  RateShare share;
};

constexpr Duration kGrace = seconds{3};

// Time stands still.
RateClock at(Instant now) {
  return {[now] { return now; }, kGrace};
}

// In a child, where an assertion has nobody to tell.
Joined join_or_die(const std::string& path, const RateWindow& window, RateClock clock = {}) {
  auto opened = SharedRate::open(path, {window}, std::move(clock));
  if (!opened) ::_exit(10);
  auto share = (*opened)->join();
  if (!share) ::_exit(11);
  return {std::move(*opened), std::move(*share)};
}

// --- many at once ------------------------------------------------------------------------------

TEST(SharedRateProcesses, AllWhoComeAtOnceFindOneBook) {
  const RateWindow window{"w", 37, seconds{1'000}};
  for (int round = 0; round < 20; ++round) {
    SCOPED_TRACE(round);
    const ScratchFolder folder;
    const SharedCounter counter;
    const Instant now = read_clocks().steady;
    std::array<pid_t, 6> children{};
    for (pid_t& child : children) {
      child = start([&] {
        const Joined joined = join_or_die(folder.at("rate"), window, at(now));
        Pacer pacer(joined.share.book, joined.share.holder);
        while (pacer.take(1, now)) counter->count(now);
      });
    }
    for (const pid_t child : children) EXPECT_EQ(end_of(child), 0);
    EXPECT_EQ(counter.sorted().size(), window.limit);
  }
}

// --- deaths ------------------------------------------------------------------------------------

void die_with_four_in_flight(const std::string& path, const RateWindow& window, Instant now) {
  const int status = end_of(start([&] {
    const Joined joined = join_or_die(path, window, at(now));
    Pacer pacer(joined.share.book, joined.share.holder);
    for (int i = 0; i < 4; ++i) (void)pacer.take(1, now);
    (void)::raise(SIGKILL);
  }));
  EXPECT_TRUE(WIFSIGNALED(status));
}

TEST(SharedRateProcesses, WhatOneHadInFlightWhenItWasKilledIsSettledWhenThatIsNoticed) {
  const ScratchFolder folder;
  const RateWindow window{"w", 5, seconds{10}};
  const Instant sent = read_clocks().steady;
  Instant now = sent;
  auto coordinator = SharedRate::open(folder.at("rate"), {window}, {[&] { return now; }, kGrace});
  ASSERT_TRUE(coordinator);
  die_with_four_in_flight(folder.at("rate"), window, sent);
  const auto share = (*coordinator)->join();
  ASSERT_TRUE(share);
  Pacer pacer(share->book, share->holder);
  EXPECT_TRUE(pacer.take(1, sent));
  EXPECT_FALSE(pacer.take(1, sent + seconds{100})) << "nobody has noticed";
  const Instant noticed = sent + seconds{200};
  now = noticed;
  EXPECT_EQ((*coordinator)->settle_dead(), 1);
  EXPECT_EQ((*coordinator)->settle_dead(), 0);
  const Instant free = noticed + kGrace + window.span + RateBook::kMargin;
  EXPECT_FALSE(pacer.take(1, free - microseconds{1}));
  EXPECT_TRUE(pacer.take(1, free));
}

TEST(SharedRateProcesses, ARunResumedAtOnceAfterAKillCountsWhatWasInFlight) {
  for (const std::uint32_t limit : {5U, 7U}) {  // the same, then other windows
    SCOPED_TRACE(limit);
    const ScratchFolder folder;
    const RateWindow window{"w", 5, seconds{10}};
    const Instant sent = read_clocks().steady;
    die_with_four_in_flight(folder.at("rate"), window, sent);
    auto next = SharedRate::open(folder.at("rate"), {{"w", limit, window.span}}, at(sent));
    ASSERT_TRUE(next);
    const auto share = (*next)->join();
    ASSERT_TRUE(share);
    Pacer pacer(share->book, share->holder);
    for (std::uint32_t i = 4; i < limit; ++i) EXPECT_TRUE(pacer.take(1, sent));
    const Instant free = sent + kGrace + window.span + RateBook::kMargin;
    EXPECT_FALSE(pacer.take(1, free - microseconds{1}));
    EXPECT_TRUE(pacer.take(1, free));
  }
}

TEST(SharedRateProcesses, ALockWhoseOwnerDiedIsTakenOver) {
  const ScratchFolder folder;
  const RateWindow window{"w", 5, seconds{10}};
  const Instant now = read_clocks().steady;
  const Joined survivor = join_or_die(folder.at("rate"), window, at(now));
  Pacer pacer(survivor.share.book, survivor.share.holder);
  for (int i = 0; i < 5; ++i) {
    EXPECT_TRUE(WIFSIGNALED(end_of(start([&] {
      const Joined joined = join_or_die(folder.at("rate"), window, at(now));
      joined.rate->enter();
      (void)::raise(SIGKILL);
    }))));
    EXPECT_TRUE(pacer.take(1, now));
  }
  EXPECT_FALSE(pacer.take(1, now));
}

// The total of what is in flight, as the file holds it: the first word that one request changes
// to 1.
off_t total_in_flight(const ScratchFolder& folder, const std::string& before) {
  const std::string after = folder.read("rate");
  for (std::size_t at = 0; at + 4 <= before.size(); at += 4) {
    if (before.compare(at, 4, "\0\0\0\0", 4) == 0 && after.compare(at, 4, "\1\0\0\0", 4) == 0) {
      return static_cast<off_t>(at);
    }
  }
  return 0;
}

TEST(SharedRateProcesses, WhatItsOwnerLeftHalfCountedIsRecounted) {
  const ScratchFolder folder;
  const RateWindow window{"w", 5, seconds{10}};
  const Instant now = read_clocks().steady;
  const Joined survivor = join_or_die(folder.at("rate"), window, at(now));
  Pacer pacer(survivor.share.book, survivor.share.holder);
  const std::string before = folder.read("rate");
  ASSERT_TRUE(pacer.take(1, now));
  const off_t total = total_in_flight(folder, before);
  ASSERT_GT(total, 0);
  EXPECT_TRUE(WIFSIGNALED(end_of(start([&] {
    const Joined joined = join_or_die(folder.at("rate"), window, at(now));
    const Fd file(::open(folder.at("rate").c_str(), O_RDWR | O_CLOEXEC));
    joined.rate->enter();
    if (::pwrite(file.get(), "\0\0\0\0", 4, total) != 4) ::_exit(12);
    (void)::raise(SIGKILL);
  }))));
  for (int i = 1; i < 5; ++i) EXPECT_TRUE(pacer.take(1, now)) << i;
  EXPECT_FALSE(pacer.take(1, now));
}

// Children that do nothing but take and answer, in simulated time, until their alarm kills them: in
// the middle of opening, joining, counting, settling. Each comes back as another.
TEST(SharedRateProcesses, I7KilledAtAnyInstructionTheBookErrsToTheSafeSide) {
  const RateWindow window{"w", 20, seconds{1}};
  constexpr std::uint64_t kLatest = 40'000;  // microseconds from leaving to being counted
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    SCOPED_TRACE(fmt::format("seed {}", seed));
    const ScratchFolder folder;
    const SharedCounter counter;
    counter->clock = 1'000'000'000'000;
    Random random(seed);
    const auto work = [&](Random own, itimerval alarm) {
      ::setitimer(ITIMER_REAL, &alarm, nullptr);
      const Joined joined = join_or_die(folder.at("rate"), window,
                                        {[&] { return counter->now(); }, milliseconds{100}});
      Pacer pacer(joined.share.book, joined.share.holder);
      std::vector<Instant> in_flight;
      while (true) {
        counter->clock += static_cast<std::int64_t>(own.below(30'000));
        if (in_flight.size() < 6 && pacer.take(1, counter->now())) {
          in_flight.push_back(counter->now() + microseconds{own.below(kLatest)});
          counter->count(in_flight.back());
        }
        const Instant now = counter->now();
        std::erase_if(in_flight, [&](Instant counted) {
          if (counted > now || own.chance(0.5)) return false;
          pacer.answered(1, now);
          return true;
        });
      }
    };
    std::vector<pid_t> children;
    for (int death = 0; death < 150; ++death) {
      itimerval alarm{};
      alarm.it_value.tv_usec = static_cast<suseconds_t>(20 + random.below(3'000));
      const Random own(random.next());
      children.push_back(start([&] { work(own, alarm); }));
      if (children.size() < 3) continue;
      ASSERT_TRUE(WIFSIGNALED(end_of(children.front())));
      children.erase(children.begin());
    }
    for (const pid_t child : children) ASSERT_TRUE(WIFSIGNALED(end_of(child)));
    counter.expect_within(window);
    EXPECT_GE(counter.sorted().size(), 10 * window.limit) << "they did work";
  }
}

// --- as a job is -------------------------------------------------------------------------------

class Job {
 public:
  explicit Job(std::uint64_t seed) : random_(seed) {
    window_ = {"w", 40, milliseconds{100}};
    for (int i = 0; i < 4; ++i) workers_.push_back(begin());
  }
  ~Job() {
    for (const pid_t worker : workers_) {
      ::kill(worker, SIGKILL);
      (void)end_of(worker);
    }
  }
  Job(const Job&) = delete;
  Job& operator=(const Job&) = delete;

  [[nodiscard]] const RateWindow& window() const { return window_; }
  [[nodiscard]] const SharedCounter& counter() const { return counter_; }

  void until_more(std::uint64_t requests) {
    const std::uint64_t target = counter_->begun + requests;
    while (counter_->begun < target) {
      for (const pid_t worker : workers_) ASSERT_EQ(::waitpid(worker, nullptr, WNOHANG), 0);
      std::this_thread::sleep_for(microseconds{300});
    }
  }

  void kill_one() {
    const std::size_t victim = random_.below(workers_.size());
    kill(victim);
    // Its coordinator notices; or the next one who comes does.
    if (random_.chance(0.5)) {
      auto coordinator = open();
      ASSERT_TRUE(coordinator) << coordinator.error().line();
      (*coordinator)->settle_dead();
    }
    workers_[victim] = begin();
  }
  void kill_all() {
    for (std::size_t i = 0; i < workers_.size(); ++i) kill(i);
    for (pid_t& worker : workers_) worker = begin();
  }

 private:
  static RateClock clock() {
    return {[] { return read_clocks().steady; }, milliseconds{60}};
  }
  static constexpr std::uint64_t kSlowest = 15'000;  // microseconds, each way

  struct Flight {
    Instant counted{};
    Instant answered{};
  };

  auto open() -> Result<std::shared_ptr<SharedRate>> {
    return SharedRate::open(folder_.at("rate"), {window_}, clock());
  }
  void kill(std::size_t victim) {
    ::kill(workers_[victim], SIGKILL);
    ASSERT_TRUE(WIFSIGNALED(end_of(workers_[victim])));
  }
  pid_t begin() {
    const Random own(random_.next());
    const std::size_t concurrency = 1 + random_.below(12);
    return start([=, this] { work(own, concurrency); });
  }

  void work(Random random, std::size_t concurrency) {
    const Joined joined = join_or_die(folder_.at("rate"), window_, clock());
    Pacer pacer(joined.share.book, joined.share.holder);
    std::vector<Flight> in_flight;
    while (true) {
      Instant now = read_clocks().steady;
      std::erase_if(in_flight, [&](const Flight& flight) {
        if (flight.answered > now) return false;
        pacer.answered(1, now);
        return true;
      });
      while (in_flight.size() < concurrency && pacer.take(1, now)) {
        now = read_clocks().steady;
        const Instant counted = now + microseconds{random.below(kSlowest)};
        counter_->count(counted);
        in_flight.push_back({counted, counted + microseconds{random.below(kSlowest)}});
      }
      Instant wake = now + milliseconds{5};
      for (const Flight& flight : in_flight) wake = std::min(wake, flight.answered);
      std::this_thread::sleep_for(std::max(wake - read_clocks().steady, Duration{0}));
    }
  }

  ScratchFolder folder_;
  SharedCounter counter_;
  RateWindow window_;
  Random random_;
  std::vector<pid_t> workers_;
};

TEST(SharedRateProcesses, I7FourWorkersKilledThirtyTimesStayWithinTheLimit) {
  const std::uint64_t seed = 1;
  SCOPED_TRACE(fmt::format("seed {}", seed));
  Random random(seed);
  Job job(seed);
  for (int death = 0; death < 30; ++death) {
    job.until_more(1 + random.below(80));
    random.chance(0.2) ? job.kill_all() : job.kill_one();
  }
  job.until_more(100);
  job.counter().expect_within(job.window());
  EXPECT_GE(job.counter().sorted().size(), 100U);
}

// --- the disk ----------------------------------------------------------------------------------

TEST(SharedRateProcesses, WithoutRoomOnTheDiskItSaysSo) {
  const ScratchFolder folder;
  const int status = end_of(start([&] {
    const rlimit little{4'096, 4'096};
    (void)::signal(SIGXFSZ, SIG_IGN);
    (void)::setrlimit(RLIMIT_FSIZE, &little);
    const auto opened = SharedRate::open(folder.at("rate"), {{"w", 5, seconds{1}}});
    ::_exit(!opened && opened.error().what.find("cannot write") != std::string::npos ? 7 : 8);
  }));
  EXPECT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 7);
}

}  // namespace
}  // namespace usher
