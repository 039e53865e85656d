// SPDX-License-Identifier: Apache-2.0
#include "store/job_view.h"

#include <filesystem>
#include <set>

#include <sys/stat.h>

#include "base/scratch.h"
#include "store/child_test.h"
#include "store/steps_test.h"

namespace usher {
namespace {

class JobViews : public testing::Test {
 protected:
  JobViews() { open_with(JobStore::create(path_)); }

  void open_with(Result<std::unique_ptr<JobStore>> store) {
    ASSERT_TRUE(store) << store.error().line();
    store_ = std::move(*store);
  }
  void reopen() { open_with(JobStore::open(path_)); }
  void settle(std::uint64_t number) {
    const std::vector<StepWrite> writes = {{key(number), record(StepState::created, "x")}};
    ASSERT_TRUE(store_->apply(writes, {}));
  }
  std::unique_ptr<JobStore> view() const {
    auto store = JobStore::look(path_);
    EXPECT_TRUE(store) << store.error().line();
    return store ? std::move(*store) : nullptr;
  }
  static std::uint64_t created(JobStore& store) {
    const auto counts = store.count_steps(StepKind::membership);
    EXPECT_TRUE(counts) << counts.error().line();
    return counts ? counts->created : 1'000'000;
  }
  [[nodiscard]] std::set<std::string> files() const {
    std::set<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(folder_.path())) {
      names.insert(entry.path().filename());
    }
    return names;
  }
  // As a crash leaves it: the WAL is not written back.
  void crash(bool with_shm) {
    std::filesystem::create_directory(folder_.at("copy"));
    for (const char* end : {"", "-wal", "-shm"}) {
      if (!with_shm && std::string(end) == "-shm") continue;
      std::filesystem::copy_file(path_ + end, folder_.at("copy/job.db") + end);
    }
    store_.reset();
    for (const char* end : {"", "-wal", "-shm"}) std::filesystem::remove(path_ + end);
    for (const auto& entry : std::filesystem::directory_iterator(folder_.at("copy"))) {
      std::filesystem::rename(entry.path(), folder_.at(entry.path().filename()));
    }
    std::filesystem::remove(folder_.at("copy"));
  }
  // Nothing may be written in the folder, and all of it can be seen.
  void expect_seen_where_nothing_can_be_written(std::uint64_t steps) {
    for (const std::string& name : files()) {
      ASSERT_EQ(::chmod(folder_.at(name).c_str(), 0444), 0);
    }
    ASSERT_EQ(::chmod(folder_.path().c_str(), 0555), 0);
    EXPECT_EQ(as_nobody([&] {
                const auto before = files();
                EXPECT_EQ(created(*view()), steps);
                EXPECT_EQ(files(), before);
                return HasFailure() ? 1 : 0;
              }),
              0);
    ASSERT_EQ(::chmod(folder_.path().c_str(), 0755), 0);
  }

  ScratchFolder folder_;
  std::string path_ = folder_.at("job.db");
  std::unique_ptr<JobStore> store_;
};

TEST_F(JobViews, FollowAJobThroughItsWholeLife) {
  settle(1);
  store_.reset();
  const auto seen = view();
  EXPECT_EQ(created(*seen), 1);
  reopen();
  EXPECT_EQ(created(*seen), 1);
  settle(2);
  EXPECT_EQ(created(*seen), 2);
  settle(3);
  EXPECT_EQ(created(*seen), 3);
  store_.reset();
  EXPECT_EQ(created(*seen), 3);
  reopen();
  settle(4);
  store_.reset();
  EXPECT_EQ(created(*seen), 4);
}

TEST_F(JobViews, MakeNoFiles) {
  settle(1);
  store_.reset();
  EXPECT_EQ(files(), std::set<std::string>{"job.db"});
  auto seen = view();
  EXPECT_EQ(created(*seen), 1);
  EXPECT_EQ(files(), std::set<std::string>{"job.db"});
  seen.reset();
  EXPECT_EQ(files(), std::set<std::string>{"job.db"});
}

TEST_F(JobViews, SeeWhatACrashLeftWithoutMendingIt) {
  for (const bool with_shm : {true, false}) {
    SCOPED_TRACE(with_shm);
    settle(with_shm ? 1 : 2);
    crash(with_shm);
    const auto before = files();
    const std::string wal = folder_.read("job.db-wal");
    EXPECT_EQ(created(*view()), with_shm ? 1 : 2);
    EXPECT_EQ(files(), before);
    EXPECT_EQ(folder_.read("job.db-wal"), wal);
    reopen();
    EXPECT_EQ(created(*store_), with_shm ? 1 : 2);
  }
}

TEST_F(JobViews, WorkWhereNothingCanBeWritten) {
  settle(1);
  store_.reset();
  expect_seen_where_nothing_can_be_written(1);
}

TEST_F(JobViews, WorkWhereNothingCanBeWrittenAfterACrash) {
  settle(1);
  crash(true);
  expect_seen_where_nothing_can_be_written(1);
}

TEST_F(JobViews, WorkWhereNothingCanBeWrittenAfterACrashWithoutSharedMemory) {
  settle(1);
  crash(false);
  expect_seen_where_nothing_can_be_written(1);
}

TEST_F(JobViews, WriteNothing) {
  ASSERT_TRUE(store_->take_input(rows_of(people(1)), {}));
  ASSERT_TRUE(store_->begin_run({}, 1));
  const auto seen = view();
  EXPECT_FALSE(seen->apply(std::vector<StepWrite>{{key(2), record(StepState::begun)}}, {}));
  EXPECT_FALSE(seen->set_notes({}));
  EXPECT_FALSE(seen->take_input(rows_of({}), {}));
  EXPECT_FALSE(seen->begin_run({}, 1));
  EXPECT_FALSE(seen->join_run(1));
  EXPECT_FALSE(seen->end_run({}, "finished"));
  EXPECT_EQ(seen->runs()->size(), 1);
  EXPECT_EQ(seen->row(1)->run, 0);
  EXPECT_EQ(seen->note("plan"), "");
  EXPECT_EQ(seen->count_chunks(1)->size(), 1);
}

// A writer that comes and goes, and a looker that never sees half of a batch or an error.
TEST_F(JobViews, SeeWholeBatchesOfAJobThatIsOpenedAndClosedAllTheTime) {
  store_.reset();
  const pid_t writer = start([&] {
    for (std::uint64_t i = 0; i < 60; ++i) {
      auto store = JobStore::open(path_);
      if (!store) return 1;
      std::vector<StepWrite> batch;
      batch.reserve(10);
      for (std::uint64_t n = 0; n < 10; ++n) {
        batch.push_back({key(i * 10 + n), record(StepState::created, "x")});
      }
      if (!(*store)->apply(batch, {})) return 2;
    }
    return 0;
  });
  const auto seen = view();
  std::uint64_t last = 0;
  while (last < 600 && !HasFailure()) {
    const std::uint64_t now = created(*seen);
    EXPECT_GE(now, last);
    EXPECT_EQ(now % 10, 0);
    last = now;
  }
  EXPECT_EQ(end_of(writer), 0);
  EXPECT_EQ(last, 600);
}

}  // namespace
}  // namespace usher
