// SPDX-License-Identifier: Apache-2.0
#include "store/job_input.h"

#include <deque>
#include <map>

#include "base/random.h"
#include "base/scratch.h"
#include "store/broken_disk_test.h"
#include "store/steps_test.h"

namespace usher {
namespace {

struct Ended {
  RowOutcome outcome = RowOutcome::pending;
  std::uint32_t run = 0;
  friend bool operator==(const Ended&, const Ended&) = default;
};

class JobInputs : public testing::Test {
 protected:
  JobInputs() { store_ = std::move(JobStore::create(folder_.at("job.db"), disk_.name()).value()); }

  InputChange take(std::vector<RowPrint> rows) {
    const auto change = store_->take_input(rows_of(std::move(rows)), {});
    EXPECT_TRUE(change) << change.error().line();
    return change.value_or(InputChange{});
  }
  void end_rows(const std::vector<RowMark>& row_marks) {
    ASSERT_TRUE(store_->begin_run({}, 1));
    ASSERT_TRUE(store_->apply({}, row_marks));
  }
  Ended row(std::uint64_t record) {
    const auto state = store_->row(record);
    EXPECT_TRUE(state);
    return {state->outcome, state->run};
  }
  static void expect(const InputChange& change, std::uint64_t same, std::uint64_t repaired,
                     std::uint64_t added, std::uint64_t gone) {
    EXPECT_EQ(change.same, same);
    EXPECT_EQ(change.repaired, repaired);
    EXPECT_EQ(change.added, added);
    EXPECT_EQ(change.gone, gone);
  }

