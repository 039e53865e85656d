// SPDX-License-Identifier: Apache-2.0
#include "check/customers/item_check.h"

#include <map>
#include <set>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/random.h"
#include "base/scratch.h"
#include "check/customers/same_items.h"

namespace usher::check {
namespace {

using customers::Batch;
using customers::Change;
using customers::Identity;
using customers::ImportType;
using customers::Inputs;
using customers::Item;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

struct Person {
  std::string id;
  std::string username = {};
  std::string email = {};
  std::string change = "CREATE";
};

std::string json_of(const Person& person) {
  std::string text = fmt::format(
      R"({{"changeType":"{}","type":"PERSON","person":{{"firstName":"A","lastName":"B")",
      person.change);
  if (!person.id.empty()) text += R"(,"customerId":")" + person.id + '"';
  if (!person.username.empty()) text += R"(,"username":")" + person.username + '"';
  if (!person.email.empty()) {
    text += R"(,"emails":[{"contactPurposeTypeCode":"DEFAULT","contactMethodTypeCode":"HOMEEMAIL",)"
            R"("email":")" +
            person.email + "\"}]";
  }
  return text + "}}";
}

std::string file_of(const std::vector<std::string>& items) {
  return fmt::format("{{\"data\":[\n{}\n]}}", fmt::join(items, ",\n"));
}
std::string of_people(const std::vector<Person>& people) {
  std::vector<std::string> items;
  items.reserve(people.size());
  for (const Person& person : people) items.push_back(json_of(person));
  return file_of(items);
}

struct Checked {
  explicit Checked(const std::vector<std::string>& files, std::optional<ImportType> type = {}) {
    Inputs::Wish wish{.type = type};
    for (std::size_t i = 0; i < files.size(); ++i) {
      wish.paths.push_back(folder.write(fmt::format("f{}.json", i + 1), files[i]));
    }
    auto opened = Inputs::open(wish);
    if (!opened) {
      error = opened.error().line();
      return;
    }
    auto checked = check_items(*opened, -1);
    if (!checked) {
      error = checked.error().line();
      return;
    }
    report = std::move(*checked);
    for (const ItemFinding& finding : report.findings) {
      lines.push_back(fmt::format("{}:{} {} {}", finding.file.substr(folder.path().size() + 1),
                                  finding.line, finding.item, finding.rule));
    }
    std::string bytes;
    for (std::uint64_t number = 1; number <= opened->batches(); ++number) {
      const auto items = opened->read(opened->batch(number), bytes);
      if (!items) continue;
      for (const Item& item : *items) {
        if (item.bad) bad[item.number] = why_bad(item, opened->type());
        EXPECT_EQ(why_bad(item, opened->type()).empty(), !item.bad);
      }
    }
  }
  ScratchFolder folder;
  std::string error;
  ItemReport report;
  std::vector<std::string> lines;            // file:line item rule
  std::map<std::uint64_t, std::string> bad;  // why
};

TEST(ItemCheck, FindsNothingInGoodItems) {
  const Checked checked({of_people({{"1"}, {"2", "u2", "b@example.com"}}),
                         of_people({{"3", "u3", "c@example.com"}})});
  EXPECT_EQ(checked.error, "");
  EXPECT_EQ(checked.report.items, 3U);
  EXPECT_EQ(checked.report.bad, 0U);
  EXPECT_THAT(checked.lines, IsEmpty());
  EXPECT_THAT(checked.bad, IsEmpty());
}

