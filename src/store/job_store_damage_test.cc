// SPDX-License-Identifier: Apache-2.0
// Files that are cut short or have wrong bytes in them. Of a file that is too short SQLite tells; a
// WAL that is cut or has a wrong bit ends at the last whole transaction before, by its checksums.
// The pages of the file itself have none: a wrong bit may go unseen, so what is asked of it here is
// an error or an answer, and never a crash.
#include <fmt/format.h>

#include "base/random.h"
#include "base/scratch.h"
#include "base/text.h"
#include "store/broken_disk_test.h"
#include "store/damage_test.h"
#include "store/steps_test.h"

namespace usher {
namespace {

constexpr std::uint64_t kBatches = 12;
constexpr std::uint64_t kSteps = 25;

StepWrite step(std::uint64_t number) {
  return {key(number), record(number % 5 == 0 ? StepState::begun : StepState::already_there,
                              fmt::format("om_{:026}", number))};
}

void fill(JobStore& store) {
  const std::vector<JobStore::Note> notes = {{"plan", "{\"csv\":\"users.csv\"}"}};
  ASSERT_TRUE(store.take_input(rows_of(people(kBatches * kSteps)), notes));
  ASSERT_TRUE(store.begin_run({}, 2));
  for (std::uint64_t batch = 0; batch < kBatches; ++batch) {
    std::vector<StepWrite> writes;
    std::vector<RowMark> row_marks;
    for (std::uint64_t i = 1; i <= kSteps; ++i) {
      writes.push_back(step(batch * kSteps + i));
      row_marks.push_back({batch * kSteps + i, RowOutcome::unchanged});
    }
    ASSERT_TRUE(store.apply(writes, row_marks));
  }
}

// Everything a store can be asked, as one text; "" when anything was an error.
std::string all_of(JobStore& store) {
  std::string all;
  for (std::uint64_t number = 1; number <= kBatches * kSteps; ++number) {
    const auto found = store.find(key(number));
    const auto row = store.row(number);
    if (!found || !row) return "";
    all += fmt::format("{} {} {} {} {}\n", static_cast<int>(found->state), found->id,
                       found->identity, found->wish, static_cast<int>(row->outcome));
  }
  const auto plan = store.note("plan");
  const auto runs = store.runs();
  const auto rows = store.count_rows();
  const auto chunks = store.count_chunks(100);
  const auto steps = store.count_steps(StepKind::membership);
  if (!plan || !runs || !rows || !chunks || !steps) return "";
  return all + fmt::format("{} {} {} {} {} {}", *plan, runs->size(), rows->unchanged,
                           chunks->size(), steps->already_there, steps->open);
}

class DamagedJobs : public testing::Test {
 protected:
  DamagedJobs() {
    auto store = JobStore::create(folder_.at("job.db"), disk_.name());
    if (store) fill(**store);
    wal_ = store ? folder_.read("job.db-wal") : "";
    early_ = folder_.read("job.db");  // as it is beside that WAL
    if (store) whole_ = all_of(**store);
    store->reset();
    bytes_ = folder_.read("job.db");
  }

  // What such a file says, or "" for an error; afterwards it is written to as well.
  std::string read(const std::string& bytes, const std::string& wal = "") {
    const ScratchFolder folder;
    folder.write("job.db", bytes);
    if (!wal.empty()) folder.write("job.db-wal", wal);
    if (auto view = JobStore::look(folder.at("job.db"))) all_of(**view);
    const BrokenDisk quick;
    auto store = JobStore::open(folder.at("job.db"), quick.name());
    if (!store) {
      EXPECT_NE(store.error().line().find("job.db"), std::string::npos);
      return "";
    }
    const std::string all = all_of(**store);
    if (auto run = (*store)->begin_run({}, 1)) {
      const std::vector<StepWrite> writes = {step(1), step(2), step(1'000)};
      const std::vector<RowMark> row_marks = {{1, RowOutcome::failed}};
      static_cast<void>((*store)->apply(writes, row_marks));
      static_cast<void>((*store)->take_input(rows_of(people(50)), {}));
      static_cast<void>((*store)->end_run({}, "finished"));
    }
    return all;
  }

  // The first batches in full, and nothing of those after; or an error.
  void expect_whole_batches(const std::string& all) const {
    if (all.empty()) return;
    const auto got = split(all, '\n');
    const auto wanted = split(whole_, '\n');
    ASSERT_EQ(got.size(), wanted.size());
    std::size_t same = 0;
    while (same + 1 < got.size() && got[same] == wanted[same]) ++same;
    EXPECT_EQ(same % kSteps, 0);
    for (std::size_t i = same; i + 1 < got.size(); ++i) EXPECT_EQ(got[i], "0  0 0 0") << i;
  }

  ScratchFolder folder_;
  BrokenDisk disk_;
  std::string bytes_;
  std::string early_;
  std::string wal_;
  std::string whole_;
};

TEST_F(DamagedJobs, SayWhatTheySaidWhileTheyWereWhole) {
  EXPECT_NE(whole_, "");
  EXPECT_EQ(read(bytes_), whole_);
  EXPECT_EQ(read(early_, wal_), whole_);
}

TEST_F(DamagedJobs, CutShortAnywhereAreAnError) {
  for (std::size_t size = 0; size < bytes_.size(); size += 512) {
    SCOPED_TRACE(size);
    ASSERT_EQ(read(bytes_.substr(0, size)), "");
  }
}

TEST_F(DamagedJobs, WithAWalCutShortEndWithAWholeTransaction) {
  for (std::size_t size = 0; size < wal_.size(); size += 1'999) {
    SCOPED_TRACE(size);
    expect_whole_batches(read(early_, wal_.substr(0, size)));
  }
}

TEST_F(DamagedJobs, WithWrongBytesAreAnErrorOrAnAnswer) {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    static_cast<void>(read(with_wrong_bits(bytes_, random)));
  }
}

TEST_F(DamagedJobs, WithWrongBytesInTheWalEndWithAWholeTransaction) {
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    std::string wal = wal_;
    wal[random.below(wal.size())] ^= 0x10;
    expect_whole_batches(read(early_, wal));
  }
}

}  // namespace
}  // namespace usher
