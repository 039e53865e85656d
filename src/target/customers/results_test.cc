// SPDX-License-Identifier: Apache-2.0
#include "target/customers/results.h"

#include <algorithm>
#include <numeric>
#include <random>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/random.h"

namespace usher::customers {
namespace {

using testing::Each;
using testing::ElementsAre;
using Kind = ItemResult::Kind;

Identity person(std::string id, std::string username = {}, std::string email = {}) {
  return {Change::create, std::move(id), std::move(username), std::move(email)};
}

std::vector<Identity> people(std::size_t count) {
  std::vector<Identity> sent;
  sent.reserve(count);
  for (std::size_t i = 0; i < count; ++i) sent.push_back(person(std::to_string(100 + i)));
  return sent;
}

// The code of each item: "-" when the answer says nothing of it, "+" when it arrived.
std::vector<std::string> codes(std::string_view body, const std::vector<Identity>& sent) {
  std::vector<std::string> result;
  for (const ItemResult& item : read_results(body, sent).items) {
    result.push_back(item.kind == Kind::none ? "-" : item.kind == Kind::arrived ? "+" : item.code);
  }
  return result;
}

TEST(Results, KnowsTheCodesWhateverTheirCaseAndKeepsThemVerbatim) {
  struct Row {
    const char* code;
    Kind kind;
  };
  for (const Row& row :
       {Row{"SUCCESS", Kind::arrived}, Row{"success", Kind::arrived}, Row{"OK", Kind::arrived},
        Row{"Imported", Kind::arrived}, Row{"ACCEPTED", Kind::arrived},
        Row{"CREATED", Kind::arrived}, Row{"UPDATED", Kind::arrived}, Row{"DELETED", Kind::arrived},
        Row{"FAILED", Kind::temporary}, Row{"failed", Kind::temporary}, Row{"ERROR", Kind::failed},
        Row{"Conflict", Kind::conflict}, Row{"NOT_FOUND", Kind::not_found},
        Row{"LOCKED", Kind::failed}, Row{"SUCCESSFUL", Kind::failed}, Row{"", Kind::none},
        Row{" ", Kind::none}}) {
    const auto results =
        read_results(fmt::format(R"({{"data":[{{"result":"{}"}}]}})", row.code), people(1));
    ASSERT_EQ(results.items.size(), 1U);
    EXPECT_EQ(results.items[0].kind, row.kind) << row.code;
    const bool kept = row.kind != Kind::arrived && row.kind != Kind::none;
    EXPECT_EQ(results.items[0].code, kept ? row.code : "");
  }
}

TEST(Results, BoundsCodesAndKeepsThemFitForATerminal) {
  const auto results = read_results(
      R"([{"result":"../../\u001b[31m)" + std::string(5'000, 'x') + R"("}])", people(1));
  EXPECT_LE(results.items.at(0).code.size(), 110U);
  EXPECT_EQ(results.items.at(0).code.find('\x1b'), std::string::npos);
}

TEST(Results, FindsTheListWhereverItStands) {
  for (const char* name : {"data", "households", "customers", "results", "customerResults"}) {
    EXPECT_THAT(codes(fmt::format(R"({{"x":1,"{}":[{{"result":"OK"}}]}})", name), people(1)),
                ElementsAre("+"))
        << name;
  }
  EXPECT_THAT(codes(R"([{"result":"OK"}])", people(1)), ElementsAre("+"));
  EXPECT_THAT(codes(R"({"data":[],"results":[{"result":"OK"}]})", people(1)), ElementsAre("+"));
  EXPECT_THAT(codes(R"({"data":null,"results":[{"result":"OK"}]})", people(1)), ElementsAre("+"));
  EXPECT_THAT(codes(R"({"other":[{"result":"OK"}]})", people(1)), ElementsAre("-"));
}

// D9: households are answered under their own name, and are named by their own field.
TEST(Results, D9ReadsHouseholds) {
  EXPECT_THAT(codes(R"({"households":[{"householdId":"101","result":"ERROR"},
                                      {"householdId":"100","result":"SUCCESS"}]})",
                    people(2)),
              ElementsAre("+", "ERROR"));
}

