// SPDX-License-Identifier: Apache-2.0
#include "run/rows.h"

#include <set>
#include <sstream>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/scratch.h"
#include "store/job_store.h"

namespace usher {
namespace {

class RowsOfAJob : public testing::Test {
 protected:
  RowsOfAJob() {
    auto made = JobStore::create(folder_.at("job.db"));
    EXPECT_TRUE(made) << made.error().line();
    store_ = std::move(*made);
  }

  std::unique_ptr<Rows> open(bool with_store, std::uint64_t partitions = ~0ULL) {
    UserImportOptions options;
    options.csv = folder_.at("users.csv");
    Rows::Scope scope;
    scope.hash_key = "a key of the job";
    scope.store = with_store ? store_.get() : nullptr;
    scope.run = 1;
    scope.partitions = partitions;
    auto rows = Rows::open(options, std::move(scope), -1);
    EXPECT_TRUE(rows) << rows.error().line();
    return std::move(*rows);
  }
  void take() {
    const auto rows = open(false);
    ASSERT_TRUE(store_->take_input([&] { return rows->next_print(); }, {}));
    ASSERT_TRUE(store_->begin_run(WallTime{}, 1));
  }
  // The records that are worked on, or the error.
  std::string work(std::uint64_t partitions = ~0ULL) {
    const auto rows = open(true, partitions);
    std::string records;
    std::vector<std::string> warnings;
    while (true) {
      const auto next = rows->next(warnings);
      if (!next) return records + "! " + next.error().what;
      if (next->kind == Rows::Next::Kind::end) return records;
      records += std::to_string(next->record) + " ";
    }
  }

  ScratchFolder folder_;
  std::unique_ptr<JobStore> store_;
};

constexpr const char* kThree = "email\na@example.com\nnobody\nc@example.com\n";

TEST_F(RowsOfAJob, AreThoseThatNeedWork) {
  folder_.write("users.csv", kThree);
  take();
  EXPECT_EQ(work(), "1 2 3 ");
  const std::vector<RowMark> marks = {{.record = 1, .outcome = RowOutcome::created},
                                      {.record = 2, .outcome = RowOutcome::failed}};
  ASSERT_TRUE(store_->apply({}, marks));
  EXPECT_EQ(work(), "3 ") << "what failed in this run is not tried again in it";
}

// Their numbers would stand for other people: nothing may be settled under them.
TEST_F(RowsOfAJob, AreRefusedWhenTheInputHasChangedSinceItWasTaken) {
  for (const char* changed :
       {"email\nb@example.com\na@example.com\nnobody\nc@example.com\n",  // inserted
        "email\nc@example.com\nnobody\na@example.com\n",                 // reordered
        "email\nnobody\nc@example.com\n",                                // removed
        "email,first_name\na@example.com,Ada\nnobody,\nc@example.com,\n"}) {
    folder_.write("users.csv", kThree);
    const ScratchFolder fresh;
    store_ = std::move(*JobStore::create(fresh.at("job.db")));
    take();
    folder_.write("users.csv", changed);
    EXPECT_TRUE(work().starts_with("! the input has changed")) << changed << work();
  }
}

TEST_F(RowsOfAJob, ThatWereAddedAtTheEndAreRefusedToo) {
  folder_.write("users.csv", kThree);
  take();
  folder_.write("users.csv", std::string(kThree) + "d@example.com\n");
  EXPECT_TRUE(work().starts_with("1 2 3 ! the input has changed")) << work();
}

// Each row belongs to exactly one of the workers, and all rows of a person to the same.
TEST_F(RowsOfAJob, AreDealtToPartitionsByPerson) {
  std::string csv = "email,org_id\n";
  for (int i = 0; i < 200; ++i)
    csv += fmt::format("{}{}@example.com,org_{}\n", i % 2 == 0 ? "P" : "p", i % 40 / 2, i);
  folder_.write("users.csv", csv);
  take();
  std::multiset<std::string> seen;
  for (int q = 0; q < 64; ++q) {
    const std::string mine = work(std::uint64_t{1} << q);
    std::istringstream words(mine);
    for (std::string record; words >> record;) seen.insert(record);
  }
  EXPECT_EQ(seen.size(), 200U);
  EXPECT_EQ(std::set<std::string>(seen.begin(), seen.end()).size(), 200U);
}

class Teller final : public Observer {
 public:
  void started(Mode /*mode*/, std::uint64_t /*total_rows*/) override {}
  void warned(const std::string& /*warning*/) override {}
  void progressed(const Progress& /*progress*/) override {}
  [[nodiscard]] Status failed(const FailedRow& row) override {
    csv_path = row.csv_path;
    return {};
  }
  std::string csv_path = "not told";
};

TEST_F(RowsOfAJob, AreToldWithTheFileTheyAreFrom) {
  folder_.write("users.csv", kThree);
  const auto rows = open(false);
  std::vector<std::string> warnings;
  ASSERT_TRUE(rows->next(warnings));
  Teller teller;
  ASSERT_TRUE(rows->tell(1, {}, {}, teller));
  EXPECT_EQ(teller.csv_path, folder_.at("users.csv"));
}

}  // namespace
}  // namespace usher