TEST(ItemCheck, MarksWhatTheSchemaRefuses) {
  const Checked checked(
      {file_of({json_of({"1"}), std::string(R"({"changeType":"CREATE","type":"PERSON"})"),
                json_of({"3", "", "", "MERGE"})})});
  EXPECT_EQ(checked.report.items, 3U);
  EXPECT_EQ(checked.report.bad, 1U);
  EXPECT_EQ(checked.report.errors, 2U);
  EXPECT_EQ(checked.report.warnings, 1U);
  EXPECT_THAT(checked.lines, ElementsAre("f1.json:3 2 missing_field", "f1.json:3 2 unidentified",
                                         "f1.json:4 3 unknown_value"));
  ASSERT_EQ(checked.bad.size(), 1U);
  EXPECT_EQ(checked.bad.at(2), "person is missing (and 1 more)");
  ASSERT_EQ(checked.report.rules.size(), 3U);
  EXPECT_EQ(checked.report.rules[0].count, 1U);
  EXPECT_EQ(checked.report.rules[0].first.in_file, 2U);
}

TEST(ItemCheck, NobodyIsCreatedTwiceInOneFileOrInTwo) {
  const Checked checked(
      {of_people({{"1"}, {"2", "u2"}, {"1"}}), of_people({{"7", "u2"},
                                                          {"8", "", "a@example.com"},
                                                          {"9", "", "a@example.com"},
                                                          {"10", "a@example.com"},
                                                          {"11", "u11", "a@example.com"}})});
  EXPECT_EQ(checked.report.bad, 5U);
  EXPECT_THAT(checked.lines,
              ElementsAre("f1.json:4 3 duplicate_customer", "f2.json:2 4 duplicate_customer",
                          "f2.json:4 6 duplicate_customer", "f2.json:5 7 duplicate_customer",
                          "f2.json:6 8 duplicate_customer"));
  EXPECT_THAT(checked.report.findings[0].message,
              HasSubstr("the same customerId stands earlier: "));
  EXPECT_THAT(checked.report.findings[1].message, HasSubstr("the same username"));
  EXPECT_THAT(checked.report.findings[1].message, HasSubstr("f1.json, item 2;"));
  EXPECT_THAT(checked.report.findings[4].message, HasSubstr("the same default e-mail"));
  EXPECT_THAT(checked.report.findings[4].message, HasSubstr("f2.json, item 2;"));
  EXPECT_EQ(checked.bad.at(8), "the same customer stands earlier");
  for (const auto& finding : checked.report.findings) {
    EXPECT_THAT(finding.message, testing::Not(HasSubstr("example.com")));
  }
}

TEST(ItemCheck, OtherChangesOfOneCustomerAreAWarning) {
  const Checked checked({of_people({{"1", "", "", "DELETE"},
                                    {"1"},
                                    {"1", "", "", "UPDATE"},
                                    {"2", "", "", "UPDATE"},
                                    {"2", "", "", "UPSERT"},
                                    {"2"}})});
  EXPECT_THAT(
      checked.lines,
      testing::IsSupersetOf({"f1.json:3 2 repeated_customer", "f1.json:4 3 repeated_customer",
                             "f1.json:6 5 repeated_customer", "f1.json:7 6 duplicate_customer"}));
  EXPECT_EQ(checked.report.bad, 1U);
  EXPECT_TRUE(checked.bad.contains(6));
}

// An item that is never sent takes nobody's place.
TEST(ItemCheck, ABadItemIsInNobodysWay) {
  const Checked checked({file_of(
      {std::string(R"({"changeType":"CREATE","type":"PERSON","person":{"customerId":"1"}})"),
       json_of({"1", "u"}), json_of({"1", "v"}), json_of({"2", "v"})})});
  EXPECT_EQ(checked.report.bad, 2U);
  EXPECT_TRUE(checked.bad.contains(1));
  EXPECT_TRUE(checked.bad.contains(3));
}

TEST(ItemCheck, KnowsHouseholdsByTheirId) {
  const std::string home = R"({"changeType":"CREATE","householdId":"6","name":"X"})";
  const Checked checked({fmt::format("{{\"households\":[{},{}]}}", home, home)});
  EXPECT_THAT(checked.lines, ElementsAre("f1.json:1 2 duplicate_household"));
  EXPECT_THAT(checked.report.findings[0].message, HasSubstr("householdId"));
  EXPECT_EQ(checked.bad.at(2), "the same household stands earlier");
  const Checked wrong({"[" + home + "]"}, ImportType::customers);
  EXPECT_EQ(wrong.bad.at(1), "is a household, and customers are to be imported");
}

