// SPDX-License-Identifier: Apache-2.0
#include "cli/jobs_command.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/jobs.h"
#include "base/scratch.h"
#include "cli/sample_job.h"
#include "cli/stage.h"

namespace usher::cli {
namespace {

using State = job::Standing::State;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

TEST(Jobs, AreListed) {
  for (const bool spelled_out : {false, true}) {
    Stage stage;
    stage.jobs = {sample_job("summer"), sample_job("spring")};
    EXPECT_EQ(spelled_out ? stage.run({"jobs", "list"}) : stage.run({"jobs"}), 0);
    EXPECT_THAT(stage.out.text, StartsWith("JOB     STATE"));
    EXPECT_LT(stage.out.text.find("summer"), stage.out.text.find("spring"));
    EXPECT_THAT(stage.err.text, IsEmpty());
  }
}

TEST(Jobs, AreListedForPrograms) {
  Stage stage;
  EXPECT_EQ(stage.run({"jobs", "--json"}), 0);
  EXPECT_EQ(stage.out.text, "[]\n");
  stage.out.text.clear();
  stage.jobs = {sample_job("summer"), sample_job("spring")};
  EXPECT_EQ(stage.run({"jobs", "--json"}), 0);
  EXPECT_EQ(stage.out.text, "[" + to_json(stage.jobs[0]) + ",\n " + to_json(stage.jobs[1]) + "]\n");
}

TEST(Jobs, AreLookedForWhereTheyAreSaidToBe) {
  Stage stage;
  EXPECT_EQ(stage.run({"jobs", "--checkpoint-dir", "/nonexistent/jobs"}), 0);
  EXPECT_THAT(stage.out.text, StartsWith("There is no job in /nonexistent/jobs.\n"));
  const ScratchFolder folder;
  EXPECT_EQ(stage.run({"jobs", "--checkpoint-dir", folder.write("file", "")}), 2);
  EXPECT_THAT(stage.err.text, HasSubstr("cannot list the jobs"));
}

TEST(Jobs, ThatCannotBeReadHideNoOthers) {
  Stage stage;
  stage.jobs = {sample_job("summer"), sample_job("spring")};
  stage.jobs[0].state = State::unreadable;
  stage.jobs[0].problem = {"job.db: is damaged", "restore it"};
  EXPECT_EQ(stage.run({"jobs"}), 0);
  EXPECT_THAT(stage.out.text, HasSubstr("  job.db: is damaged\n"));
  EXPECT_THAT(stage.out.text, HasSubstr("spring  failed rows"));
}

TEST(Jobs, AreShown) {
  Stage stage;
  stage.jobs = {sample_job()};
  EXPECT_EQ(stage.run({"jobs", "show", "spring"}), 0);
  EXPECT_THAT(stage.out.text, StartsWith("Job:            spring\n"));
  stage.out.text.clear();
  EXPECT_EQ(stage.run({"jobs", "show", "spring", "--json"}), 0);
  EXPECT_EQ(stage.out.text, to_json(stage.jobs[0]) + "\n");
  stage.jobs[0].state = State::unreadable;
  EXPECT_EQ(stage.run({"jobs", "show", "spring"}), 2);
}

TEST(Jobs, ThatAreNotThereAreAnsweredWithTheNearest) {
  for (const auto* command : {"show", "watch", "remove"}) {
    Stage stage;
    stage.jobs = {sample_job("spring"), sample_job("summer")};
    EXPECT_EQ(stage.run({"jobs", command, "sumer"}), 2);
    EXPECT_EQ(stage.err.text, std::string("usher jobs ") + command +
                                  ": there is no job sumer in .workos-checkpoints (did you mean "
                                  "summer?)\n  all jobs: usher jobs\n");
    EXPECT_THAT(stage.removed, IsEmpty());
  }
}

TEST(Jobs, TellEveryMistakeInOneLine) {
  const struct {
    std::vector<std::string> words;
    std::string error;
  } cases[] = {
      {{"shwo", "x"},
       "usher jobs: unknown command shwo (did you mean show?)\nAll commands: usher jobs --help\n"},
      {{"spring"},
       "usher jobs: unknown command spring (did you mean show spring?)\n"
       "All commands: usher jobs --help\n"},
      {{"--jsno"},
       "usher jobs: unknown option --jsno (did you mean --json?)\nAll options: usher jobs "
       "--help\n"},
      {{"list", "spring"},
       "usher jobs: unexpected argument \"spring\"\nAll options: usher jobs --help\n"},
      {{"show"}, "usher jobs show: ID is missing\nAll options: usher jobs show --help\n"},
      {{"show", "a", "b"},
       "usher jobs show: unexpected argument \"b\"\nAll options: usher jobs show --help\n"},
      {{"show", "../x"},
       "usher jobs show: ../x is no job id\n  use 1 to 100 letters, digits, \"-\", \"_\" and "
       "\".\", "
       "for example migration-2024-01-15\n"},
      {{"watch"}, "usher jobs watch: ID is missing\nAll options: usher jobs watch --help\n"},
      {{"remove"}, "usher jobs remove: ID is missing\nAll options: usher jobs remove --help\n"},
      {{"remove", "spring", "--json"},
       "usher jobs remove: unknown option --json\nAll options: usher jobs remove --help\n"},
      {{"remove", "spring", "--checkpoint-dir", " "},
       "usher jobs remove: --checkpoint-dir is empty\nAll options: usher jobs remove --help\n"},
  };
  for (const auto& one : cases) {
    SCOPED_TRACE(one.error);
    Stage stage;
    stage.jobs = {sample_job()};
    std::vector<std::string> words = {"jobs"};
    words.insert(words.end(), one.words.begin(), one.words.end());
    EXPECT_EQ(run_program(words, stage.around), 2);
    EXPECT_EQ(stage.err.text, one.error);
    EXPECT_THAT(stage.out.text, IsEmpty());
    EXPECT_THAT(stage.removed, IsEmpty());
  }
}

TEST(Jobs, HaveHelpForEachCommand) {
  for (const auto* command : {"list", "show", "watch", "remove"}) {
    Stage asked;
    EXPECT_EQ(asked.run({"help", "jobs", command}), 0);
    EXPECT_THAT(asked.out.text, HasSubstr("Exit codes:")) << command;
    Stage flagged;
    EXPECT_EQ(flagged.run({"jobs", command, "--help"}), 0);
    EXPECT_EQ(flagged.out.text, asked.out.text);
  }
  Stage stage;
  EXPECT_EQ(stage.run({"help", "jobs"}), 0);
  EXPECT_THAT(stage.out.text, HasSubstr("  usher jobs show ID        everything about a job"));
}

TEST(RemovingJobs, AsksAPersonAndSaysWhatIsLost) {
  Stage stage;
  stage.jobs = {sample_job("spring"), sample_job("summer")};
  stage.jobs[1].rows.created = 0;
  stage.answer = "y";
  EXPECT_EQ(stage.run({"jobs", "remove", "spring", "summer", "spring"}), 0);
  ASSERT_EQ(stage.questions.size(), 1U);
  EXPECT_EQ(stage.questions[0],
            "Remove 2 jobs?\n"
            "  spring: failed rows, 4,795 of 5,000 rows done, 205 failed\n"
            "  summer: failed rows, 795 of 5,000 rows done, 205 failed; 4,000 to do cannot go on "
            "any more\n"
            "What they have made in the API stays. [y/N] ");
  EXPECT_THAT(stage.removed, ElementsAre("spring", "summer"));
  EXPECT_EQ(stage.out.text, "Removed spring\nRemoved summer\n");
}

TEST(RemovingJobs, TakesOnlyYesForYes) {
  for (const auto* answer : {"", "n", "no", "spring", " x ", "yy"}) {
    Stage stage;
    stage.jobs = {sample_job()};
    stage.answer = answer;
    EXPECT_EQ(stage.run({"jobs", "remove", "spring"}), 0);
    EXPECT_EQ(stage.err.text, "Nothing was removed.\n");
    EXPECT_THAT(stage.removed, IsEmpty());
  }
  for (const auto* answer : {"y", "Y", " yes\r", "YES"}) {
    Stage stage;
    stage.jobs = {sample_job()};
    stage.answer = answer;
    EXPECT_EQ(stage.run({"jobs", "remove", "spring"}), 0);
    EXPECT_THAT(stage.removed, ElementsAre("spring"));
  }
}

TEST(RemovingJobs, NeedsYesWhereNobodyCanBeAsked) {
  Stage stage;
  stage.jobs = {sample_job()};
  EXPECT_EQ(stage.run({"jobs", "remove", "spring"}), 2);
  EXPECT_EQ(stage.err.text,
            "usher jobs remove: nobody is here to be asked\n  to remove it: add --yes\n");
  EXPECT_THAT(stage.removed, IsEmpty());
  EXPECT_EQ(stage.run({"jobs", "remove", "spring", "--yes"}), 0);
  EXPECT_EQ(stage.run({"jobs", "remove", "-y", "spring"}), 0);
  EXPECT_THAT(stage.removed, ElementsAre("spring", "spring"));
}

TEST(RemovingJobs, RemovesNothingWhenOneIsNotThere) {
  Stage stage;
  stage.jobs = {sample_job()};
  EXPECT_EQ(stage.run({"jobs", "remove", "spring", "winter", "--yes"}), 2);
  EXPECT_THAT(stage.removed, IsEmpty());
}

TEST(RemovingJobs, GoesOnAfterOneThatIsRefused) {
  Stage stage;
  stage.jobs = {sample_job("spring"), sample_job("summer")};
  stage.around.jobs.remove = [&stage](const job::Folder& folder) -> Status {
    if (folder.id() == "spring") return fail("the job spring is being worked on");
    stage.removed.push_back(folder.id());
    return {};
  };
  EXPECT_EQ(stage.run({"jobs", "remove", "spring", "summer", "--yes"}), 2);
  EXPECT_EQ(stage.err.text, "usher jobs remove: the job spring is being worked on\n");
  EXPECT_THAT(stage.removed, ElementsAre("summer"));
}

TEST(Work, IsNoCommandForPeople) {
  Stage stage;
  int calls = 0;
  stage.around.jobs.work = [&calls] {
    ++calls;
    return 7;
  };
  EXPECT_EQ(stage.run({"work"}), 7);
  EXPECT_EQ(calls, 1);
  EXPECT_EQ(stage.run({"help"}), 0);
  EXPECT_THAT(stage.out.text, Not(HasSubstr("work ")));
  EXPECT_EQ(stage.run({"help", "work"}), 2);
}

}  // namespace
}  // namespace usher::cli
