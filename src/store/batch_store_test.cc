// SPDX-License-Identifier: Apache-2.0
#include "store/batch_store.h"

#include <map>

#include <SQLiteCpp/SQLiteCpp.h>
#include <gmock/gmock.h>

#include "base/scratch.h"
#include "store/batches_test.h"
#include "store/broken_disk_test.h"

namespace usher {
namespace {

using customers::Cause;
using customers::ItemState;
using customers::Outcome;
using testing::HasSubstr;

class Batches : public testing::Test {
 protected:
  Batches() : store_(std::move(BatchStore::create(path_, disk_.name()).value())) {}

  void write(std::uint64_t batch, std::uint32_t size, std::uint32_t item, const ItemState& state) {
    const std::vector<BatchStore::Write> writes = {{batch, size, item, state}};
    const Status applied = store_->apply(writes);
    ASSERT_TRUE(applied) << applied.error().line();
  }
  std::vector<ItemState> batch(std::uint64_t number) {
    auto items = store_->batch(number);
    EXPECT_TRUE(items) << items.error().line();
    return items ? *items : std::vector<ItemState>();
  }
  void open_again() {
    store_.reset();
    auto again = BatchStore::open(path_, disk_.name());
    ASSERT_TRUE(again) << again.error().line();
    store_ = std::move(*again);
  }