// D10: whatever the answer does not speak of has not arrived.
TEST(Results, D10NothingIsASuccessThatWasNotCalledOne) {
  for (const char* body :
       {"", " ", "<html>OK</html>", "OK", "null", "true", "{}", "[]", "{\"data\":{}}",
        "{\"data\":[]}", R"({"data":[{}]})", R"({"data":[{"customerId":"100"}]})",
        R"({"data":["SUCCESS"]})", R"({"data":[{"result":null},{"result":null}]})",
        R"({"data":[{"result":true},{"result":1}]})",
        R"({"data":[{"result":["SUCCESS"]},{"result":{}}]})",
        R"({"data":[{"result":"SUCCESS"}])"}) {
    EXPECT_THAT(codes(body, people(2)), Each("-")) << body;
  }
  EXPECT_FALSE(read_results("<html>", people(1)).readable);
  EXPECT_TRUE(read_results("{\"data\":[]}", people(1)).readable);
  // Fewer results than items, without a name: nobody can tell whose they are.
  EXPECT_THAT(codes(R"({"data":[{"result":"SUCCESS"}]})", people(2)), ElementsAre("-", "-"));
  // With names, those are known.
  EXPECT_THAT(codes(R"({"data":[{"customerId":"101","result":"SUCCESS"}]})", people(2)),
              ElementsAre("-", "+"));
}

// D7: results that look alike are those of different items.
TEST(Results, D7ResultsThatLookAlikeAreEachOfAnotherItem) {
  EXPECT_THAT(codes(R"({"data":[{"result":"ERROR"},{"result":"ERROR"},{"result":"SUCCESS"},
                                {"result":"ERROR"},{"result":"CONFLICT"}]})",
                    people(5)),
              ElementsAre("ERROR", "ERROR", "+", "ERROR", "CONFLICT"));
  EXPECT_THAT(codes(R"({"data":[{"result":"ERROR"},{"customerId":"100","result":"SUCCESS"},
                                {"result":"ERROR"},{"result":"SUCCESS"}]})",
                    people(4)),
              ElementsAre("+", "ERROR", "ERROR", "+"));
}

// D8: only what names an item names it; no card, no name, no part of a username.
TEST(Results, D8ACardOrANameNamesNobody) {
  const std::vector<Identity> sent = {person("1", "ada"), person("2", "grace")};
  EXPECT_THAT(codes(R"({"data":[{"cardNumber":"2","customerId":"9","result":"ERROR"}]})", sent),
              ElementsAre("-", "-"));
  EXPECT_THAT(codes(R"({"data":[{"username":"ad","result":"ERROR"}]})", sent),
              ElementsAre("-", "-"));
}

// D11: odd types in one result do not touch the others.
TEST(Results, D11ANullInOneResultLeavesTheOthersAlone) {
  EXPECT_THAT(codes(R"({"data":[{"customerId":"100","result":"ERROR","error":null},
                                {"customerId":null,"username":7,"email":{},"result":null},
                                {"customerId":"102","result":"CONFLICT","errorMessage":["x"]},
                                {"customerId":"103","result":"SUCCESS"}]})",
                    people(4)),
              ElementsAre("ERROR", "-", "CONFLICT", "+"));
  EXPECT_THAT(codes(R"({"data":[null,5,{"result":"SUCCESS"}]})", people(3)),
              ElementsAre("-", "-", "+"));
}

// D18: ids that are numbers on one side.
TEST(Results, D18ANumberIsTheIdThatIsWrittenLikeIt) {
  const std::vector<Identity> sent = {person("50000001000"), person("0012"), person("12"),
                                      person("18446744073709551615")};
  EXPECT_THAT(codes(R"({"data":[{"customerId":18446744073709551615,"result":"D"},
                                {"customerId":12,"result":"C"},
                                {"customerId":50000001000,"result":"A"}]})",
                    sent),
              ElementsAre("A", "-", "C", "D"));
}

