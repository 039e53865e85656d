// SPDX-License-Identifier: Apache-2.0
// usher validate-csv: what is wrong with a CSV before anything is sent. Tested by
// validate_command_test.cc and tests/scenarios.
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "app/validate.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/signals.h"
#include "cli/validate_words.h"

namespace usher::cli {
namespace {

constexpr int kInterrupted = 130;

struct Flags {
  ValidateOptions options;
  bool quiet = false;
  bool json = false;
};

Manual manual() {
  return {"validate-csv",
          "what is wrong with a CSV, before anything is sent",
          "Reads the whole file, asks nothing of an API and changes nothing: what an import or "
          "WorkOS would refuse is an error, what would not go as expected is a warning. The report "
          "lists every finding with its record.\n\n"
          "--auto-fix writes a copy in which all that needs no guess is put right; the verdict and "
          "the exit code are then those of the copy.",
          {{"What is wrong?", "usher validate-csv --csv users.csv"},
           {"Put right what can be",
            "usher validate-csv --csv users.csv --auto-fix --fixed-csv "
            "users-fixed.csv"},
           {"And merge the rows that say the same person twice",
            "usher validate-csv --csv users.csv --dedupe --deduped-csv users-deduped.csv"}},
          {"0    valid; there may be warnings", "1    there are errors",
           "2    could not run (bad option, unreadable file, ...)", "130  interrupted"},
          {},
          "validate-csv"};
}

void declare(Options& options, Flags& flags) {
  ValidateOptions& wish = flags.options;
  options.text("--csv", "FILE", "the file to look at; - is the standard input (required)", wish.csv)
      .text("--report", "FILE", "all findings as JSON (default validation-report.json)",
            wish.report)
      .heading("Fixing")
      .flag("--auto-fix", "put right what needs no guess, in a copy", wish.auto_fix)
      .text("--fixed-csv", "FILE", "the copy", wish.fixed_csv)
      .flag(
          "--fix-org-ids",
          "with --auto-fix: everything in org_external_id that looks like a WorkOS id is one, and "
          "is moved to org_id (without: only what is certainly one)",
          wish.fix_org_ids)
      .heading("Repeats")
      .flag("--dedupe",
            "write a copy in which nobody comes twice in one organization; rows for several "
            "organizations stay",
            wish.dedupe)
      .text("--deduped-csv", "FILE", "the copy, of the fixed one when there is one",
            wish.deduped_csv)
      .text("--dedupe-report", "FILE",
            "what was merged, as JSON (default deduplication-report.json)", wish.dedupe_report)
      .heading("Output")
      .flag("--json", "the summary as one JSON object", flags.json)
      .flag("--quiet", "no progress", flags.quiet);
}

// How far it has come, on one line that is gone in the end.
class ProgressLine {
 public:
  ProgressLine(Surroundings& around, const Flags& flags)
      : around_(around), shown_(!flags.quiet && around.looks(around.err).redraw) {}
  ~ProgressLine() {
    if (percent_ >= 0) around_.err.write("\r\x1b[K");
  }
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  void show(std::uint64_t done, std::uint64_t all) {
    const int percent = all == 0 ? 0 : static_cast<int>(done * 100 / all);
    if (!shown_ || percent == percent_) return;
    percent_ = percent;
    around_.err.write(fmt::format("\r\x1b[KValidating: {} %", percent));
  }

 private:
  Surroundings& around_;
  bool shown_;
  int percent_ = -1;
};

Result<Validation> run(const Flags& flags, Surroundings& around, int stop_fd) {
  ProgressLine line(around, flags);
  ValidateHooks hooks;
  hooks.stop_fd = stop_fd;
  hooks.progressed = [&](std::uint64_t done, std::uint64_t all) { line.show(done, all); };
  return validate(flags.options, hooks);
}

int exit_code(const Validation& validation) {
  return validation.verdict() == Validation::Verdict::errors ? kExitSomeFailed : kExitGood;
}

}  // namespace

int validate_command(Arguments arguments, Surroundings& around) {
  Flags flags;
  Options options(manual());
  declare(options, flags);
  for (const std::string& argument : arguments) {
    if (argument != "--check-api") continue;
    return usage_error(options, around,
                       {"--check-api: a validation asks nothing of an API",
                        "an import looks before it creates: what is there already is left alone"});
  }
  if (const auto done = read_options(options, arguments, around)) return *done;
  if (options.given().contains("--dedupe-report") && !flags.options.dedupe) {
    return usage_error(options, around, {"--dedupe-report requires --dedupe"});
  }
  if (const Status fine = check_options(flags.options); !fine) {
    return usage_error(options, around, fine.error());
  }
  std::optional<StopSignals> signals;
  if (around.catch_signals) {
    auto installed = StopSignals::install();
    if (!installed) return could_not_run(options, around, installed.error());
    signals.emplace(std::move(*installed));
  }
  const auto validation = run(flags, around, signals ? signals->fd() : -1);
  const bool stopped = signals && StopSignals::seen() > 0;
  if (stopped && (!validation || validation->interrupted())) {
    const bool report = validation && !validation->outcome.interrupted;
    around.err.line(
        std::string("usher validate-csv: interrupted; ") +
        (report ? "the report is written, the deduplicated copy is not" : "nothing was written"));
    return kInterrupted;
  }
  if (!validation) return could_not_run(options, around, validation.error());
  if (flags.json) {
    around.out.line(to_json(*validation));
  } else {
    around.out.write(validate_words(*validation, around.looks(around.out).colour));
  }
  return exit_code(*validation);
}

}  // namespace usher::cli
