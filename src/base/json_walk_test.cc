// SPDX-License-Identifier: Apache-2.0
#include "base/json_walk.h"

#include <array>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "base/json.h"
#include "base/json_bytes.h"
#include "base/random.h"

namespace usher {
namespace {

// Every value as a line: depth, name, kind, text. Containers are entered, or taken whole.
class Told {
 public:
  explicit Told(std::string_view json) : walk_(json) { value(""); }
  std::vector<std::string> lines;

 private:
  void value(const std::string& name) {
    if (lines.size() > 1000) return;
    switch (walk_.peek()) {
      case JsonKind::object: {
        lines.push_back(name + "{");
        (void)walk_.enter('{');
        std::string_view member;
        while (walk_.next_member(member)) value(name + "." + std::string(member));
        lines.push_back(name + "}");
        break;
      }
      case JsonKind::array:
        lines.push_back(name + "[");
        (void)walk_.enter('[');
        while (walk_.next_element()) value(name + "[]");
        lines.push_back(name + "]");
        break;
      default:
        lines.push_back(name + "=" + std::string(walk_.text()));
    }
  }
  JsonWalk walk_;
};

TEST(JsonWalk, TellsWhatIsThere) {
  const Told told(
      R"( { "a" : [ 1 , "x\ny" , [ ] , {} ] , "b\u0063" : { "d" : null } , "e":true} )");
  EXPECT_EQ(told.lines, (std::vector<std::string>{"{", ".a[", ".a[]=1", ".a[]=x\ny", ".a[][",
                                                  ".a[]]", ".a[]{", ".a[]}", ".a]", ".bc{",
                                                  ".bc.d=null", ".bc}", ".e=true", "}"}));
}

TEST(JsonWalk, TakesAValueWholeAsItStands) {
  JsonWalk walk(R"({"a":{"x":"]}\"","y":[1, 2]} , "b": "q\u0041" ,"c":-1.50e3,"d":[[]]})");
  std::string_view name;
  ASSERT_TRUE(walk.enter('{'));
  ASSERT_TRUE(walk.next_member(name));
  EXPECT_EQ(walk.raw(), R"({"x":"]}\"","y":[1, 2]})");
  ASSERT_TRUE(walk.next_member(name));
  EXPECT_EQ(walk.raw(), R"("q\u0041")");
  ASSERT_TRUE(walk.next_member(name));
  EXPECT_EQ(walk.peek(), JsonKind::number);
  EXPECT_EQ(walk.raw(), "-1.50e3");
  ASSERT_TRUE(walk.next_member(name));
  EXPECT_EQ(walk.raw(), "[[]]");
  EXPECT_FALSE(walk.next_member(name));
  EXPECT_EQ(walk.peek(), JsonKind::none);
}

TEST(JsonWalk, DecodesEveryEscape) {
  const auto decoded = [](std::string_view inside) {
    std::string out;
    decode_json(inside, out);
    return out;
  };
  EXPECT_EQ(decoded(R"(\"\\\/\b\f\n\r\t)"), "\"\\/\b\f\n\r\t");
  EXPECT_EQ(decoded(R"(\u0041\u00e9\u20AC\uD83D\uDE00!)"),
            "A\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80!");
  EXPECT_EQ(decoded(R"(\ud83dx\udc00)"), "\xEF\xBF\xBDx\xEF\xBF\xBD");  // halves of a pair
  EXPECT_EQ(decoded(R"(\u12)"), R"(\u12)");  // no escape at all: it stays
}

TEST(JsonBytes, FindTheFirstThatIsNotPlain) {
  for (int byte = 0; byte < 256; ++byte) {
    const char c = static_cast<char>(byte);
    const bool walks = c == '"' || c == '\\';
    const bool strict = walks || byte < 0x20 || byte >= 0x80;
    for (std::size_t at = 0; at < 40; ++at) {
      std::string text(40, 'x');
      text[at] = c;
      const char* const end = text.data() + text.size();
      const char* const here = text.data() + at;
      EXPECT_EQ(json_bytes::plain_end<false>(text.data(), end), walks ? here : end) << byte;
      EXPECT_EQ(json_bytes::plain_end<true>(text.data(), end), strict ? here : end) << byte;
    }
  }
}

std::string random_json(Random& random, int depth) {
  static constexpr std::array<std::string_view, 12> kPlain = {
      "1",      "-0.5e+3", "true", "null",        R"("")",     R"("a\"b")",
      R"("]")", R"("}{")", "[]",   R"("\\\\\"")", R"("é, ü")", "{ }"};
  if (depth == 0 || random.chance(0.3)) return std::string(kPlain[random.below(kPlain.size())]);
  const bool object = random.chance(0.6);
  std::string out = object ? "{" : "[";
  const auto members = random.below(5);
  for (std::uint64_t i = 0; i < members; ++i) {
    if (i > 0) out += random.chance(0.5) ? "," : " ,\n ";
    if (object) out += "\"k" + std::to_string(i) + "\" : ";
    out += random_json(random, depth - 1);
  }
  return out + (object ? "}" : "]");
}

TEST(JsonWalk, ContainersAreAsLongWhenTheyAreSkippedAsWhenTheyAreWalked) {
  for (std::uint64_t seed = 1; seed <= 2000; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Random random(seed);
    const std::string json = "[" + random_json(random, 5) + "]";
    JsonWalk skipped(json);
    EXPECT_EQ(skipped.raw(), json);
    EXPECT_EQ(Told(json).lines.back(), "]");
  }
}

TEST(JsonWalk, EndsOnDamagedText) {
  for (std::uint64_t seed = 1; seed <= 3000; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Random random(seed);
    std::string json = random_json(random, 4);
    const auto hits = 1 + random.below(4);
    for (std::uint64_t i = 0; i < hits; ++i) {
      json[random.below(json.size())] = R"({}[],:"\ x)"[random.below(10)];
    }
    json.resize(random.below(json.size() + 1));
    EXPECT_LE(Told(json).lines.size(), 2 * json.size() + 1);
    JsonWalk walk(json);
    EXPECT_LE(walk.raw().size(), json.size());
  }
}

}  // namespace
}  // namespace usher
