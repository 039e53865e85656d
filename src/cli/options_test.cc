// SPDX-License-Identifier: Apache-2.0
#include "cli/options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/random.h"
#include "base/text.h"

namespace usher::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

struct Sample {
  std::string csv;
  std::string name;
  std::int64_t count = 1;
  double share = 0.5;
  bool quiet = false;
  std::vector<std::string> faults;
  Options options{Manual{
      "sample", "an example", "About it.\n\nMore.", {{"Do", "usher sample"}}, {"0    good"}}};

  Sample() {
    options.text("--csv,--user-export", "FILE", "the file", csv)
        .text("--org-name", "NAME", "a name", name)
        .number("--count", "N", "how many", 1, 100, count)
        .decimal("--share", "X", "a share", 0, 1, share)
        .heading("More")
        .flag("--quiet", "say less", quiet)
        .each("--fault", "NAME", "a fault", [this](std::string_view text) -> Status {
          if (text == "bad") return fail("cannot be bad", "Be good");
          faults.emplace_back(text);
          return {};
        });
  }
  std::string error(std::vector<std::string> words) {
    const auto wish = options.parse(words);
    return wish ? "(no error)" : wish.error().line();
  }
};

TEST(Options, TakeValuesInBothForms) {
  Sample sample;
  const std::vector<std::string> words = {"--csv", "a b.csv",   "--count=7", "--quiet", "--share",
                                          "0.25",  "--fault=x", "--fault",   "y=0.5"};
  ASSERT_TRUE(sample.options.parse(words));
  EXPECT_EQ(sample.csv, "a b.csv");
  EXPECT_EQ(sample.count, 7);
  EXPECT_DOUBLE_EQ(sample.share, 0.25);
  EXPECT_TRUE(sample.quiet);
  EXPECT_THAT(sample.faults, ElementsAre("x", "y=0.5"));
}

TEST(Options, TakeValuesAsTheyAre) {
  for (const std::string value : {"[x]", "[a,b]", "a,b", "-", "-x", "\"q\"", "'q'", "{}", "a=b",
                                  "%%", " x ", "\xC3\xA9", "--unheard-of"}) {
    SCOPED_TRACE(value);
    Sample separate;
    ASSERT_TRUE(separate.options.parse(std::vector<std::string>{"--org-name", value}));
    EXPECT_EQ(separate.name, value);
    Sample joined;
    ASSERT_TRUE(joined.options.parse(std::vector<std::string>{"--org-name=" + value}));
    EXPECT_EQ(joined.name, value);
  }
}

// An unset variable of a script: --org-id "$ORG" must not import without an organization.
TEST(Options, RefuseABlankText) {
  for (const std::string value : {"", " ", "\t "}) {
    EXPECT_EQ(Sample().error({"--org-name", value}),
              "--org-name is empty: give a value, or leave it out");
  }
}

TEST(Options, KnowTheirOldNames) {
  Sample sample;
  ASSERT_TRUE(sample.options.parse(std::vector<std::string>{"--user-export", "old.csv"}));
  EXPECT_EQ(sample.csv, "old.csv");
}

TEST(Options, TellEveryMistakeInOneLine) {
  const struct {
    std::vector<std::string> words;
    std::string error;
  } cases[] = {
      {{"--cvs", "x"}, "unknown option --cvs (did you mean --csv?)"},
      {{"--user-exprot=x"}, "unknown option --user-exprot (did you mean --user-export?)"},
      {{"--workers", "4"}, "unknown option --workers"},
      {{"-x"}, "unknown option -x"},
      {{"users.csv"}, "unexpected argument \"users.csv\""},
      {{"--", "users.csv"}, "unexpected argument \"users.csv\""},
      {{"--csv"}, "--csv needs a value"},
      {{"--csv="}, "--csv needs a value"},
      {{"--csv", "--quiet"}, "--csv needs a value (it is followed by --quiet)"},
      {{"--quiet=yes"}, "--quiet takes no value"},
      {{"--csv", "a", "--csv", "b"}, "--csv is given more than once"},
      {{"--csv", "a", "--user-export", "b"}, "--csv is given more than once"},
      {{"--count", "0"}, "--count must be a whole number from 1 to 100 (got \"0\")"},
      {{"--count", "101"}, "--count must be a whole number from 1 to 100 (got \"101\")"},
      {{"--count", "ten"}, "--count must be a whole number from 1 to 100 (got \"ten\")"},
      {{"--count", "1.5"}, "--count must be a whole number from 1 to 100 (got \"1.5\")"},
      {{"--count", "-3"}, "--count must be a whole number from 1 to 100 (got \"-3\")"},
      {{"--count", "99999999999999999999"},
       "--count must be a whole number from 1 to 100 (got \"99999999999999999999\")"},
      {{"--share", "1.1"}, "--share must be a number from 0 to 1 (got \"1.1\")"},
      {{"--share", "nan"}, "--share must be a number from 0 to 1 (got \"nan\")"},
      {{"--share", "0.5x"}, "--share must be a number from 0 to 1 (got \"0.5x\")"},
      {{"--fault", "bad"}, "--fault cannot be bad\n  Be good"},
      {{"--quiet\x1b[31m"}, "unknown option --quiet\\x1b[31m"},
  };
  for (const auto& one : cases) {
    SCOPED_TRACE(one.words.front());
    EXPECT_EQ(Sample{}.error(one.words), one.error);
  }
}

struct WithResume {
  std::string csv;
  bool quiet = false;
  std::optional<std::string> resume;
  std::vector<std::string> ids;
  Options options{Manual{"sample", "an example", "About it.", {}, {}}};

