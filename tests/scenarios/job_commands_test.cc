// SPDX-License-Identifier: Apache-2.0
// Jobs as a person meets them: left with Ctrl-C, found in the list, watched, taken up again with
// the line that was shown, and removed after a question.
#include <csignal>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "base/file.h"
#include "base/scratch.h"
#include "base/text.h"
#include "scenarios/local_api.h"
#include "scenarios/person.h"

namespace usher::scenarios {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

struct Story {
  LocalApi api;
  ScratchFolder folder;

  explicit Story(const std::string& latency) : api({"--latency", latency}) {
    folder.write("u.csv", people(1000));
  }

  [[nodiscard]] Launch import(std::vector<std::string> arguments) const {
    arguments.insert(arguments.end(), {"--rate-limit", "off"});
    return import_into(api, folder.path(), std::move(arguments));
  }
  [[nodiscard]] Launch jobs(std::vector<std::string> arguments) const {
    Launch launch;
    launch.arguments = std::move(arguments);
    launch.arguments.insert(launch.arguments.begin(), "jobs");
    launch.folder = folder.path();
    return launch;
  }
};

TEST(JobCommands, LeadFromCtrlCToTheEndOfTheJob) {
  const Story story("50");
  Process first(story.import({"--csv", "u.csv", "--job-id", "spring", "--chunk-size", "100"}));
  story.api.wait_for("users", 150);
  first.signal(SIGINT);
  EXPECT_EQ(first.wait(), 130);
  EXPECT_THAT(first.err(), StartsWith("Checkpoint created: .workos-checkpoints/spring\n"));
  EXPECT_THAT(first.err(), HasSubstr("Progress: 1/10 chunks (10%) - ETA: "));
  EXPECT_THAT(first.err(), HasSubstr("       usher import-users --resume spring\n"));

  Process list(story.jobs({}));
  EXPECT_EQ(list.wait(), 0);
  EXPECT_THAT(list.out(), HasSubstr("spring  stopped"));
  Process show(story.jobs({"show", "spring"}));
  EXPECT_EQ(show.wait(), 0);
  EXPECT_THAT(show.out(), HasSubstr("    1  20"));
  EXPECT_THAT(show.out(), HasSubstr("    usher import-users --resume spring\n"));
  Process stopped(story.jobs({"watch", "spring"}));
  EXPECT_EQ(stopped.wait(), 2);

  Process second(story.import({"--resume", "spring"}));
  EXPECT_EQ(second.wait(), 0) << second.err();
  EXPECT_THAT(second.err(), StartsWith("Resuming job: spring\nCheckpoint loaded: "));
  EXPECT_THAT(second.err(), HasSubstr("Progress: 10/10 chunks (100%) - ETA: 0s\n"));
  EXPECT_EQ(story.api.count("users"), 1000);

  Process watch(story.jobs({"watch", "spring"}));
  EXPECT_EQ(watch.wait(), 0);
  EXPECT_EQ(watch.out(), "spring: done, 1,000 of 1,000 rows done\n");
  Process again(story.import({"--resume", "--quiet"}));
  EXPECT_EQ(again.wait(), 0);
  EXPECT_THAT(again.err(), IsEmpty());
  EXPECT_THAT(again.out(), HasSubstr("Chunk progress: 10/10 chunks (100%)"));
}

TEST(JobCommands, WatchAJobAtWorkAndLeaveItAlone) {
  const Story story("1000");  // minutes of work
  Process import(story.import({"--csv", "u.csv", "--job-id", "spring"}));
  story.api.wait_for("users", 1);
  for (const Attach attach : {Attach::pipe, Attach::terminal}) {
    Launch launch = story.jobs({"watch", "spring"});
    launch.out = attach;
    Process watch(launch);
    EXPECT_TRUE(watch.read_until([&] { return watch.out().contains("/1,000 rows"); }));
    watch.signal(SIGINT);
    EXPECT_EQ(watch.wait(), 130);
    EXPECT_EQ(watch.err(), "The job spring goes on.\n");
  }
  Process remove(story.jobs({"remove", "spring", "--yes"}));
  EXPECT_EQ(remove.wait(), 2);
  EXPECT_THAT(remove.err(), HasSubstr("the job spring is being worked on by process"));
  Process watch(story.jobs({"watch", "spring", "--json"}));
  EXPECT_TRUE(watch.read_until([&] { return watch.out().contains("\"state\":\"running\""); }));
  import.signal(SIGINT);
  EXPECT_EQ(import.wait(), 130) << import.err();
  EXPECT_EQ(watch.wait(), 2);
  EXPECT_THAT(watch.out(), HasSubstr("\"state\":\"stopped\""));
}

TEST(JobCommands, RemoveOnlyAfterAYes) {
  const Story story("1");
  Process import(story.import({"--csv", "u.csv", "--job-id", "spring", "--dry-run"}));
  ASSERT_EQ(import.wait(), 0) << import.err();

  Process unasked(story.jobs({"remove", "spring"}));
  EXPECT_EQ(unasked.wait(), 2);
  EXPECT_THAT(unasked.err(), HasSubstr("add --yes"));
  for (const bool yes : {false, true}) {
    const Person person(yes ? "yes\n" : "\n");
    Launch launch = story.jobs({"remove", "spring"});
    launch.input = person.theirs.get();
    launch.err = Attach::terminal;
    Process remove(launch);
    EXPECT_EQ(remove.wait(), 0);
    EXPECT_THAT(remove.err(), HasSubstr("Remove this job?"));
    EXPECT_THAT(remove.out(), yes ? HasSubstr("Removed spring\n") : HasSubstr(""));
    EXPECT_EQ(exists(story.folder.at(".workos-checkpoints/spring")), !yes);
  }
  Process list(story.jobs({}));
  EXPECT_EQ(list.wait(), 0);
  EXPECT_THAT(list.out(), StartsWith("There is no job in .workos-checkpoints.\n"));
}

}  // namespace
}  // namespace usher::scenarios
