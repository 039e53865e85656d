// SPDX-License-Identifier: Apache-2.0
#include "run/customers/ending.h"

#include <algorithm>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "base/text.h"
#include "run/customers/failed_files.h"
#include "run/customers/retry_marks.h"

namespace usher::customers {
namespace {

bool is_in(const std::string& path, const std::string& folder) {
  return path.size() > folder.size() && path.starts_with(folder) && path[folder.size()] == '/' &&
         path.find('/', folder.size() + 1) == path.npos;
}

// Which inputs have an item that has not arrived.
Result<std::vector<bool>> files_with_rest(BatchStore& store, const Inputs& inputs) {
  USHER_TRY_ASSIGN(const std::vector<bool> missing, find_missing(store, inputs));
  std::vector<bool> files(inputs.files().size(), false);
  for (std::uint64_t number = 1; number < missing.size(); ++number) {
    if (missing[number]) files[inputs.batch(number).file] = true;
  }
  return files;
}

// The existing tool does not say where its import went.
bool is_same_target(const RetryOrigin& origin, const Plan& plan) {
  return (origin.api_url.empty() || origin.api_url == plan.endpoint.api_url) &&
         origin.environment.value_or(plan.endpoint.environment) == plan.endpoint.environment;
}

// A folder of retry files that was imported by this job says so.
Status mark_origins(Opened& job, const Inputs& inputs, WallTime now) {
  if (inputs.retry_origins().empty()) return {};
  USHER_TRY_ASSIGN(const std::vector<bool> rest, files_with_rest(*job.store, inputs));
  for (const RetryOrigin& origin : inputs.retry_origins()) {
    std::size_t taken = 0;
    bool any_rest = false;
    for (std::size_t i = 0; i < rest.size(); ++i) {
      if (!is_in(inputs.files()[i].path, origin.folder)) continue;
      ++taken;
      any_rest = any_rest || rest[i];
    }
    if (origin.folder == job.plan.retry_folder || taken < origin.files.size()) continue;
    if (!is_same_target(origin, job.plan)) continue;  // there it has not arrived
    if (any_rest) {
      USHER_TRY(mark_superseded(origin.folder, now, job.folder.id(), job.plan.retry_folder));
    } else {
      USHER_TRY(mark_used(origin.folder, now, job.folder.id()));
    }
  }
  return {};
}

}  // namespace

std::string_view to_word(Report::End end) {
  switch (end) {
    case Report::End::finished:
      return "finished";
    case Report::End::interrupted:
      return "interrupted";
    case Report::End::denied:
      return "denied";
    case Report::End::unreachable:
      return "unreachable";
    case Report::End::source:
      return "input not read";
    case Report::End::store:
      return "store not written";
  }
  return "";
}

Status end_run(Opened& job, const Inputs& inputs, RetryFolder& retry, std::string_view word,
               StopSignal& signal, Report& report) {
  const WallTime now = read_clocks().wall;
  USHER_TRY_ASSIGN(report.counts, job.store->count_items(inputs.items()));
  RunFacts facts;
  facts.now = now;
  facts.end = word;
  facts.reason = report.reason;
  facts.counts = report.counts;
  FailedFiles failed(job.plan, inputs, job.folder.id(), now);
  USHER_TRY(retry.finish(std::move(facts), [&](const Rest& rest) -> Status {
    signal.hear();
    if (signal.leave()) return fail("interrupted", "the next start writes the retry files");
    return failed.add(rest);
  }));
  USHER_TRY(failed.finish());
  report.causes = retry.causes();
  report.failed_file = failed.path();
  report.retry_files = retry.files();
  report.retry_folder = report.counts.missing() > 0 ? retry.path() : "";
  USHER_TRY(mark_origins(job, inputs, now));
  return job.store->end_run(now, word);
}

}  // namespace usher::customers
