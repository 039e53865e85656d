// SPDX-License-Identifier: Apache-2.0
#include "cli/undertaking.h"

#include <utility>

#include <fmt/format.h>

#include "base/text.h"
#include "cli/credentials.h"
#include "cli/job_words.h"
#include "cli/narrator.h"
#include "cli/signals.h"
#include "source/csv_input.h"

namespace usher::cli {
namespace {

constexpr std::size_t kKindsShown = 5;

const job::Plan* plan_of(const Undertaking& all) {
  return all.job && all.job->plan ? &*all.job->plan : nullptr;
}

// What this run is about, wherever it was said.
struct Matter {
  std::string input;  // path, or what stands for it
  bool dry_run = false;
  Existing existing = Existing::link;
};

Matter matter_of(const Undertaking& all) {
  const UserImportOptions& typed = all.options;
  Matter matter{typed.csv, typed.dry_run, typed.existing};
  if (!all.job || !all.job->request.resume) return matter;
  if (const job::Plan* plan = plan_of(all)) {
    matter.dry_run = plan->options.dry_run;
    matter.existing = plan->options.existing;
    if (typed.csv.empty()) matter.input = plan->csv.path;
  }
  if (matter.input.empty()) matter.input = "the job's file";
  return matter;
}

// The summary is the result: when stdout cannot take it, stderr gets it. An error: it could not.
Status print_summary(const Undertaking& all, const Ending& ending, Surroundings& around) {
  Output& out = all.summary_to == nullptr ? around.out : *all.summary_to;
  const auto summary = summary_lines(ending, around.looks(out).colour);
  print_lines(out, summary);
  const std::string why = out.failure();
  if (why.empty()) return {};
  Error error{"cannot write the summary to the standard output: " + why};
  around.err.line(fmt::format("usher {}: {}", all.command, error.what));
  const bool dry = ending.report.dry_run;
  const std::string again =
      ending.job ? "See how it stands: " + job_line("jobs show", ending.job->id, ending.job->root)
                 : std::string("Run the same command again to have it again") +
                       (dry ? "" : ": nobody is made twice");
  around.err.line(fmt::format("  The {} itself has ended ({}); this is its summary. {}.",
                              dry ? "dry run" : "import", status_in_words(ending.report), again));
  print_lines(around.err, summary);
  return std::unexpected(std::move(error));
}

Result<UserImportReport> set_out(const Undertaking& all, Observer& observer, int stop_fd,
                                 const Surroundings& around) {
  if (!all.job) return around.import_users(all.options, observer, stop_fd);
  job::Request request = all.job->request;
  request.options = all.options;
  request.program = around.program;
  return around.jobs.run(request, observer, stop_fd);
}

Ending ending_of(const Undertaking& all, const Matter& matter, UserImportReport report,
                 const Narrator& narrator, const std::optional<ErrorLog>& log) {
  std::optional<JobEnding> job;
  if (all.job) job = job_ending(all.command, *all.job, all.given, report, narrator);
  return {std::move(report),
          csv::name_of(matter.input),
          log && log->written() ? log->path() : "",
          matter.existing,
          narrator.failures().largest(kKindsShown),
          narrator.failures().kinds(),
          all.again,
          all.options.api_url,
          log && log->untouched() ? log->path() : "",
          std::move(job)};
}

Outcome could_not_begin(const Undertaking& all, Error why, Surroundings& around) {
  around.err.line(fmt::format("usher {}: {}", all.command, why.line()));
  return {kExitCouldNotRun, std::nullopt, std::move(why)};
}

}  // namespace

void print_lines(Output& output, const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  output.write(text);
}

std::string line_again(std::string_view command, Arguments arguments) {
  std::vector<std::string> words = {"usher", std::string(command)};
  words.insert(words.end(), arguments.begin(), arguments.end());
  return shell_line(words);
}

Status add_address(Undertaking& all, const ImportFlags& flags, const Surroundings& around) {
  const Settings settings(around);
  const job::Plan* plan = plan_of(all);
  if (plan != nullptr && flags.api_url.empty()) {
    USHER_TRY(check_address(*plan, settings));
    all.options.api_url = plan->options.api_url;
    return {};
  }
  USHER_TRY_ASSIGN(all.options.api_url, settings.api_url(flags.api_url, flags.allow_http));
  return {};
}

Status add_key(Undertaking& all, const Surroundings& around) {
  const job::Plan* plan = plan_of(all);
  if (all.options.dry_run || (plan != nullptr && plan->options.dry_run)) return {};
  USHER_TRY_ASSIGN(all.options.api_key, Settings(around).api_key(all.again));
  return {};
}

Result<std::optional<ErrorLog>> prepare_log(const Undertaking& all, const ImportFlags& flags,
                                            Surroundings& around) {
  if (flags.errors_out.empty()) return std::nullopt;
  const Matter matter = matter_of(all);
  USHER_TRY_ASSIGN(ErrorLog log, ErrorLog::prepare({.path = flags.errors_out,
                                                    .include_secrets = flags.include_secrets,
                                                    .dry_run = matter.dry_run,
                                                    .inputs = {matter.input, flags.role_mapping}}));
  if (log.renamed() && !flags.quiet) {
    around.err.line(
        fmt::format("Failed rows go to {}{}.", printable(log.path()),
                    log.path().ends_with(".jsonl") ? " (JSON lines: one object a line)" : ""));
  }
  return std::optional(std::move(log));
}

Outcome carry_out(const Undertaking& all, const ImportFlags& flags, std::optional<ErrorLog>& log,
                  Surroundings& around) {
  std::optional<StopSignals> signals;
  if (around.catch_signals) {
    auto installed = StopSignals::install();
    if (installed) signals.emplace(std::move(*installed));
  }
  const Matter matter = matter_of(all);
  Narrator narrator(
      {csv::name_of(matter.input), matter.dry_run ? "nobody (dry run)" : all.options.api_url,
       flags.quiet, matter.dry_run, signals ? StopSignals::seen : nullptr},
      around.err, around.looks(around.err), log ? &*log : nullptr);
  auto report = set_out(all, narrator, signals ? signals->fd() : -1, around);
  const Status logged = narrator.finish(report ? &*report : nullptr);
  if (!report) return could_not_begin(all, std::move(report.error()), around);
  Outcome outcome{kExitGood, ending_of(all, matter, std::move(*report), narrator, log), {}};
  const Ending& ending = *outcome.ending;
  outcome.code = exit_code(ending.report);
  if (const Status printed = print_summary(all, ending, around); !printed) {
    outcome.code = kExitCouldNotRun;
    outcome.problem = printed.error();
  }
  if (all.close) all.close(ending);
  if (!logged && ending.report.end != UserImportReport::End::observer) {
    outcome.code = kExitCouldNotRun;
    outcome.problem = {"the file of failed rows is not complete: " + logged.error().line()};
    around.err.line(fmt::format("usher {}: {}", all.command, outcome.problem.what));
  }
  return outcome;
}

}  // namespace usher::cli