TEST(ItemCheck, KeepsTheFirstFindingsAndCountsAll) {
  std::vector<Person> people;
  people.reserve(4500);
  for (int i = 0; i < 3000; ++i) people.push_back({i % 2 == 0 ? "same" : std::to_string(i)});
  for (int i = 0; i < 1500; ++i) people.push_back({""});
  const Checked checked({of_people(people)});
  EXPECT_EQ(checked.report.findings.size(), ItemReport::kMostFindings);
  EXPECT_EQ(checked.report.bad, 2999U);
  EXPECT_EQ(checked.report.errors, 2999U);
  EXPECT_EQ(checked.report.findings.front().item, 3U);
  EXPECT_EQ(checked.report.findings.back().item, 2001U);
  ASSERT_EQ(checked.report.rules.size(), 2U);
  EXPECT_EQ(checked.report.rules[0].rule, "unidentified");
  EXPECT_EQ(checked.report.rules[0].count, 1500U);
  EXPECT_EQ(checked.report.rules[1].count, 1499U);
}

TEST(ItemCheck, PassesOnWhatIsNoJson) {
  EXPECT_THAT(Checked({"{\"data\":[{}"}).error, HasSubstr("f1.json:1: the file ends before"));
}

// By the letter of the rules, with everything in memory.
struct Oracle {
  std::set<std::uint64_t> errors;
  std::set<std::uint64_t> told;

  Oracle(const std::vector<Identity>& items) {
    for (const int by : {0, 1, 2}) {
      std::map<std::string, std::pair<bool, bool>> seen;  // any; one that is not a DELETE
      for (std::size_t i = 0; i < items.size(); ++i) {
        if (errors.contains(i + 1)) continue;
        const Identity& item = items[i];
        const std::string& key = by == 0   ? item.id
                                 : by == 2 ? item.email
                                           : (item.username.empty() ? item.email : item.username);
        if (key.empty()) continue;
        auto& [any, present] = seen[key];
        if (any) told.insert(i + 1);
        if (present && item.change == Change::create) errors.insert(i + 1);
        any = true;
        present = present || item.change != Change::del;
      }
    }
  }
};

TEST(SameItems, AgreeWithAnOracle) {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Random random(seed);
    // Some so many that a partition is looked at in several parts.
    const std::uint64_t count = seed == 40 ? 200'000 : 1 + random.below(3000);
    const std::uint64_t names = 1 + random.below(2 * count);
    std::vector<Identity> items(count);
    SameItems same;
    for (std::size_t i = 0; i < items.size(); ++i) {
      Identity& item = items[i];
      item.change = static_cast<Change>(random.below(6));
      if (random.chance(0.8)) item.id = "id" + std::to_string(random.below(names));
      if (random.chance(0.5)) item.username = "n" + std::to_string(random.below(names));
      if (random.chance(0.5)) item.email = "n" + std::to_string(random.below(names));
      ASSERT_TRUE(same.add(i + 1, i + 2, item));
    }
    ItemFlags bad;
    ASSERT_TRUE(same.compare(bad));
    const Oracle oracle(items);
    std::vector<SameItem> found;
    for (std::uint64_t number = 1; number <= count; ++number) {
      ASSERT_TRUE(same.of(number, found));
      EXPECT_EQ(bad.has(number), oracle.errors.contains(number)) << number;
      EXPECT_EQ(!found.empty(), oracle.told.contains(number)) << number;
      if (!found.empty()) {
        EXPECT_EQ(found.front().error, oracle.errors.contains(number));
        EXPECT_LT(found.front().earlier, number);
        EXPECT_EQ(found.front().line, number + 1);
      }
    }
  }
}

}  // namespace
}  // namespace usher::check
