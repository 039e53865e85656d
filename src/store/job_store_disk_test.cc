// SPDX-License-Identifier: Apache-2.0
// That what apply() returned for is on disk, and that of all else there is all or nothing: with
// disks that fail at every single write and sync, with losses of power, and with processes that are
// killed.
#include <algorithm>
#include <cctype>
#include <optional>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <poll.h>
#include <signal.h>
#include <sqlite3.h>

#include "base/scratch.h"
#include "store/broken_disk_test.h"
#include "store/child_test.h"
#include "store/steps_test.h"

namespace usher {
namespace {

using testing::HasSubstr;

constexpr std::uint64_t kSteps = 40;  // of a batch

// The steps and rows of batch 1, 2, 3, ...
struct Batch {
  explicit Batch(std::uint64_t number) {
    for (std::uint64_t i = 0; i < kSteps; ++i) {
      const std::uint64_t at = number * kSteps + i;
      writes.push_back({key(at), record(i % 4 == 0 ? StepState::begun : StepState::created,
                                        fmt::format("user_{}", at))});
    }
    marks.push_back({number, RowOutcome::created, true, true});
  }
  Status apply(JobStore& store) const { return store.apply(writes, marks); }

  // All of it is there, or nothing; anything else is a failure.
  [[nodiscard]] bool is_in(JobStore& store) const {
    std::uint64_t there = 0;
    for (const StepWrite& write : writes) {
      const StepRecord got = found(store, write.key);
      if (got.state == StepState::absent) continue;
      expect_same(got, write.record);
      ++there;
    }
    const auto row = store.row(marks[0].record);
    EXPECT_TRUE(row);
    EXPECT_EQ(row->succeeded(), there > 0);
    EXPECT_TRUE(there == 0 || there == writes.size()) << there;
    return there > 0;
  }

  std::vector<StepWrite> writes;
  std::vector<RowMark> marks;
};

class JobDisks : public testing::Test {
 protected:
  JobDisks() { make(path_); }

  static void make(const std::string& path, std::uint64_t rows = 1'000) {
    const BrokenDisk quick;
    const auto store = opened(JobStore::create(path, quick.name()));
    ASSERT_TRUE(store->take_input(rows_of(people(rows)), {}));
    ASSERT_TRUE(store->begin_run({}, 1));
  }
  static std::unique_ptr<JobStore> opened(Result<std::unique_ptr<JobStore>> store) {
    EXPECT_TRUE(store) << store.error().line();
    return store ? std::move(*store) : nullptr;
  }
  static std::unique_ptr<JobStore> open(const std::string& path, const char* vfs = nullptr) {
    auto store = opened(JobStore::open(path, vfs));
    EXPECT_TRUE(store->join_run(1));
    return store;
  }

