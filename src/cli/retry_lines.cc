// SPDX-License-Identifier: Apache-2.0
#include "cli/retry_lines.h"

#include <algorithm>

#include "cli/options.h"

namespace usher::cli {
namespace {

// What a job does not keep: where it is, where this command tells of its failed rows, and the API,
// which the environment may contradict.
std::vector<std::string_view> each_run() {
  return {"--checkpoint-dir", "--errors-out", "--errors-include-secrets", "--api-url"};
}

// Of that run only, when it was a resume.
std::vector<std::string_view> of_a_resume() {
  return {"--allow-http", "--concurrency", "--rate-limit", "--timeout", "--workers"};
}

bool holds(const std::vector<std::string_view>& names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

}  // namespace

CommandLine& CommandLine::word(std::string_view word) {
  return as_it_is(shell_line(std::vector<std::string>{std::string(word)}));
}

CommandLine& CommandLine::as_it_is(std::string_view text) {
  text_ += ' ';
  text_ += text;
  return *this;
}

// A value that looks like an option is tied to its name, or it would be taken for one.
CommandLine& CommandLine::option(std::string_view name, std::string_view value) {
  if (value.size() > 1 && value.front() == '-') {
    return word(std::string(name) + "=" + std::string(value));
  }
  return word(name).word(value);
}

CommandLine& CommandLine::given(const Given& options, const std::vector<std::string_view>& names) {
  for (const std::string_view name : names) {
    const auto found = options.find(std::string(name));
    if (found == options.end()) continue;
    if (found->second.empty()) {
      word(name);
    } else {
      option(name, found->second);
    }
  }
  return *this;
}

CommandLine& CommandLine::all_but(const Given& options,
                                  const std::vector<std::string_view>& left_out) {
  std::vector<std::string_view> names = {
      "--csv", "--job-id", "--resume", "--org-id", "--org-external-id", "--org-name", "--workers"};
  for (const auto& [name, value] : options) {
    if (!holds(names, name)) names.push_back(name);
  }
  std::erase_if(names, [&](std::string_view name) { return holds(left_out, name); });
  return given(options, names);
}

std::string resume_line(std::string_view csv, const job::Folder& folder, int workers) {
  CommandLine line("orchestrate-migration");
  csv.empty() ? line.as_it_is("--csv <your-csv>") : line.option("--csv", csv);
  line.option("--resume", folder.id());
  if (workers > 1) line.option("--workers", std::to_string(workers));
  return line.text() + folder.option();
}

std::string resume_line(CommandLine line, const Given& options, bool resumed) {
  line.given(options, each_run());
  if (resumed) line.given(options, of_a_resume());
  return line.text();
}

}  // namespace usher::cli
