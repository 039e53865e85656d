// SPDX-License-Identifier: Apache-2.0
// What a person at a terminal sees, and what a log file gets instead.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/scratch.h"
#include "base/text.h"
#include "scenarios/local_api.h"

namespace usher::scenarios {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

struct Story {
  LocalApi api{{"--latency", "20"}};
  ScratchFolder folder;
  Launch launch;

  Story() {
    folder.write("u.csv", people(100));
    launch = import_into(api, folder.path(), {"--csv", "u.csv", "--rate-limit", "off"});
  }
};

// Columns that a piece of terminal output takes, escape sequences aside.
std::size_t columns_of(std::string_view piece) {
  std::string visible;
  for (std::size_t at = 0; at < piece.size(); ++at) {
    if (piece[at] == '\x1b') {
      while (at < piece.size() && (piece[at] < 'A' || piece[at] == '[')) ++at;
    } else {
      visible += piece[at];
    }
  }
  return utf8_length(visible);
}

TEST(Terminal, HasALiveBarThatNeverWrapsAndGoesAway) {
  for (const int columns : {30, 60, 120}) {
    SCOPED_TRACE(columns);
    Story story;
    story.launch.err = Attach::terminal;
    story.launch.columns = columns;
    Process import(story.launch);
    EXPECT_EQ(import.wait(), 0);
    EXPECT_THAT(import.err(), HasSubstr("/100 rows"));
    std::size_t bars = 0;
    for (const auto line : split(import.err(), '\n')) {
      for (const auto piece : split(line, '\r')) {
        if (!piece.contains("/100 rows")) continue;
        ++bars;
        EXPECT_LT(columns_of(piece), static_cast<std::size_t>(columns)) << piece;
      }
    }
    EXPECT_GT(bars, 0U);
    EXPECT_THAT(import.err(), ::testing::EndsWith("\r\x1b[2K"));
    EXPECT_THAT(import.out(), HasSubstr("SUMMARY"));
    EXPECT_THAT(import.out(), Not(HasSubstr("\x1b")));
  }
}

TEST(Terminal, ShowsColoursUnlessToldOtherwise) {
  for (const auto& [name, value] : std::map<std::string, std::string>{
           {"NOTHING", ""}, {"NO_COLOR", "1"}, {"CI", "true"}, {"TERM", "dumb"}}) {
    SCOPED_TRACE(name);
    Story story;
    story.launch.out = Attach::terminal;
    story.launch.err = Attach::terminal;
    story.launch.variables[name] = value;
    Process import(story.launch);
    EXPECT_EQ(import.wait(), 0);
    const bool coloured = import.out().contains("\x1b[32mSuccess\x1b[0m");
    EXPECT_EQ(coloured, name == "NOTHING");
    EXPECT_THAT(import.out(), HasSubstr("Success"));
  }
}

TEST(Terminal, GetsOnlyTheSummaryWhenQuiet) {
  Story story;
  story.launch.arguments.emplace_back("--quiet");
  story.launch.err = Attach::terminal;
  Process import(story.launch);
  EXPECT_EQ(import.wait(), 0);
  EXPECT_THAT(import.err(), IsEmpty());
  EXPECT_THAT(import.out(), HasSubstr("SUMMARY"));
}

TEST(LogFile, GetsPlainLinesWithoutEscapes) {
  Story story;
  Process import(story.launch);
  EXPECT_EQ(import.wait(), 0);
  EXPECT_EQ(import.err(), "Importing u.csv: 100 rows, user-only, to " + story.api.url() + "\n");
  EXPECT_THAT(import.out(), Not(HasSubstr("\x1b")));
}

}  // namespace
}  // namespace usher::scenarios