  ScratchFolder folder_;
  std::string path_ = folder_.at("job.db");
};

TEST_F(JobDisks, I1AndI2WhatApplyReturnedForHasReachedTheDisk) {
  BrokenDisk disk;
  const auto store = open(path_, disk.name());
  for (std::uint64_t number = 1; number <= 20; ++number) {
    const int writes = disk.writes();
    const int syncs = disk.syncs();
    ASSERT_TRUE(Batch(number).apply(*store));
    EXPECT_GT(disk.writes(), writes);
    EXPECT_GT(disk.syncs(), syncs);
    EXPECT_FALSE(disk.owes_a_sync());
  }
}

// A batch, one whose n-th operation fails, and one after it.
struct Failure {
  bool happened = false;
  Status told;
  bool went_on = false;
};

Failure fail_at(int nth, BrokenDisk::Op op, int code, const std::string& path) {
  BrokenDisk disk;
  const auto store = std::move(JobStore::create(path, disk.name()).value());
  EXPECT_TRUE(store->take_input(rows_of(people(10)), {}));
  EXPECT_TRUE(store->begin_run({}, 1));
  EXPECT_TRUE(Batch(1).apply(*store));
  disk.fail(op, nth, code);
  Failure failure;
  failure.told = Batch(2).apply(*store);
  failure.happened = disk.has_failed();
  disk.heal();
  // The caller is to stop. Should he go on, he is stopped, or nothing is lost by it.
  failure.went_on = Batch(3).apply(*store).has_value();
  EXPECT_EQ(Batch(3).is_in(*store), failure.went_on);
  return failure;
}

// Fails the n-th operation of apply(), for every n there is.
void fail_everywhere(BrokenDisk::Op op, int code) {
  for (int nth = 1; nth < 500; ++nth) {
    SCOPED_TRACE(nth);
    const ScratchFolder folder;
    const std::string path = folder.at("job.db");
    const Failure failure = fail_at(nth, op, code, path);
    EXPECT_EQ(!failure.told, failure.happened) << "what failed must be told";
    EXPECT_THAT(failure.told ? path : failure.told.error().line(), HasSubstr(path));
    EXPECT_EQ(failure.went_on, failure.told || (code & 0xFF) == SQLITE_FULL);

    const auto store = std::move(JobStore::open(path).value());
    EXPECT_TRUE(Batch(1).is_in(*store));
    EXPECT_TRUE(Batch(2).is_in(*store) || !failure.told);
    EXPECT_EQ(Batch(3).is_in(*store), failure.went_on);
    if (!failure.happened || testing::Test::HasFailure()) return;
  }
  ADD_FAILURE() << "it never came to an end";
}

TEST_F(JobDisks, ThatAreFullAtAnyWriteLoseNothing) {
  fail_everywhere(BrokenDisk::Op::write, SQLITE_FULL);
}
TEST_F(JobDisks, ThatFailAtAnyWriteLoseNothing) {
  fail_everywhere(BrokenDisk::Op::write, SQLITE_IOERR_WRITE);
}
TEST_F(JobDisks, ThatFailAtAnySyncLoseNothing) {
  fail_everywhere(BrokenDisk::Op::sync, SQLITE_IOERR_FSYNC);
}

TEST_F(JobDisks, ThatFailWhileTheStoreIsClosedLoseNothing) {
  bool failed = true;
  std::uint64_t number = 0;
  for (int nth = 1; failed; ++nth) {
    SCOPED_TRACE(nth);
    BrokenDisk disk;
    auto store = open(path_, disk.name());
    ASSERT_TRUE(Batch(++number).apply(*store));
    disk.fail(BrokenDisk::Op::any, nth, SQLITE_IOERR, false);
    store.reset();  // writes the WAL back
    failed = disk.has_failed();
    store = open(path_);
    for (std::uint64_t n = 1; n <= number; ++n) EXPECT_TRUE(Batch(n).is_in(*store)) << n;
    ASSERT_FALSE(HasFailure());
  }
  EXPECT_GT(number, 3);
}

TEST_F(JobDisks, ThatAreFullSayWhatToDo) {
  BrokenDisk disk;
  const auto store = open(path_, disk.name());
  disk.fail(BrokenDisk::Op::write, 1, SQLITE_FULL);
  const Status applied = Batch(1).apply(*store);
  ASSERT_FALSE(applied);
  EXPECT_THAT(applied.error().line(), HasSubstr(path_ + ": the disk is full\n  free some space"));
}

TEST_F(JobDisks, AreNotWrittenAnyMoreOnceASyncHasFailed) {
  BrokenDisk disk;
  const auto store = open(path_, disk.name());
  disk.fail(BrokenDisk::Op::sync, 1, SQLITE_IOERR_FSYNC);
  EXPECT_FALSE(Batch(1).apply(*store));
  const int writes = disk.writes();
  EXPECT_FALSE(Batch(2).apply(*store));
  EXPECT_FALSE(store->end_run({}, "finished"));
  EXPECT_EQ(disk.writes(), writes);
}

TEST_F(JobDisks, AfterALossOfPowerHoldAllThatApplyReturnedFor) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    const ScratchFolder before;
    const ScratchFolder after;
    make(before.at("job.db"), 50);
    BrokenDisk disk;
    std::uint64_t told = 0;
    std::uint64_t tried = 0;
    {
      auto store = open(before.at("job.db"), disk.name());
      disk.fail(BrokenDisk::Op::any, 1 + static_cast<int>(random.below(400)), SQLITE_IOERR, false);
      while (!disk.has_failed() && tried < 50) {
        if (Batch(++tried).apply(*store)) told = tried;
        if (disk.has_failed() || !random.chance(0.2)) continue;
        store.reset();  // written back, or cut off in the middle of that
        if (!disk.has_failed()) store = open(before.at("job.db"), disk.name());
      }
    }
    disk.lose_power(after.path(), random);
    const auto store = open(after.at("job.db"));
    for (std::uint64_t n = 1; n <= tried; ++n) {
      const bool there = Batch(n).is_in(*store);
      EXPECT_TRUE(there || n > told) << "batch " << n;
    }
    EXPECT_TRUE(Batch(49).apply(*store)) << "and it goes on";
    ASSERT_FALSE(HasFailure());
  }
}

// --- processes ---------------------------------------------------------------------------------

