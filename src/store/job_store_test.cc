// SPDX-License-Identifier: Apache-2.0
#include "store/job_store.h"

#include <map>

#include <fmt/format.h>

#include "base/random.h"
#include "base/scratch.h"
#include "store/broken_disk_test.h"
#include "store/steps_test.h"

namespace usher {
namespace {

constexpr WallTime kNoon{std::chrono::milliseconds{1'772'452'800'000}};

class Jobs : public testing::Test {
 protected:
  Jobs() : store_(made(JobStore::create(path_, disk_.name()))) {}

  static std::unique_ptr<JobStore> made(Result<std::unique_ptr<JobStore>> store) {
    EXPECT_TRUE(store) << store.error().line();
    return store ? std::move(*store) : nullptr;
  }
  void reopen() {
    store_.reset();
    store_ = made(JobStore::open(path_, disk_.name()));
  }
  InputChange take(std::vector<RowPrint> rows) {
    const auto change = store_->take_input(rows_of(std::move(rows)), {});
    EXPECT_TRUE(change) << change.error().line();
    return change.value_or(InputChange{});
  }
  void begin() { ASSERT_TRUE(store_->begin_run(kNoon, 1)); }
  void apply(const std::vector<StepWrite>& writes, const std::vector<RowMark>& marks = {}) {
    const Status applied = store_->apply(writes, marks);
    ASSERT_TRUE(applied) << applied.error().line();
  }
  RowState row(std::uint64_t record) {
    const auto state = store_->row(record);
    EXPECT_TRUE(state) << state.error().line();
    return state.value_or(RowState{});
  }
  RowCounts counts() { return store_->count_rows().value_or(RowCounts{}); }

