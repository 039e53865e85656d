// SPDX-License-Identifier: Apache-2.0
// usher import-users: from flags to a run, and from its report to words and an exit code. Tested by
// import_command_test.cc and tests/scenarios.
#include <chrono>
#include <optional>

#include <fmt/format.h>

#include "app/choices.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/credentials.h"
#include "cli/import_job.h"
#include "cli/job_words.h"
#include "cli/narrator.h"
#include "cli/signals.h"
#include "cli/summary.h"
#include "source/csv_input.h"

namespace usher::cli {
namespace {

constexpr std::size_t kKindsShown = 5;

struct Flags {
  std::string csv;
  OrgChoice org;
  JobChoice job;
  std::string role_mapping;
  std::string errors_out;
  std::string api_url;
  std::int64_t concurrency = 10;
  std::int64_t timeout_seconds = 60;
  RateLimit rate_limit;
  Existing existing = Existing::link;
  bool require_membership = false;
  bool dry_run = false;
  bool quiet = false;
  bool include_secrets = false;
  bool allow_http = false;
};

Manual manual() {
  return {
      "import-users",
      "create users, organizations and memberships in WorkOS from a CSV",
      "The CSV needs a header with an email column. Also understood: first_name, last_name, "
      "email_verified, external_id, password, password_hash, password_hash_type, metadata (JSON), "
      "role_slugs, org_id, org_external_id, org_name. Several rows of one person make one user "
      "with several memberships.\n\n"
      "With an organization named by option everybody joins that one; else each row names its own; "
      "a row without one makes a user only.\n\n"
      "Running the same import again is safe: what is already there is left alone, only what is "
      "missing is made.",
      {{"Everybody into one organization",
        "WORKOS_SECRET_KEY=sk_test_123 usher import-users --csv users.csv --org-id org_123"},
       {"Each row names its organization; failed rows go to a file",
        "usher import-users --csv users.csv --errors-out errors.jsonl"},
       {"What would happen, without a key or a network",
        "usher import-users --csv users.csv --dry-run"},
       {"As a job, which goes on after any interruption: usher import-users --resume",
        "usher import-users --csv users.csv --job-id migration-2024-01-15 --workers 4"},
       {"Against a local copy of the API (usher sandbox)",
        "WORKOS_SECRET_KEY=sk_test_1 usher import-users --csv users.csv --api-url "
        "http://127.0.0.1:4100"}},
      {"0    all rows succeeded", "1    some rows failed",
       "2    it could not run, or had to stop (bad option, unusable file, key refused, ...)",
       "130  interrupted; what was done is kept"},
      {},
      "import-users"};
}

void declare_what(Options& options, Flags& flags) {
  options.heading("What is imported")
      .text("--csv,--user-export", "FILE",
            "the CSV to import, - for the standard input (required, but for --resume)", flags.csv)
      .text("--role-mapping", "FILE",
            "a CSV with the columns external_id and role_slug: further roles, one pair a row",
            flags.role_mapping)
      .heading("One organization for everybody (choose one)")
      .text("--org-id", "ID", "the organization with this WorkOS id", flags.org.id)
      .text("--org-external-id", "ID", "the organization with this id of yours",
            flags.org.external_id)
      .text("--org-name", "NAME", "the organization of this name", flags.org.name)
      .flag("--create-org-if-missing",
            "create it under --org-name when it is not there (with or without --org-external-id)",
            flags.org.create_if_missing);
}

void declare_how(Options& options, Flags& flags) {
  options.heading("How")
      .flag("--dry-run", "check every row and count what would be made; send nothing",
            flags.dry_run)
      .once("--existing", "link|fail|update",
            "people who are there already: link them unchanged (default), fail their rows, or "
            "update their profile",
            [&flags](std::string_view text) -> Status {
              USHER_TRY_ASSIGN(flags.existing, parse_existing(text));
              return {};
            })
      .flag("--require-membership", "a person whose membership fails is not kept",
            flags.require_membership)
      .number("--concurrency", "N", "requests in flight, 1 to 100 (default 10)", 1, 100,
              flags.concurrency)
      .once("--rate-limit", "real|off|N",
            "real: WorkOS's published limits (default); N: requests per second; off: none",
            [&flags](std::string_view text) -> Status {
              USHER_TRY_ASSIGN(flags.rate_limit, parse_rate_limit(text));
              return {};
            })
      .number("--timeout", "SECONDS", "how long one answer may take (default 60)", 1, 3600,
              flags.timeout_seconds)
      .once("--api-url", "URL",
            "another API, for example usher sandbox (default: WORKOS_API_URL, else "
            "https://api.workos.com)",
            [&flags](std::string_view text) -> Status {
              // An unset variable of a script must not mean production.
              if (text.empty()) {
                return fail("--api-url is empty", "give an address, or leave the option out");
              }
              flags.api_url = text;
              return {};
            })
      .flag("--allow-http", "send the key unencrypted to another machine than this one",
            flags.allow_http);
}

void declare_told(Options& options, Flags& flags) {
  options.heading("What is told")
      .text("--errors-out", "FILE",
            "failed rows as JSON lines, or as CSV when FILE ends in .csv; only made when a row "
            "fails",
            flags.errors_out)
      .flag("--errors-include-secrets", "do not mask passwords and hashes in that file",
            flags.include_secrets)
      .flag("--quiet", "only the summary", flags.quiet);
}

// What a job reads must be there again when it goes on, and for each of its workers.
Status check_inputs(const Flags& flags, const std::optional<ImportJob>& job) {
  const bool resume = job && job->request.resume && !job->request.given.contains("--csv");
  if (!resume && trim(flags.csv).empty()) return fail("--csv FILE is required");
  if (job && (flags.csv == "-" || flags.role_mapping == "-")) {
    return fail("a job cannot read the standard input, which cannot be read again",
                "save it to a file first");
  }
  if (flags.csv == "-" && flags.role_mapping == "-") {
    return fail("--csv and --role-mapping cannot both be the standard input");
  }
  return {};
}

Result<UserImportOptions> to_options(const Flags& flags) {
  if (flags.include_secrets && flags.errors_out.empty()) {
    return fail("--errors-include-secrets needs --errors-out");
  }
  UserImportOptions options;
  options.csv = flags.csv;
  USHER_TRY_ASSIGN(options.single_org, choose_organization(flags.org));
  options.role_mapping = flags.role_mapping;
  options.concurrency = static_cast<int>(flags.concurrency);
  options.require_membership = flags.require_membership;
  options.allow_plaintext = flags.allow_http;
  options.dry_run = flags.dry_run;
  options.existing = flags.existing;
  options.rate_limit = flags.rate_limit;
  options.timeout = std::chrono::seconds{flags.timeout_seconds};
  return options;
}

Status add_credentials(UserImportOptions& options, const Flags& flags,
                       const std::optional<ImportJob>& job, const std::string& again,
                       const Surroundings& around) {
  const Settings settings(around);
  const job::Plan* plan = job && job->plan ? &*job->plan : nullptr;
  if (plan != nullptr && flags.api_url.empty()) {
    USHER_TRY(check_address(*plan, settings));
    options.api_url = plan->options.api_url;
  } else {
    USHER_TRY_ASSIGN(options.api_url, settings.api_url(flags.api_url, flags.allow_http));
  }
  if (options.dry_run || (plan != nullptr && plan->options.dry_run)) return {};
  USHER_TRY_ASSIGN(options.api_key, settings.api_key(again));
  return {};
}

// What this run is about, wherever it was said.
struct Matter {
  std::string input;  // path, or what stands for it
  bool dry_run = false;
  std::string address;
  Existing existing = Existing::link;
};

Matter matter_of(const UserImportOptions& typed, const std::optional<ImportJob>& job) {
  Matter matter{typed.csv, typed.dry_run, typed.api_url, typed.existing};
  if (!job || !job->request.resume) return matter;
  if (job->plan) {
    matter.dry_run = job->plan->options.dry_run;
    matter.existing = job->plan->options.existing;
    if (typed.csv.empty()) matter.input = job->plan->csv.path;
  }
  if (matter.input.empty()) matter.input = "the job's file";
  return matter;
}

Result<std::optional<ErrorLog>> prepare_log(const Flags& flags, const Matter& matter,
                                            Surroundings& around) {
  if (flags.errors_out.empty()) return std::nullopt;
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

void print_lines(Output& output, const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  output.write(text);
}

// The summary is the result: when stdout cannot take it, stderr gets it. False: it could not.
bool print_ending(const Ending& ending, bool quiet, Surroundings& around) {
  const auto summary = summary_lines(ending, around.looks(around.out).colour);
  print_lines(around.out, summary);
  const std::string why = around.out.failure();
  if (!why.empty()) {
    around.err.line("usher import-users: cannot write the summary to the standard output: " + why);
    const bool dry = ending.report.dry_run;
    const std::string again =
        ending.job ? "See how it stands: " + job_line("jobs show", ending.job->id, ending.job->root)
                   : std::string("Run the same command again to have it again") +
                         (dry ? "" : ": nobody is made twice");
    around.err.line(fmt::format("  The {} itself has ended ({}); this is its summary. {}.",
                                dry ? "dry run" : "import", status_in_words(ending.report), again));
    print_lines(around.err, summary);
  }
  if (!quiet || ending.report.end != UserImportReport::End::finished) {
    print_lines(around.err, next_steps(ending));
  }
  return why.empty();
}

// The word that stands for this program in lines to be pasted.
std::string line_again(Arguments arguments) {
  std::vector<std::string> words = {"usher", "import-users"};
  words.insert(words.end(), arguments.begin(), arguments.end());
  return shell_line(words);
}

struct Undertaking {
  UserImportOptions options;
  Matter matter;
  std::optional<ImportJob> job;
  Given given;
  std::string again;  // this command line
};

Result<UserImportReport> set_out(const Undertaking& all, Observer& observer, int stop_fd,
                                 const Surroundings& around) {
  if (!all.job) return around.import_users(all.options, observer, stop_fd);
  job::Request request = all.job->request;
  request.options = all.options;
  request.program = around.program;
  return around.jobs.run(request, observer, stop_fd);
}

int run_import(const Undertaking& all, const Flags& flags, std::optional<ErrorLog>& log,
               Surroundings& around) {
  std::optional<StopSignals> signals;
  if (around.catch_signals) {
    auto installed = StopSignals::install();
    if (installed) signals.emplace(std::move(*installed));
  }
  const std::string input = csv::name_of(all.matter.input);
  const bool dry_run = all.matter.dry_run;
  Narrator narrator({input, dry_run ? "nobody (dry run)" : all.matter.address, flags.quiet, dry_run,
                     signals ? StopSignals::seen : nullptr},
                    around.err, around.looks(around.err), log ? &*log : nullptr);
  auto report = set_out(all, narrator, signals ? signals->fd() : -1, around);
  const Status logged = narrator.finish(report ? &*report : nullptr);
  if (!report) {
    around.err.line("usher import-users: " + report.error().line());
    return kExitCouldNotRun;
  }
  std::optional<JobEnding> job;
  if (all.job) job = job_ending(*all.job, all.given, *report, narrator);
  Ending ending{std::move(*report),
                input,
                log && log->written() ? log->path() : "",
                all.matter.existing,
                narrator.failures().largest(kKindsShown),
                narrator.failures().kinds(),
                all.again,
                all.matter.address,
                log && log->untouched() ? log->path() : "",
                std::move(job)};
  const bool printed = print_ending(ending, flags.quiet, around);
  if (!logged && ending.report.end != UserImportReport::End::observer) {
    around.err.line("usher import-users: the file of failed rows is not complete: " +
                    logged.error().line());
    return kExitCouldNotRun;
  }
  return printed ? exit_code(ending.report) : kExitCouldNotRun;
}

}  // namespace

int import_users_command(Arguments arguments, Surroundings& around) {
  Flags flags;
  Options options(manual());
  declare_what(options, flags);
  declare_how(options, flags);
  declare_job(options, flags.job);
  declare_told(options, flags);
  if (const auto done = read_options(options, arguments, around)) return *done;

  Undertaking all;
  all.given = options.given();
  all.again = line_again(arguments);
  auto job = wanted_job(flags.job, all.given);
  if (!job) return usage_error(options, around, job.error());
  all.job = std::move(*job);
  if (const Status fine = check_inputs(flags, all.job); !fine) {
    return usage_error(options, around, fine.error());
  }
  auto wished = to_options(flags);
  if (!wished) return usage_error(options, around, wished.error());
  all.options = std::move(*wished);
  if (all.job) {
    const Status found = look_up(*all.job, around);
    if (!found) return could_not_run(options, around, found.error());
  }
  const Status ready = add_credentials(all.options, flags, all.job, all.again, around);
  if (!ready) return could_not_run(options, around, ready.error());
  all.matter = matter_of(all.options, all.job);
  auto log = prepare_log(flags, all.matter, around);
  if (!log) return could_not_run(options, around, log.error());
  return run_import(all, flags, *log, around);
}

}  // namespace usher::cli
