// SPDX-License-Identifier: Apache-2.0
#include "cli/progress.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/random.h"
#include "base/text.h"
#include "cli/stage.h"

namespace usher::cli {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

Progress at(Duration elapsed, std::uint64_t created, std::uint64_t total,
            std::uint64_t failed = 0) {
  Progress progress;
  progress.elapsed = elapsed;
  progress.tally.rows.created = created;
  progress.tally.rows.failed = failed;
  progress.total_rows = total;
  return progress;
}

TEST(Bar, ShowsHowFarItIsAndWhatIsWrong) {
  Progress progress = at(seconds{90}, 45'207, 100'000, 3);
  EXPECT_EQ(render_bar(progress, 512.4, 100, false),
            "█████████████░░░░░░░░░░░░░░░░░  45%  45,210/100,000 rows  512 rows/s  ETA 1m 47s  "
            "3 errors");
  progress.waiting = "the rate limit (500 writes per 10 s), 4 s";
  EXPECT_EQ(render_bar(progress, 512.4, 120, false),
            "45%  45,210/100,000 rows  512 rows/s  ETA 1m 47s  3 errors  waiting: the rate limit "
            "(500 writes per 10 s), 4 s");
}

TEST(Bar, DropsTheLeastImportantFirst) {
  Progress progress = at(seconds{90}, 45'207, 100'000, 3);
  progress.waiting = "429";
  EXPECT_EQ(render_bar(progress, 512.4, 61, false),
            "45%  45,210/100,000 rows  ETA 1m 47s  3 errors  waiting: 429");
  EXPECT_EQ(render_bar(progress, 512.4, 60, false),
            "████░░░░░  45%  45,210/100,000 rows  3 errors  waiting: 429");
  EXPECT_EQ(render_bar(progress, 512.4, 40, false), "45%  45,210/100,000 rows  3 errors");
  EXPECT_EQ(render_bar(progress, 512.4, 30, false), "45%  45,210/100,000 rows");
  EXPECT_EQ(render_bar(progress, 512.4, 10, false), "45%");
  EXPECT_EQ(render_bar(progress, 512.4, 3, false), "45");
}

TEST(Bar, ShortensAReasonToWaitBeforeItDropsTheRest) {
  Progress progress = at(seconds{90}, 45'207, 100'000);
  progress.waiting = "rate limit (user-management writes: 500 per 10 s), next in 9 ms";
  EXPECT_EQ(render_bar(progress, 25, 80, false),
            "███░░░░░  45%  45,207/100,000 rows  25 rows/s  ETA 36m 32s  waiting: rate limit");
}

TEST(Bar, NeverWraps) {
  for (std::uint64_t seed = 1; seed <= 2000; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    Progress progress = at(Duration{random.below(1ULL << 40)}, random.next() >> random.below(64),
                           random.next() >> random.below(64), random.next() >> random.below(64));
    if (random.chance(0.5))
      progress.waiting = "käse\n\x1b[1m" + std::string(random.below(300), 'w');
    const int width = static_cast<int>(random.below(200));
    const std::string bar = render_bar(progress, random.unit() * 1e6, width, false);
    EXPECT_LE(utf8_length(bar), static_cast<std::size_t>(std::max(width - 1, 1)));
    EXPECT_EQ(bar.find_first_of("\n\r\x1b"), std::string::npos);
  }
}

TEST(Bar, SaysAHundredPercentOnlyAtTheEnd) {
  EXPECT_THAT(render_bar(at(seconds{1}, 999'999, 1'000'000), 1, 80, false), HasSubstr(" 99%"));
  EXPECT_THAT(render_bar(at(seconds{1}, 1'000'000, 1'000'000), 1, 80, false), HasSubstr(" 100%"));
  EXPECT_THAT(render_bar(at(seconds{1}, 1'000'005, 1'000'000), 1, 80, false), HasSubstr(" 100%"));
}

TEST(Bar, DoesWithoutTheTotal) {
  EXPECT_EQ(render_bar(at(seconds{1}, 1200, 0, 1), 100, 80, false),
            "1,201 rows  100 rows/s  1 error");
}

TEST(Line, SaysTheSameInWords) {
  Progress progress = at(seconds{24}, 11'997, 100'000, 3);
  progress.waiting = "Retry-After, 8 s";
  EXPECT_EQ(render_line(progress, 498),
            "12,000/100,000 rows (12%), 498 rows/s, ETA 2m 57s, 3 errors, waiting: Retry-After, "
            "8 s");
  EXPECT_EQ(render_line(at(seconds{1}, 0, 0), 0), "0 rows");
}

Progress job_at(std::uint64_t done, std::uint64_t earlier, std::uint64_t chunks_done) {
  Progress progress = at(seconds{100}, done, 100'000);
  progress.earlier = earlier;
  progress.chunks = 100;
  progress.chunks_done = chunks_done;
  return progress;
}

TEST(Chunks, AreToldInTheFormThatScriptsKnow) {
  EXPECT_EQ(render_chunks(job_at(16'250, 0, 16), 31.6),
            "Progress: 16/100 chunks (16%) - ETA: 44m 11s");
  EXPECT_EQ(render_chunks(job_at(0, 0, 0), 0), "Progress: 0/100 chunks (0%) - ETA: calculating...");
  EXPECT_EQ(render_chunks(job_at(99'999, 0, 99), 1), "Progress: 99/100 chunks (99%) - ETA: 1s");
  EXPECT_EQ(render_chunks(job_at(100'000, 0, 100), 500),
            "Progress: 100/100 chunks (100%) - ETA: 0s");
}

TEST(Chunks, StandInTheBar) {
  Progress progress = job_at(45'207, 0, 45);
  EXPECT_EQ(render_bar(progress, 512.4, 80, false),
            "██████░░░░░░░░  45%  45,207/100,000 rows  45/100 chunks  512 rows/s  ETA 1m 47s");
  EXPECT_EQ(render_bar(progress, 512.4, 50, false),
            "45%  45,207/100,000 rows  512 rows/s  ETA 1m 47s");
}

TEST(Estimate, IsNeverBetterThanTheRateLimitAllows) {
  Progress progress = job_at(1000, 0, 1);
  progress.tally.traffic.writes = 2000;
  progress.most_writes = 50;
  EXPECT_EQ(estimate(progress, 500), seconds{99'000 * 2 / 50});  // the first burst promises nothing
  EXPECT_EQ(estimate(progress, 10), seconds{9900});
  progress.most_writes = 0;
  EXPECT_EQ(estimate(progress, 500), seconds{198});
}

TEST(Estimate, LeavesOutWhatEarlierRunsHaveDone) {
  Progress progress = job_at(51'000, 50'000, 50);
  progress.tally.traffic.writes = 2000;
  progress.most_writes = 50;
  EXPECT_EQ(estimate(progress, 1e6), seconds{49'000 * 2 / 50});
  progress = job_at(50'000, 50'000, 50);
  EXPECT_EQ(estimate(progress, 0), std::nullopt);

  TextOutput output;
  ProgressDisplay display(output, {});
  display.begin_at(50);
  progress.elapsed = seconds{1};
  display.show(progress);
  EXPECT_THAT(output.text, IsEmpty());
  progress = job_at(51'000, 50'000, 51);
  progress.elapsed = seconds{10};  // 1,000 rows in 10 s
  display.show(progress);
  EXPECT_EQ(output.text, "Progress: 51/100 chunks (51%) - ETA: 8m 10s\n");
}

TEST(TimeLeft, IsShortAndRoundedUp) {
  EXPECT_EQ(time_left(milliseconds{300}), "1s");
  EXPECT_EQ(time_left(seconds{59}), "59s");
  EXPECT_EQ(time_left(seconds{2650}), "44m 10s");
  EXPECT_EQ(time_left(seconds{8000}), "2h 13m");
}

TEST(Speedometer, ForgetsTheFirstBurst) {
  Speedometer speed;
  speed.add(seconds{1}, 500);
  EXPECT_DOUBLE_EQ(speed.rate(), 500);
  std::uint64_t rows = 500;
  for (int second = 2; second <= 120; ++second) speed.add(seconds{second}, rows += 50);
  EXPECT_NEAR(speed.rate(), 50, 3);
}

TEST(Display, DrawsAtMostTenTimesASecondAndLeavesNoTrace) {
  TextOutput output;
  output.terminal = true;
  ProgressDisplay display(output, {false, true});
  for (int tick = 1; tick <= 1000; ++tick) {
    display.show(at(milliseconds{tick}, static_cast<std::uint64_t>(tick), 1000));
  }
  std::size_t bars = 0;
  for (std::size_t found = 0; (found = output.text.find("/1,000 rows", found)) != std::string::npos;
       ++found) {
    ++bars;
  }
  EXPECT_EQ(bars, 10U);
  display.finish();
  EXPECT_THAT(output.text, EndsWith("\r\x1b[2K"));
  EXPECT_EQ(output.text.find('\n'), std::string::npos);
}

TEST(Display, PutsMessagesAboveTheBar) {
  TextOutput output;
  output.terminal = true;
  ProgressDisplay display(output, {false, true});
  display.show(at(seconds{1}, 1, 10));
  output.text.clear();
  display.say("Warning: x");
  EXPECT_THAT(output.text, ::testing::StartsWith("\r\x1b[2KWarning: x\n"));
  EXPECT_THAT(output.text, HasSubstr("1/10 rows"));
}

TEST(Display, WritesPlainLinesNowAndThenOnAPipe) {
  TextOutput output;
  ProgressDisplay display(output, {});
  for (int tick = 0; tick <= 600; ++tick) {  // a minute: 1,000 rows
    display.show(at(milliseconds{100 * tick}, static_cast<std::uint64_t>(tick) * 1000 / 600, 1000));
  }
  display.finish();
  const auto lines = split(output.text, '\n');
  EXPECT_GE(lines.size(), 10U);
  EXPECT_LE(lines.size(), 12U);
  EXPECT_EQ(output.text.find('\x1b'), std::string::npos);
  EXPECT_EQ(output.text.find('\r'), std::string::npos);
}

TEST(Display, WritesALineAfterEachChunkOfAJob) {
  TextOutput output;
  ProgressDisplay display(output, {});
  for (int tick = 1; tick <= 100; ++tick) {  // 10 s: 1,000 rows in chunks of 100
    Progress progress = at(milliseconds{100 * tick}, static_cast<std::uint64_t>(tick) * 10, 1000);
    progress.chunks = 10;
    progress.chunks_done = static_cast<std::uint64_t>(tick) / 10;
    display.show(progress);
  }
  const auto lines = split(output.text, '\n');
  ASSERT_EQ(lines.size(), 11U);
  EXPECT_EQ(lines[0], "Progress: 1/10 chunks (10%) - ETA: 9s");
  EXPECT_EQ(lines[9], "Progress: 10/10 chunks (100%) - ETA: 0s");
}

TEST(Display, TellsSeveralChunksThatEndTogetherInOneLine) {
  TextOutput output;
  ProgressDisplay display(output, {});
  display.show(job_at(40'000, 0, 40));
  EXPECT_EQ(output.text, "Progress: 40/100 chunks (40%) - ETA: 2m 30s\n");
}

TEST(Display, IsSilentAboutAShortRunOnAPipe) {
  TextOutput output;
  ProgressDisplay display(output, {});
  for (int tick = 0; tick <= 20; ++tick) {
    display.show(at(milliseconds{100 * tick}, static_cast<std::uint64_t>(tick) * 50, 1000));
  }
  EXPECT_THAT(output.text, IsEmpty());
}

TEST(Display, StillSpeaksEveryHalfMinuteWhenNothingMoves) {
  TextOutput output;
  ProgressDisplay display(output, {});
  Progress progress = at({}, 5, 1000);
  progress.waiting = "the API cannot be reached";
  for (int second = 0; second <= 120; ++second) {
    progress.elapsed = seconds{second};
    display.show(progress);
  }
  EXPECT_EQ(split(output.text, '\n').size() - 1, 4U);
  EXPECT_THAT(output.text, HasSubstr("waiting: the API cannot be reached"));
}

}  // namespace
}  // namespace usher::cli
