// SPDX-License-Identifier: Apache-2.0
#include "source/customers/json_check.h"

#include <array>
#include <string>
#include <utility>

#include <boost/json.hpp>
#include <gtest/gtest.h>

#include "base/json_walk.h"
#include "source/customers/random_json_test.h"

namespace usher::customers {
namespace {

using End = JsonCheck::End;

boost::json::error_code boost_says(std::string_view text) {
  boost::json::error_code error;
  boost::json::parse_options options;
  options.max_depth = kMostNesting;
  boost::json::stream_parser parser(boost::json::storage_ptr(), options);
  parser.write(text, error);
  if (!error) parser.finish(error);
  return error;
}
bool boost_takes(std::string_view text) {
  return !boost_says(text);
}

TEST(JsonCheck, FindsWhereAValueEnds) {
  for (const std::string_view value :
       {R"({})", R"([])", R"({"a":[1,{"b":null}],"c":"]}"})", R"("x\"y")", "true", "null",
        "[-0.5e+10, 0, 1E5 ]", "\"\xC3\xA5\xE2\x82\xAC\xF0\x9F\x98\x80\""}) {
    const JsonCheck checked = check_json(std::string(value) + " , more");
    EXPECT_EQ(checked.end, End::whole) << value << ": " << checked.problem;
    EXPECT_EQ(checked.position, value.size()) << value;
  }
  const JsonCheck number = check_json("12,");
  EXPECT_EQ(number.end, End::whole);
  EXPECT_EQ(number.position, 2U);
  EXPECT_EQ(check_json("12").end, End::cut);
}

TEST(JsonCheck, SaysWhatIsWrongAndWhere) {
  const std::array<std::pair<std::string_view, std::pair<std::size_t, std::string_view>>, 20> rows =
      {{{R"({"a":01})", {5, "begins with 0"}},
        {R"({"a":1.})", {7, "digit"}},
        {R"({"a":-})", {6, "digit"}},
        {R"({"a":1e})", {7, "digit"}},
        {R"({"a":tru})", {5, "value was expected"}},
        {R"({"a":})", {5, "value was expected"}},
        {R"({"a" 1})", {5, "a : was expected"}},
        {R"({"a":1 "b"})", {7, "a , or"}},
        {R"({"a":1,})", {7, "name"}},
        {R"({,})", {1, "name"}},
        {R"({a:1})", {1, "name"}},
        {R"({"a":'x'})", {5, "single quotes"}},
        {R"([1,])", {3, "value was expected"}},
        {R"([1})", {2, "a , or"}},
        {"[\"a\nb\"]", {3, "control character"}},
        {R"(["\x"])", {2, "escape"}},
        {R"(["\u12g4"])", {6, "hexadecimal"}},
        {R"(["\ud800"])", {2, "surrogate"}},
        {R"(["\udc00"])", {2, "surrogate"}},
        {"[\"\xC3\x28\"]", {2, "UTF-8"}}}};
  for (const auto& [text, expected] : rows) {
    const JsonCheck checked = check_json(text);
    EXPECT_EQ(checked.end, End::wrong) << text;
    EXPECT_EQ(checked.position, expected.first) << text;
    EXPECT_TRUE(checked.problem.contains(expected.second)) << text << ": " << checked.problem;
  }
}

TEST(JsonCheck, BoundsHowDeepValuesAreNested) {
  const std::string bound = std::string(64, '[') + std::string(64, ']');
  EXPECT_EQ(check_json(bound).end, End::whole);
  EXPECT_EQ(check_json("[" + bound + "]").end, End::wrong);
  std::string objects;
  for (int i = 0; i < 64; ++i) objects += i % 3 == 0 ? "[" : R"({"a":)";
  EXPECT_EQ(check_json(objects + "1").end, End::cut);
  EXPECT_EQ(check_json(objects + "[").end, End::wrong);
  // A million brackets cost no stack.
  EXPECT_EQ(check_json(std::string(1'000'000, '[')).end, End::wrong);
}

// RFC 3629, by all two-byte pairs and the borders of the longer ones.
TEST(JsonCheck, TakesUtf8AndNothingElse) {
  const auto takes = [](const std::string& inside) {
    return check_json('"' + inside + '"').end == End::whole;
  };
  for (int lead = 0x80; lead < 256; ++lead) {
    for (int second = 0x80; second < 256; ++second) {
      const std::string pair = {static_cast<char>(lead), static_cast<char>(second)};
      for (const std::string& tail :
           {std::string(), std::string("\x80"), std::string("\xBF\xBF")}) {
        const std::string inside = pair + tail;
        EXPECT_EQ(takes(inside), boost_takes('"' + inside + '"')) << lead << ' ' << second;
      }
    }
  }
}

TEST(JsonCheck, EveryTruncationIsCut) {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Random random(seed);
    const std::string json = random_json_object(random);
    ASSERT_TRUE(boost_takes(json)) << json;
    for (std::size_t size = 0; size < json.size(); ++size) {
      const JsonCheck checked = check_json(std::string(json, 0, size));
      EXPECT_EQ(checked.end, End::cut) << size << ' ' << json;
      EXPECT_EQ(checked.position, size);
    }
    EXPECT_EQ(check_json(json).end, End::whole);
    EXPECT_EQ(check_json(json).position, json.size());
    JsonWalk walk(json);
    EXPECT_EQ(walk.raw(), json);
  }
}

TEST(JsonCheck, AgreesWithBoostOnDamagedText) {
  for (std::uint64_t seed = 1; seed <= 30'000; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Random random(seed);
    std::string json = random_json_object(random);
    for (std::uint64_t hits = 1 + random.below(3); hits > 0; --hits) {
      static constexpr std::string_view kHits = "{}[],:\"\\ 0-.eEtnu\x01\x80\xC3\xED";
      const auto at = random.below(json.size());
      const char hit = kHits[random.below(kHits.size())];
      if (random.chance(0.3)) {
        json.insert(at, 1, hit);
      } else if (random.chance(0.3)) {
        json.erase(at, 1);
      } else {
        json[at] = hit;
      }
      if (json.empty()) json = "{";
    }
    if (json.front() == ' ' || json.front() == '\n') continue;
    // It counts what it reads; here a number is text.
    if (boost_says(json) == boost::json::error::exponent_overflow) continue;
    const JsonCheck checked = check_json(json);
    const auto behind = std::string_view(json).substr(checked.position);
    const bool takes =
        checked.end == End::whole && behind.find_first_not_of(" \r\n\t") == std::string_view::npos;
    EXPECT_EQ(takes, boost_takes(json)) << json << ": " << checked.problem;
  }
}

}  // namespace
}  // namespace usher::customers
