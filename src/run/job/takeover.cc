// SPDX-License-Identifier: Apache-2.0
#include "run/job/takeover.h"

#include <cerrno>
#include <cstdio>
#include <utility>

#include <fmt/format.h>

#include "base/text.h"
#include "run/job/checkpoint.h"
#include "run/job/founding.h"

namespace usher::job {
namespace {

constexpr std::size_t kLongestCheckpoint = 512U << 20;

// Before anything of ours is made there: whatever happens then, it can be taken over again.
Status set_foreign_files_aside(const Folder& folder) {
  if (exists(folder.old_checkpoint())) return {};
  for (const std::string& path : {folder.errors(), folder.checkpoint()}) {
    if (::rename(path.c_str(), (path + ".old").c_str()) != 0 && errno != ENOENT) {
      return std::unexpected(system_error("cannot rename", path, errno));
    }
  }
  return {};
}

Result<ForeignJob> read_checkpoint(const Folder& folder) {
  const bool aside = exists(folder.old_checkpoint());
  USHER_TRY_ASSIGN(
      const std::string text,
      read_file(aside ? folder.old_checkpoint() : folder.checkpoint(), kLongestCheckpoint));
  auto foreign = parse_foreign(text);
  if (!foreign) {
    return fail(fmt::format("{}: {}", printable(folder.checkpoint()), foreign.error().what),
                "start a new job with another --job-id");
  }
  return foreign;
}

// What the request asks for, and of the rest what the job was begun with.
Result<Plan> plan_of(const Request& request, const Folder& folder) {
  USHER_TRY_ASSIGN(const ForeignJob foreign, read_checkpoint(folder));
  Plan plan = new_plan(request);
  plan.id = folder.id();
  if (!request.given.contains("--csv")) plan.options.csv = foreign.csv;
  if (!request.given.contains("--chunk-size")) plan.chunk_size = foreign.chunk_size;
  if (!request.given.contains("--concurrency")) plan.options.concurrency = foreign.concurrency;
  OrgRef& org = plan.options.single_org;
  if (foreign.mode == "single-org" && org.by == OrgRef::By::none) {
    if (foreign.org_id.empty()) {
      return fail(
          "the job put everybody into one organization, and its checkpoint does not say "
          "which",
          "add --org-id (or --org-external-id, --org-name) as it was then");
    }
    org.by = OrgRef::By::id;
    org.value = foreign.org_id;
  }
  if (plan.options.csv.empty() || !exists(plan.options.csv)) {
    return fail(
        fmt::format("the input of the job, {}, is not there",
                    printable(plan.options.csv.empty() ? "which its checkpoint does not name"
                                                       : plan.options.csv)),
        "say where it is: --csv FILE");
  }
  return plan;
}

}  // namespace

Result<Opened> take_over(const Request& request, const Folder& folder, int stop_fd) {
  USHER_TRY_ASSIGN(Lock lock, Lock::take(folder, read_clocks().wall));
  USHER_TRY_ASSIGN(Plan plan, plan_of(request, folder));
  USHER_TRY(check_usable(plan, stop_fd));
  USHER_TRY(set_foreign_files_aside(folder));
  USHER_TRY(folder.remove_store());
  USHER_TRY_ASSIGN(Opened job, found(folder, std::move(lock), std::move(plan), stop_fd));
  job.start.resumed = true;
  job.start.adopted = true;
  return job;
}

}  // namespace usher::job