  WithResume() {
    options.text("--csv,--user-export", "FILE", "the file", csv)
        .flag("--quiet,-q", "say less", quiet)
        .maybe("--resume", "[ID]", "go on",
               [this](std::optional<std::string_view> id) -> Status {
                 if (id && id->empty()) return fail("is empty");
                 resume = std::string(id.value_or("(latest)"));
                 return {};
               })
        .words("ID...", 0, 2, ids);
  }
  std::string error(const std::vector<std::string>& words) {
    const auto wish = options.parse(words);
    return wish ? "(no error)" : wish.error().line();
  }
};

TEST(Options, MayGoWithoutTheirValue) {
  const struct {
    std::vector<std::string> words;
    std::string resume;
    std::string csv;
  } cases[] = {
      {{"--resume"}, "(latest)", ""},
      {{"--resume", "--csv", "a.csv"}, "(latest)", "a.csv"},
      {{"--resume", "-q", "--csv", "a.csv"}, "(latest)", "a.csv"},
      {{"--csv", "a.csv", "--resume"}, "(latest)", "a.csv"},
      {{"--resume", "spring", "--csv=a.csv"}, "spring", "a.csv"},
      {{"--csv=a.csv", "--resume=spring"}, "spring", "a.csv"},
      {{"--resume", "--"}, "(latest)", ""},
  };
  for (const auto& one : cases) {
    SCOPED_TRACE(::testing::PrintToString(one.words));
    WithResume sample;
    ASSERT_EQ(sample.error(one.words), "(no error)");
    EXPECT_EQ(sample.resume, one.resume);
    EXPECT_EQ(sample.csv, one.csv);
  }
  EXPECT_EQ(WithResume{}.error({"--csv", "--resume"}),
            "--csv needs a value (it is followed by --resume)");
  EXPECT_EQ(WithResume{}.error({"--resume", "--resume"}), "--resume is given more than once");
  EXPECT_EQ(WithResume{}.error({"--resume", "a", "--resume"}), "--resume is given more than once");
  EXPECT_EQ(WithResume{}.error({"--resume="}), "--resume needs a value");
  EXPECT_EQ(WithResume{}.error({"--resume", ""}), "--resume is empty");
}

TEST(Options, TakeWordsWhereACommandHasThem) {
  WithResume sample;
  ASSERT_EQ(sample.error({"a", "--quiet", "b"}), "(no error)");
  EXPECT_THAT(sample.ids, ElementsAre("a", "b"));
  EXPECT_EQ(WithResume{}.error({"a", "b", "c"}), "unexpected argument \"c\"");
  EXPECT_EQ(WithResume{}.error({"a", "-x"}), "unknown option -x");
  EXPECT_THAT(sample.options.help(80), HasSubstr("Usage: usher sample ID... [options]"));
  Options strict(Manual{"sample", "an example", "About it.", {}, {}});
  std::vector<std::string> ids;
  strict.words("ID...", 1, 1, ids);
  const auto wish = strict.parse(std::vector<std::string>{});
  ASSERT_FALSE(wish);
  EXPECT_EQ(wish.error().line(), "ID is missing");
}

TEST(Options, KnowWhatWasTyped) {
  WithResume sample;
  ASSERT_EQ(sample.error({"--user-export", "a.csv", "-q", "--resume"}), "(no error)");
  EXPECT_THAT(sample.options.given(),
              ElementsAre(Pair("--csv", "a.csv"), Pair("--quiet", ""), Pair("--resume", "")));
}

TEST(Options, GiveHelpWhateverElseIsWrong) {
  Sample sample;
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"--help"}, {"-h"}, {"--cvs", "--help"}, {"--count", "x", "-h"}}) {
    EXPECT_EQ(sample.options.parse(words), Options::Wish::help);
  }
}

TEST(Options, ShowAHelpThatFitsTheTerminal) {
  const Sample sample;
  EXPECT_EQ(sample.options.help(80),
            "usher sample: an example\n\nUsage: usher sample [options]\n\nAbout it.\n\nMore.\n\n"
            "Options:\n"
            "  --csv, --user-export FILE\n"
            "                            the file\n"
            "  --org-name NAME           a name\n"
            "  --count N                 how many\n"
            "  --share X                 a share\n"
            "\nMore:\n"
            "  --quiet                   say less\n"
            "  --fault NAME              a fault\n"
            "\nExamples:\n  # Do\n  usher sample\n\nExit codes:\n  0    good\n");
  for (const int width : {-1, 0, 1, 48, 79, 80, 81, 1000}) {
    EXPECT_THAT(sample.options.help(width), HasSubstr("--quiet")) << width;
  }
}

TEST(Options, SurviveRandomWords) {
  const std::vector<std::string> likely = {"--csv", "--quiet", "=", "--count", "5", "-",  "--",
                                           "x",     "--fault", "",  "[",       "]", "---"};
  for (std::uint64_t seed = 1; seed <= 1000; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    std::vector<std::string> words(random.below(6));
    for (std::string& word : words) {
      for (auto left = random.below(3) + 1; left > 0; --left) {
        word += likely[random.below(likely.size())];
      }
    }
    Sample sample;
    const auto wish = sample.options.parse(words);
    if (!wish) {
      EXPECT_FALSE(wish.error().what.empty());
    }
  }
}

TEST(Nearest, IsQuietWhenNothingIsClose) {
  const std::vector<std::string> known = {"import-users", "import", "sandbox"};
  EXPECT_EQ(nearest("improt", known), "import");
  EXPECT_EQ(nearest("import-user", known), "import-users");
  EXPECT_EQ(nearest("sandobx", known), "sandbox");
  EXPECT_EQ(nearest("x", known), "");
  EXPECT_EQ(nearest("", known), "");
  EXPECT_EQ(nearest("validate", known), "");
  EXPECT_EQ(nearest(std::string(100'000, 'x'), known), "");
}

}  // namespace
}  // namespace usher::cli
