// SPDX-License-Identifier: Apache-2.0
#include "cli/job_words.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace usher::cli {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

JobStart resumed() {
  JobStart start;
  start.id = "prod-migration-2024-01-15";
  start.folder = ".workos-checkpoints/prod-migration-2024-01-15";
  start.resumed = true;
  start.chunks = 100;
  start.chunks_done = 45;
  start.rows = 100'000;
  start.rows_done = 45'210;
  return start;
}

TEST(Opening, HasTheFormThatScriptsKnow) {
  EXPECT_THAT(opening_lines(resumed()),
              ElementsAre("Resuming job: prod-migration-2024-01-15",
                          "Checkpoint loaded: 45/100 chunks completed (45%)"));
  JobStart start = resumed();
  start.resumed = false;
  EXPECT_THAT(opening_lines(start),
              ElementsAre("Checkpoint created: .workos-checkpoints/prod-migration-2024-01-15"));
}

TEST(Opening, SaysThatFailedRowsAreTriedAgain) {
  JobStart start = resumed();
  start.rows_again = 205;
  EXPECT_EQ(opening_lines(start).back(), "Trying 205 failed rows again.");
  start.rows_again = 1;
  EXPECT_EQ(opening_lines(start).back(), "Trying 1 failed row again.");
}

TEST(Opening, NamesTheDifferencesOfARepairedInput) {
  JobStart start = resumed();
  start.change = InputChange{4795, 205, 0, 0};
  EXPECT_EQ(opening_lines(start).back(),
            "Input changed: 4,795 rows unchanged, 205 repaired, 0 new, 0 gone");
  start.change->gone = 3;
  EXPECT_THAT(opening_lines(start).back(), HasSubstr("gone rows have made stays"));
}

TEST(Opening, SaysWhatBecomesOfAJobOfAnotherToolkit) {
  JobStart start = resumed();
  start.adopted = true;
  EXPECT_THAT(opening_lines(start).back(), HasSubstr("looked up in the API first"));
}

TEST(Opening, SaysWhenThereIsNothingToDo) {
  JobStart start = resumed();
  start.rows_done = start.rows;
  EXPECT_EQ(opening_lines(start).back(), "Nothing to do: all 100,000 rows are done.");
  start.rows_done = start.rows = start.chunks = start.chunks_done = 0;
  EXPECT_THAT(opening_lines(start), ElementsAre("Resuming job: prod-migration-2024-01-15",
                                                "Checkpoint loaded: 0/0 chunks completed (100%)",
                                                "Nothing to do: the input has no rows."));
}

TEST(JobLine, CanBePasted) {
  EXPECT_EQ(job_line("jobs show", "spring", ".workos-checkpoints"), "usher jobs show spring");
  EXPECT_EQ(job_line("jobs", "", "my jobs"), "usher jobs --checkpoint-dir 'my jobs'");
}

TEST(Sizes, AreShort) {
  EXPECT_EQ(size_in_words(0), "0 B");
  EXPECT_EQ(size_in_words(999), "999 B");
  EXPECT_EQ(size_in_words(1000), "1.0 KB");
  EXPECT_EQ(size_in_words(40'960), "41 KB");
  EXPECT_EQ(size_in_words(999'499), "999 KB");
  EXPECT_EQ(size_in_words(999'500), "1.0 MB");
  EXPECT_EQ(size_in_words(1'234'567), "1.2 MB");
  EXPECT_EQ(size_in_words(~0ULL), "18446744 TB");
}

TEST(Ages, AreShort) {
  const WallTime now{hours{10'000}};
  EXPECT_EQ(age_in_words(now, now), "just now");
  EXPECT_EQ(age_in_words(now + hours{1}, now), "just now");  // a clock that was set back
  EXPECT_EQ(age_in_words(now - seconds{179}, now), "2m ago");
  EXPECT_EQ(age_in_words(now - minutes{119}, now), "119m ago");
  EXPECT_EQ(age_in_words(now - hours{47}, now), "47h ago");
  EXPECT_EQ(age_in_words(now - hours{72}, now), "3d ago");
}

TEST(Moments, AreInUtc) {
  EXPECT_EQ(moment_in_words(WallTime{seconds{1'705'313'523}}), "2024-01-15 10:12:03 UTC");
}

}  // namespace
}  // namespace usher::cli