class Pipe {
 public:
  Pipe() { EXPECT_EQ(::pipe(ends_), 0); }
  ~Pipe() {
    ::close(ends_[0]);
    ::close(ends_[1]);
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  bool tell(std::uint64_t number) const {
    return ::write(ends_[1], &number, sizeof number) == sizeof number;
  }
  // Nothing when nothing has come for `wait` milliseconds.
  [[nodiscard]] std::optional<std::uint64_t> hear(int wait) const {
    std::uint64_t number = 0;
    pollfd ready{ends_[0], POLLIN, 0};
    if (::poll(&ready, 1, wait) != 1) return std::nullopt;
    if (::read(ends_[0], &number, sizeof number) != sizeof number) return std::nullopt;
    return number;
  }

 private:
  int ends_[2] = {-1, -1};
};

TEST_F(JobDisks, OfProcessesKilledAtAnyMomentHoldAllTheyTold) {
  constexpr std::uint64_t kSeed = 1;
  SCOPED_TRACE(kSeed);
  Random random(kSeed);
  std::uint64_t next = 1;
  for (int kill = 0; kill < 40; ++kill) {
    SCOPED_TRACE(kill);
    const Pipe pipe;
    const pid_t child = start([&] {
      const auto store = open(path_);
      for (std::uint64_t n = next; n < 1'000; ++n) {
        if (!Batch(n).apply(*store) || !pipe.tell(n)) return 1;
      }
      return 0;
    });
    std::uint64_t told = next - 1;
    for (std::uint64_t reports = 1 + random.below(4); reports > 0; --reports) {
      const auto number = pipe.hear(30'000);
      ASSERT_TRUE(number);
      told = number.value_or(0);
    }
    ::usleep(static_cast<useconds_t>(random.below(2'000)));  // a moment in the middle of the next
    ::kill(child, SIGKILL);
    EXPECT_EQ(end_of(child), -SIGKILL);
    while (const auto number = pipe.hear(0)) told = *number;
    const auto store = open(path_);
    next = told + 1;
    while (Batch(next).is_in(*store)) ++next;  // written, and killed before it was told
    EXPECT_LE(next, told + 2);
    for (std::uint64_t n = 1; n <= told; ++n) ASSERT_TRUE(Batch(n).is_in(*store)) << n;
    ASSERT_FALSE(HasFailure());
  }
}

TEST_F(JobDisks, OfProcessesThatWriteAtOnceLoseNothing) {
  constexpr std::uint64_t kProcesses = 3;
  constexpr std::uint64_t kBatches = 60;
  std::vector<pid_t> children;
  children.reserve(kProcesses);
  for (std::uint64_t process = 0; process < kProcesses; ++process) {
    children.push_back(start([&] {
      const auto store = open(path_);
      for (std::uint64_t i = 0; i < kBatches; ++i) {
        const Batch batch(1 + i * kProcesses + process);
        if (!batch.apply(*store)) return 1;
        if (i > 0 && !Batch(1 + (i - 1) * kProcesses + process).is_in(*store)) return 2;
      }
      return HasFailure() ? 3 : 0;
    }));
  }
  for (const pid_t child : children) EXPECT_EQ(end_of(child), 0);
  const auto store = open(path_);
  for (std::uint64_t n = 1; n <= kProcesses * kBatches; ++n) EXPECT_TRUE(Batch(n).is_in(*store));
  const auto counts = store->count_steps(StepKind::membership);
  ASSERT_TRUE(counts);
  EXPECT_EQ(counts->created + counts->open, kProcesses * kBatches * kSteps);
  EXPECT_EQ(store->count_rows()->created, kProcesses * kBatches);
}

// --- what is on disk ---------------------------------------------------------------------------

TEST_F(JobDisks, I5HoldNoCellOfTheInput) {
  const std::vector<std::string> cells = {"ada.lovelace@example.com", "Lovelace", "acme-external",
                                          "$2b$10$N9qo8uLOickgx2ZMRZoMye"};
  const Hasher hasher("key of a test");
  const auto store = open(path_);
  std::vector<StepWrite> writes;
  std::vector<RowPrint> rows;
  for (const std::string& cell : cells) {
    StepRecord step = record(StepState::created, "user_01H5JQDV7R7ATEYZDEG0W5PRYS");
    step.identity = hasher(cell).head();
    writes.push_back({hasher("user/" + cell), step});
    writes.push_back({hasher("org/" + cell), record(StepState::begun)});
    rows.push_back({0, hasher(cell).head(), hasher(cell).head(), true});
  }
  ASSERT_TRUE(store->take_input(rows_of(rows), {}));
  ASSERT_TRUE(store->apply(writes, {}));
  const std::string bytes =
      folder_.read("job.db") + folder_.read("job.db-wal") + folder_.read("job.db-shm");
  EXPECT_GT(bytes.size(), 50'000);
  for (std::string cell : cells) {
    EXPECT_EQ(bytes.find(cell), std::string::npos) << cell;
    std::ranges::transform(cell, cell.begin(), [](char c) {
      return static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    });
    EXPECT_EQ(bytes.find(cell), std::string::npos) << cell;
  }
}

}  // namespace
}  // namespace usher
