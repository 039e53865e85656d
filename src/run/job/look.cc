// SPDX-License-Identifier: Apache-2.0
// A job seen from outside, while it is worked on or not: nothing is locked and nothing written.
// Tested by tests/scenarios.
#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include <fmt/format.h>
#include <sys/stat.h>

#include "base/text.h"
#include "run/job/checkpoint.h"
#include "run/job/job.h"
#include "run/job/opening.h"

namespace usher::job {
namespace {

WallTime changed_at(const std::string& path) {
  struct stat status{};
  if (::stat(path.c_str(), &status) != 0) return {};
  return WallTime{
      std::chrono::milliseconds{status.st_mtim.tv_sec * 1000 + status.st_mtim.tv_nsec / 1'000'000}};
}

Standing::State state_of(const Standing& status) {
  using State = Standing::State;
  if (status.holder) return State::running;
  if (status.plan.options.dry_run) return State::dry_run;
  if (status.runs.empty()) return State::made;
  if (status.rows.pending() > 0) return State::stopped;
  // Killed after its last row, before it could say so: nothing is lost, and nothing is to be done.
  return status.rows.failed > 0 ? State::failed_rows : State::done;
}

Result<Standing> read(const Folder& folder, Standing status) {
  USHER_TRY_ASSIGN(auto store, JobStore::look(folder.store()));
  USHER_TRY_ASSIGN(status.plan, read_plan(*store, folder));
  USHER_TRY_ASSIGN(status.rows, store->count_rows());
  USHER_TRY_ASSIGN(status.users, store->count_steps(StepKind::user));
  USHER_TRY_ASSIGN(status.memberships, store->count_steps(StepKind::membership));
  USHER_TRY_ASSIGN(status.organizations, store->count_steps(StepKind::organization));
  USHER_TRY_ASSIGN(status.runs, store->runs());
  status.plan.rows = status.rows.total;
  USHER_TRY_ASSIGN(const auto chunks, store->count_chunks(status.plan.chunk_size));
  for (const RowCounts& chunk : chunks) status.chunks_done += chunk.pending() == 0 ? 1 : 0;
  status.state = state_of(status);
  return status;
}

}  // namespace

std::string_view to_string(Standing::State state) {
  switch (state) {
    case Standing::State::made:
      return "not started";
    case Standing::State::running:
      return "running";
    case Standing::State::stopped:
      return "stopped";
    case Standing::State::failed_rows:
      return "failed rows";
    case Standing::State::done:
      return "done";
    case Standing::State::dry_run:
      return "dry run";
    case Standing::State::foreign:
      return "other toolkit";
    case Standing::State::unreadable:
      return "unreadable";
  }
  return "";
}

Standing look(const Folder& folder) {
  Standing status;
  status.id = folder.id();
  status.folder = folder.path();
  status.bytes = folder.size();
  status.holder = Lock::holder(folder);
  for (const std::string& path :
       {folder.store(), folder.store() + "-wal", folder.checkpoint(), folder.old_checkpoint()}) {
    status.used = std::max(status.used, changed_at(path));
  }
  if (!has_plan(folder) && (folder.has_checkpoint() || !folder.has_store())) {
    status.state = folder.has_checkpoint() ? Standing::State::foreign : Standing::State::unreadable;
    if (status.state == Standing::State::unreadable) {
      status.problem = {fmt::format("there is no job {}", printable(folder.path()))};
    }
    return status;
  }
  auto whole = read(folder, status);
  if (whole) return std::move(*whole);
  status.problem = std::move(whole.error());
  return status;
}

Status remove(const Folder& folder) {
  USHER_TRY(check_id(folder.id()));
  if (!folder.has_store() && !folder.has_checkpoint()) {
    return fail(fmt::format("there is no job {}", printable(folder.path())));
  }
  USHER_TRY_ASSIGN(const Lock lock, Lock::take(folder, read_clocks().wall));
  return folder.remove();
}

}  // namespace usher::job
