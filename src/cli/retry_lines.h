// SPDX-License-Identifier: Apache-2.0
// Command lines that go on with an import, or do it again: what every command prints for people to
// paste is built here, so that no two of them promise different things. Pure. Tested by
// retry_lines_test.cc, and pasted into a shell by tests/scenarios.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "run/job/folder.h"

namespace usher::cli {

using Given = std::map<std::string, std::string>;  // Options::given()

// A line under construction, quoted for a POSIX shell.
class CommandLine {
 public:
  explicit CommandLine(std::string_view command) : text_("usher " + std::string(command)) {}

  CommandLine& word(std::string_view word);
  CommandLine& option(std::string_view name, std::string_view value);
  // Those of `names` that were typed, in this order.
  CommandLine& given(const Given& options, const std::vector<std::string_view>& names);
  // Everything that was typed but `left_out`: the input and the organization first.
  CommandLine& all_but(const Given& options, const std::vector<std::string_view>& left_out);
  CommandLine& as_it_is(std::string_view text);  // not quoted
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  std::string text_;
};

// Goes on with a job: "usher orchestrate-migration --csv users.csv --resume spring --workers 2",
// with --checkpoint-dir when the job is not where jobs usually are. An empty `csv` is not known:
// "<your-csv>".
[[nodiscard]] std::string resume_line(std::string_view csv, const job::Folder& folder, int workers);

// Goes on with a job by `line` (its command, and what it wants to say first), after a run that was
// given these options: those which a job does not keep are said again. `resumed`: that run went on
// with the job too, so what it changed is no part of the job.
[[nodiscard]] std::string resume_line(CommandLine line, const Given& options, bool resumed);

}  // namespace usher::cli
