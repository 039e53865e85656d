// SPDX-License-Identifier: Apache-2.0
// The store of batches on disks that fail, after a loss of power, after a kill, and in files that
// are cut short or have wrong bytes in them: what apply() returned for is there, of all else there
// is all or nothing, and nothing crashes.
#include <csignal>

#include <gmock/gmock.h>
#include <sqlite3.h>

#include "base/scratch.h"
#include "store/batches_test.h"
#include "store/broken_disk_test.h"
#include "store/child_test.h"
#include "store/damage_test.h"

namespace usher {
namespace {

using customers::Cause;
using customers::Outcome;

constexpr std::uint32_t kItems = 20;

// Turn 1, 2, 3, ...: batch `turn` has begun, and the one before is settled.
std::vector<BatchStore::Write> turn(std::uint64_t number) {
  std::vector<BatchStore::Write> writes;
  for (std::uint32_t i = 0; i < kItems; ++i) {
    writes.push_back({number, kItems, i, begun()});
    if (number == 1) continue;
    const auto settled =
        i % 3 == 0 ? state(Outcome::failed, cause(Cause::Kind::refused, 400, "",
                                                  fmt::format("turn {} item {}", number, i % 4)))
                   : state(Outcome::arrived);
    writes.push_back({number - 1, kItems, i, settled});
  }
  return writes;
}

std::string say(BatchStore& store, std::uint64_t batches) {
  std::string all;
  for (std::uint64_t number = 1; number <= batches; ++number) {
    const auto items = store.batch(number);
    if (!items) return "";
    all += fmt::format("batch {}\n{}", number, in_words(*items));
  }
  return all;
}

// What a store says after so many turns.
std::string after(std::uint64_t turns, std::uint64_t batches) {
  const ScratchFolder folder;
  const BrokenDisk quick;
  const auto store = std::move(BatchStore::create(folder.at("job.db"), quick.name()).value());
  for (std::uint64_t number = 1; number <= turns; ++number) {
    EXPECT_TRUE(store->apply(turn(number)));
  }
  return say(*store, batches);
}

void fail_everywhere(BrokenDisk::Op op, int code) {
  const std::string before = after(1, 3);
  const std::string whole = after(2, 3);
  for (int nth = 1; nth < 500; ++nth) {
    SCOPED_TRACE(nth);
    const ScratchFolder folder;
    BrokenDisk disk;
    auto store = std::move(BatchStore::create(folder.at("job.db"), disk.name()).value());
    ASSERT_TRUE(store->apply(turn(1)));
    disk.fail(op, nth, code);
    const Status applied = store->apply(turn(2));
    const bool failed = disk.has_failed();
    EXPECT_EQ(applied.has_value(), !failed) << "what failed must be told";
    disk.heal();
    const bool goes_on = store->apply(turn(2)).has_value();
    EXPECT_EQ(goes_on, !failed || (code & 0xFF) == SQLITE_FULL);
    store.reset();
    store = std::move(BatchStore::open(folder.at("job.db")).value());
    const std::string got = say(*store, 3);
    if (goes_on) {
      EXPECT_EQ(got, whole);
    } else {
      EXPECT_THAT(got, testing::AnyOf(before, whole));
    }
    if (!failed || testing::Test::HasFailure()) return;
  }
  ADD_FAILURE() << "it never came to an end";
}

TEST(BatchDisks, ThatAreFullAtAnyWriteLoseNothing) {
  fail_everywhere(BrokenDisk::Op::write, SQLITE_FULL);
}
TEST(BatchDisks, ThatFailAtAnySyncLoseNothing) {
  fail_everywhere(BrokenDisk::Op::sync, SQLITE_IOERR_FSYNC);
}

TEST(BatchDisks, AfterALossOfPowerHoldAllThatApplyReturnedFor) {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    const ScratchFolder before;
    const ScratchFolder later;
    BrokenDisk disk;
    {
      // Made to its end: a job whose store was never there has sent nothing.
      ASSERT_TRUE(BatchStore::create(before.at("job.db"), disk.name()));
    }
    auto store = std::move(BatchStore::open(before.at("job.db"), disk.name()).value());
    const std::uint64_t told = random.below(8);
    for (std::uint64_t number = 1; number <= told; ++number) {
      ASSERT_TRUE(store->apply(turn(number)));
    }
    const bool one_more = random.chance(0.7);
    if (one_more) {
      disk.fail(BrokenDisk::Op::any, static_cast<int>(1 + random.below(6)), SQLITE_IOERR, false);
      static_cast<void>(store->apply(turn(told + 1)));
    }
    disk.lose_power(later.path(), random);
    auto again = BatchStore::open(later.at("job.db"));
    ASSERT_TRUE(again) << again.error().line();
    const std::string got = say(**again, 10);
    if (got != after(told, 10)) {
      EXPECT_TRUE(one_more);
      EXPECT_EQ(got, after(told + 1, 10));
    }
    ASSERT_FALSE(testing::Test::HasFailure());
  }
}

TEST(BatchDisks, AfterAKillHoldWhatTheyHeldBeforeOrAfter) {
  for (int kill = 0; kill < 12; ++kill) {
    SCOPED_TRACE(kill);
    const ScratchFolder folder;
    const std::string path = folder.at("job.db");
    ASSERT_TRUE(BatchStore::create(path));
    std::array<int, 2> told{};
    ASSERT_EQ(::pipe(told.data()), 0);
    const pid_t child = start([&]() -> int {
      auto store = std::move(BatchStore::open(path).value());
      for (std::uint64_t number = 1;; ++number) {
        if (!store->apply(turn(number))) return 1;
        if (::write(told[1], "x", 1) != 1) return 2;
      }
    });
    ::close(told[1]);
    char byte = 0;
    std::uint64_t turns = 0;
    for (; turns < static_cast<std::uint64_t>(kill) + 1; ++turns) {
      ASSERT_EQ(::read(told[0], &byte, 1), 1);
    }
    ASSERT_EQ(::kill(child, SIGKILL), 0);
    EXPECT_EQ(end_of(child), -SIGKILL);
    while (::read(told[0], &byte, 1) == 1) ++turns;
    ::close(told[0]);
    const auto store = std::move(BatchStore::open(path).value());
    EXPECT_THAT(say(*store, turns + 2),
                testing::AnyOf(after(turns, turns + 2), after(turns + 1, turns + 2)));
  }
}

// Everything that can be asked, and then something is written: a crash or a hang would show.
void use(const std::string& bytes, const std::string& wal) {
  const ScratchFolder folder;
  folder.write("job.db", bytes);
  if (!wal.empty()) folder.write("job.db-wal", wal);
  if (auto view = BatchStore::look(folder.at("job.db"))) say(**view, 14);
  const BrokenDisk quick;
  auto store = BatchStore::open(folder.at("job.db"), quick.name());
  if (!store) {
    EXPECT_NE(store.error().line().find("job.db"), std::string::npos);
    return;
  }
  static_cast<void>(say(**store, 14));
  static_cast<void>((*store)->count_items(1'000));
  static_cast<void>((*store)->runs());
  static_cast<void>((*store)->note("plan"));
  static_cast<void>((*store)->each_missing(
      [](std::uint64_t /*number*/, const auto& /*items*/) -> Status { return {}; }));
  static_cast<void>((*store)->apply(turn(3)));
  static_cast<void>((*store)->apply(turn(20)));
  static_cast<void>((*store)->begin_run({}, 1));
}

class DamagedBatches : public testing::Test {
 protected:
  DamagedBatches() {
    auto store = std::move(BatchStore::create(folder_.at("job.db"), disk_.name()).value());
    for (std::uint64_t number = 1; number <= 12; ++number) {
      EXPECT_TRUE(store->apply(turn(number)));
    }
    wal_ = folder_.read("job.db-wal");
    early_ = folder_.read("job.db");
    store.reset();
    whole_ = folder_.read("job.db");
  }

  ScratchFolder folder_;
  BrokenDisk disk_;
  std::string early_;
  std::string wal_;
  std::string whole_;
};

TEST_F(DamagedBatches, CutShortAnywhereAreAnErrorOrAnAnswer) {
  for (std::size_t size = 0; size < whole_.size(); size += 512) {
    SCOPED_TRACE(size);
    use(whole_.substr(0, size), "");
  }
}

TEST_F(DamagedBatches, WithAWalCutShortEndWithAWholeTurn) {
  std::vector<std::string> turns;
  for (std::uint64_t number = 0; number <= 12; ++number) turns.push_back(after(number, 13));
  for (std::size_t size = 0; size < wal_.size(); size += 1'999) {
    SCOPED_TRACE(size);
    const ScratchFolder folder;
    folder.write("job.db", early_);
    folder.write("job.db-wal", wal_.substr(0, size));
    const auto store = BatchStore::open(folder.at("job.db"));
    ASSERT_TRUE(store) << store.error().line();
    EXPECT_THAT(turns, testing::Contains(say(**store, 13)));
  }
}

TEST_F(DamagedBatches, WithWrongBytesAreAnErrorOrAnAnswer) {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    use(with_wrong_bits(whole_, random), "");
  }
}

}  // namespace
}  // namespace usher