  ScratchFolder folder_;
  BrokenDisk disk_;
  std::string path_ = folder_.at("job.db");
  std::unique_ptr<JobStore> store_;
};

// --- steps -------------------------------------------------------------------------------------

TEST_F(Jobs, KeepStepsOfEveryStateOverTime) {
  std::map<Key, StepRecord> written;
  for (int state = 1; state <= 7; ++state) {
    for (const StepKind kind : {StepKind::organization, StepKind::user, StepKind::membership}) {
      StepRecord step = record(static_cast<StepState>(state), "org_01H5JQDV7R7ATEYZDEG0W5PRYS");
      step.kind = kind;
      written[key(static_cast<std::uint64_t>(state) * 10 + static_cast<std::uint64_t>(kind))] =
          step;
    }
  }
  for (const auto& [wanted, step] : written) apply({{wanted, step}});
  reopen();
  for (const auto& [wanted, step] : written) expect_same(found(*store_, wanted), step);
}

TEST_F(Jobs, CountAStepOnceWhateverHappenedToIt) {
  StepRecord user = record(StepState::failed);
  user.kind = StepKind::user;
  apply({{key(1), user},
         {key(2), record(StepState::failed)},
         {key(3), record(StepState::updated)},
         {key(4), record(StepState::already_there)},
         {key(5), record(StepState::created)},
         {key(6), record(StepState::unsure)},
         {key(7), record(StepState::removed)},
         {key(8), record(StepState::begun)}});
  apply({{key(2), record(StepState::begun)}, {key(5), record(StepState::begun)}});
  const auto counts = store_->count_steps(StepKind::membership);
  ASSERT_TRUE(counts);
  EXPECT_EQ(counts->created, 0);
  EXPECT_EQ(counts->already_there, 2);
  EXPECT_EQ(counts->updated, 1);
  EXPECT_EQ(counts->failed, 1);
  EXPECT_EQ(counts->open, 3);
  const auto users = store_->count_steps(StepKind::user);
  ASSERT_TRUE(users);
  EXPECT_EQ(users->failed, 1);
  EXPECT_EQ(users->open, 0);
}

TEST_F(Jobs, CountStepsAnewAfterEachWrite) {
  const auto open = [&] { return store_->count_steps(StepKind::membership)->open; };
  EXPECT_EQ(open(), 0);
  apply({{key(1), record(StepState::begun)}});
  EXPECT_EQ(open(), 1);
  const auto other = made(JobStore::open(path_));
  ASSERT_TRUE(other->apply(std::vector<StepWrite>{{key(2), record(StepState::begun)}}, {}));
  EXPECT_EQ(open(), 2);
}

// --- rows --------------------------------------------------------------------------------------

TEST_F(Jobs, KnowOfEachRowHowItEndedAndInWhichRun) {
  take(people(4));
  begin();
  apply({}, {{1, RowOutcome::created, true, true}, {2, RowOutcome::failed}});
  begin();
  apply({}, {{2, RowOutcome::unchanged}});
  reopen();
  EXPECT_EQ(row(1).outcome, RowOutcome::created);
  EXPECT_EQ(row(1).run, 1);
  EXPECT_EQ(row(2).outcome, RowOutcome::unchanged);
  EXPECT_EQ(row(2).run, 2);
  EXPECT_EQ(row(3).outcome, RowOutcome::pending);
  EXPECT_EQ(row(3).run, 0);
  EXPECT_EQ(row(0).outcome, RowOutcome::pending);
  EXPECT_EQ(row(5).outcome, RowOutcome::pending);
}

TEST_F(Jobs, CountRowsByHowTheyEnded) {
  std::vector<RowPrint> rows = people(7);
  rows[5].member = rows[6].member = false;
  take(rows);
  begin();
  apply({}, {{1, RowOutcome::created, true, true},
             {2, RowOutcome::created, false, true},
             {3, RowOutcome::unchanged},
             {4, RowOutcome::failed, true, false},
             {6, RowOutcome::created, true, false}});
  const RowCounts all = counts();
  EXPECT_EQ(all.total, 7);
  EXPECT_EQ(all.created, 3);
  EXPECT_EQ(all.unchanged, 1);
  EXPECT_EQ(all.failed, 1);
  EXPECT_EQ(all.pending(), 2);
  EXPECT_EQ(all.made_users, 3);
  EXPECT_EQ(all.made_memberships, 2);
  EXPECT_EQ(all.members, 5);
  EXPECT_EQ(all.members_done, 3);

  const auto chunks = store_->count_chunks(3);
  ASSERT_TRUE(chunks);
  ASSERT_EQ(chunks->size(), 3);
  EXPECT_EQ(chunks->at(0).total, 3);
  EXPECT_EQ(chunks->at(0).pending(), 0);
  EXPECT_EQ(chunks->at(1).failed, 1);
  EXPECT_EQ(chunks->at(2).total, 1);
  EXPECT_EQ(chunks->at(2).pending(), 1);
}

TEST_F(Jobs, WithoutAnInputHaveNoRowsAndNoChunks) {
  EXPECT_EQ(counts().total, 0);
  EXPECT_TRUE(store_->count_chunks(1'000)->empty());
  EXPECT_EQ(row(1).outcome, RowOutcome::pending);
}

TEST_F(Jobs, RememberWhatARowMadeInAnEarlierRun) {
  take(people(1));
  begin();
  apply({}, {{1, RowOutcome::failed, true, false}});
  begin();
  apply({}, {{1, RowOutcome::created, false, true}});
  EXPECT_EQ(counts().made_users, 1);
  EXPECT_EQ(counts().made_memberships, 1);
}

TEST_F(Jobs, RefuseTheEndOfARowThatIsNotInTheInput) {
  take(people(2));
  begin();
  const Status applied = store_->apply(std::vector<StepWrite>{{key(1), record(StepState::begun)}},
                                       std::vector<RowMark>{{3, RowOutcome::created}});
  ASSERT_FALSE(applied);
  EXPECT_NE(applied.error().what.find("record 3 is not in the input"), std::string::npos);
  EXPECT_EQ(found(*store_, key(1)).state, StepState::absent);  // nothing of the batch
}

TEST_F(Jobs, RefuseTheEndOfARowOutsideARun) {
  take(people(2));
  EXPECT_FALSE(store_->apply({}, std::vector<RowMark>{{1, RowOutcome::created}}));
  begin();
  EXPECT_TRUE(store_->apply({}, std::vector<RowMark>{{1, RowOutcome::created}}));
}

TEST_F(Jobs, AnswerForRowsAsAModelDoesInAnyOrder) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    take({});
    const std::uint64_t total = 1 + random.below(1'500);
    take(people(total));
    begin();
    const std::uint32_t run = store_->runs()->back().number;
    std::map<std::uint64_t, RowOutcome> model;
    std::uint64_t at = 1;
    for (int i = 0; i < 2'000; ++i) {
      if (random.chance(0.2)) {
        const std::uint64_t marked = 1 + random.below(total);
        const auto outcome = static_cast<RowOutcome>(1 + random.below(3));
        apply({}, {{marked, outcome}});
        model[marked] = outcome;
      }
      if (random.chance(0.1)) at = 1 + random.below(total);
      const RowState state = row(at);
      const auto wanted = model.find(at);
      ASSERT_EQ(state.outcome, wanted == model.end() ? RowOutcome::pending : wanted->second) << at;
      ASSERT_EQ(state.run, wanted == model.end() ? 0 : run);
      at = at % total + 1;
    }
  }
}

TEST_F(Jobs, KnowOfRowsThatAnotherProcessEndedOnceTheyWroteThemselves) {
  take(people(3));
  begin();
  EXPECT_EQ(row(1).outcome, RowOutcome::pending);  // and reads ahead
  const auto other = made(JobStore::open(path_));
  ASSERT_TRUE(other->join_run(1));
  ASSERT_TRUE(other->apply({}, std::vector<RowMark>{{2, RowOutcome::created}}));
  apply({}, {{1, RowOutcome::created}});
  EXPECT_EQ(row(2).outcome, RowOutcome::created);
  ASSERT_TRUE(other->apply({}, std::vector<RowMark>{{3, RowOutcome::created}}));
  ASSERT_TRUE(store_->join_run(1));
  EXPECT_EQ(row(3).outcome, RowOutcome::created);
}

std::string ulid(std::uint64_t number) {
  std::string digits = "01H5JQDV7R";
  Random random(number);
  while (digits.size() < 26) digits += "0123456789ABCDEFGHJKMNPQRSTVWXYZ"[random.below(32)];
  return digits;
}

TEST_F(Jobs, TakeLessThan250BytesARow) {
  constexpr std::uint64_t kRows = 50'000;
  constexpr std::uint64_t kBatch = 1'000;
  std::vector<RowPrint> rows(kRows);
  for (std::uint64_t i = 0; i < kRows; ++i) rows[i] = {0, key(i).head(), key(~i).head(), true};
  take(std::move(rows));
  begin();
  for (std::uint64_t first = 0; first < kRows; first += kBatch) {
    std::vector<StepWrite> writes;
    std::vector<RowMark> row_marks;
    for (std::uint64_t i = first; i < first + kBatch; ++i) {
      writes.push_back({key(2 * i), record(StepState::created, "user_" + ulid(i))});
      writes.push_back({key(2 * i + 1), record(StepState::created, "om_" + ulid(i))});
      row_marks.push_back({i + 1, RowOutcome::created, true, true});
    }
    apply(writes, row_marks);
  }
  EXPECT_EQ(found(*store_, key(1'554)).id, "user_" + ulid(777));
  store_.reset();
  EXPECT_LT(folder_.read("job.db").size(), 250 * kRows);
}

// --- notes and runs ----------------------------------------------------------------------------

TEST_F(Jobs, KeepNotesByName) {
  EXPECT_EQ(store_->note("plan"), "");
  const std::string binary("{\0\xFF\"", 4);
  ASSERT_TRUE(store_->set_notes(std::vector<JobStore::Note>{{"plan", binary}, {"sha", "1"}}));
  ASSERT_TRUE(store_->set_notes(std::vector<JobStore::Note>{{"sha", "2"}}));
  reopen();
  EXPECT_EQ(store_->note("plan"), binary);
  EXPECT_EQ(store_->note("sha"), "2");
}

TEST_F(Jobs, NumberTheirRunsAndTellWhichWereKilled) {
  EXPECT_TRUE(store_->runs()->empty());
  EXPECT_FALSE(store_->end_run(kNoon, "finished"));
  EXPECT_EQ(store_->begin_run(kNoon, 4), 1);
  reopen();  // killed
  EXPECT_EQ(store_->begin_run(kNoon + std::chrono::hours(1), 2), 2);
  ASSERT_TRUE(store_->end_run(kNoon + std::chrono::hours(2), "interrupted"));
  const auto runs = store_->runs();
  ASSERT_TRUE(runs);
  ASSERT_EQ(runs->size(), 2);
  EXPECT_EQ(runs->at(0).workers, 4);
  EXPECT_EQ(runs->at(0).ended, std::nullopt);
  EXPECT_EQ(runs->at(0).end, "");
  EXPECT_EQ(runs->at(1).number, 2);
  EXPECT_EQ(runs->at(1).began, kNoon + std::chrono::hours(1));
  EXPECT_EQ(runs->at(1).ended, kNoon + std::chrono::hours(2));
  EXPECT_EQ(runs->at(1).end, "interrupted");
}

TEST_F(Jobs, LetAnotherProcessJoinTheRunThatIsUnderWay) {
  take(people(2));
  begin();
  const auto other = made(JobStore::open(path_));
  EXPECT_FALSE(other->join_run(2));
  ASSERT_TRUE(other->join_run(1));
  ASSERT_TRUE(other->apply({}, std::vector<RowMark>{{2, RowOutcome::created}}));
  EXPECT_EQ(row(2).run, 1);
  ASSERT_TRUE(store_->end_run(kNoon, "finished"));
  EXPECT_FALSE(other->join_run(1));
}

// --- looking -----------------------------------------------------------------------------------

TEST_F(Jobs, CanBeLookedAtWhileTheyWork) {
  take(people(3));
  begin();
  apply({{key(1), record(StepState::created, "x")}}, {{1, RowOutcome::created}});
  const auto view = made(JobStore::look(path_));
  EXPECT_EQ(found(*view, key(1)).id, "x");
  EXPECT_EQ(view->count_rows()->pending(), 2);
  apply({}, {{2, RowOutcome::created}});
  EXPECT_EQ(view->count_rows()->pending(), 1);
  EXPECT_FALSE(view->apply(std::vector<StepWrite>{{key(2), record(StepState::begun)}}, {}));
  EXPECT_FALSE(view->begin_run(kNoon, 1));
}

}  // namespace
}  // namespace usher
