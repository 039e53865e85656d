// SPDX-License-Identifier: Apache-2.0
// Migrations in a script: the one of the seeds as it is written there, and those of
// docs/pipeline.md, on good data, on data that somebody has to correct, and on an API in trouble.
#include <fstream>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "scenarios/desk.h"
#include "scenarios/seed_lines.h"

namespace usher::scenarios {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// With `set -e`, from docs/pipeline.md: the first, or the one that goes on.
std::string documented(bool goes_on) {
  std::ostringstream page;
  page << std::ifstream(std::string(USHER_SOURCE) + "/docs/pipeline.md").rdbuf();
  const std::string text = page.str();
  auto begin = text.find("```sh\n");
  if (goes_on) begin = text.find("```sh\n", begin + 1);
  EXPECT_NE(begin, std::string::npos);
  begin += 6;
  std::string script = text.substr(begin, text.find("```\n", begin) - begin);
  EXPECT_THAT(script, HasSubstr("set -e\n"));
  return replaced(std::move(script), {{"sleep $pause", "sleep 0"}});
}

struct Story {
  Desk desk;
  Ran ran;

  Story(std::string script, bool good) {
    desk.prepare_for(script, good);
    ran = desk.run_script(as_typed(std::move(script), desk.organization()), "/bin/bash");
  }
};

std::string seeds_script() {
  for (const SeedLine& line : seed_lines("002")) {
    if (line.text.starts_with("set -e")) return line.text;
  }
  ADD_FAILURE() << "the seed's script is not among its lines";
  return {};
}

TEST(SeedPipeline, RunsToItsEndOnGoodData) {
  const Story story(seeds_script(), true);
  EXPECT_EQ(story.ran.code, 0) << story.ran.out << story.ran.err;
  EXPECT_EQ(story.desk.api().count("organization_memberships"), 4);
  for (const auto* file : {"errors.jsonl", "retry.csv"})
    EXPECT_FALSE(story.desk.folder().has(file));
  EXPECT_TRUE(story.desk.folder().has("users-fixed.csv"));
}

// As its own table of exit codes demands: the import ends with 1, and `set -e` ends the script.
TEST(SeedPipeline, StopsAtTheImportOnDataThatFails) {
  const Story story(seeds_script(), false);
  EXPECT_EQ(story.ran.code, 1) << story.ran.out << story.ran.err;
  EXPECT_TRUE(story.desk.folder().has("errors.jsonl"));
  EXPECT_FALSE(story.desk.folder().has("retry.csv"));
  EXPECT_THAT(story.ran.out, Not(HasSubstr("Analysis complete")));
}

TEST(Pipeline, ThatStopsComesToItsEndOnlyWhenEverybodyIsThere) {
  const Story good(documented(false), true);
  EXPECT_EQ(good.ran.code, 0) << good.ran.out << good.ran.err;
  EXPECT_EQ(good.desk.api().count("organization_memberships"), 4);
  const Story bad(documented(false), false);
  EXPECT_EQ(bad.ran.code, 1) << bad.ran.out << bad.ran.err;
}

TEST(Pipeline, ThatGoesOnEndsWellOnGoodData) {
  const Story story(documented(true), true);
  EXPECT_EQ(story.ran.code, 0) << story.ran.out << story.ran.err;
  EXPECT_EQ(story.desk.api().count("organization_memberships"), 4);
}

TEST(Pipeline, ThatGoesOnNamesWhoIsLeftToBeCorrected) {
  const Story story(documented(true), false);
  EXPECT_EQ(story.ran.code, 1) << story.ran.out << story.ran.err;
  EXPECT_EQ(story.desk.api().count("organization_memberships"), 2);
  EXPECT_THAT(story.ran.out, HasSubstr("row 3: carol@example.com: Email already exists"));
  EXPECT_THAT(story.ran.out, HasSubstr("row 4: dora@example.com: Organization not found: late"));
}

// So long that every row is given up once: some twenty seconds of growing pauses.
TEST(Pipeline, ThatGoesOnOutlivesAnApiInTrouble) {
  Desk desk;
  const std::string script = documented(true);
  desk.prepare_for(script);
  desk.api().post("/_sandbox/faults", R"({"kind":"error_json","status":500,"method":"POST",)"
                                      R"("path":"/user_management/users","count":32})");
  const Ran ran = desk.run_script(script, "/bin/bash");
  EXPECT_EQ(ran.code, 0) << ran.out << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("4 error(s) can be retried"));
  EXPECT_EQ(desk.api().count("organization_memberships"), 4);
}

}  // namespace
}  // namespace usher::scenarios
