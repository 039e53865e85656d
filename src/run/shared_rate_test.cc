// SPDX-License-Identifier: Apache-2.0
// The file behind a shared rate: what it keeps from run to run, and everything that can be wrong
// with it. What several processes do to it: shared_rate_processes_test.cc.
#include "run/shared_rate.h"

#include <cstring>
#include <ctime>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "base/random.h"
#include "base/scratch.h"
#include "engine/pacer.h"

namespace usher {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Instant kStart{seconds{100'000}};

std::vector<RateWindow> five_a_second() {
  return {{"w", 5, seconds{1}}};
}

// Time stands still.
RateClock at(Instant now) {
  return {[now] { return now; }, seconds{3}};
}

// A worker: a place in the book and a pacer.
struct Worker {
  Worker(const std::string& path, const std::vector<RateWindow>& windows, Instant now = kStart) {
    auto opened = SharedRate::open(path, windows, at(now));
    EXPECT_TRUE(opened) << opened.error().line();
    if (!opened) return;
    rate = std::move(*opened);
    auto joined = rate->join();
    EXPECT_TRUE(joined) << joined.error().line();
    if (joined) share = *joined;
  }
  [[nodiscard]] Pacer pacer() const { return {share.book, share.holder}; }
  // As many as may leave now.
  [[nodiscard]] int take_all(Instant now) const {
    Pacer pacer = this->pacer();
    int taken = 0;
    while (pacer.take(1, now)) ++taken;
    return taken;
  }
  std::shared_ptr<SharedRate> rate;
  RateShare share;
};

std::string error_of(const std::string& path,
                     const std::vector<RateWindow>& windows = five_a_second()) {
  auto opened = SharedRate::open(path, windows, at(kStart));
  return opened ? "it opens" : opened.error().what;
}

TEST(SharedRate, InstantsAreTheKernelsMonotonicClock) {
  const auto kernel = [] {
    timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    return Instant{
        std::chrono::floor<Duration>(seconds{now.tv_sec} + std::chrono::nanoseconds{now.tv_nsec})};
  };
  const Instant before = kernel();
  const Instant between = read_clocks().steady;
  EXPECT_LE(before, between);
  EXPECT_LE(between, kernel());
}

// --- from process to process, and from run to run ----------------------------------------------

TEST(SharedRate, TheFileIsForItsOwnerAlone) {
  const ScratchFolder folder;
  const Worker worker(folder.at("rate"), five_a_second());
  struct stat about{};
  ASSERT_EQ(::stat(folder.at("rate").c_str(), &about), 0);
  EXPECT_EQ(about.st_mode & 0777U, 0600U);
  EXPECT_FALSE(folder.has("rate.new"));
}

TEST(SharedRate, WhatOneTakesTheOtherDoesNot) {
  const ScratchFolder folder;
  const Worker one(folder.at("rate"), five_a_second());
  const Worker other(folder.at("rate"), five_a_second());
  EXPECT_NE(one.share.holder, other.share.holder);
  EXPECT_TRUE(one.pacer().take(1, kStart));
  EXPECT_EQ(other.take_all(kStart), 4);
  EXPECT_FALSE(one.pacer().take(1, kStart));
}

TEST(SharedRate, TheShareKeepsTheFileMapped) {
  const ScratchFolder folder;
  Worker worker(folder.at("rate"), five_a_second());
  worker.rate.reset();
  EXPECT_EQ(worker.take_all(kStart), 5);
}

TEST(SharedRate, TheNextRunFindsWhatWasUsed) {
  const ScratchFolder folder;
  {
    const Worker worker(folder.at("rate"), five_a_second());
    Pacer pacer = worker.pacer();
    for (int i = 0; i < 3; ++i) {
      ASSERT_TRUE(pacer.take(1, kStart));
      pacer.answered(1, kStart + milliseconds{10});
    }
    pacer.pause(kStart + milliseconds{500}, "the API asks to wait (429)");
  }
  const Worker next(folder.at("rate"), five_a_second());
  EXPECT_EQ(next.pacer().reason(1, kStart), "the API asks to wait (429), next in 500 ms");
  EXPECT_EQ(next.take_all(kStart + milliseconds{500}), 2);
}

TEST(SharedRate, APlaceIsFreeAgainWhenItsWorkerLeaves) {
  const ScratchFolder folder;
  for (std::uint32_t i = 0; i < 2 * RateBook::kMostHolders; ++i) {
    const Worker worker(folder.at("rate"), five_a_second());
    EXPECT_EQ(worker.share.holder, 0U);
  }
}

TEST(SharedRate, OneTooManyIsTold) {
  const ScratchFolder folder;
  std::vector<Worker> workers;
  for (std::uint32_t i = 0; i < RateBook::kMostHolders; ++i) {
    workers.emplace_back(folder.at("rate"), five_a_second());
    EXPECT_EQ(workers.back().share.holder, i);
  }
  auto opened = SharedRate::open(folder.at("rate"), five_a_second(), at(kStart));
  ASSERT_TRUE(opened);
  const auto joined = (*opened)->join();
  ASSERT_FALSE(joined);
  EXPECT_NE(joined.error().what.find("too many workers"), std::string::npos);
  workers.pop_back();
  EXPECT_TRUE((*opened)->join());
}

TEST(SharedRate, WithoutWindowsPausesAreShared) {
  const ScratchFolder folder;
  const Worker one(folder.at("rate"), {});
  const Worker other(folder.at("rate"), {});
  EXPECT_TRUE(other.pacer().take(0, kStart));
  one.pacer().pause(kStart + seconds{1}, "the API asks to wait (429)");
  EXPECT_FALSE(other.pacer().take(0, kStart));
}

// --- other windows -----------------------------------------------------------------------------

// Five used at kStart under five_a_second(), then these; how many may leave at `now`.
int left_under(const std::vector<RateWindow>& windows, Instant now) {
  const ScratchFolder folder;
  {
    const Worker worker(folder.at("rate"), five_a_second());
    Pacer pacer = worker.pacer();
    for (int i = 0; i < 5; ++i) {
      EXPECT_TRUE(pacer.take(1, kStart));
      pacer.answered(1, kStart);
    }
  }
  const Worker worker(folder.at("rate"), windows, now);
  return worker.take_all(now);
}

TEST(SharedRate, OtherLimitsCountWhatWasUsedUnderTheOldOnes) {
  const Instant soon = kStart + milliseconds{500};
  const Instant later = kStart + seconds{1} + RateBook::kMargin;
  EXPECT_EQ(left_under(five_a_second(), soon), 0);
  EXPECT_EQ(left_under(five_a_second(), later), 5);
  EXPECT_EQ(left_under({{"w", 8, seconds{1}}}, soon), 3);
  EXPECT_EQ(left_under({{"w", 8, seconds{1}}}, later), 8);
  EXPECT_EQ(left_under({{"w", 3, seconds{1}}}, soon), 0);
  EXPECT_EQ(left_under({{"w", 3, seconds{1}}}, later), 3);
}

TEST(SharedRate, WindowsOfAnotherKindBeginUsedUpWhenTheOldOnesWereLastUsed) {
  const Instant soon = kStart + milliseconds{9'999};
  const Instant later = kStart + seconds{10} + RateBook::kMargin;
  for (const char* name : {"w", "v"}) {
    EXPECT_EQ(left_under({{name, 50, seconds{10}}}, soon), 0) << name;
    EXPECT_EQ(left_under({{name, 50, seconds{10}}}, later), 50) << name;
  }
}

TEST(SharedRate, WindowsThatWereNeverUsedLeaveNothingBehind) {
  const ScratchFolder folder;
  {
    const Worker worker(folder.at("rate"), five_a_second());
  }
  const Worker worker(folder.at("rate"), {{"v", 7, hours{1}}});
  EXPECT_EQ(worker.take_all(kStart), 7);
}

TEST(SharedRate, OtherWindowsWaitUntilNobodyWorksUnderTheOldOnes) {
  const ScratchFolder folder;
  const Worker worker(folder.at("rate"), five_a_second());
  const std::vector<RateWindow> others = {{"w", 6, seconds{1}}};
  EXPECT_NE(error_of(folder.at("rate"), others).find("another process of this job"),
            std::string::npos);
  EXPECT_EQ(worker.take_all(kStart), 5) << "undisturbed";
}

// --- another boot ------------------------------------------------------------------------------

TEST(SharedRate, AnotherBootsBookIsUsedUpWhenThisOneBegan) {
  for (const bool long_ago : {true, false}) {
    const ScratchFolder folder;
    const std::vector<RateWindow> windows = {{"w", 5, long_ago ? seconds{1} : seconds{200'000}}};
    {
      const Worker worker(folder.at("rate"), windows);
    }
    std::string bytes = folder.read("rate");
    const auto boot = read_file("/proc/sys/kernel/random/boot_id", 128);
    ASSERT_TRUE(boot);
    const auto place = bytes.find(boot->substr(0, 36));
    ASSERT_NE(place, std::string::npos);
    bytes[place] = bytes[place] == '0' ? '1' : '0';
    folder.write("rate", bytes);
    const Worker next(folder.at("rate"), windows);
    EXPECT_EQ(next.take_all(kStart), long_ago ? 5 : 0);
  }
}

// --- damage ------------------------------------------------------------------------------------

TEST(SharedRate, AFileCutAnywhereCountsAsUsedUp) {
  const ScratchFolder folder;
  {
    const Worker worker(folder.at("rate"), five_a_second());
  }
  const std::string whole = folder.read("rate");
  ASSERT_GT(whole.size(), 4'096U);
  for (std::size_t size = 1; size < whole.size(); size += 61) {
    SCOPED_TRACE(size);
    folder.write("rate", whole.substr(0, size));
    const Worker worker(folder.at("rate"), five_a_second());
    ASSERT_EQ(worker.take_all(kStart), 0);
    ASSERT_EQ(worker.take_all(kStart + seconds{1} + RateBook::kMargin), 5);
  }
  folder.write("rate", "");
  EXPECT_EQ(Worker(folder.at("rate"), five_a_second()).take_all(kStart), 5) << "nothing was used";
}

TEST(SharedRate, WrongBytesNeverLetMoreLeaveThanTheLimit) {
  const ScratchFolder folder;
  {
    const Worker worker(folder.at("rate"), five_a_second());
    ASSERT_EQ(worker.take_all(kStart), 5);
  }
  const std::string whole = folder.read("rate");
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    SCOPED_TRACE(fmt::format("seed {}", seed));
    Random random(seed);
    std::string bytes = whole;
    const bool in_book = random.chance(0.7);
    for (std::uint64_t i = 1 + random.below(6); i > 0; --i) {
      const std::size_t from = in_book ? 4'096 : 0;
      bytes[from + random.below(bytes.size() - from)] = static_cast<char>(random.next());
    }
    folder.write("rate", bytes);
    const Worker worker(folder.at("rate"), five_a_second());
    Instant now = kStart;
    for (int i = 0; i < 20; ++i) {
      ASSERT_LE(worker.take_all(now), 5);
      now += milliseconds{300};
    }
  }
}

// A copy made at the wrong moment has a lock that nobody will ever open.
TEST(SharedRate, ACopyOfALockedFileIsOpened) {
  const ScratchFolder folder;
  const Worker worker(folder.at("rate"), five_a_second());
  ASSERT_EQ(worker.take_all(kStart), 5);
  worker.rate->enter();
  const std::string locked = folder.read("rate");
  worker.rate->leave();
  const Worker copy(folder.write("copy", locked), five_a_second());
  EXPECT_EQ(copy.take_all(kStart), 0);
}

TEST(SharedRate, AFileThatStaysLockedIsToldAfterAWhile) {
  const ScratchFolder folder;
  {
    const Worker worker(folder.at("rate"), five_a_second());
  }
  const Fd held(::open(folder.at("rate").c_str(), O_RDWR | O_CLOEXEC));
  ASSERT_TRUE(ByteLock::take(held, ByteLock::kDoor, "rate"));
  EXPECT_NE(error_of(folder.at("rate")).find("keeps it locked"), std::string::npos);
  ByteLock::drop(held, ByteLock::kDoor);
  EXPECT_EQ(error_of(folder.at("rate")), "it opens");
}

// --- places where it cannot be -----------------------------------------------------------------

TEST(SharedRate, SaysInALineWhyItCannotBeOpened) {
  const ScratchFolder folder;
  std::filesystem::create_directory(folder.at("sub"));
  std::filesystem::create_symlink(folder.at("elsewhere"), folder.at("link"));
  ASSERT_EQ(::mkfifo(folder.at("pipe").c_str(), 0600), 0);
  EXPECT_NE(error_of(folder.at("none/rate")).find("cannot open"), std::string::npos);
  EXPECT_NE(error_of(folder.at("sub")).find("cannot open"), std::string::npos);
  EXPECT_NE(error_of(folder.at("link")).find("cannot open"), std::string::npos);
  EXPECT_NE(error_of(folder.at("pipe")).find("no regular file"), std::string::npos);
  EXPECT_FALSE(folder.has("elsewhere"));
  for (const char* name : {"none/rate", "sub", "link", "pipe"}) {
    EXPECT_EQ(error_of(folder.at(name)).find('\n'), std::string::npos);
  }
  const std::vector<RateWindow> many(33, RateWindow{"w", 1, seconds{1}});
  EXPECT_NE(error_of(folder.at("rate"), many).find("too many rate limits"), std::string::npos);
}

}  // namespace
}  // namespace usher
