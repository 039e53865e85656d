// SPDX-License-Identifier: Apache-2.0
#include "run/customers/retry_folder.h"

#include <map>

#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <sys/stat.h>

#include "run/customers/jobs_test.h"
#include "run/customers/retry_instructions.h"

namespace usher::customers {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::MatchesRegex;

Status nothing(const Rest& /*rest*/) {
  return {};
}

class RetryFolders : public testing::Test {
 protected:
  RetryFolders() { facts_.now = read_clocks().wall; }

  std::string read(const std::string& folder, const std::string& name) {
    return read_file(folder + "/" + name, 10 << 20).value_or("?");
  }
  boost::json::object summary(const std::string& folder) {
    boost::system::error_code error;
    auto value = boost::json::parse(read(folder, "retry_summary.json"), error);
    EXPECT_FALSE(error);
    return value.is_object() ? value.get_object() : boost::json::object();
  }
  Rest rest(TestJob& test, std::uint64_t batch) {
    return read_rest(*test.job->store, test.inputs, batch, bytes_).value();
  }
  // Of the whole run, the interim files included, in whatever order.
  std::string finish(TestJob& test, const std::vector<std::uint64_t>& failed = {}) {
    facts_.counts = test.job->store->count_items(test.inputs.items()).value();
    RetryFolder folder(*test.job, test.inputs);
    for (const std::uint64_t batch : failed) {
      const Status added = folder.add(rest(test, batch), facts_);
      EXPECT_TRUE(added) << added.error().line();
    }
    const Status finished = folder.finish(facts_, nothing);
    EXPECT_TRUE(finished) << finished.error().line();
    return folder.path();
  }

