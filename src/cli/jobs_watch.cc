// SPDX-License-Identifier: Apache-2.0
// usher jobs watch: how far a job is, seen from beside it. It only looks, so Ctrl-C ends the
// looking and not the job. Tested by jobs_watch_test.cc.
#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "app/jobs.h"
#include "cli/find_job.h"
#include "cli/job_sheet.h"
#include "cli/job_words.h"
#include "cli/jobs_command.h"
#include "cli/progress.h"
#include "cli/signals.h"

namespace usher::cli {
namespace {

using State = job::Standing::State;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr int kInterrupted = 130;
constexpr Duration kRedrawn = milliseconds{500};
constexpr Duration kLooked = seconds{1};
constexpr Duration kLinesApart = seconds{5};
constexpr int kShare = 10;  // looking takes a tenth of the time at most: a large store is slow

Manual manual() {
  return {"jobs watch",
          "how far a job is, until it has ended",
          "On a terminal a bar that is redrawn; on a pipe a line every few seconds, and one after "
          "each chunk. Ctrl-C ends the watch and leaves the job alone.",
          {{"One job", "usher jobs watch migration-2024-01-15"},
           {"For programs, a JSON object a line", "usher jobs watch migration-2024-01-15 --json"}},
          {"0    the job is done, every row succeeded", "1    rows have failed",
           "2    the job has stopped, or cannot be read", "130  the watch was interrupted"}};
}

int code_of(State state, const RowCounts& rows) {
  switch (state) {
    case State::done:
      return kExitGood;
    case State::dry_run:
      return rows.failed == 0 ? kExitGood : kExitSomeFailed;
    case State::failed_rows:
      return kExitSomeFailed;
    case State::made:
    case State::running:
    case State::stopped:
    case State::foreign:
    case State::unreadable:
      return kExitCouldNotRun;
  }
  return kExitCouldNotRun;
}

// What a job shows of itself, as a run that is told from inside.
Progress progress_of(const job::Standing& job, Duration elapsed, std::uint64_t earlier) {
  Progress progress;
  progress.things = things_of(job);
  progress.tally.rows.created = job.rows.created;
  progress.tally.rows.unchanged = job.rows.unchanged;
  progress.tally.rows.failed = job.rows.failed;
  progress.total_rows = job.rows.total;
  progress.elapsed = elapsed;
  progress.earlier = earlier;
  progress.chunks = job.plan.chunks();
  progress.chunks_done = job.chunks_done;
  return progress;
}

class Watch {
 public:
  Watch(const job::Folder& folder, const JobsFlags& flags, Surroundings& around, int stop_fd)
      : folder_(folder),
        flags_(flags),
        around_(around),
        stop_fd_(stop_fd),
        looks_(around.looks(around.out)),
        display_(around.out, looks_) {}

  int go() {
    const Instant began = around_.clock().steady;
    while (true) {
      const Instant before = around_.clock().steady;
      const job::Standing job = around_.jobs.look(folder_);
      const Instant now = around_.clock().steady;
      if (job.state != State::running) return ended(job);
      show(job, now - began);
      const Duration pause = std::max(looks_.redraw ? kRedrawn : kLooked, (now - before) * kShare);
      if (around_.pause(pause, stop_fd_)) break;
    }
    display_.finish();
    around_.err.line(fmt::format("The job {} goes on.", folder_.id()));
    return kInterrupted;
  }

 private:
  void show(const job::Standing& job, Duration elapsed) {
    const std::uint64_t done = job.rows.succeeded() + job.rows.failed;
    if (!earlier_) {
      earlier_ = done;
      display_.begin_at(job.chunks_done);
    }
    const Progress progress = progress_of(job, elapsed, *earlier_);
    if (!flags_.json && looks_.redraw) {
      display_.show(progress);
      return;
    }
    speed_.add(elapsed, done - std::min(done, *earlier_));
    const bool chunk_ended = told_ && progress.chunks_done > chunks_told_;
    if (told_ && !chunk_ended && elapsed - *told_ < kLinesApart) return;
    around_.out.line(flags_.json   ? to_json(job)
                     : chunk_ended ? render_chunks(progress, speed_.rate())
                                   : render_line(progress, speed_.rate()));
    told_ = elapsed;
    chunks_told_ = progress.chunks_done;
  }

  int ended(const job::Standing& job) {
    display_.finish();
    if (flags_.json) {
      around_.out.line(to_json(job));
      return code_of(job.state, job.rows);
    }
    std::string text = fmt::format("{}: {}", job.id, to_string(job.state));
    if (job.state != State::unreadable && job.state != State::foreign) {
      text += ", " + rows_in_words(job.rows, things_of(job));
    } else if (!job.problem.what.empty()) {
      text += ", " + job.problem.what;
    }
    around_.out.line(text);
    if (job.state != State::done) {
      for (const std::string& line : job_next_steps(job, flags_.root)) around_.err.line(line);
    }
    return code_of(job.state, job.rows);
  }

  const job::Folder& folder_;
  const JobsFlags& flags_;
  Surroundings& around_;
  int stop_fd_;
  Looks looks_;
  ProgressDisplay display_;
  Speedometer speed_;
  std::optional<std::uint64_t> earlier_;  // rows done when the watch began
  std::optional<Duration> told_;
  std::uint64_t chunks_told_ = 0;
};

}  // namespace

int watch_job_command(Arguments arguments, Surroundings& around) {
  JobsFlags flags;
  std::vector<std::string> ids;
  Options options(manual());
  options.words("ID", 1, 1, ids);
  declare_jobs(options, flags);
  if (const auto done = read_options(options, arguments, around)) return *done;
  const auto folder = find_job(flags.root, ids.front(), around);
  if (!folder) return could_not_run(options, around, folder.error());
  std::optional<StopSignals> signals;
  if (around.catch_signals) {
    auto installed = StopSignals::install();
    if (installed) signals.emplace(std::move(*installed));
  }
  return Watch(*folder, flags, around, signals ? signals->fd() : -1).go();
}

}  // namespace usher::cli
