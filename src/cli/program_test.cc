// SPDX-License-Identifier: Apache-2.0
#include "cli/program.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/stage.h"

namespace usher::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

TEST(Program, ListsItsCommands) {
  for (const auto* word : {"help", "--help", "-h"}) {
    Stage stage;
    EXPECT_EQ(stage.run({word}), 0);
    EXPECT_THAT(stage.out.text, HasSubstr("  import-users  "));
    EXPECT_THAT(stage.out.text, HasSubstr("\n    or orchestrate, migrate\n"));
    EXPECT_THAT(stage.out.text, HasSubstr("sandbox"));
    EXPECT_THAT(stage.err.text, IsEmpty());
  }
}

TEST(Program, AsksForACommand) {
  Stage stage;
  EXPECT_EQ(stage.run({}), 2);
  EXPECT_THAT(stage.out.text, IsEmpty());
  EXPECT_THAT(stage.err.text, HasSubstr("Usage: usher COMMAND"));
}

TEST(Program, TellsItsVersion) {
  for (const auto* word : {"version", "--version", "-V"}) {
    Stage stage;
    EXPECT_EQ(stage.run({word}), 0);
    EXPECT_EQ(stage.out.text, "usher " USHER_VERSION "\n");
  }
}

TEST(Program, HelpsWithEveryCommandByNameAndAlias) {
  for (const auto* word : {"import-users", "import", "jobs", "sandbox", "generate"}) {
    Stage asked;
    EXPECT_EQ(asked.run({"help", word}), 0) << word;
    EXPECT_THAT(asked.out.text, HasSubstr("Exit codes:"));
    Stage flagged;
    EXPECT_EQ(flagged.run({word, "--help"}), 0);
    EXPECT_EQ(flagged.out.text, asked.out.text);
  }
}

TEST(Program, SuggestsTheCommandThatWasMeant) {
  Stage stage;
  EXPECT_EQ(stage.run({"import-user", "--csv", "x"}), 2);
  EXPECT_EQ(stage.err.text,
            "usher: unknown command import-user (did you mean import-users?)\n"
            "All commands: usher --help\n");
  Stage helped;
  EXPECT_EQ(helped.run({"help", "sandbx"}), 2);
  EXPECT_THAT(helped.err.text, HasSubstr("did you mean sandbox?"));
}

TEST(Program, SaysThatACommandComesFirst) {
  Stage stage;
  EXPECT_EQ(stage.run({"--csv", "users.csv"}), 2);
  EXPECT_THAT(stage.err.text, StartsWith("usher: a command comes first: usher import-users --csv"));
}

}  // namespace
}  // namespace usher::cli