  ScratchFolder scratch_;
  RunFacts facts_;
  std::string bytes_;
};

TEST_F(RetryFolders, OfTheSeedHoldTheTwoBatchesThatFailedAndNothingElse) {
  scratch_.write("a.json", file_of(1, 1'000));
  TestJob test(scratch_, {scratch_.at("a.json")}, 50);
  for (std::uint64_t batch = 1; batch <= 20; ++batch) test.set_all(batch, ended(Outcome::arrived));
  const auto down = why(Cause::Kind::unanswered, 503, "", "Service Unavailable");
  test.set_all(7, ended(Outcome::failed, down, true));
  test.set_all(3, ended(Outcome::failed, down, true));
  const std::string folder = finish(test, {7, 3});

  EXPECT_THAT(folder.substr(scratch_.path().size() + 1),
              MatchesRegex("retry_batches_[0-9]{8}_[0-9]{6}"));
  EXPECT_THAT(names_in(folder), ElementsAre("RETRY_INSTRUCTIONS.md", "retry_batch_01_failed.json",
                                            "retry_batch_02_failed.json", "retry_summary.json"));
  EXPECT_EQ(read(folder, "retry_batch_01_failed.json").substr(0, 90),
            ("{\"data\":[\n" + customer(101)).substr(0, 90));
  const Inputs again = survey({folder}, 50);
  EXPECT_EQ(again.items(), 100);
  const auto said = summary(folder);
  EXPECT_EQ(said.at("import_type"), "customers");
  EXPECT_EQ(said.at("total_failed_batches"), 2);
  EXPECT_EQ(said.at("total_failed_customers"), 100);
  EXPECT_EQ(said.at("retry_files"),
            (boost::json::array{"retry_batch_01_failed.json", "retry_batch_02_failed.json"}));
  const auto& first = said.at("error_details").as_array().at(0).as_object();
  EXPECT_EQ(first.at("batch_id"), 3);
  EXPECT_EQ(first.at("customer_count"), 50);
  EXPECT_EQ(first.at("error"), "HTTP 503: Service Unavailable");
  EXPECT_EQ(first.at("status_code"), 503);
  EXPECT_EQ(first.at("retry_file"), "retry_batch_01_failed.json");
  EXPECT_EQ(first.at("source_file"), scratch_.at("a.json").c_str());
  EXPECT_EQ(first.at("first_item"), 101);
  EXPECT_EQ(first.at("last_item"), 150);
  EXPECT_TRUE(said.at("used").is_null());
  const std::string instructions = read(folder, "RETRY_INSTRUCTIONS.md");
  EXPECT_THAT(instructions, HasSubstr("usher import-customers " + folder + "\n"));
  EXPECT_THAT(instructions, HasSubstr("usher import-customers --resume spring --checkpoint-dir "));
  EXPECT_THAT(instructions, HasSubstr("NO_ANSWER: 100 customers"));
}

TEST_F(RetryFolders, AppearWithTheFirstFailedBatchAlreadyInThem) {
  scratch_.write("a.json", file_of(1, 30));
  TestJob test(scratch_, {scratch_.at("a.json")}, 10);
  RetryFolder folder(*test.job, test.inputs);
  EXPECT_EQ(folder.path(), "");
  test.set_all(2, ended(Outcome::unconfirmed, why(Cause::Kind::no_result, 200)));
  facts_.complete = false;
  ASSERT_TRUE(folder.add(rest(test, 2), facts_));
  EXPECT_THAT(
      names_in(folder.path()),
      ElementsAre("RETRY_INSTRUCTIONS.md", "retry_batch_01_failed.json", "retry_summary.json"));
  EXPECT_EQ(folder.files(), 1);
  EXPECT_EQ(survey({folder.path()}, 10).items(), 10) << "it can be imported as it is";
  test.set(1, 4, ended(Outcome::failed, why(Cause::Kind::result, 201, "ERROR")));
  test.set(1, 0, ended(Outcome::arrived));
  ASSERT_TRUE(folder.add(rest(test, 1), facts_));
  EXPECT_EQ(folder.files(), 2);
  EXPECT_EQ(survey({folder.path()}, 10).items(), 19);
  EXPECT_EQ(read_plan(*test.job->store, test.job->folder)->retry_folder, folder.path())
      << "so that the next start knows it after a kill";
}

TEST_F(RetryFolders, AreForTheirOwnerAlone) {
  scratch_.write("a.json", file_of(1, 3));
  TestJob test(scratch_, {scratch_.at("a.json")}, 10);
  const mode_t before = ::umask(0);
  const std::string folder = finish(test);
  ::umask(before);
  struct stat info{};
  ASSERT_EQ(::stat(folder.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777U, 0700U);
  for (const std::string& name : names_in(folder)) {
    ASSERT_EQ(::stat((folder + "/" + name).c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 0777U, 0600U) << name;
  }
}

TEST_F(RetryFolders, AreNumberedInBatchOrderWithNamesThatSort) {
  for (const std::uint64_t batches : {1ULL, 9ULL, 99ULL, 100ULL, 123ULL}) {
    const ScratchFolder scratch;
    scratch.write("a.json", file_of(1, batches));
    TestJob test(scratch, {scratch.at("a.json")}, 1);
    const std::string folder = finish(test, batches == 123 ? std::vector<std::uint64_t>{120, 7, 55}
                                                           : std::vector<std::uint64_t>{});
    std::uint64_t number = 0;
    for (const std::string& name : names_in(folder)) {  // sorted by name
      if (!is_retry_name(name)) continue;
      ++number;
      EXPECT_EQ(name, retry_name(number, batches > 99 ? 3 : 2));
      EXPECT_THAT(read(folder, name), HasSubstr(customer(number)));
    }
    EXPECT_EQ(number, batches);
  }
}

// Every item of the input is either said to have arrived, or in exactly one file, as it was.
TEST_F(RetryFolders, HoldExactlyWhatHasNotArrivedByteForByteWhateverTheStates) {
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    const ScratchFolder scratch;
    const std::uint64_t first = 1 + random.below(60);
    const std::uint64_t second = 1 + random.below(60);
    scratch.write("a.json", file_of(1, first));
    scratch.write("b.json", file_of(1 + first, second));
    TestJob test(scratch, {scratch.at("a.json"), scratch.at("b.json")},
                 static_cast<std::uint32_t>(1 + random.below(12)));
    std::map<std::uint64_t, bool> missing;  // by item; maybe
    std::vector<std::uint64_t> touched;
    std::vector<BatchStore::Write> writes;
    for (std::uint64_t number = 1; number <= test.inputs.batches(); ++number) {
      const Batch batch = test.inputs.batch(number);
      const bool untouched = random.chance(0.2);
      if (!untouched) touched.push_back(number);
      for (std::uint32_t i = 0; i < batch.size; ++i) {
        ItemState state;
        if (!untouched) {
          state = ended(static_cast<Outcome>(random.below(5)), nullptr, random.chance(0.3));
          state.begun = random.chance(0.2);
          const bool bad =
              state.outcome == Outcome::failed || state.outcome == Outcome::unconfirmed;
          if (bad) state.cause = why(static_cast<Cause::Kind>(1 + random.below(5)), 200, "ERROR");
          writes.push_back({number, batch.size, i, state});
        }
        if (has_arrived(state.outcome)) continue;
        missing[batch.first_item + i] = may_be_there(state, Item{});
      }
    }
    ASSERT_TRUE(test.job->store->apply(writes));
    // Some of them were written while it ran, in another order.
    std::vector<std::uint64_t> early;
    for (const std::uint64_t number : touched) {
      if (random.chance(0.5) && any_missing(*test.job->store->batch(number))) {
        early.insert(early.begin() + static_cast<std::ptrdiff_t>(random.below(early.size() + 1)),
                     number);
      }
    }
    const std::string folder = finish(test, early);
    if (missing.empty()) {
      EXPECT_EQ(folder, "");
      continue;
    }
    Inputs again = survey({folder}, 100);
    ASSERT_EQ(again.items(), missing.size());
    auto wanted = missing.begin();
    for (std::uint64_t number = 1; number <= again.batches(); ++number) {
      std::string bytes;
      const auto items = again.read(again.batch(number), bytes);
      ASSERT_TRUE(items);
      for (const Item& item : *items) {
        EXPECT_EQ(item.json, customer(wanted->first));
        EXPECT_EQ(item.maybe, wanted->second);
        ++wanted;
      }
    }
    EXPECT_EQ(summary(folder).at("total_failed_customers"), missing.size());

    // After a kill the next start comes to the same, whatever there is on the disk.
    std::map<std::string, std::string> before;
    for (const std::string& name : names_in(folder)) before[name] = read(folder, name);
    test.open_again();
    EXPECT_EQ(finish(test), folder);
    std::map<std::string, std::string> after;
    for (const std::string& name : names_in(folder)) after[name] = read(folder, name);
    EXPECT_EQ(before, after);
    ASSERT_FALSE(testing::Test::HasFailure());
  }
}

TEST_F(RetryFolders, OfTheSameJobAreRewrittenInPlaceAndMarkedAsUsedInTheEnd) {
  scratch_.write("a.json", file_of(1, 20));
  TestJob test(scratch_, {scratch_.at("a.json")}, 10);
  test.set_all(1, ended(Outcome::failed, why(Cause::Kind::refused, 400)));
  const std::string folder = finish(test, {1});
  EXPECT_EQ(survey({folder}, 10).items(), 20);
  scratch_.write(folder.substr(scratch_.path().size() + 1) + "/notes.txt", "mine");
  test.open_again();
  test.set_all(1, ended(Outcome::arrived));
  test.set_all(2, ended(Outcome::arrived));
  test.set(2, 9, ended(Outcome::unconfirmed, why(Cause::Kind::no_result, 200)));
  EXPECT_EQ(finish(test, {2}), folder);
  EXPECT_THAT(names_in(folder), ElementsAre("RETRY_INSTRUCTIONS.md", "notes.txt",
                                            "retry_batch_01_failed.json", "retry_summary.json"));
  EXPECT_EQ(survey({folder}, 10).items(), 1);
  test.open_again();
  test.set(2, 9, ended(Outcome::echo));
  EXPECT_EQ(finish(test), folder);
  EXPECT_THAT(summary(folder).at("used").as_string().c_str(), HasSubstr("by the job spring"));
  EXPECT_THAT(read(folder, "RETRY_INSTRUCTIONS.md"), testing::StartsWith("**USED on "));
  EXPECT_TRUE(names_in(folder).contains("retry_batch_01_failed.json")) << "it stays";
  const auto origin = read_retry_folder(folder);
  ASSERT_TRUE(origin);
  EXPECT_NE(origin->value_or(RetryOrigin()).used, "");
}

TEST_F(RetryFolders, ThatSomebodyHasCorrectedKeepTheWorkWhenTheJobGoesOn) {
  scratch_.write("a.json", file_of(1, 30));
  TestJob test(scratch_, {scratch_.at("a.json")}, 10);
  const std::string folder = finish(test);
  test.open_again();  // corrected before, it would be refused (overtaken_test.cc)
  const std::string file = folder + "/retry_batch_02_failed.json";
  ASSERT_TRUE(write_atomically(file, "{\"data\":[]}"));
  std::filesystem::last_write_time(
      file, std::filesystem::file_time_type::clock::now() + std::chrono::seconds{2});
  test.set_all(1, ended(Outcome::arrived));
  EXPECT_EQ(finish(test), folder);
  EXPECT_THAT(names_in(folder),
              ElementsAre("RETRY_INSTRUCTIONS.md", "retry_batch_01_failed.json",
                          "retry_batch_02_failed.json", "retry_batch_02_failed.json.edited",
                          "retry_summary.json"));
  EXPECT_EQ(read(folder, "retry_batch_02_failed.json.edited"), "{\"data\":[]}");
  EXPECT_EQ(survey({folder}, 10).items(), 20);
  EXPECT_EQ(names_in(scratch_.path()).size(), 3U);
}

TEST_F(RetryFolders, ThatSomebodyTakesAwayMeanwhileAppearAgain) {
  scratch_.write("a.json", file_of(1, 30));
  TestJob test(scratch_, {scratch_.at("a.json")}, 10);
  test.set_all(1, ended(Outcome::failed, why(Cause::Kind::refused, 400)));
  test.set_all(2, ended(Outcome::failed, why(Cause::Kind::refused, 400)));
  RetryFolder folder(*test.job, test.inputs);
  ASSERT_TRUE(folder.add(rest(test, 1), facts_));
  std::filesystem::rename(folder.path(), scratch_.at("elsewhere"));
  ASSERT_TRUE(folder.add(rest(test, 2), facts_));
  EXPECT_EQ(survey({folder.path()}, 10).items(), 10);
  facts_.counts = test.job->store->count_items(30).value();
  ASSERT_TRUE(folder.finish(facts_, nothing));
  EXPECT_EQ(survey({folder.path()}, 10).items(), 30);
}

TEST_F(RetryFolders, OfTwoJobsInOneSecondHaveNamesOfTheirOwn) {
  scratch_.write("a.json", file_of(1, 3));
  std::set<std::string> folders;
  for (const char* id : {"one", "two", "three"}) {
    TestJob test(scratch_, {scratch_.at("a.json")}, 10, id);
    const std::string folder = finish(test);
    EXPECT_THAT(folder, MatchesRegex(".*/retry_batches_[0-9]{8}_[0-9]{6}"));
    folders.insert(folder);
  }
  EXPECT_EQ(folders.size(), 3U);
}

TEST_F(RetryFolders, OfSomebodyElseAreNotReplaced) {
  scratch_.write("a.json", file_of(1, 3));
  TestJob test(scratch_, {scratch_.at("a.json")}, 10);
  const std::string folder = finish(test);
  std::filesystem::rename(folder, folder + ".moved");
  std::filesystem::create_directory(folder);
  scratch_.write(folder.substr(scratch_.path().size() + 1) + "/notes.txt", "mine");
  test.open_again();
  const std::string other = finish(test);
  EXPECT_NE(other, folder);
  EXPECT_THAT(names_in(folder), ElementsAre("notes.txt"));
}

TEST_F(RetryFolders, ThatAKillLeftHalfDoneAreMadeAnew) {
  scratch_.write("a.json", file_of(1, 30));
  TestJob test(scratch_, {scratch_.at("a.json")}, 10);
  test.set_all(1, ended(Outcome::failed, why(Cause::Kind::refused, 400)));
  facts_.complete = false;
  {
    RetryFolder killed(*test.job, test.inputs);
    ASSERT_TRUE(killed.add(rest(test, 1), facts_));
  }
  const std::string folder = test.job->plan.retry_folder;
  const std::string draft = scratch_.at("." + folder.substr(scratch_.path().size() + 1) + ".new");
  std::filesystem::create_directory(draft);
  scratch_.write(draft.substr(scratch_.path().size() + 1) + "/retry_batch_01_failed.json", "{\"da");
  facts_.complete = true;
  test.open_again();
  EXPECT_EQ(finish(test), folder);
  EXPECT_EQ(survey({folder}, 10).items(), 30);
  EXPECT_FALSE(std::filesystem::exists(draft));
  std::filesystem::create_directory(draft);
  for (std::uint64_t batch = 1; batch <= 3; ++batch) test.set_all(batch, ended(Outcome::arrived));
  EXPECT_EQ(finish(test), folder);
  EXPECT_FALSE(std::filesystem::exists(draft));
}

TEST_F(RetryFolders, ThatCannotBeWrittenSayWhy) {
  scratch_.write("a.json", file_of(1, 3));
  TestJob test(scratch_, {scratch_.at("a.json")}, 10);
  test.job->plan.out = scratch_.at("a.json") + "/below";
  RetryFolder folder(*test.job, test.inputs);
  const Status finished = folder.finish(facts_, nothing);
  ASSERT_FALSE(finished);
  EXPECT_THAT(finished.error().what, HasSubstr("cannot make the folder"));
}

TEST_F(RetryFolders, OfHouseholdsSayHouseholds) {
  scratch_.write("a.json", file_of(1, 3, "households"));
  TestJob test(scratch_, {scratch_.at("a.json")}, 10);
  const std::string folder = finish(test);
  EXPECT_THAT(read(folder, "retry_batch_01_failed.json"),
              testing::StartsWith("{\"households\":[\n"));
  const auto said = summary(folder);
  EXPECT_EQ(said.at("import_type"), "households");
  EXPECT_EQ(said.at("total_failed_households"), 3);
  EXPECT_EQ(said.at("error_details").as_array().at(0).as_object().at("household_count"), 3);
}

TEST_F(RetryFolders, SayTheTotalsSoThatTheyAddUp) {
  scratch_.write("a.json", file_of(1, 50));
  TestJob test(scratch_, {scratch_.at("a.json")}, 10);
  test.set_all(1, ended(Outcome::arrived));
  test.set_all(2, ended(Outcome::echo));
  test.set_all(3, ended(Outcome::failed, why(Cause::Kind::result, 201, "ERROR")));
  test.set_all(4, ended(Outcome::unconfirmed, why(Cause::Kind::no_result, 200)));
  const auto totals = summary(finish(test)).at("totals").as_object();
  EXPECT_EQ(totals.at("input"), 50);
  std::int64_t sum = 0;
  for (const char* name : {"arrived", "echoes", "failed", "unconfirmed", "not_sent"}) {
    EXPECT_EQ(totals.at(name), 10) << name;
    sum += totals.at(name).to_number<std::int64_t>();
  }
  EXPECT_EQ(sum, 50);
}

TEST_F(RetryFolders, KeepTheirInstructionsShortWhateverFails) {
  scratch_.write("a.json", file_of(1, 300));
  TestJob test(scratch_, {scratch_.at("a.json")}, 1);
  std::vector<BatchStore::Write> writes;
  for (std::uint64_t number = 1; number <= 300; ++number) {
    writes.push_back(
        {number, 1, 0,
         ended(Outcome::failed, why(Cause::Kind::result, 200, fmt::format("CODE_{}", number)))});
  }
  ASSERT_TRUE(test.job->store->apply(writes));
  const std::string text = read(finish(test), "RETRY_INSTRUCTIONS.md");
  EXPECT_LE(std::ranges::count(text, '\n'), 200);
  EXPECT_GT(std::ranges::count(text, '\n'), 50);
}

}  // namespace
}  // namespace usher::customers
