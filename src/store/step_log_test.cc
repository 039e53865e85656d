// SPDX-License-Identifier: Apache-2.0
// What is known by heart must be what the file says, whoever wrote it: so several connections to
// one file, few steps by heart, and a model.
#include "store/step_log.h"

#include <map>
#include <memory>
#include <vector>

#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>

#include "base/random.h"
#include "base/scratch.h"
#include "store/steps_test.h"

namespace usher {
namespace {

// A process of its own, as far as the file can tell.
class Writer {
 public:
  Writer(const std::string& path, std::size_t most)
      : db_(path, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE) {
    db_.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF");
    if (db_.execAndGet("SELECT count(*) FROM sqlite_schema").getInt() == 0) {
      db_.exec(StepLog::schema());
    }
    log_ = std::make_unique<StepLog>(db_, most);
  }

  StepLog& log() { return *log_; }
  std::int64_t number(const char* query) { return db_.execAndGet(query).getInt64(); }

  void write(const std::vector<StepWrite>& steps, bool commit = true) {
    db_.exec("BEGIN IMMEDIATE");
    log_->begin();
    for (const StepWrite& step : steps) log_->put(step.key, step.record);
    db_.exec(commit ? "COMMIT" : "ROLLBACK");
    commit ? log_->committed() : log_->rolled_back();
  }

 private:
  SQLite::Database db_;
  std::unique_ptr<StepLog> log_;
};

class StepLogs : public testing::Test {
 protected:
  std::unique_ptr<Writer> writer(std::size_t most = 4) {
    return std::make_unique<Writer>(folder_.at("job.db"), most);
  }

 private:
  ScratchFolder folder_;
};

std::map<std::pair<StepKind, StepState>, int> counted(StepLog& log) {
  std::map<std::pair<StepKind, StepState>, int> counts;
  log.count([&](StepKind kind, StepState state, int by) { counts[{kind, state}] += by; });
  std::erase_if(counts, [](const auto& count) { return count.second == 0; });
  return counts;
}

TEST_F(StepLogs, GivePlacesInBulkAndFindStepsWithAndWithoutOne) {
  const auto one = writer();
  for (std::uint64_t i = 1; i <= 10; ++i) {
    one->write({{key(i), record(StepState::created, std::to_string(i))}});
  }
  EXPECT_EQ(one->number("SELECT upto FROM placed"), 8);
  EXPECT_EQ(one->number("SELECT count(*) FROM place"), 8);
  const auto other = writer();
  for (std::uint64_t i = 1; i <= 10; ++i) {
    EXPECT_EQ(one->log().find(key(i)).id, std::to_string(i));
    EXPECT_EQ(other->log().find(key(i)).id, std::to_string(i));
  }
}

TEST_F(StepLogs, KeepOneSettledStepOfAKey) {
  const auto one = writer();
  for (int i = 0; i < 3; ++i) {
    for (const std::uint64_t number : {1U, 2U, 3U, 4U, 5U, 6U}) {
      one->write({{key(number), record(StepState::failed)}});
      one->write({{key(number), record(StepState::begun)}});
      one->write({{key(number), record(StepState::created, std::to_string(i))}});
    }
  }
  EXPECT_EQ(one->number("SELECT count(*) FROM step"), 6);
  EXPECT_EQ(one->number("SELECT count(*) FROM begun"), 0);
  EXPECT_EQ(one->log().find(key(3)).id, "2");
}

TEST_F(StepLogs, TellKeysOfOneHeadApart) {
  const auto one = writer();
  Key first = key(1);
  Key second = first;
  second.bytes.back() ^= 1;
  Key third = first;
  third.bytes[8] ^= 0x80;
  one->write({{first, record(StepState::created, "first")},
              {second, record(StepState::created, "second")},
              {key(2), record(StepState::created)},
              {key(3), record(StepState::created)}});
  one->write({});  // gives places
  EXPECT_EQ(one->number("SELECT upto FROM placed"), 4);
  EXPECT_EQ(one->log().find(first).id, "first");
  EXPECT_EQ(one->log().find(second).id, "second");
  EXPECT_EQ(one->log().find(third).state, StepState::absent);
}

TEST_F(StepLogs, SeeWhatAnotherSettledSinceTheyAsked) {
  const auto one = writer();
  const auto other = writer();
  EXPECT_EQ(one->log().find(key(1)).state, StepState::absent);
  other->write({{key(1), record(StepState::begun)}});
  EXPECT_EQ(one->log().find(key(1)).state, StepState::begun);
  other->write({{key(1), record(StepState::failed)}});
  one->write({{key(1), record(StepState::created, "one")}});  // without another look
  EXPECT_EQ(other->number("SELECT count(*) FROM step"), 1);
  EXPECT_EQ(other->log().find(key(1)).id, "one");
}

struct Trial {
  std::vector<std::unique_ptr<Writer>> writers;
  std::map<Key, StepRecord> settled;
  std::map<Key, StepRecord> begun;

  StepRecord wanted(const Key& of) {
    if (const auto open = begun.find(of); open != begun.end()) return open->second;
    const auto there = settled.find(of);
    return there == settled.end() ? StepRecord{} : there->second;
  }
  void write(Random& random, Writer& writer) {
    std::vector<StepWrite> steps(random.below(6));
    const bool commit = random.chance(0.8);
    for (StepWrite& step : steps) {
      step.key = key(random.below(60));
      step.record = record(static_cast<StepState>(1 + random.below(7)),
                           fmt::format("org_{}", random.below(1'000)));
    }
    writer.write(steps, commit);
    for (const StepWrite& step : steps) {
      if (!commit) break;
      if (step.record.state == StepState::begun) {
        begun[step.key] = step.record;
      } else {
        begun.erase(step.key);
        settled[step.key] = step.record;
      }
    }
  }
  std::map<std::pair<StepKind, StepState>, int> counts() {
    std::map<std::pair<StepKind, StepState>, int> all;
    for (const auto& [of, step] : begun) ++all[{step.kind, step.state}];
    for (const auto& [of, step] : settled) {
      if (!begun.contains(of)) ++all[{step.kind, step.state}];
    }
    return all;
  }
};

TEST_F(StepLogs, OfSeveralWritersAgreeWithAModel) {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    SCOPED_TRACE(seed);
    const ScratchFolder folder;
    Random random(seed);
    Trial trial;
    const auto anew = [&] {
      return std::make_unique<Writer>(folder.at("job.db"), 1 + random.below(12));
    };
    for (int i = 0; i < 3; ++i) trial.writers.push_back(anew());
    for (int i = 0; i < 300; ++i) {
      auto& writer = trial.writers[random.below(trial.writers.size())];
      if (random.chance(0.02)) writer = anew();
      if (random.chance(0.5)) {
        trial.write(random, *writer);
      } else if (random.chance(0.95)) {
        const Key wanted = key(random.below(60));
        expect_same(writer->log().find(wanted), trial.wanted(wanted));
      } else {
        EXPECT_EQ(counted(writer->log()), trial.counts());
      }
      ASSERT_FALSE(HasFailure()) << "after action " << i;
    }
  }
}

}  // namespace
}  // namespace usher
