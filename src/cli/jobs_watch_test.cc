// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/jobs.h"
#include "base/text.h"
#include "cli/sample_job.h"
#include "cli/stage.h"

namespace usher::cli {
namespace {

using State = job::Standing::State;
using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

// A job that does 50 rows a second for 100 seconds while it is watched, from nothing to its end.
struct Watched : Stage {
  State end = State::done;
  Duration look_takes{};
  std::optional<Duration> interrupted_after;
  int looks = 0;
  Duration passed{};

  Watched() {
    jobs = {sample_job()};
    around.clock = [this] { return Now{Instant{} + passed, {}}; };
    around.pause = [this](Duration span, int) {
      passed += span;
      return interrupted_after && passed >= *interrupted_after;
    };
    around.jobs.look = [this](const job::Folder&) {
      ++looks;
      passed += look_takes;
      job::Standing job = sample_job();
      const auto second = std::chrono::duration_cast<seconds>(passed).count();
      job.rows = {};
      job.rows.total = 5000;
      job.rows.created = std::min<std::uint64_t>(5000, static_cast<std::uint64_t>(second) * 50);
      job.chunks_done = job.rows.created / 1000;
      job.state = job.rows.created == 5000 ? end : State::running;
      return job;
    };
  }
};

TEST(Watch, WritesALineNowAndThenAndAfterEachChunkOnAPipe) {
  Watched stage;
  EXPECT_EQ(stage.run({"jobs", "watch", "spring"}), 0);
  const auto lines = split(stage.out.text, '\n');
  EXPECT_EQ(lines[0], "0/5,000 rows (0%)");
  EXPECT_EQ(lines[1], "250/5,000 rows (5%), 50 rows/s, ETA 1m 35s");
  EXPECT_EQ(lines[2], "500/5,000 rows (10%), 50 rows/s, ETA 1m 30s");
  EXPECT_EQ(lines[4], "Progress: 1/5 chunks (20%) - ETA: 1m 20s");
  EXPECT_EQ(lines[lines.size() - 2], "spring: done, 5,000 of 5,000 rows done");
  EXPECT_EQ(lines.size(), 22U);
  EXPECT_THAT(stage.err.text, IsEmpty());
}

TEST(Watch, DrawsABarOnATerminal) {
  Watched stage;
  stage.out.terminal = true;
  EXPECT_EQ(stage.run({"jobs", "watch", "spring"}), 0);
  EXPECT_THAT(stage.out.text, HasSubstr("2,500/5,000 rows  2/5 chunks  50 rows/s  ETA 50s"));
  EXPECT_THAT(stage.out.text, EndsWith("\r\x1b[2Kspring: done, 5,000 of 5,000 rows done\n"));
  for (const auto piece : split(stage.out.text, '\r')) {
    std::string_view bar = piece.substr(0, piece.find('\n'));
    if (bar.starts_with("\x1b[2K")) bar.remove_prefix(4);
    EXPECT_LT(utf8_length(bar), 80U + 9U);  // the colour of the bar
  }
}

TEST(Watch, WritesJsonLinesForPrograms) {
  Watched stage;
  stage.out.terminal = true;
  EXPECT_EQ(stage.run({"jobs", "watch", "spring", "--json"}), 0);
  for (const auto line : split(stage.out.text, '\n')) {
    if (line.empty()) continue;
    EXPECT_THAT(std::string(line), StartsWith("{\"id\":\"spring\","));
  }
  EXPECT_THAT(stage.out.text, Not(HasSubstr("\r")));
  EXPECT_THAT(stage.out.text, HasSubstr("\"state\":\"done\""));
}

TEST(Watch, EndsWithHowTheJobEnded) {
  const struct {
    State end;
    int code;
    std::string next;
  } cases[] = {
      {State::done, 0, ""},
      {State::failed_rows, 1, "    usher import-users --resume spring\n"},
      {State::stopped, 2, "    usher import-users --resume spring\n"},
      {State::made, 2, "    usher import-users --resume spring\n"},
      {State::dry_run, 0, "    usher jobs remove spring\n"},
      {State::foreign, 2, "    usher import-users --resume spring\n"},
      {State::unreadable, 2, ""},
  };
  for (const auto& one : cases) {
    SCOPED_TRACE(job::to_string(one.end));
    Watched stage;
    stage.end = one.end;
    EXPECT_EQ(stage.run({"jobs", "watch", "spring"}), one.code);
    EXPECT_THAT(stage.err.text, HasSubstr(one.next));
    EXPECT_THAT(stage.out.text, HasSubstr("spring: " + std::string(job::to_string(one.end))));
    Watched program;
    program.end = one.end;
    EXPECT_EQ(program.run({"jobs", "watch", "spring", "--json"}), one.code);
    EXPECT_THAT(program.err.text, IsEmpty());
  }
}

TEST(Watch, LeavesTheJobAloneAtCtrlC) {
  Watched stage;
  stage.interrupted_after = seconds{10};
  EXPECT_EQ(stage.run({"jobs", "watch", "spring"}), 130);
  EXPECT_EQ(stage.err.text, "The job spring goes on.\n");
}

TEST(Watch, LooksSeldomWhenLookingIsSlow) {
  Watched stage;
  stage.look_takes = seconds{1};
  EXPECT_EQ(stage.run({"jobs", "watch", "spring"}), 0);
  EXPECT_LE(stage.looks, 12);
}

}  // namespace
}  // namespace usher::cli
