// SPDX-License-Identifier: Apache-2.0
#include "source/customers/inputs.h"

#include <array>
#include <set>
#include <string>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/hash.h"
#include "base/scratch.h"
#include "source/customers/random_json_test.h"

namespace usher::customers {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::string error_of(const Inputs::Wish& wish) {
  auto inputs = Inputs::open(wish);
  if (!inputs) return inputs.error().line();
  const Status done = inputs->survey({});
  return done ? "" : done.error().line();
}

std::string list_of(std::size_t count, std::string_view mark) {
  std::string text;
  for (std::size_t i = 1; i <= count; ++i) {
    text += fmt::format("{}{{\"id\":\"{}{}\"}}", i > 1 ? ",\n" : "", mark, i);
  }
  return "[" + text + "]";
}
std::string data(std::size_t count, std::string_view mark) {
  return "{\"data\":" + list_of(count, mark) + "}";
}

TEST(Inputs, NumbersItemsAndBatchesOverAllFiles) {
  const ScratchFolder folder;
  const std::string a = folder.write("a.json", data(5, "a"));
  const std::string b = folder.write("b.json", list_of(0, "b"));
  const std::string c = folder.write("c.json", "\n\n{\"customers\":" + list_of(4, "c") + "}");
  auto inputs = Inputs::open({.paths = {c, a, b}, .batch_size = 2});
  ASSERT_TRUE(inputs) << inputs.error().line();
  std::vector<std::string> seen;
  ASSERT_TRUE(inputs->survey([&](const Item& item) -> Status {
    seen.push_back(fmt::format("{} {}.{} line {} {}", item.number, item.file, item.in_file,
                               item.line, item.json));
    return {};
  }));
  EXPECT_EQ(inputs->items(), 9U);
  EXPECT_EQ(inputs->batches(), 5U);
  EXPECT_EQ(inputs->type(), ImportType::customers);
  ASSERT_EQ(seen.size(), 9U);
  EXPECT_EQ(seen[1], "2 0.2 line 4 {\"id\":\"c2\"}");
  EXPECT_EQ(seen[8], "9 1.5 line 5 {\"id\":\"a5\"}");
  ASSERT_EQ(inputs->files().size(), 3U);
  EXPECT_EQ(inputs->files()[1].first_item, 5U);
  EXPECT_EQ(inputs->files()[1].items, 5U);
  EXPECT_EQ(inputs->files()[1].bytes, data(5, "a").size());
  Sha256 sha;
  sha.add(data(5, "a"));
  EXPECT_EQ(inputs->files()[1].sha256, sha.hex());
  std::vector<std::string> batches;
  for (std::uint64_t number = 1; number <= 5; ++number) {
    const Batch batch = inputs->batch(number);
    batches.push_back(fmt::format("{} {} {} {} {}", batch.number, batch.file, batch.first_item,
                                  batch.first_in_file, batch.size));
    std::string bytes;
    const auto items = inputs->read(batch, bytes);
    ASSERT_TRUE(items) << items.error().line();
    for (const Item& item : *items) {
      EXPECT_EQ(seen[item.number - 1], fmt::format("{} {}.{} line {} {}", item.number, item.file,
                                                   item.in_file, item.line, item.json));
    }
  }
  EXPECT_THAT(batches,
              ElementsAre("1 0 1 1 2", "2 0 3 3 2", "3 1 5 1 2", "4 1 7 3 2", "5 1 9 5 1"));
  EXPECT_EQ(inputs->batch(0).size, 0U);
  EXPECT_EQ(inputs->batch(6).size, 0U);
}

TEST(Inputs, RemembersWhoWasTurnedDown) {
  const ScratchFolder folder;
  auto inputs = Inputs::open({.paths = {folder.write("a.json", data(5000, "a"))}});
  ASSERT_TRUE(inputs);
  ASSERT_TRUE(inputs->survey({}));
  for (const std::uint64_t item : {1U, 71U, 4999U}) ASSERT_TRUE(inputs->mark_bad(item));
  EXPECT_FALSE(inputs->mark_bad(0));
  EXPECT_FALSE(inputs->mark_bad(5001));
  std::set<std::uint64_t> bad;
  std::string bytes;
  for (std::uint64_t number = 1; number <= inputs->batches(); ++number) {
    const auto items = inputs->read(inputs->batch(number), bytes);
    ASSERT_TRUE(items);
    for (const Item& item : *items) {
      if (item.bad) bad.insert(item.number);
    }
  }
  EXPECT_THAT(bad, ElementsAre(1, 71, 4999));
}

// Whatever stands between the items.
TEST(Inputs, GiveBackTheBytesThatWereThere) {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Random random(seed);
    const ScratchFolder folder;
    std::vector<std::string> items(random.below(400));
    std::string list = "[";
    for (std::string& item : items) {
      item = random_json_object(random);
      if (list.size() > 1) list += ",";
      if (random.chance(0.02)) list += std::string(random.below(20'000), ' ');
      list += random_space(random) + item;
    }
    const std::string path = folder.write("a.json", list + "]");
    auto inputs = Inputs::open(
        {.paths = {path}, .batch_size = static_cast<std::uint32_t>(1 + random.below(100))});
    ASSERT_TRUE(inputs);
    ASSERT_TRUE(inputs->survey({}));
    std::vector<std::string> read;
    std::string bytes;
    for (std::uint64_t number = 1; number <= inputs->batches(); ++number) {
      const auto batch = inputs->read(inputs->batch(number), bytes);
      ASSERT_TRUE(batch) << batch.error().line();
      for (const Item& item : *batch) read.emplace_back(item.json);
    }
    EXPECT_EQ(read, items);
  }
}

TEST(Inputs, NoticesAFileThatHasChanged) {
  const ScratchFolder folder;
  const std::string path = folder.write("a.json", data(100, "a"));
  auto inputs = Inputs::open({.paths = {path}, .batch_size = 10});
  ASSERT_TRUE(inputs);
  ASSERT_TRUE(inputs->survey({}));
  std::string changed = data(100, "a");
  changed[changed.find("a42")] = 'b';
  folder.write("a.json", changed);
  std::string bytes;
  EXPECT_TRUE(inputs->read(inputs->batch(1), bytes));
  auto failed = inputs->read(inputs->batch(5), bytes);
  ASSERT_FALSE(failed);
  EXPECT_THAT(failed.error().what, HasSubstr("a.json:42: has changed"));
  folder.write("a.json", changed.substr(0, changed.size() / 2));
  failed = inputs->read(inputs->batch(10), bytes);
  ASSERT_FALSE(failed);
  EXPECT_THAT(failed.error().what, HasSubstr("has become shorter"));
}

TEST(Inputs, TakeTheTypeFromTheFilesOrTheWish) {
  const ScratchFolder folder;
  const std::string people = folder.write("people.json", data(1, "a"));
  const std::string homes = folder.write("homes.json", "{\"households\":" + list_of(1, "h") + "}");
  const std::string list = folder.write("list.json", list_of(1, "l"));
  const auto type = [](std::vector<std::string> paths, std::optional<ImportType> wish) {
    auto inputs = Inputs::open({.paths = std::move(paths), .type = wish});
    return inputs
               ? std::string(inputs->type() == ImportType::customers ? "customers" : "households")
               : inputs.error().line();
  };
  EXPECT_EQ(type({people}, {}), "customers");
  EXPECT_EQ(type({homes}, {}), "households");
  EXPECT_EQ(type({list}, {}), "customers");
  EXPECT_EQ(type({list, homes}, {}), "households");
  EXPECT_EQ(type({list}, ImportType::households), "households");
  EXPECT_THAT(type({homes}, ImportType::customers),
              HasSubstr("homes.json: holds households (\"households\"), and customers are to be"));
  EXPECT_THAT(type({people, homes}, {}), HasSubstr("people.json holds them"));
}

TEST(Inputs, LeaveAsideWhatHoldsNoItemsInAFolder) {
  const ScratchFolder folder;
  folder.write("b.JSON", data(2, "b"));
  folder.write("a.json", data(1, "a"));
  folder.write("generation_summary.json", R"({"customers":[{"a":1}]})");
  folder.write("failed_customers.json", "[{}]");
  folder.write("other.json", R"({"files":[1,2]})");
  folder.write("failures.json", R"([{"customerId":"1","result":"ERROR","originalData":{}}])");
  folder.write(".hidden.json", data(1, "h"));
  folder.write("people.csv", "a,b\n");
  folder.write("notes.txt", "hello");
  ASSERT_EQ(::mkdir(folder.at("sub.json").c_str(), 0700), 0);
  auto inputs = Inputs::open({.paths = {folder.path() + "/"}});
  ASSERT_TRUE(inputs) << inputs.error().line();
  ASSERT_TRUE(inputs->survey({}));
  ASSERT_EQ(inputs->files().size(), 2U);
  EXPECT_EQ(inputs->files()[0].path, folder.at("a.json"));
  EXPECT_EQ(inputs->files()[1].path, folder.at("b.JSON"));
  EXPECT_THAT(inputs->notes(), testing::UnorderedElementsAre(
                                   HasSubstr("other.json: holds no list of items"),
                                   HasSubstr("failures.json: is a list of failures"),
                                   HasSubstr(".hidden.json: is hidden"),
                                   HasSubstr("generation_summary.json: is a report"),
                                   HasSubstr("failed_customers.json: is a report"),
                                   HasSubstr("people.csv: is left aside: a CSV needs a mapping")));
  EXPECT_THAT(error_of({.paths = {folder.at("other.json")}}),
              HasSubstr("other.json: holds no list of items\n  a file of items looks like"));
  // What is broken may have been somebody's customers.
  folder.write("c.json", "{\"data\":[{}");
  EXPECT_THAT(error_of({.paths = {folder.path()}}),
              HasSubstr("c.json:1: the file ends before the closing ]"));
  folder.write("c.json", "");
  EXPECT_THAT(error_of({.paths = {folder.path()}}), HasSubstr("c.json: is empty"));
}

TEST(Inputs, TakeAFileOnceWhateverItsNames) {
  const ScratchFolder folder;
  const std::string path = folder.write("a.json", data(3, "a"));
  ASSERT_EQ(::symlink(path.c_str(), folder.at("b.json").c_str()), 0);
  ASSERT_EQ(::link(path.c_str(), folder.at("c.json").c_str()), 0);
  auto inputs = Inputs::open({.paths = {path, folder.path(), folder.path() + "/./a.json"}});
  ASSERT_TRUE(inputs);
  ASSERT_TRUE(inputs->survey({}));
  EXPECT_EQ(inputs->files().size(), 1U);
  EXPECT_EQ(inputs->items(), 3U);
  EXPECT_EQ(inputs->notes().size(), 4U);
}

TEST(Inputs, RefuseWhatCannotBeReadTwice) {
  const ScratchFolder folder;
  ASSERT_EQ(::mkfifo(folder.at("pipe.json").c_str(), 0600), 0);
  EXPECT_THAT(error_of({.paths = {folder.at("pipe.json")}}),
              HasSubstr("pipe.json: is no regular file, so it cannot be read twice\n  save what"));
  for (const char* path : {"-", "/dev/stdin", "/proc/self/fd/0"}) {
    EXPECT_THAT(error_of({.paths = {path}}), HasSubstr("save what it says in a file"));
  }
  EXPECT_THAT(error_of({.paths = {folder.at("none.json")}}),
              HasSubstr("none.json: cannot open: No such file"));
  EXPECT_THAT(error_of({.paths = {}}), HasSubstr("holds no file of items"));
  EXPECT_THAT(error_of({.paths = {""}}), HasSubstr("a path is empty"));
  EXPECT_THAT(error_of({.paths = {"x"}, .batch_size = 101}),
              HasSubstr("a batch of 101 items cannot be\n  1 to 100 items"));
  ASSERT_EQ(::mkdir(folder.at("empty").c_str(), 0700), 0);
  EXPECT_THAT(error_of({.paths = {folder.at("empty")}}),
              HasSubstr("empty: holds no file of items"));
}

// The existing tool's splitter makes a file of each customer.
TEST(Inputs, TakeThousandsOfFiles) {
  const ScratchFolder folder;
  for (int i = 0; i < 3000; ++i) {
    folder.write(fmt::format("customer_{:05}.json", i), data(1, fmt::format("{}-", i)));
  }
  auto inputs = Inputs::open({.paths = {folder.path()}});
  ASSERT_TRUE(inputs) << inputs.error().line();
  ASSERT_TRUE(inputs->survey({}));
  EXPECT_EQ(inputs->items(), 3000U);
  EXPECT_EQ(inputs->batches(), 3000U);
  std::string bytes;
  for (std::uint64_t number = 1; number <= 3000; ++number) {
    ASSERT_TRUE(inputs->read(inputs->batch(number), bytes));
  }
  EXPECT_EQ(bytes, "{\"id\":\"2999-1\"}");
}

std::string sha_of(std::string_view text) {
  Sha256 sha;
  sha.add(text);
  return sha.hex();
}

TEST(Inputs, TakeTheRetryFilesOfAFolderAndWhatItsSummarySays) {
  const ScratchFolder folder;
  for (const char* name : {"retry_batch_02_failed.json", "retry_batch_00010_failed.json",
                           "retry_batch_1_failed.json"}) {
    folder.write(name, data(4, name));
  }
  folder.write("retry_batch_x_failed.json", data(4, "x"));
  folder.write("mine.json", data(4, "m"));
  const std::string sha = sha_of(data(4, "retry_batch_02_failed.json"));
  folder.write("retry_summary.json",
               R"({"import_type":"customers","retry_file_details":[)"
               R"({"file":"retry_batch_02_failed.json","maybe":[[2,3]],"sha256":")" +
                   sha +
                   R"("},{"file":"retry_batch_1_failed.json","maybe":[[1,4]],"sha256":"0"}]})");
  const auto maybes = [](Inputs& inputs) {
    std::vector<std::string> found;
    std::string bytes;
    for (std::uint64_t number = 1; number <= inputs.batches(); ++number) {
      const auto items = inputs.read(inputs.batch(number), bytes);
      if (!items) return std::vector<std::string>{items.error().line()};
      for (const Item& item : *items) {
        if (item.maybe) found.push_back(fmt::format("{}.{}", item.file, item.in_file));
      }
    }
    return found;
  };
  auto inputs = Inputs::open({.paths = {folder.path()}});
  ASSERT_TRUE(inputs) << inputs.error().line();
  ASSERT_TRUE(inputs->survey({}));
  std::vector<std::string> names;
  for (const auto& file : inputs->files()) names.push_back(file.path.substr(folder.path().size()));
  EXPECT_THAT(names, ElementsAre("/retry_batch_1_failed.json", "/retry_batch_02_failed.json",
                                 "/retry_batch_00010_failed.json"));
  ASSERT_EQ(inputs->retry_origins().size(), 1U);
  EXPECT_EQ(inputs->retry_origins()[0].folder, folder.path());
  // A file that was edited since says nothing of its items any more.
  EXPECT_THAT(maybes(*inputs), ElementsAre("1.2", "1.3"));
  // One of them by its own name.
  auto one = Inputs::open({.paths = {folder.at("retry_batch_02_failed.json")}});
  ASSERT_TRUE(one);
  ASSERT_TRUE(one->survey({}));
  EXPECT_THAT(one->retry_origins(), IsEmpty());
  EXPECT_THAT(maybes(*one), ElementsAre("0.2", "0.3"));
}

