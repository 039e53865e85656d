// SPDX-License-Identifier: Apache-2.0
#include "run/job/errors.h"

#include <filesystem>
#include <memory>
#include <optional>
#include <set>
#include <sstream>

#include <boost/json.hpp>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/random.h"
#include "base/scratch.h"
#include "run/sample_failure.h"

namespace usher::job {
namespace {

class ErrorsOfAJob : public testing::Test {
 protected:
  ErrorsOfAJob() { new_job("job.db"); }

  void new_job(const std::string& name) {
    auto made = JobStore::create(scratch_.at(name));
    EXPECT_TRUE(made) << made.error().line();
    store_ = std::move(*made);
    std::uint64_t next = 0;
    EXPECT_TRUE(store_->take_input(
        [&]() -> Result<std::optional<RowPrint>> {
          if (next == kRows) return std::nullopt;
          ++next;
          return RowPrint{next, next * 17, next * 31, false};
        },
        {}));
  }

  void begin_run() {
    const auto run = store_->begin_run(kSampleMoment, 1);
    ASSERT_TRUE(run);
    auto errors = Errors::begin(path(), *store_, *run);
    ASSERT_TRUE(errors) << errors.error().line();
    errors_ = std::make_unique<Errors>(std::move(*errors));
  }
  void tell(std::uint64_t record) {
    const SampleRow sample;
    ASSERT_TRUE(errors_->add(sample.row(record)));
  }
  void mark(std::uint64_t record, RowOutcome outcome) {
    const std::vector<RowMark> marks = {{.record = record, .outcome = outcome}};
    ASSERT_TRUE(store_->apply({}, marks));
  }
  void fail_row(std::uint64_t record) {
    tell(record);
    mark(record, RowOutcome::failed);
  }
  // A run that comes to some of the rows, and then to no end.
  void run_some(Random& random) {
    begin_run();
    std::set<std::uint64_t> tried;
    for (int i = 0; i < 20; ++i) {
      const std::uint64_t record = 1 + random.below(kRows);
      const auto state = store_->row(record);
      ASSERT_TRUE(state);
      if (state->succeeded() || tried.contains(record)) continue;
      if (random.chance(0.15)) {
        mark(record, RowOutcome::created);
        continue;
      }
      tell(record);
      if (random.chance(0.1)) continue;  // its worker died before the mark: told again
      mark(record, RowOutcome::failed);
      tried.insert(record);
    }
  }
  [[nodiscard]] std::string path() const { return scratch_.at("errors.jsonl"); }
  // The records of the file, in its order; each line must be JSON.
  [[nodiscard]] std::vector<std::uint64_t> records() const {
    std::vector<std::uint64_t> found;
    std::istringstream lines(scratch_.read("errors.jsonl"));
    for (std::string line; std::getline(lines, line);) {
      const auto value = boost::json::parse(line);
      found.push_back(value.at("recordNumber").to_number<std::uint64_t>());
    }
    return found;
  }

  static constexpr std::uint64_t kRows = 12;
  ScratchFolder scratch_;
  std::unique_ptr<JobStore> store_;
  std::unique_ptr<Errors> errors_;
};

TEST_F(ErrorsOfAJob, AreNotThereWhenNothingFailed) {
  begin_run();
  ASSERT_TRUE(errors_->finish());
  EXPECT_FALSE(scratch_.has("errors.jsonl"));
}

TEST_F(ErrorsOfAJob, CanBeReadWhileTheRunGoesOn) {
  begin_run();
  fail_row(3);
  EXPECT_EQ(records(), (std::vector<std::uint64_t>{3}));
}

TEST_F(ErrorsOfAJob, LoseWhatALaterRunMended) {
  begin_run();
  fail_row(3);
  fail_row(5);
  ASSERT_TRUE(errors_->finish());
  begin_run();
  mark(3, RowOutcome::created);
  fail_row(5);
  ASSERT_TRUE(errors_->finish());
  EXPECT_EQ(records(), (std::vector<std::uint64_t>{5}));
  begin_run();
  mark(5, RowOutcome::created);
  ASSERT_TRUE(errors_->finish());
  EXPECT_FALSE(scratch_.has("errors.jsonl"));
}

TEST_F(ErrorsOfAJob, KeepRowsThatTheNextRunDidNotComeTo) {
  begin_run();
  fail_row(3);
  fail_row(5);
  ASSERT_TRUE(errors_->finish());
  begin_run();
  fail_row(3);
  ASSERT_TRUE(errors_->finish());
  EXPECT_EQ(records(), (std::vector<std::uint64_t>{5, 3}));
}

TEST_F(ErrorsOfAJob, OfAnotherInputAreGone) {
  begin_run();
  fail_row(3);
  ASSERT_TRUE(errors_->finish());
  ASSERT_TRUE(Errors::clear(path(), *store_));
  EXPECT_FALSE(scratch_.has("errors.jsonl"));
}

// Runs that are killed anywhere: after the next one that ends the file names exactly the rows that
// have failed, each once, and whole.
TEST_F(ErrorsOfAJob, AreTheFailedRowsAfterAnyCrash) {
  std::uint64_t named = 0;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    SCOPED_TRACE(fmt::format("seed {}", seed));
    Random random(seed);
    new_job(fmt::format("job{}.db", seed));
    std::filesystem::remove(path());
    for (std::uint64_t kills = random.below(4); kills > 0; --kills) run_some(random);
    run_some(random);
    ASSERT_TRUE(errors_->finish());
    std::set<std::uint64_t> failed;
    for (std::uint64_t record = 1; record <= kRows; ++record) {
      if (store_->row(record)->outcome == RowOutcome::failed) failed.insert(record);
    }
    const auto lines = scratch_.has("errors.jsonl") ? records() : std::vector<std::uint64_t>{};
    EXPECT_EQ(std::set(lines.begin(), lines.end()), failed);
    EXPECT_EQ(lines.size(), failed.size());
    named += lines.size();
  }
  EXPECT_GT(named, 100U) << "the runs left too little to look at";
}

}  // namespace
}  // namespace usher::job
