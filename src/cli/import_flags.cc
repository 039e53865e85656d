// SPDX-License-Identifier: Apache-2.0
#include "cli/import_flags.h"

#include <chrono>

#include "base/text.h"

namespace usher::cli {
namespace {

void declare_what(Options& options, ImportFlags& flags) {
  options.heading("What is imported")
      .text("--csv,--user-export", "FILE",
            "the CSV to import, - for the standard input (required, but for --resume)", flags.csv)
      .text("--role-mapping", "FILE",
            "a CSV with the columns external_id and role_slug: further roles, one pair a row",
            flags.role_mapping);
}

void declare_organization(Options& options, OrgChoice& org, Judge judge) {
  options.heading("One organization for everybody (choose one)");
  const auto one = [&](const char* name, const char* value, const char* help, std::string& target) {
    if (judge == Judge::options) {
      options.text(name, value, help, target);
      return;
    }
    options.once(name, value, help, [&target](std::string_view text) -> Status {
      target = text;
      return {};
    });
  };
  one("--org-id", "ID", "the organization with this WorkOS id", org.id);
  one("--org-external-id", "ID", "the organization with this id of yours", org.external_id);
  one("--org-name", "NAME", "the organization of this name", org.name);
  options.flag("--create-org-if-missing",
               "create it under --org-name when it is not there (with or without "
               "--org-external-id)",
               org.create_if_missing);
}

void declare_how(Options& options, ImportFlags& flags, Judge judge) {
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
            flags.require_membership);
  declare_number(options, judge, "--concurrency", "requests in flight, 1 to 100 (default 10)", 1,
                 100, flags.concurrency);
  options
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

void declare_told(Options& options, ImportFlags& flags) {
  options.heading("What is told")
      .text("--errors-out", "FILE",
            "failed rows as JSON lines, or as CSV when FILE ends in .csv; only made when a row "
            "fails",
            flags.errors_out)
      .flag("--errors-include-secrets", "do not mask passwords and hashes in that file",
            flags.include_secrets)
      .flag("--quiet", "only the summary", flags.quiet);
}

}  // namespace

void declare_import(Options& options, ImportFlags& flags, Judge judge) {
  declare_what(options, flags);
  declare_organization(options, flags.org, judge);
  declare_how(options, flags, judge);
  declare_job(options, flags.job, judge);
  declare_told(options, flags);
}

Status check_inputs(const ImportFlags& flags, const std::optional<ImportJob>& job) {
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

Result<UserImportOptions> plain_options(const ImportFlags& flags) {
  if (flags.include_secrets && flags.errors_out.empty()) {
    return fail("--errors-include-secrets needs --errors-out");
  }
  UserImportOptions options;
  options.csv = flags.csv;
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

Result<UserImportOptions> to_options(const ImportFlags& flags) {
  USHER_TRY_ASSIGN(UserImportOptions options, plain_options(flags));
  USHER_TRY_ASSIGN(options.single_org, choose_organization(flags.org));
  return options;
}

}  // namespace usher::cli
