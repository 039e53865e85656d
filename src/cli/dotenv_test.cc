// SPDX-License-Identifier: Apache-2.0
#include "cli/dotenv.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/random.h"
#include "base/scratch.h"

namespace usher::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::string value_of(std::string_view text, std::string_view name) {
  const Dotenv parsed = Dotenv::parse(text);
  const auto found = parsed.values.find(name);
  return found == parsed.values.end() ? "(absent)" : std::string(found->second.reveal());
}

TEST(Dotenv, ReadsValuesAsShellsAndDotenvLibrariesDo) {
  const struct {
    std::string_view text;
    std::string_view value;
  } cases[] = {
      {"KEY=abc", "abc"},
      {"KEY=abc\n", "abc"},
      {"KEY=abc\r\nOTHER=x\r\n", "abc"},
      {"KEY=abc\rOTHER=x\r", "abc"},
      {"\xEF\xBB\xBFKEY=abc", "abc"},
      {"  KEY  =  abc  ", "abc"},
      {"\texport KEY=abc", "abc"},
      {"export\tKEY=abc", "abc"},
      {"export=abc\nKEY=d", "d"},
      {"KEY=", ""},
      {"KEY=  # nothing", ""},
      {"KEY=#nothing", ""},
      {"KEY=a b c", "a b c"},
      {"KEY=a#b", "a#b"},
      {"KEY=a #b", "a"},
      {"KEY=a=b", "a=b"},
      {"KEY='a # b'", "a # b"},
      {"KEY='a\\n'", "a\\n"},
      {"KEY=\"a # b\" # comment", "a # b"},
      {"KEY=\"a\\nb\\t\\\"\\\\\\$\\q\"", "a\nb\t\"\\$\\q"},
      {"KEY=`it's \"so\"`", "it's \"so\""},
      {"KEY=\"two\nlines\"", "two\nlines"},
      {"KEY=''", ""},
      {"# KEY=no\nKEY=yes", "yes"},
      {"KEY=first\nKEY=second", "second"},
      {"junk\n=\n123\nKEY=after", "after"},
      {"KEY=it's", "it's"},
  };
  for (const auto& one : cases) {
    SCOPED_TRACE(one.text);
    EXPECT_EQ(value_of(one.text, "KEY"), one.value);
  }
}

TEST(Dotenv, NamesTheLineOfEveryProblemAndGoesOn) {
  const Dotenv parsed = Dotenv::parse("A=1\nwhat is this\n2B=3\nB='open\nC=\"x\" y\nD=4\n");
  EXPECT_THAT(
      parsed.problems,
      ElementsAre("line 2: no = after the name", "line 3: a name must begin with a letter or _",
                  "line 4: no closing quote", "line 5: text after the closing quote"));
  EXPECT_EQ(parsed.values.size(), 2U);
  EXPECT_EQ(parsed.values.at("D").reveal(), "4");
}

TEST(Dotenv, CountsTheLinesInsideQuotes) {
  const Dotenv parsed = Dotenv::parse("A=\"1\n2\n3\"\nbad line\n");
  EXPECT_THAT(parsed.problems, ElementsAre("line 4: no = after the name"));
}

TEST(Dotenv, KeepsTheNumberOfProblemsBounded) {
  std::string text;
  for (int i = 0; i < 1000; ++i) text += "?\n";
  EXPECT_EQ(Dotenv::parse(text).problems.size(), 20U);
}

TEST(Dotenv, EndsForEveryTruncation) {
  const std::string text = "\xEF\xBB\xBF# c\r\nexport A = \"x\\\n\\\"y\"\nB='q' # z\nC=`1`\r\n";
  for (std::size_t length = 0; length <= text.size(); ++length) {
    SCOPED_TRACE(length);
    EXPECT_LE(Dotenv::parse(std::string_view(text).substr(0, length)).values.size(), 3U);
  }
}

TEST(Dotenv, SurvivesRandomBytes) {
  constexpr std::string_view kLikely = "AB=_=\"'`\\\n\r #exportKEY\t$";
  for (std::uint64_t seed = 1; seed <= 3000; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    std::string text;
    for (std::uint64_t left = random.below(80); left > 0; --left) {
      text += random.chance(0.7) ? kLikely[random.below(kLikely.size())]
                                 : static_cast<char>(random.below(256));
    }
    const Dotenv parsed = Dotenv::parse(text);
    for (const auto& [name, value] : parsed.values) {
      EXPECT_FALSE(name.empty());
      EXPECT_LE(value.reveal().size(), text.size());
    }
  }
}

TEST(Dotenv, TreatsAMissingFileOrAFolderOfThatNameAsEmpty) {
  const ScratchFolder scratch;
  const auto missing = Dotenv::read(scratch.at("no-such-folder/.env"));
  ASSERT_TRUE(missing);
  EXPECT_THAT(missing->values, IsEmpty());
  const auto folder = Dotenv::read(scratch.path());
  ASSERT_TRUE(folder);
  EXPECT_THAT(folder->values, IsEmpty());
}

TEST(Dotenv, RefusesAFileThatIsTooLarge) {
  const ScratchFolder folder;
  const auto parsed = Dotenv::read(folder.write(".env", std::string(Dotenv::kMostBytes + 1, '#')));
  ASSERT_FALSE(parsed);
  EXPECT_THAT(parsed.error().what, HasSubstr("larger than"));
}

}  // namespace
}  // namespace usher::cli