TEST(Inputs, WhatMayHaveArrivedSomewhereElseSaysNothingOfThisTarget) {
  const ScratchFolder folder;
  const std::string text = data(2, "retry");
  folder.write("retry_batch_01_failed.json", text);
  folder.write("retry_summary.json",
               R"({"import_type":"customers","api_url":"https://first.test/customers",)"
               R"("retry_file_details":[{"file":"retry_batch_01_failed.json",)"
               R"("maybe":[[1,2]],"sha256":")" +
                   sha_of(text) + R"("}]})");
  for (const auto& [url, maybe] : {std::pair("https://first.test/customers", true),
                                   std::pair("https://second.test/customers", false)}) {
    SCOPED_TRACE(url);
    auto inputs = Inputs::open({.paths = {folder.path()}, .api_url = url});
    ASSERT_TRUE(inputs);
    ASSERT_TRUE(inputs->survey({}));
    std::string bytes;
    const auto items = inputs->read(inputs->batch(1), bytes);
    ASSERT_TRUE(items);
    for (const Item& item : *items) EXPECT_EQ(item.maybe, maybe);
  }
}

TEST(Inputs, AFolderThatLacksARetryFileIsRefused) {
  const ScratchFolder folder;
  folder.write("retry_batch_01_failed.json", data(2, "retry"));
  folder.write("retry_summary.json",
               R"({"import_type":"customers","retry_file_details":[)"
               R"({"file":"retry_batch_01_failed.json"},{"file":"retry_batch_02_failed.json"}]})");
  const auto inputs = Inputs::open({.paths = {folder.path()}});
  ASSERT_FALSE(inputs);
  EXPECT_THAT(inputs.error().line(), HasSubstr("retry_batch_02_failed.json is named in"));
  EXPECT_TRUE(Inputs::open({.paths = {folder.at("retry_batch_01_failed.json")}}));
}

