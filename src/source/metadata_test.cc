// SPDX-License-Identifier: Apache-2.0
#include "source/metadata.h"

#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/random.h"
#include "base/text.h"

namespace usher {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;
using testing::StartsWith;

Metadata good(std::string_view text) {
  Metadata pairs;
  const auto problem = parse_metadata(text, pairs);
  EXPECT_FALSE(problem) << problem.value_or("");
  return pairs;
}

std::string bad(std::string_view text) {
  Metadata pairs;
  return parse_metadata(text, pairs).value_or("");
}

TEST(Metadata, BecomesTextAsItWasWritten) {
  EXPECT_THAT(
      good(R"({"a":"b", "n":1.10, "big":12345678901234567890123, "t":true,"f":false,"e":1E+2})"),
      ElementsAre(Pair("a", "b"), Pair("n", "1.10"), Pair("big", "12345678901234567890123"),
                  Pair("t", "true"), Pair("f", "false"), Pair("e", "1E+2")));
  EXPECT_THAT(good("{\"list\": [1, {\"k\" : \"a b\"} ,\n null], \"o\":{} }"),
              ElementsAre(Pair("list", R"([1,{"k":"a b"},null])"), Pair("o", "{}")));
  EXPECT_THAT(good(R"({"x":"\u00e9\ud83d\ude00\n\"\\\/"})"),
              ElementsAre(Pair("x", "\xC3\xA9\xF0\x9F\x98\x80\n\"\\/")));
}

TEST(Metadata, LeavesNullsOutAndKeepsTheLastOfTwins) {
  EXPECT_THAT(good(R"({"a":null,"b":"1","c":"x","b":"2"})"),
              ElementsAre(Pair("b", "2"), Pair("c", "x")));
  EXPECT_TRUE(good(R"({"a":"1","a":null})").empty());
  EXPECT_TRUE(good("null").empty());
  EXPECT_TRUE(good(" { } ").empty());
}

TEST(Metadata, SaysWhatItLeavesOut) {
  const auto left_out = [](std::string_view text) {
    Metadata pairs;
    std::vector<std::string> told;
    EXPECT_FALSE(parse_metadata(text, pairs, &told));
    return told;
  };
  EXPECT_THAT(left_out(R"({"a":1,"b":{"a":null},"c":[null]})"), testing::IsEmpty());
  EXPECT_THAT(left_out("null"), testing::IsEmpty());
  EXPECT_THAT(left_out(R"({"a":null,"b":"1","c":"x","b":"2"})"),
              ElementsAre("metadata \"a\" is null: left out",
                          "metadata \"b\" comes more than once: the last one counts"));
  EXPECT_THAT(left_out(R"({"a":1,"a":null})"),
              ElementsAre("metadata \"a\" is null: left out",
                          "metadata \"a\" comes more than once: the last one counts"));
  EXPECT_EQ(left_out(R"({"a":null,"b":null,"c":null,"d":null})").size(), kMostLeftOut);
}

TEST(Metadata, SaysWhereJsonIsWrong) {
  const std::pair<std::string_view, std::string_view> table[] = {
      {"{'a':1}", "(character 2): names and text need double quotes"},
      {"{\"a\":'b'}", "(character 6): names and text need double quotes"},
      {"{\"a\" 1}", "(character 6): a : was expected"},
      {"{\"a\":1,}", "a text in double quotes was expected"},
      {"{\"a\":1", "a , or a closing bracket"},
      {"{\"a\":b}", "a value was expected"},
      {"{\"a\":\"b}", "a text is not closed"},
      {"{\"a\":\"b\nc\"}", "control character"},
      {"{\"a\":\"\\x\"}", "backslash"},
      {"{\"a\":\"\\ud800\"}", "surrogate"},
      {"{\"a\":01}", "begins with 0"},
      {"{\"a\":1} x", "more text behind the end"},
      {"plan=team", "a value was expected"},
      {"{\"a\":[1}", "closing bracket"},
  };
  for (const auto& [text, part] : table) {
    EXPECT_THAT(bad(text), StartsWith("Metadata is invalid JSON")) << text;
    EXPECT_THAT(bad(text), HasSubstr(part)) << text;
  }
}

TEST(Metadata, HasToBeAnObject) {
  for (const char* text : {"[1,2]", "\"text\"", "12", "true"}) {
    EXPECT_THAT(bad(text), StartsWith("Metadata is not a JSON object")) << text;
  }
}

TEST(Metadata, IsBounded) {
  std::string many = "{";
  for (std::size_t i = 0; i <= kMaxMetadataPairs; ++i) {
    many += (i == 0 ? "\"k" : ",\"k") + std::to_string(i) + "\":1";
  }
  EXPECT_THAT(bad(many + "}"), HasSubstr("more than 1000 names"));
  EXPECT_THAT(bad("{\"a\":" + std::string(100'000, '[')), HasSubstr("nested too deeply"));
  EXPECT_THAT(bad(std::string(100'000, '{')), StartsWith("Metadata is invalid JSON"));
}

// What Boost.JSON says of the same text, its values turned into text as far as they are texts.
struct Opinion {
  bool valid = false;
  bool is_object = false;
  Metadata texts;
};

Opinion ask_boost(const std::string& text) {
  boost::json::parse_options options;
  options.max_depth = 64;
  boost::json::error_code error;
  const auto value = boost::json::parse(text, error, {}, options);
  Opinion opinion{.valid = !error, .is_object = !error && value.is_object(), .texts = {}};
  if (!opinion.is_object) return opinion;
  for (const auto& pair : value.as_object()) {
    if (pair.value().is_string()) {
      opinion.texts.emplace_back(pair.key(), pair.value().as_string());
    }
  }
  return opinion;
}

void agree(const std::string& text) {
  if (find_invalid_utf8(text)) return;  // the reader has refused it before
  const Opinion opinion = ask_boost(text);
  Metadata pairs;
  const auto problem = parse_metadata(text, pairs);
  const bool invalid = problem && problem->starts_with("Metadata is invalid JSON");
  ASSERT_EQ(!invalid, opinion.valid) << testing::PrintToString(text) << problem.value_or("");
  if (!opinion.is_object) return;
  for (const auto& text_pair : opinion.texts) {
    EXPECT_THAT(pairs, testing::Contains(text_pair)) << testing::PrintToString(text);
  }
}

TEST(Metadata, AgreesWithBoostOnEveryTruncationAndManyMutations) {
  const std::string samples[] = {
      R"({"plan":"team","n":-12.5e+3,"t":true,"x":null,"u":"\u00e9\ud83d\ude00"})",
      R"( { "a" : [ 1 , "b\\\"" , { "c" : { } } , [ ] ] , "z":0 } )",
      R"([{"a":false},0.5,-0,"é"])",
  };
  const std::string alphabet = "{}[]\",:\\u0d8e19.-+ \ntrfalsn'";
  for (const std::string& sample : samples) {
    for (std::size_t length = 0; length <= sample.size(); ++length) agree(sample.substr(0, length));
  }
  for (std::uint64_t seed = 1; seed <= 30'000; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Random random(seed);
    std::string text = samples[random.below(3)];
    for (std::uint64_t n = 1 + random.below(3); n > 0; --n) {
      const std::size_t at = random.below(text.size());
      const char c = alphabet[random.below(alphabet.size())];
      switch (random.below(3)) {
        case 0:
          text[at] = c;
          break;
        case 1:
          text.insert(at, 1, c);
          break;
        default:
          text.erase(at, 1);
          break;
      }
    }
    agree(text);
    if (testing::Test::HasFatalFailure()) return;
  }
}

}  // namespace
}  // namespace usher