// D19: an error listed beside the results is no second outcome.
TEST(Results, D19AnItemHasOneOutcomeHoweverOftenItIsMentioned) {
  EXPECT_THAT(codes(R"({"errors":[{"customerId":"100","message":"x"}],
                        "data":[{"customerId":"100","result":"ERROR"},
                                {"customerId":"101","result":"SUCCESS"}]})",
                    people(2)),
              ElementsAre("ERROR", "+"));
  // Called arrived and not arrived: not arrived, in either order.
  for (const char* body : {R"([{"customerId":"100","result":"SUCCESS"},
                               {"customerId":"100","result":"ERROR"}])",
                           R"([{"customerId":"100","result":"ERROR"},
                               {"customerId":"100","result":"SUCCESS"}])"}) {
    EXPECT_THAT(codes(body, people(1)), ElementsAre("ERROR"));
    EXPECT_THAT(codes(body, people(2)), ElementsAre("ERROR", "-"));
  }
  EXPECT_THAT(codes(R"([{"customerId":"100","result":"SUCCESS"},{"customerId":"100"}])", people(1)),
              ElementsAre("-"));
}

TEST(Results, PairsByIdThenUsernameThenEmailWhateverTheOrder) {
  const std::vector<Identity> sent = {person("1"), person("", "ada"),
                                      person("", "", "grace@example.com"),
                                      person("", "", "joan@example.com"), person("5", "mary")};
  EXPECT_THAT(codes(R"([{"username":"mary","result":"E"},{"email":"joan@example.com","result":"D"},
                        {"username":"grace@example.com","result":"C"},
                        {"username":"ada","customerId":"made","result":"B"},
                        {"customerId":"1","result":"A"}])",
                    sent),
              ElementsAre("A", "B", "C", "D", "E"));
}

TEST(Results, OneOfSeveralWithTheSameNameIsTheOneThatNothingSpeaksAgainst) {
  const std::vector<Identity> family = {person("1", "", "home@example.com"),
                                        person("2", "", "home@example.com")};
  EXPECT_THAT(codes(R"([{"email":"home@example.com","result":"A"},
                        {"email":"home@example.com","result":"B"}])",
                    family),
              ElementsAre("A", "B"));
  EXPECT_THAT(codes(R"([{"email":"home@example.com","customerId":"2","result":"B"},
                        {"email":"home@example.com","result":"A"}])",
                    family),
              ElementsAre("A", "B"));
  EXPECT_THAT(codes(R"([{"email":"home@example.com","customerId":"3","result":"X"}])", family),
              ElementsAre("-", "-"));
  const std::vector<Identity> twice = {person("1"), person("1"), person("1")};
  EXPECT_THAT(codes(R"([{"customerId":"1","result":"A"},{"customerId":"1","result":"B"}])", twice),
              ElementsAre("A", "B", "-"));
}

TEST(Results, PositionCountsOnlyWhenNothingContradictsIt) {
  // Two left on both sides, but one of them is somebody else's.
  EXPECT_THAT(codes(R"([{"customerId":"100","result":"A"},{"customerId":"999","result":"B"},
                        {"result":"C"}])",
                    people(3)),
              ElementsAre("A", "-", "-"));
  // An id that the API has made contradicts nothing.
  EXPECT_THAT(
      codes(R"([{"customerId":"made-1","result":"A"},{"customerId":"made-2","result":"B"}])",
            {person("", "ada"), person("", "", "grace@example.com")}),
      ElementsAre("A", "B"));
  // Nor does an e-mail in another case.
  EXPECT_THAT(
      codes(R"([{"email":"Ada@Example.com","result":"A"}])", {person("", "", "ada@example.com")}),
      ElementsAre("A"));
  EXPECT_THAT(
      codes(R"([{"email":"eve@example.com","result":"A"}])", {person("", "", "ada@example.com")}),
      ElementsAre("-"));
}

TEST(Results, MoreResultsThanItemsArePairedByNameOnly) {
  EXPECT_THAT(
      codes(R"([{"result":"X"},{"result":"Y"},{"customerId":"101","result":"B"}])", people(2)),
      ElementsAre("-", "B"));
}

