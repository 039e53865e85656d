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

void add_look(Steps& steps, const Ending& ending) {
  const std::string path = shell_line(std::vector<std::string>{ending.errors_path});
  if (!ending.kept_errors_path.empty()) {
    steps.step(printable(ending.kept_errors_path) +
               " is as an earlier run left it, since this one stopped before it tried a row");
    return;
  }
  if (ending.errors_path.empty()) {
    steps.step("See the failed rows one by one: add --errors-out errors.jsonl and run again");
    return;
  }
  steps.step("See the failed rows: " + printable(ending.errors_path));
  if (!ending.errors_path.ends_with(".csv")) {
    steps.command("jq -r .errorMessage " + path + " | sort | uniq -c | sort -rn | head");
  }
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

}  // namespace

std::vector<std::string> next_steps(const Ending& ending) {
  const UserImportReport& report = ending.report;
  std::vector<std::string> lines;
  add_reason(lines, ending);
  Steps steps;
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