  ScratchFolder folder_;
  BrokenDisk disk_;
  std::string path_ = folder_.at("job.db");
  std::unique_ptr<BatchStore> store_;
};

TEST_F(Batches, ThatWereNotTouchedAreEmpty) {
  EXPECT_TRUE(batch(1).empty());
}

TEST_F(Batches, KeepEveryItemAndLeaveTheOthersPending) {
  write(3, 4, 1, state(Outcome::failed, cause(Cause::Kind::result, 201, "CONFLICT"), true));
  write(3, 4, 2, begun());
  open_again();
  const auto items = batch(3);
  ASSERT_EQ(items.size(), 4U);
  EXPECT_EQ(in_words(items[0]), "0");
  EXPECT_EQ(in_words(items[1]), "3m 2 201 CONFLICT  ");
  EXPECT_EQ(in_words(items[2]), "0b");
  EXPECT_EQ(in_words(items[3]), "0");
}

TEST_F(Batches, AreReadableWithTheSqlite3Tool) {
  write(3, 2, 1, state(Outcome::failed, cause(Cause::Kind::invalid, 0), true));
  write(3, 2, 0, begun());
  write(4, 1, 0, state(Outcome::echo));
  SQLite::Database db(path_);
  SQLite::Statement query(db, "SELECT * FROM item ORDER BY batch, item");
  std::string text;
  while (query.executeStep()) {
    for (int i = 0; i < query.getColumnCount(); ++i) text += query.getColumn(i).getString() + " ";
  }
  EXPECT_EQ(text, "3 1 pending 1 0 0 3 2 failed 0 1 1 4 1 echo 0 0 0 ");
}

TEST_F(Batches, ForgetACauseOnceTheItemHasArrived) {
  write(1, 1, 0, state(Outcome::failed, cause(Cause::Kind::refused, 400)));
  write(1, 1, 0, state(Outcome::arrived, cause(Cause::Kind::refused, 400)));
  EXPECT_EQ(in_words(batch(1)), "1\n");
}

TEST_F(Batches, OfAnotherSizeAreRefusedInWords) {
  write(1, 4, 0, begun());
  for (const BatchStore::Write& wrong :
       {BatchStore::Write{1, 5, 0, begun()}, BatchStore::Write{1, 4, 4, begun()},
        BatchStore::Write{0, 4, 0, begun()}, BatchStore::Write{2, 0, 0, begun()},
        BatchStore::Write{2, 101, 0, begun()}, BatchStore::Write{~0ULL, 4, 0, begun()}}) {
    const std::vector<BatchStore::Write> writes = {{1, 4, 1, begun()}, wrong};
    const Status applied = store_->apply(writes);
    ASSERT_FALSE(applied);
    EXPECT_THAT(applied.error().line(), HasSubstr(path_));
  }
  EXPECT_EQ(in_words(batch(1)), "0b\n0\n0\n0\n") << "all or nothing";
}

TEST_F(Batches, CutACauseThatIsTooLongBetweenTwoLetters) {
  const std::string letter = "ä";
  std::string longer;
  while (longer.size() < 2 * Cause::kMostMessage) longer += letter;
  write(1, 1, 0, state(Outcome::failed, cause(Cause::Kind::refused, 500, "x" + longer, longer)));
  open_again();
  const auto items = batch(1);
  ASSERT_EQ(items.size(), 1U);
  ASSERT_NE(items[0].cause, nullptr);
  EXPECT_EQ(items[0].cause->message, longer.substr(0, Cause::kMostMessage));
  EXPECT_EQ(items[0].cause->result, "x" + longer.substr(0, Cause::kMostMessage - 2));
}

TEST_F(Batches, KeepEachDifferentCauseOnce) {
  for (std::uint64_t number = 1; number <= 50; ++number) {
    write(number, 2, 0, state(Outcome::failed, cause(Cause::Kind::refused, 400, "", "the same")));
  }
  store_.reset();
  std::size_t copies = 0;
  const std::string whole = folder_.read("job.db");
  for (auto at = whole.find("the same"); at != whole.npos; at = whole.find("the same", at + 1)) {
    ++copies;
  }
  EXPECT_EQ(copies, 1);
}

// Whatever is written in whichever order, with more causes than are known by heart.
TEST_F(Batches, SayWhatAModelSaysInAnyOrder) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    const ScratchFolder folder;
    auto store = std::move(BatchStore::create(folder.at("job.db"), disk_.name()).value());
    std::map<std::uint64_t, std::vector<ItemState>> model;
    for (int round = 0; round < 60; ++round) {
      std::vector<BatchStore::Write> writes;
      for (std::uint64_t i = random.below(40); i > 0; --i) {
        const std::uint64_t number = 1 + random.below(9);
        const auto size = static_cast<std::uint32_t>(number * 7);
        const auto item = static_cast<std::uint32_t>(random.below(size));
        ItemState made = random_state(random);
        if (made.cause != nullptr && random.chance(0.1)) {
          made.cause = cause(Cause::Kind::refused, 500, "", fmt::format("id {}", random.next()));
        }
        auto& items = model[number];
        items.resize(size);
        items[item] = made;
        writes.push_back({number, size, item, std::move(made)});
      }
      ASSERT_TRUE(store->apply(writes));
      if (random.chance(0.1)) {
        store.reset();
        store = std::move(BatchStore::open(folder.at("job.db"), disk_.name()).value());
      }
    }
    customers::ItemCounts counts;
    std::string missing;
    for (const auto& [number, items] : model) {
      EXPECT_EQ(in_words(store->batch(number).value()), in_words(items));
      bool any = false;
      for (const ItemState& item : items) {
        any = any || !has_arrived(item.outcome);
        counts.failed += item.outcome == Outcome::failed ? 1 : 0;
        counts.pending += item.outcome == Outcome::pending ? 1 : 0;
        counts.arrived += item.outcome == Outcome::arrived ? 1 : 0;
      }
      if (any) missing += fmt::format("{}\n{}", number, in_words(items));
    }
    const auto got = store->count_items(1'000);
    ASSERT_TRUE(got);
    EXPECT_EQ(got->total(), 1'000);
    EXPECT_EQ(got->failed, counts.failed);
    EXPECT_EQ(got->arrived, counts.arrived);
    std::string visited;
    ASSERT_TRUE(store->each_missing([&](std::uint64_t number, const auto& items) -> Status {
      visited += fmt::format("{}\n{}", number, in_words(items));
      return {};
    }));
    EXPECT_EQ(visited, missing);
  }
}

TEST_F(Batches, ThatMissSomethingAreVisitedInOrderHoweverMany) {
  for (std::uint64_t number = 1; number <= 500; ++number) {
    write(number, 1, 0, state(number % 3 == 0 ? Outcome::arrived : Outcome::pending));
  }
  std::uint64_t last = 0;
  std::uint64_t visits = 0;
  // What is visited may be written meanwhile.
  ASSERT_TRUE(store_->each_missing([&](std::uint64_t number, const auto& items) -> Status {
    EXPECT_GT(number, last);
    EXPECT_EQ(items.size(), 1U);
    last = number;
    ++visits;
    const std::vector<BatchStore::Write> writes = {{number, 1, 0, state(Outcome::arrived)}};
    return store_->apply(writes);
  }));
  EXPECT_EQ(visits, 500 - 166);
  EXPECT_EQ(store_->count_items(500)->arrived, 500);
}

TEST_F(Batches, EndAVisitWithItsError) {
  write(1, 1, 0, begun());
  const Status visited = store_->each_missing(
      [](std::uint64_t /*number*/, const auto& /*items*/) -> Status { return fail("enough"); });
  ASSERT_FALSE(visited);
  EXPECT_EQ(visited.error().what, "enough");
}

TEST_F(Batches, HoldingMoreItemsThanTheJobAreDamaged) {
  write(1, 4, 0, begun());
  EXPECT_TRUE(store_->count_items(4));
  EXPECT_FALSE(store_->count_items(3));
}

TEST_F(Batches, KeepNotesAndRuns) {
  const std::vector<BatchStore::Note> notes = {{"plan", "{}"}};
  ASSERT_TRUE(store_->set_notes(notes));
  EXPECT_EQ(store_->note("plan").value_or("?"), "{}");
  EXPECT_EQ(store_->note("else").value_or("?"), "");
  EXPECT_FALSE(store_->end_run({}, "finished"));
  ASSERT_TRUE(store_->begin_run({}, 3));
  open_again();  // as after a kill
  ASSERT_TRUE(store_->runs());
  EXPECT_FALSE(store_->runs()->back().ended);
  ASSERT_TRUE(store_->end_run({}, "killed"));
  EXPECT_EQ(store_->runs()->back().end, "killed");
  EXPECT_EQ(store_->runs()->back().workers, 3);
}

TEST_F(Batches, CanBeLookedAtWhileTheyAreWrittenAndNotBeWritten) {
  write(1, 2, 0, begun());
  auto view = BatchStore::look(path_);
  ASSERT_TRUE(view) << view.error().line();
  EXPECT_EQ(in_words((*view)->batch(1).value()), "0b\n0\n");
  write(1, 2, 1, state(Outcome::arrived));
  EXPECT_EQ(in_words((*view)->batch(1).value()), "0b\n1\n");
  EXPECT_EQ((*view)->count_items(2)->arrived, 1);
  int visits = 0;
  ASSERT_TRUE((*view)->each_missing([&](std::uint64_t /*number*/, const auto& /*items*/) -> Status {
    ++visits;
    return {};
  }));
  EXPECT_EQ(visits, 1);
  const std::vector<BatchStore::Write> writes = {{1, 2, 0, begun()}};
  EXPECT_FALSE((*view)->apply(writes));
  EXPECT_FALSE((*view)->begin_run({}, 1));
  EXPECT_FALSE((*view)->end_run({}, "finished"));
  EXPECT_FALSE((*view)->set_notes(std::vector<BatchStore::Note>{{"a", "b"}}));
  store_.reset();
  EXPECT_EQ(in_words((*view)->batch(1).value()), "0b\n1\n");
}

TEST(StoresOfTwoKinds, RefuseEachOtherInWords) {
  const ScratchFolder folder;
  ASSERT_TRUE(BatchStore::create(folder.at("customers.db")));
  ASSERT_TRUE(JobStore::create(folder.at("users.db")));
  folder.write("text.db", std::string(200, 'x'));
  folder.write("empty.db", "");

  EXPECT_TRUE(BatchStore::is_one(folder.at("customers.db")));
  for (const char* other : {"users.db", "text.db", "empty.db", "none.db", "."}) {
    EXPECT_FALSE(BatchStore::is_one(folder.at(other))) << other;
  }
  const auto users = JobStore::open(folder.at("customers.db"));
  ASSERT_FALSE(users);
  EXPECT_THAT(users.error().line(),
              HasSubstr("customers.db is the store of an import of customers, not of an import of "
                        "users\n  go on with it by usher import-customers"));
  EXPECT_FALSE(JobStore::look(folder.at("customers.db")));
  const auto customers = BatchStore::open(folder.at("users.db"));
  ASSERT_FALSE(customers);
  EXPECT_THAT(customers.error().line(), HasSubstr("is the store of an import of users, not of an"));
  EXPECT_FALSE(BatchStore::look(folder.at("users.db")));
  EXPECT_FALSE(BatchStore::open(folder.at("text.db")));
  EXPECT_FALSE(BatchStore::open(folder.at("none.db")));
}

}  // namespace
}  // namespace usher
