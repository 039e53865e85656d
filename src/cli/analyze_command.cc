// SPDX-License-Identifier: Apache-2.0
// usher analyze-errors: from flags to an analysis, its words and an exit code. Tested by
// analyze_command_test.cc and tests/scenarios/analyze_test.cc.
#include <string>
#include <vector>

#include "app/analyze.h"
#include "base/text.h"
#include "cli/analyze_words.h"
#include "cli/command.h"

namespace usher::cli {
namespace {

struct Flags {
  AnalyzeOptions analyze;
  bool include_duplicates = false;
  bool quiet = false;
  bool json = false;
};

Manual manual() {
  return {
      "analyze-errors",
      "what failed in an import and why, and a CSV of the rows to try again",
      "Reads errors.jsonl, of a job or of --errors-out, and groups the failures by what they have "
      "in common. Says for each group whether the same rows may succeed when they are tried again "
      "as they are (the API was busy, or could not be reached), or what has to be changed first. "
      "Statuses and codes decide that, never the words of a message.\n\n"
      "--retry-csv writes the rows that can be tried again as they are, complete with passwords: "
      "they are taken from the input, by their number. Only the owner can read it.",
      {{"The failures of a job",
        "usher analyze-errors --errors .workos-checkpoints/migration-2024-01-15/errors.jsonl"},
       {"With a CSV of the rows to try again",
        "usher analyze-errors --errors errors.jsonl --retry-csv retry.csv"},
       {"For programs", "usher analyze-errors --errors errors.jsonl --json | jq .summary"}},
      {"0    something can be tried again as it is, or nothing failed",
       "1    there are errors, and each needs a change first",
       "2    it could not be done (no such file, bad option, ...)"},
      {},
      "errors"};
}

void declare(Options& options, Flags& flags) {
  AnalyzeOptions& analyze = flags.analyze;
  options
      .text("--errors", "FILE", "errors.jsonl, or the .csv form; - is the standard input",
            analyze.errors)
      .text("--report,--output", "FILE",
            "where the whole report goes, as JSON (default error-analysis-report.json)",
            analyze.report)
      .flag("--json", "print the report, and nothing else", flags.json)
      .flag("--quiet", "only what it comes to, and how to go on", flags.quiet)
      .heading("Rows to try again")
      .text("--retry-csv", "FILE", "write them here", analyze.retry_csv)
      .flag("--include-all", "those too that have to be changed first", analyze.include_all)
      .text("--csv", "FILE", "the input that failed, if it is not where it was, or one of several",
            analyze.csv)
      .flag("--include-duplicates",
            "for scripts of the existing toolkit: rows of one person are never left out here",
            flags.include_duplicates);
}

void print(Output& output, const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  output.write(text);
}

// The closing line has a colour of its own.
void tone_first(std::vector<std::string>& lines, bool colour) {
  if (lines.empty()) return;
  lines.front() =
      toned(lines.front(), lines.front().starts_with("✓") ? Tone::good : Tone::warning, colour);
}

void tell(const Analyzed& analyzed, const Flags& flags, Surroundings& around) {
  print(around.err, analysis_warnings(analyzed));
  if (flags.json) {
    around.out.line(to_json(analyzed));
    return;
  }
  if (!flags.quiet) {
    print(around.out, analysis_words(analyzed));
    around.out.line("");
  }
  std::vector<std::string> ending = analysis_ending(analyzed);
  tone_first(ending, around.looks(around.out).colour);
  print(around.out, ending);
}

// The rows were asked for, are there, and not one could be taken.
bool retry_csv_failed(const Analyzed& analyzed) {
  return analyzed.retry && analyzed.retry->rows == 0;
}

}  // namespace

int analyze_errors_command(Arguments arguments, Surroundings& around) {
  Flags flags;
  Options options(manual());
  declare(options, flags);
  if (const auto done = read_options(options, arguments, around)) return *done;
  if (trim(flags.analyze.errors).empty()) {
    return usage_error(options, around,
                       {"--errors is required", "for example --errors errors.jsonl"});
  }
  const auto analyzed = analyze(flags.analyze, around.clock().wall);
  if (!analyzed) return could_not_run(options, around, analyzed.error());
  tell(*analyzed, flags, around);
  if (retry_csv_failed(*analyzed)) {
    return could_not_finish(options, around,
                            {"the retry CSV was not written: none of its rows could be taken",
                             "give the input that failed with --csv"});
  }
  const analysis::Analysis& found = analyzed->analysis;
  return found.retryable > 0 || found.total == 0 ? kExitGood : kExitSomeFailed;
}

}  // namespace usher::cli
