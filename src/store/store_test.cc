// SPDX-License-Identifier: Apache-2.0
#include "store/store.h"

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/random.h"
#include "base/scratch.h"
#include "store/broken_disk_test.h"
#include "store/steps_test.h"

namespace usher {
namespace {

std::unique_ptr<Store> opened() {
  auto store = open_temporary_store();
  EXPECT_TRUE(store) << store.error().line();
  return store ? std::move(*store) : nullptr;
}

// What every store does, asked of each.
class Stores : public testing::TestWithParam<bool> {
 protected:
  std::unique_ptr<Store> another() {
    if (!GetParam()) return opened();
    auto store = JobStore::create(folder_.at(std::to_string(++made_)), disk_.name());
    EXPECT_TRUE(store) << store.error().line();
    return store ? std::move(*store) : nullptr;
  }

 private:
  ScratchFolder folder_;
  BrokenDisk disk_;
  int made_ = 0;
};

INSTANTIATE_TEST_SUITE_P(Each, Stores, testing::Bool(), [](const auto& trial) {
  return std::string(trial.param ? "Job" : "Temporary");
});

TEST_P(Stores, KnowNothingOfWhatWasNeverWritten) {
  const auto store = another();
  expect_same(found(*store, key(1)), StepRecord{});
}

TEST_P(Stores, FindWhatWasWrittenInEveryState) {
  const auto store = another();
  for (const StepState state :
       {StepState::begun, StepState::created, StepState::already_there, StepState::failed,
        StepState::removed, StepState::updated, StepState::unsure}) {
    for (const StepKind kind : {StepKind::organization, StepKind::user, StepKind::membership}) {
      StepRecord wanted = record(state, "user_01K3");
      wanted.kind = kind;
      const Key here =
          key(static_cast<std::uint64_t>(state) * 10 + static_cast<std::uint64_t>(kind));
      ASSERT_TRUE(store->apply(std::vector<StepWrite>{{here, wanted}}, {}));
      expect_same(found(*store, here), wanted);
    }
  }
}

TEST_P(Stores, KeepIdsByteForByte) {
  const auto store = another();
  for (const std::string& id : {std::string(), std::string("a\0b", 3), std::string("it's \"x\""),
                                std::string(10'000, 'x'), std::string("\xC3\xB6\xFF")}) {
    ASSERT_TRUE(store->apply(std::vector<StepWrite>{{key(1), record(StepState::created, id)}}, {}));
    EXPECT_EQ(found(*store, key(1)).id, id);
  }
}

TEST_P(Stores, WhatHasBegunIsSettledOverAndMayBeginAgain) {
  const auto store = another();
  for (const StepState state : {StepState::begun, StepState::failed, StepState::begun,
                                StepState::unsure, StepState::begun, StepState::created}) {
    ASSERT_TRUE(store->apply(std::vector<StepWrite>{{key(1), record(state)}}, {}));
    EXPECT_EQ(found(*store, key(1)).state, state);
  }
}

TEST_P(Stores, TheLastWriteOfABatchWins) {
  const auto store = another();
  ASSERT_TRUE(store->apply(std::vector<StepWrite>{{key(1), record(StepState::begun)},
                                                  {key(2), record(StepState::failed)},
                                                  {key(1), record(StepState::created, "one")},
                                                  {key(2), record(StepState::begun)}},
                           {}));
  EXPECT_EQ(found(*store, key(1)).id, "one");
  EXPECT_EQ(found(*store, key(2)).state, StepState::begun);
  ASSERT_TRUE(store->apply({}, {}));
}

TEST_P(Stores, TwoStoresKnowNothingOfEachOther) {
  const auto one = another();
  const auto other = another();
  ASSERT_TRUE(one->apply(std::vector<StepWrite>{{key(1), record(StepState::created)}}, {}));
  EXPECT_EQ(found(*other, key(1)).state, StepState::absent);
}

TEST_P(Stores, AgreeWithAModelOverRandomBatches) {
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    const auto store = another();
    std::map<Key, StepRecord> model;
    for (int batch = 0; batch < 100; ++batch) {
      std::vector<StepWrite> writes(random.below(30));
      for (StepWrite& write : writes) {
        write.key = key(random.below(200));
        write.record = record(static_cast<StepState>(1 + random.below(7)),
                              fmt::format("user_{}", random.below(1'000)));
        model[write.key] = write.record;
      }
      ASSERT_TRUE(store->apply(writes, {}));
      for (int i = 0; i < 20; ++i) {
        const Key wanted = key(random.below(200));
        expect_same(found(*store, wanted), model[wanted]);
      }
    }
  }
}

// --- memory and files --------------------------------------------------------------------------

std::size_t resident_bytes() {
  std::ifstream statm("/proc/self/statm");
  std::size_t pages = 0;
  std::size_t resident = 0;
  statm >> pages >> resident;
  return resident * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

Status fill(Store& store, std::uint64_t rows) {
  for (std::uint64_t row = 0; row < rows; row += 100) {
    std::vector<StepWrite> begun;
    std::vector<StepWrite> settled;
    for (std::uint64_t i = row; i < row + 100; ++i) {
      begun.push_back({key(i), record(StepState::begun)});
      settled.push_back(
          {key(i), record(StepState::created, fmt::format("user_01K3M9QZ7T4X5V2B8C6D{:06}", i))});
    }
    USHER_TRY(store.apply(begun, {}));
    USHER_TRY(store.apply(settled, {}));
  }
  return {};
}

// AddressSanitizer holds freed memory back, up to a quarter of a gigabyte, to tell of its use.
#if defined(__SANITIZE_ADDRESS__)
constexpr std::size_t kMostGrowth = 512U << 20U;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
constexpr std::size_t kMostGrowth = 512U << 20U;
#else
constexpr std::size_t kMostGrowth = 20U << 20U;
#endif
#else
constexpr std::size_t kMostGrowth = 20U << 20U;
#endif

TEST(TemporaryStores, I8AHundredThousandStepsFitInLittleMemory) {
  const auto store = opened();
  ASSERT_TRUE(fill(*store, 1'000));
  const std::size_t before = resident_bytes();
  ASSERT_TRUE(fill(*store, 100'000));
  const std::size_t after = resident_bytes();
  EXPECT_LT(after, before + kMostGrowth);
  for (std::uint64_t i = 0; i < 100'000; i += 997) {
    EXPECT_EQ(found(*store, key(i)).id, fmt::format("user_01K3M9QZ7T4X5V2B8C6D{:06}", i));
  }
}

// In a process of its own, with a file size limit in the place of a full disk.
[[noreturn]] void fill_a_full_disk() {
  struct rlimit limit{};
  limit.rlim_cur = limit.rlim_max = 1U << 20U;
  std::signal(SIGXFSZ, SIG_IGN);
  ::setrlimit(RLIMIT_FSIZE, &limit);
  const auto store = open_temporary_store();
  if (!store) std::_Exit(2);
  const Status status = fill(**store, 1'000'000);
  if (status) std::_Exit(3);
  std::fputs(status.error().line().c_str(), stderr);
  std::_Exit(0);
}

TEST(TemporaryStoresDeathTest, AFullDiskIsAnErrorThatNamesThePlaceAndTheNextStep) {
  EXPECT_EXIT(fill_a_full_disk(), testing::ExitedWithCode(0), "the store: .*\n  .*TMPDIR");
}

}  // namespace
}  // namespace usher
