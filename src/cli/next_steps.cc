// SPDX-License-Identifier: Apache-2.0
// What to do after an import that did not simply succeed. Every command line here can be pasted.
#include <fmt/format.h>

#include "base/text.h"
#include "cli/options.h"
#include "cli/summary.h"

namespace usher::cli {
namespace {

using End = UserImportReport::End;

class Steps {
 public:
  void step(std::string text) { lines_.push_back(fmt::format("  {}. {}", ++count_, text)); }
  void command(const std::string& line) { lines_.push_back("       " + line); }
  void more(const std::string& line) { lines_.push_back("     " + line); }

  [[nodiscard]] std::vector<std::string> lines() {
    if (!lines_.empty()) lines_.insert(lines_.begin(), {"", "Next steps:"});
    return std::move(lines_);
  }

 private:
  std::vector<std::string> lines_;
  int count_ = 0;
};

void add_reason(std::vector<std::string>& lines, const Ending& ending) {
  const UserImportReport& report = ending.report;
  if (report.reason.what.empty() || report.end == End::interrupted) return;
  lines.emplace_back();
  lines.push_back("Stopped: " + report.reason.what);
  if (report.end == End::unreachable && !ending.address.empty()) {
    lines.push_back("  The address was " + printable(ending.address));
  }
  if (!report.reason.next.empty()) lines.push_back("  " + report.reason.next);
}

void add_file(Steps& steps, const std::string& path) {
  steps.step("See the failed rows: " + printable(path));
  if (path.ends_with(".csv")) return;
  const std::string shown = shell_file(path);
  steps.command("jq -r .errorMessage " + shown + " | sort | uniq -c | sort -rn | head");
  steps.command("usher analyze-errors --errors " + shown);
}

void add_look(Steps& steps, const Ending& ending) {
  if (!ending.kept_errors_path.empty()) {
    steps.step(printable(ending.kept_errors_path) +
               " is as an earlier run left it, since this one stopped before it tried a row");
    return;
  }
  if (ending.errors_path.empty()) {
    steps.step("See the failed rows one by one: add --errors-out errors.jsonl and run again");
    return;
  }
  add_file(steps, ending.errors_path);
}

void add_again(Steps& steps, const Ending& ending, std::string_view when) {
  steps.step(std::string(when));
  steps.command(ending.again);
  if (ending.existing == Existing::fail) {
    steps.more("With --existing fail the people who are there by now fail: use --existing link.");
  } else if (!ending.report.dry_run) {
    steps.more("What is already there is left alone; only what is missing is made.");
  }
}

// A job goes on by its name: nothing else has to be said again.
void add_job_steps(Steps& steps, const Ending& ending, const JobEnding& job) {
  const UserImportReport& report = ending.report;
  const bool failed = report.tally.rows.failed > 0;
  if (failed) add_file(steps, job.errors_path);
  if (report.end == End::interrupted) {
    steps.step("Go on where it stopped:");
  } else if (report.end != End::finished) {
    steps.step("Once that is put right, go on where it stopped:");
  } else if (failed) {
    steps.step(fmt::format("Correct them in {} and try just these again:", printable(ending.csv)));
  } else {
    return;
  }
  steps.command(job.resume);
  if (failed) steps.more("Rows that succeeded are skipped; --csv FILE takes a repaired copy.");
}

void add_dry_run_steps(Steps& steps, const Ending& ending, const JobEnding& job) {
  if (ending.report.tally.rows.failed > 0) add_look(steps, ending);
  if (job.for_real.empty()) return;
  steps.step("Nothing was sent. The import itself, under the same name:");
  steps.command(job.for_real);
}

}  // namespace

std::vector<std::string> next_steps(const Ending& ending) {
  const UserImportReport& report = ending.report;
  std::vector<std::string> lines;
  add_reason(lines, ending);
  Steps steps;
  if (ending.job) {
    report.dry_run ? add_dry_run_steps(steps, ending, *ending.job)
                   : add_job_steps(steps, ending, *ending.job);
    for (std::string& line : steps.lines()) lines.push_back(std::move(line));
    return lines;
  }
  if (report.tally.rows.failed > 0 || !ending.kept_errors_path.empty()) add_look(steps, ending);
  if (report.end == End::interrupted) {
    add_again(steps, ending, "Go on: run the same command again");
  } else if (report.end != End::finished) {
    add_again(steps, ending, "Once that is put right, run the same command again");
  } else if (report.tally.rows.failed > 0) {
    add_again(steps, ending, "Correct them in the file and run the same command again");
  }
  for (std::string& line : steps.lines()) lines.push_back(std::move(line));
  return lines;
}

}  // namespace usher::cli
