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
       {"Against a local copy of the API (usher sandbox)",
        "WORKOS_SECRET_KEY=sk_test_1 usher import-users --csv users.csv --api-url "
        "http://127.0.0.1:4100"}},
      {"0    all rows succeeded", "1    some rows failed",
       "2    it could not run, or had to stop (bad option, unusable file, key refused, ...)",
       "130  interrupted; what was done is kept"}};
}

void declare_what(Options& options, Flags& flags) {
  options.heading("What is imported")
      .text("--csv,--user-export", "FILE", "the CSV to import, - for the standard input (required)",
            flags.csv)
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
            flags.allow_http)
      .heading("What is told")
      .text("--errors-out", "FILE",
            "failed rows as JSON lines, or as CSV when FILE ends in .csv; only made when a row "
            "fails",
            flags.errors_out)
      .flag("--errors-include-secrets", "do not mask passwords and hashes in that file",
            flags.include_secrets)
      .flag("--quiet", "only the summary", flags.quiet);
}

Result<UserImportOptions> to_options(const Flags& flags) {
  if (trim(flags.csv).empty()) return fail("--csv FILE is required");
  if (flags.csv == "-" && flags.role_mapping == "-") {
    return fail("--csv and --role-mapping cannot both be the standard input");
  }
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

Status add_credentials(UserImportOptions& options, const Flags& flags, const std::string& again,
                       const Surroundings& around) {
  const Settings settings(around);
  USHER_TRY_ASSIGN(options.api_url, settings.api_url(flags.api_url, flags.allow_http));
  if (options.dry_run) return {};
  USHER_TRY_ASSIGN(options.api_key, settings.api_key(again));
  return {};
}

Result<std::optional<ErrorLog>> prepare_log(const Flags& flags, Surroundings& around) {
  if (flags.errors_out.empty()) return std::nullopt;
  USHER_TRY_ASSIGN(ErrorLog log, ErrorLog::prepare({.path = flags.errors_out,
                                                    .include_secrets = flags.include_secrets,
                                                    .dry_run = flags.dry_run,
                                                    .inputs = {flags.csv, flags.role_mapping}}));
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
    around.err.line(
        fmt::format("  The {} itself has ended ({}); this is its summary. Run the same "
                    "command again to have it again{}.",
                    dry ? "dry run" : "import", status_in_words(ending.report),
                    dry ? "" : ": nobody is made twice"));
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

int run_import(const UserImportOptions& options, const Flags& flags, std::optional<ErrorLog>& log,
               const std::string& again, Surroundings& around) {
  std::optional<StopSignals> signals;
  if (around.catch_signals) {
    auto installed = StopSignals::install();
    if (installed) signals.emplace(std::move(*installed));
  }
  const std::string input = csv::name_of(options.csv);
  Narrator narrator({input, options.dry_run ? "nobody (dry run)" : options.api_url, flags.quiet,
                     options.dry_run, signals ? StopSignals::seen : nullptr},
                    around.err, around.looks(around.err), log ? &*log : nullptr);
  auto report = around.import_users(options, narrator, signals ? signals->fd() : -1);
  const Status logged = narrator.finish(report ? &*report : nullptr);
  if (!report) {
    around.err.line("usher import-users: " + report.error().line());
    return kExitCouldNotRun;
  }
  Ending ending{std::move(*report),
                input,
                log && log->written() ? log->path() : "",
                options.existing,
                narrator.failures().largest(kKindsShown),
                narrator.failures().kinds(),
                again,
                options.api_url,
                log && log->untouched() ? log->path() : ""};
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
  if (const auto done = read_options(options, arguments, around)) return *done;

  auto wished = to_options(flags);
  if (!wished) return usage_error(options, around, wished.error());
  const std::string again = line_again(arguments);
  if (const Status ready = add_credentials(*wished, flags, again, around); !ready) {
    return could_not_run(options, around, ready.error());
  }
  auto log = prepare_log(flags, around);
  if (!log) return could_not_run(options, around, log.error());
  return run_import(*wished, flags, *log, again, around);
}

}  // namespace usher::cli
