// SPDX-License-Identifier: Apache-2.0
// usher import-users: from flags to a run, and from its report to words and an exit code. Tested by
// import_command_test.cc and tests/scenarios.
#include "cli/command.h"
#include "cli/import_flags.h"
#include "cli/undertaking.h"

namespace usher::cli {
namespace {

constexpr std::string_view kCommand = "import-users";

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

}  // namespace

int import_users_command(Arguments arguments, Surroundings& around) {
  ImportFlags flags;
  Options options(manual());
  declare_import(options, flags, Judge::options);
  if (const auto done = read_options(options, arguments, around)) return *done;

  Undertaking all;
  all.command = kCommand;
  all.given = options.given();
  all.again = line_again(kCommand, arguments);
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
  Status ready = add_address(all, flags, around);
  if (ready) ready = add_key(all, around);
  if (!ready) return could_not_run(options, around, ready.error());
  auto log = prepare_log(all, flags, around);
  if (!log) return could_not_run(options, around, log.error());
  all.close = [&](const Ending& ending) {
    if (flags.quiet && ending.report.end == UserImportReport::End::finished) return;
    print_lines(around.err, next_steps(ending));
  };
  return carry_out(all, flags, *log, around).code;
}

}  // namespace usher::cli
