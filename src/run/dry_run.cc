// SPDX-License-Identifier: Apache-2.0
#include "run/dry_run.h"

#include <utility>

#include "base/text.h"
#include "run/input.h"
#include "source/survey.h"
#include "target/workos/checks.h"

namespace usher {
namespace {

Tally would_be(const Survey& survey) {
  Tally tally;
  tally.rows.read = survey.rows;
  tally.rows.failed = survey.failed;
  tally.rows.unusable = survey.failed;
  tally.rows.created = survey.rows - survey.failed;
  tally.users.created = survey.people;
  tally.memberships.created = survey.memberships;
  // The others have to be there: no row says what to call them.
  tally.organizations.created = survey.creatable;
  tally.organizations.already_there = survey.organizations - survey.creatable;
  tally.warnings = survey.warning_count;
  return tally;
}

}  // namespace

std::optional<Failure> check_row(const UserImportOptions& options, const UserRow& row,
                                 std::vector<std::string>& warnings) {
  if (options.require_membership && row.org.by == OrgRef::By::none) {
    Failure failure;
    failure.at = FailedAt::membership_create;
    failure.message = "the row names no organization, and --require-membership is set";
    return failure;
  }
  return workos::check(row, warnings);
}

Result<UserImportReport> dry_run(const UserImportOptions& options, Observer& observer,
                                 int stop_fd) {
  const Now begin = read_clocks();
  USHER_TRY_ASSIGN(Input input, Input::open(options, stop_fd));
  observer.started(input.mapping.mode(), 0);

  UserImportReport report;
  report.mode = input.mapping.mode();
  report.dry_run = true;
  SurveyHooks hooks;
  hooks.check = [&](const UserRow& row, std::vector<std::string>& warnings) {
    return check_row(options, row, warnings);
  };
  hooks.failed = [&](const csv::Record& record, const UserRow& row, const Failure& failure) {
    const std::vector<std::string> cells(record.cells.begin(), record.cells.end());
    return observer.failed(FailedRow{record.number, record.line, input.header, cells, row.org,
                                     row.email, failure, read_clocks().wall, input.path});
  };
  hooks.progressed = [&](std::uint64_t rows, std::uint64_t bytes) {
    Progress progress;
    progress.tally.rows.read = rows;
    progress.tally.rows.created = rows;
    progress.elapsed = read_clocks().steady - begin.steady;
    if (bytes > 0) progress.total_rows = rows * input.reader.size() / bytes;
    observer.progressed(progress);
    if (!asked_to_stop(stop_fd)) return true;
    report.end = UserImportReport::End::interrupted;
    return false;
  };
  auto surveyed = survey(input.reader, input.mapping, hooks);
  report.elapsed = read_clocks().steady - begin.steady;
  if (!surveyed) {
    if (!asked_to_stop(stop_fd)) return std::unexpected(surveyed.error());
    report.end = UserImportReport::End::interrupted;
    return report;
  }
  for (const std::string& warning : surveyed->warnings) observer.warned(warning);
  report.tally = would_be(*surveyed);
  return report;
}

}  // namespace usher