TEST(Inputs, RetryFoldersSayOfWhat) {
  const ScratchFolder folder;
  folder.write("retry_summary.json", R"({"import_type":"households"})");
  folder.write("retry_batch_01_failed.json", list_of(1, "x"));
  auto inputs = Inputs::open({.paths = {folder.path()}});
  ASSERT_TRUE(inputs) << inputs.error().line();
  EXPECT_EQ(inputs->type(), ImportType::households);
  EXPECT_THAT(error_of({.paths = {folder.path()}, .type = ImportType::customers}),
              HasSubstr("is about households, and customers are to be imported"));
}

TEST(Inputs, StopWhenAsked) {
  const ScratchFolder folder;
  auto inputs = Inputs::open({.paths = {folder.write("a.json", data(100, "a"))}});
  ASSERT_TRUE(inputs);
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
  const Fd read_end(ends[0]);
  const Fd write_end(ends[1]);
  EXPECT_TRUE(inputs->survey({}, read_end.get()));
  ASSERT_EQ(::write(write_end.get(), "x", 1), 1);
  const Status stopped = inputs->survey({}, read_end.get());
  ASSERT_FALSE(stopped);
  EXPECT_THAT(stopped.error().what, HasSubstr("interrupted"));
}

TEST(Inputs, PassOnWhatTheVisitorSays) {
  const ScratchFolder folder;
  auto inputs = Inputs::open({.paths = {folder.write("a.json", data(9, "a"))}});
  ASSERT_TRUE(inputs);
  int calls = 0;
  const Status failed = inputs->survey(
      [&](const Item&) -> Status { return ++calls == 4 ? fail("enough") : Status{}; });
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().what, "enough");
  EXPECT_EQ(calls, 4);
}

}  // namespace
}  // namespace usher::customers
