// SPDX-License-Identifier: Apache-2.0
#include <chrono>

#include "base/json.h"
#include "cli/plan_words.h"

namespace usher::cli {
namespace {

void add(JsonWriter& out, std::string_view name, const Tally::Things& things) {
  out.key(name).open_object().field("created", things.created);
  out.field("alreadyThere", things.already_there).field("failed", things.failed).close_object();
}

void add_summary(JsonWriter& out, const UserImportReport& report) {
  const Tally& tally = report.tally;
  out.key("summary").open_object().field("total", tally.rows.read);
  out.field("successes", tally.rows.succeeded()).field("failures", tally.rows.failed);
  out.field("notTried", tally.rows.not_tried).field("created", tally.rows.created);
  out.field("alreadyThere", tally.rows.unchanged);
  add(out, "users", tally.users);
  add(out, "memberships", tally.memberships);
  add(out, "organizations", tally.organizations);
  out.field("rolesAssigned", tally.roles_assigned).field("warnings", tally.warnings);
  out.close_object();
}

}  // namespace

std::string to_json(const Execution& execution) {
  std::string text;
  JsonWriter out(text);
  out.open_object().field("success", execution.exit_code == 0);
  out.field("exitCode", execution.exit_code);
  if (const Ending* ending = execution.ending) {
    const UserImportReport& report = ending->report;
    out.field("status", status_in_words(report)).field("dryRun", report.dry_run);
    out.field("mode", to_string(report.mode));
    add_summary(out, report);
    const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(report.elapsed);
    out.field("duration", std::int64_t{ms.count()});
    const bool failed = report.tally.rows.failed > 0;
    if (!ending->errors_path.empty()) {
      out.field("errorsPath", ending->errors_path);
    } else if (ending->job && failed && !report.dry_run) {
      out.field("errorsPath", ending->job->errors_path);
    }
    if (ending->job) out.field("job", ending->job->id);
    if (!report.reason.what.empty()) out.field("error", report.reason.what);
  }
  if (!execution.retry.empty()) out.field("retryCommand", execution.retry);
  if (!execution.problem.empty()) {
    out.field(execution.ending == nullptr ? "error" : "problem", execution.problem);
  }
  if (!execution.next.empty()) out.field("next", execution.next);
  out.close_object();
  return text;
}

}  // namespace usher::cli