TEST(Results, KeepsTheWordsOfAnItemAndBoundsThem) {
  const auto results = read_results(R"([{"result":"E","error":"one","message":"two"},
                                        {"result":"E","errorMessage":"three"},
                                        {"result":"E","message":"four"},
                                        {"result":"SUCCESS","message":"five"}])",
                                    people(4));
  EXPECT_EQ(results.items[0].message, "one");
  EXPECT_EQ(results.items[1].message, "three");
  EXPECT_EQ(results.items[2].message, "four");
  EXPECT_EQ(results.items[3].message, "");
  const auto bounded =
      read_results(R"([{"result":"E","error":")" + std::string(50'000, 'x') + R"("}])", people(1));
  EXPECT_LE(bounded.items[0].message.size(), Cause::kMostMessage);
}

TEST(Results, ToleratesHostileAnswers) {
  std::string deep(1'000'000, '[');
  EXPECT_THAT(codes(deep, people(2)), Each("-"));
  EXPECT_THAT(codes("{\"data\":" + deep, people(2)), Each("-"));
  std::string many = "[";
  for (int i = 0; i < 300'000; ++i) many += R"({"customerId":"7","result":"SUCCESS"},)";
  many += R"({"customerId":"101","result":"SUCCESS"}])";
  EXPECT_THAT(codes(many, people(2)), Each("-"));
  EXPECT_THAT(codes(R"([{"customerId":"101","result":"SUCCESS"},)" + many.substr(1), people(2)),
              ElementsAre("-", "+"));
  EXPECT_THAT(
      codes("[{\"customerId\":\"100\",\"result\":\"E\",\"error\":\"\xff\xfe\"}]", people(1)),
      ElementsAre("E"));
  EXPECT_THAT(codes(R"([{"result":"A","result":"SUCCESS","customerId":"1","customerId":"100"}])",
                    people(1)),
              ElementsAre("+"));
  EXPECT_TRUE(read_results("[{\"result\":\"SUCCESS\"}]", {}).items.empty());
}

TEST(Results, NothingOfATruncatedAnswerIsRead) {
  const std::string whole = R"({"data":[{"customerId":"100","result":"SUCCESS"},)"
                            R"({"customerId":"101","result":"ERROR"}]})";
  EXPECT_THAT(codes(whole, people(2)), ElementsAre("+", "ERROR"));
  for (std::size_t cut = 0; cut < whole.size(); ++cut) {
    EXPECT_THAT(codes(whole.substr(0, cut), people(2)), Each("-")) << cut;
  }
}

// Whatever the order, and whichever of its names a result carries: each item has its own.
TEST(Results, EveryItemHasItsOwnResultInWhateverOrder) {
  const std::uint64_t seed = std::random_device{}();
  SCOPED_TRACE(fmt::format("seed {}", seed));
  Random random(seed);
  for (int round = 0; round < 2'000; ++round) {
    std::vector<Identity> sent;
    std::vector<std::string> wanted;
    std::vector<std::string> results;
    const bool in_order = random.chance(0.3);
    const std::size_t count = 1 + random.below(12);
    for (std::size_t i = 0; i < count; ++i) {
      Identity who = person(random.chance(0.7) ? fmt::format("id{}", i) : "",
                            random.chance(0.5) ? fmt::format("user{}", i) : "",
                            random.chance(0.5) ? fmt::format("u{}@example.com", i) : "");
      std::string names;
      const auto add = [&](const char* field, const std::string& value, double chance) {
        const bool must = !in_order && names.empty();
        if (value.empty() || (!must && !random.chance(chance))) return;
        names += fmt::format(R"("{}":"{}",)", field, value);
      };
      add("customerId", who.id, 0.8);
      add("username", who.username, 0.5);
      add("email", who.email, 0.5);
      const bool left_out = !in_order && (names.empty() || random.chance(0.1));
      wanted.push_back(left_out ? "-" : fmt::format("CODE{}", i));
      if (!left_out) results.push_back(fmt::format(R"({{{}"result":"CODE{}"}})", names, i));
      sent.push_back(std::move(who));
    }
    if (!in_order) {
      for (std::size_t i = results.size(); i > 1; --i)
        std::swap(results[i - 1], results[random.below(i)]);
    }
    const std::string body = fmt::format("{{\"data\":[{}]}}", fmt::join(results, ","));
    ASSERT_EQ(codes(body, sent), wanted) << body;
  }
}

}  // namespace
}  // namespace usher::customers