  ScratchFolder folder_;
  BrokenDisk disk_;
  std::unique_ptr<JobStore> store_;
};

TEST_F(JobInputs, AreAllNewTheFirstTime) {
  expect(take(people(5)), 0, 0, 5, 0);
}

TEST_F(JobInputs, ThatSayTheSameKeepTheRowsThatSucceeded) {
  take(people(3));
  end_rows({{1, RowOutcome::created, true, true}, {2, RowOutcome::failed, true, false}});
  expect(take(people(3)), 3, 0, 0, 0);
  EXPECT_EQ(row(1), (Ended{RowOutcome::created, 1}));
  EXPECT_EQ(row(2), Ended{}) << "its number is another's by now, and nothing says why it failed";
  EXPECT_EQ(row(3), Ended{});
  EXPECT_EQ(store_->count_rows()->made_users, 2);
  EXPECT_EQ(store_->count_rows()->made_memberships, 1);
}

TEST_F(JobInputs, AreComparedWithoutBeingTakenByWhoeverLooks) {
  take(people(5));
  end_rows({{1, RowOutcome::created}, {2, RowOutcome::unchanged}, {3, RowOutcome::failed}});
  const auto other = [] {
    std::vector<RowPrint> rows = people(6);
    rows[1].content += 1;  // repaired
    rows.erase(rows.begin() + 3);
    for (std::size_t i = 0; i < rows.size(); ++i) rows[i].record = i + 1;
    return rows;
  };
  const auto before = store_->count_rows();
  store_.reset();
  const auto view = JobStore::look(folder_.at("job.db"));
  ASSERT_TRUE(view) << view.error().line();
  for (int time = 1; time <= 2; ++time) {
    const auto change = (*view)->compare_input(rows_of(other()));
    ASSERT_TRUE(change) << change.error().line();
    expect(*change, 3, 1, 1, 1);
    EXPECT_EQ(change->done, 1U) << "the second had succeeded, and says something else now";
  }
  EXPECT_EQ((*view)->count_rows()->total, before->total);
  store_ = std::move(JobStore::open(folder_.at("job.db"), disk_.name()).value());
  EXPECT_EQ(row(2), (Ended{RowOutcome::unchanged, 1}));
  const InputChange taken = take(other());
  expect(taken, 3, 1, 1, 1);
  EXPECT_EQ(taken.done, 1U);
}

TEST_F(JobInputs, FindARowThatMovedByWhatItSays) {
  take(people(3));
  end_rows({{1, RowOutcome::created}, {3, RowOutcome::failed}});
  std::vector<RowPrint> turned = people(3);
  std::swap(turned[0], turned[2]);
  expect(take(turned), 3, 0, 0, 0);
  EXPECT_EQ(row(1), Ended{});
  EXPECT_EQ(row(3), (Ended{RowOutcome::created, 1}));
}

TEST_F(JobInputs, TellRepairedFromNewAndGone) {
  take(people(4));  // persons 1 2 3 4
  end_rows({{1, RowOutcome::created}, {2, RowOutcome::failed}, {3, RowOutcome::created}});
  // Person 1 stays, 2 says something else, 3 and 4 are gone, 9 is new.
  expect(take({{0, 9'000, 9, true}, {0, 2'222, 2, false}, {0, 1'000, 1, true}}), 1, 1, 1, 2);
  EXPECT_EQ(row(1), Ended{});
  EXPECT_EQ(row(2), Ended{});  // to be tried
  EXPECT_EQ(row(3), (Ended{RowOutcome::created, 1}));
  EXPECT_EQ(store_->count_rows()->total, 3);
  EXPECT_EQ(store_->count_rows()->members, 2);
}

TEST_F(JobInputs, ForgetFailedStepsWhenAnythingDiffersAndNoOthers) {
  take(people(2));
  std::vector<StepWrite> writes;
  for (int state = 1; state <= 7; ++state) {
    writes.push_back(
        {key(static_cast<std::uint64_t>(state)), record(static_cast<StepState>(state))});
  }
  ASSERT_TRUE(store_->apply(writes, {}));
  std::vector<RowPrint> turned = people(2);
  std::swap(turned[0], turned[1]);
  take(turned);
  EXPECT_EQ(found(*store_, key(4)).state, StepState::failed);
  take(people(3));
  for (const StepWrite& write : writes) {
    const StepState wanted =
        write.record.state == StepState::failed ? StepState::absent : write.record.state;
    EXPECT_EQ(found(*store_, write.key).state, wanted);
  }
}

TEST_F(JobInputs, SetTheirNotesWithThem) {
  const std::vector<JobStore::Note> notes = {{"csv_sha256", "abc"}};
  ASSERT_TRUE(store_->take_input(rows_of(people(1)), notes));
  EXPECT_EQ(store_->note("csv_sha256"), "abc");
}

TEST_F(JobInputs, ThatFailInTheMiddleChangeNothing) {
  for (const bool first : {true, false}) {
    SCOPED_TRACE(first);
    if (!first) {
      take(people(3));
      end_rows({{1, RowOutcome::created}});
    }
    std::uint64_t given = 0;
    const std::vector<JobStore::Note> notes = {{"csv_sha256", "new"}};
    const auto taken = store_->take_input(
        [&]() -> Result<std::optional<RowPrint>> {
          if (++given == 5) return fail("users.csv:6: no more");
          return RowPrint{given, given, given, true};
        },
        notes);
    ASSERT_FALSE(taken);
    EXPECT_EQ(taken.error().what, "users.csv:6: no more");
    EXPECT_EQ(store_->note("csv_sha256"), "");
    EXPECT_EQ(store_->count_rows()->total, first ? 0 : 3);
  }
  EXPECT_EQ(row(1), (Ended{RowOutcome::created, 1}));
  expect(take(people(3)), 3, 0, 0, 0);  // and it works again
}

TEST_F(JobInputs, ThatSkipARecordAreRefused) {
  const auto taken = store_->take_input(
      []() -> Result<std::optional<RowPrint>> { return RowPrint{2, 1, 1, true}; }, {});
  EXPECT_FALSE(taken);
}

// The same pairing by plain lists: the k-th of a content with the k-th, the rest by person. What
// has failed is to be tried again.
class Model {
 public:
  explicit Model(std::vector<RowPrint> rows) : rows_(std::move(rows)), ends_(rows_.size()) {}

  InputChange take(const std::vector<RowPrint>& rows) {
    std::map<std::uint64_t, std::deque<std::size_t>> by_content;
    for (std::size_t i = 0; i < rows_.size(); ++i) by_content[rows_[i].content].push_back(i);
    InputChange change;
    std::vector<Ended> ends;
    std::map<std::uint64_t, std::uint64_t> left;
    for (const RowPrint& row : rows) {
      auto& there = by_content[row.content];
      if (there.empty()) {
        ++left[row.person];
        ends.emplace_back();
        continue;
      }
      ++change.same;
      const Ended& ended = ends_[there.front()];
      ends.push_back(ended.outcome == RowOutcome::failed ? Ended{} : ended);
      there.pop_front();
    }
    for (const auto& [content, there] : by_content) {
      for (const std::size_t i : there) {
        auto& partners = left[rows_[i].person];
        if (partners > 0) {
          --partners;
          ++change.repaired;
        } else {
          ++change.gone;
        }
      }
    }
    for (const auto& [person, count] : left) change.added += count;
    rows_ = rows;
    ends_ = std::move(ends);
    return change;
  }
  void end(std::uint64_t record, Ended ended) { ends_.at(record - 1) = ended; }
  [[nodiscard]] const std::vector<Ended>& ends() const { return ends_; }

 private:
  std::vector<RowPrint> rows_;
  std::vector<Ended> ends_;
};

std::vector<RowPrint> random_rows(Random& random) {
  std::vector<RowPrint> rows(random.below(40));
  for (RowPrint& row : rows) {
    row.person = random.below(12);
    row.content = row.person * 10 + random.below(3);  // so that rows repeat
    row.content |= random.below(2) << 63U;            // and use all bits
  }
  return rows;
}

TEST_F(JobInputs, ArePairedAsAModelPairsThem) {
  for (std::uint64_t seed = 1; seed <= 15; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    take({});
    Model model({});
    for (int round = 0; round < 10; ++round) {
      const std::vector<RowPrint> rows = random_rows(random);
      const InputChange wanted = model.take(rows);
      const InputChange got = take(rows);
      expect(got, wanted.same, wanted.repaired, wanted.added, wanted.gone);
      const std::uint32_t run = store_->begin_run({}, 1).value_or(0);
      std::vector<RowMark> row_marks;
      for (std::uint64_t record = 1; record <= rows.size(); ++record) {
        if (random.chance(0.5)) continue;
        row_marks.push_back({record, static_cast<RowOutcome>(1 + random.below(3))});
        model.end(record, {row_marks.back().outcome, run});
      }
      ASSERT_TRUE(store_->apply({}, row_marks));
      for (std::uint64_t record = 1; record <= rows.size(); ++record) {
        ASSERT_EQ(row(record), model.ends()[record - 1]) << record;
      }
    }
  }
}

}  // namespace
}  // namespace usher
