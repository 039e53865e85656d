// SPDX-License-Identifier: Apache-2.0
#include "run/job/founding.h"

#include <utility>
#include <vector>

#include "base/hash.h"

namespace usher::job {
namespace {

constexpr std::uint64_t kRowsBetweenLooks = 4096;

}  // namespace

Result<InputFile> fingerprint_mapping(const std::string& path) {
  if (path.empty()) return InputFile{};
  return fingerprint(path);
}

Result<std::unique_ptr<Rows>> open_rows(const Plan& plan, int stop_fd) {
  Rows::Scope scope;
  scope.hash_key = plan.hash_key;
  return Rows::open(plan.options, std::move(scope), stop_fd);
}

Result<InputChange> take_input(JobStore& store, Rows& rows, const Plan& plan, int stop_fd) {
  std::uint64_t count = 0;
  const std::string text = to_json(plan);
  const std::vector<JobStore::Note> notes = {{kPlanNote, text}};
  return store.take_input(
      [&]() -> Result<std::optional<RowPrint>> {
        if (++count % kRowsBetweenLooks == 0 && asked_to_stop(stop_fd)) return fail("interrupted");
        return rows.next_print();
      },
      notes);
}

Status fill_start(Opened& job) {
  USHER_TRY_ASSIGN(const std::vector<RowCounts> chunks,
                   job.store->count_chunks(job.plan.chunk_size));
  USHER_TRY_ASSIGN(const RowCounts rows, job.store->count_rows());
  job.plan.rows = rows.total;
  job.start.id = job.folder.id();
  job.start.folder = job.folder.path();
  job.start.chunks = chunks.size();
  for (const RowCounts& chunk : chunks) job.start.chunks_done += chunk.pending() == 0 ? 1 : 0;
  job.start.rows = rows.total;
  job.start.rows_done = rows.succeeded();
  job.start.rows_again = rows.failed;
  job.start.workers = job.plan.workers;
  return {};
}

Plan new_plan(const Request& request) {
  Plan plan;
  plan.id = request.id;
  plan.created = read_clocks().wall;
  plan.options = request.options;
  plan.chunk_size = request.chunk_size;
  plan.workers = request.workers;
  plan.hash_key = random_hex(32);
  return plan;
}

Result<Opened> found(const Folder& folder, Lock lock, Plan plan, int stop_fd) {
  USHER_TRY_ASSIGN(plan.csv, fingerprint(plan.options.csv));
  USHER_TRY_ASSIGN(plan.role_mapping, fingerprint_mapping(plan.options.role_mapping));
  plan.options.csv = plan.csv.path;
  plan.options.role_mapping = plan.role_mapping.path;
  USHER_TRY_ASSIGN(auto rows, open_rows(plan, stop_fd));
  plan.mode = rows->mode();
  USHER_TRY_ASSIGN(auto store, JobStore::create(folder.store()));
  const auto taken = take_input(*store, *rows, plan, stop_fd);
  if (!taken) {
    store.reset();
    static_cast<void>(folder.remove_store());
    return std::unexpected(taken.error());
  }
  Opened job{folder, std::move(lock), std::move(plan), std::move(store), {}};
  USHER_TRY(fill_start(job));
  return job;
}

Status check_usable(const Plan& plan, int stop_fd) {
  USHER_TRY(fingerprint(plan.options.csv));
  USHER_TRY_ASSIGN(const auto rows, open_rows(plan, stop_fd));
  return {};
}

}  // namespace usher::job
