// SPDX-License-Identifier: Apache-2.0
#include "run/job/opening.h"

#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/text.h"
#include "run/job/errors.h"
#include "run/job/founding.h"
#include "run/job/takeover.h"
#include "store/batch_store.h"

namespace usher::job {
namespace {

std::string resume_line(const Folder& folder) {
  return "usher import-users --resume " + folder.id() + folder.option();
}

// --- a new job ---------------------------------------------------------------------------------

Error exists_already(const Folder& folder) {
  return {fmt::format("there is a job {} already, in {}", folder.id(), printable(folder.path())),
          fmt::format("go on with it: {}; or choose another --job-id; or: usher jobs remove {}{}",
                      resume_line(folder), folder.id(), folder.option())};
}

// What is in the way of a new job of this id, if it may not be cleared away: only a dry run, and
// what never came to be a job, hold nothing that could be lost. With the lock held.
Status clear_the_way(const Folder& folder) {
  if (folder.has_store()) {
    USHER_TRY_ASSIGN(auto store, JobStore::look(folder.store()));
    USHER_TRY_ASSIGN(const std::string text, store->note(kPlanNote));
    if (!text.empty()) {
      const auto plan = parse_plan(text);
      if (!plan || !plan->options.dry_run) return std::unexpected(exists_already(folder));
      store.reset();
      return folder.remove_store();
    }
  }
  if (folder.has_checkpoint()) {
    return fail(fmt::format("{} holds a job of the existing toolkit", printable(folder.path())),
                fmt::format("take it over: {}; or choose another --job-id", resume_line(folder)));
  }
  return folder.remove_store();
}

// --- a job that goes on ------------------------------------------------------------------------

Error no_such_job(const Folder& folder, const std::string& root) {
  std::string known;
  for (const Folder& other : list(root)) {
    if (known.size() > 200) break;
    known += (known.empty() ? "" : ", ") + other.id();
  }
  return {fmt::format("there is no job {} in {}", folder.id(), printable(root)),
          known.empty() ? "start one with --job-id, or say where jobs are with --checkpoint-dir"
                        : "there are: " + known};
}

Error input_gone(const Plan& plan, const Error& why) {
  return {fmt::format("the input of the job cannot be read: {}", why.what),
          plan.csv.path.empty() ? "say which it is: --csv FILE"
                                : "put it back, or say where it is now: --csv FILE"};
}

// Compares what the input is now with what it was, and takes it when it says something else.
Status check_input(Opened& job, int stop_fd) {
  Plan& plan = job.plan;
  auto csv = fingerprint(plan.options.csv);
  if (!csv) return std::unexpected(input_gone(plan, csv.error()));
  USHER_TRY_ASSIGN(const InputFile mapping, fingerprint_mapping(plan.options.role_mapping));
  const bool same = csv->sha256 == plan.csv.sha256 && mapping.sha256 == plan.role_mapping.sha256;
  const bool moved = csv->path != plan.csv.path || mapping.path != plan.role_mapping.path;
  plan.csv = std::move(*csv);
  plan.role_mapping = mapping;
  plan.options.csv = plan.csv.path;
  plan.options.role_mapping = plan.role_mapping.path;
  if (same) {
    if (!moved) return {};
    const std::string text = to_json(plan);
    return job.store->set_notes(std::vector<JobStore::Note>{{kPlanNote, text}});
  }
  USHER_TRY_ASSIGN(auto rows, open_rows(plan, stop_fd));
  if (rows->mode() != plan.mode) {
    return fail(
        fmt::format("{} is a {} file now, and the job is {}: people would be imported "
                    "otherwise than before",
                    printable(plan.csv.path), to_string(rows->mode()), to_string(plan.mode)),
        "correct the columns of the file, or start a new job with another --job-id");
  }
  USHER_TRY_ASSIGN(const InputChange change, take_input(*job.store, *rows, plan, stop_fd));
  USHER_TRY(Errors::clear(job.folder.errors(), *job.store));
  job.start.change = change;
  return {};
}

}  // namespace

Result<Plan> read_plan(JobStore& store, const Folder& folder) {
  USHER_TRY_ASSIGN(const std::string text, store.note(kPlanNote));
  if (text.empty()) {
    return fail(fmt::format("the job {} was never made to its end", folder.id()),
                "nothing was sent: start it again, with the same command");
  }
  auto plan = parse_plan(text);
  if (!plan) {
    return fail(fmt::format("{}: {}", printable(folder.store()), plan.error().what),
                plan.error().next);
  }
  return plan;
}

bool has_plan(const Folder& folder) {
  if (!folder.has_store()) return false;
  const auto store = JobStore::look(folder.store());
  if (!store) return true;  // what is wrong with it is said when it is opened
  const auto text = (*store)->note(kPlanNote);
  return !text || !text->empty();
}

namespace {

Result<Folder> most_recent_job(const std::string& root) {
  for (const Folder& folder : list(root)) {
    if (BatchStore::is_one(folder.store())) continue;  // an import of customers
    if (has_plan(folder) || folder.has_checkpoint()) return folder;
  }
  return most_recent(root);
}

}  // namespace

Result<Opened> make_job(const Request& request, int stop_fd) {
  USHER_TRY(check_id(request.id));
  const Folder folder(request.root, request.id);
  if (Lock::holder(folder)) return std::unexpected(exists_already(folder));
  Plan plan = new_plan(request);
  if (!has_plan(folder)) USHER_TRY(check_usable(plan, stop_fd));
  USHER_TRY(folder.make());
  USHER_TRY_ASSIGN(Lock lock, Lock::take(folder, plan.created));
  USHER_TRY(clear_the_way(folder));
  return found(folder, std::move(lock), std::move(plan), stop_fd);
}

Result<Opened> resume_job(const Request& request, int stop_fd) {
  Folder folder(request.root, request.id);
  if (request.id.empty()) {
    USHER_TRY_ASSIGN(folder, most_recent_job(request.root));
  } else {
    USHER_TRY(check_id(request.id));
  }
  if (!has_plan(folder) && folder.has_checkpoint()) return take_over(request, folder, stop_fd);
  if (!folder.has_store()) {
    return std::unexpected(no_such_job(folder, request.root));
  }
  USHER_TRY_ASSIGN(Lock lock, Lock::take(folder, read_clocks().wall));
  USHER_TRY_ASSIGN(auto store, JobStore::open(folder.store()));
  USHER_TRY_ASSIGN(Plan plan, read_plan(*store, folder));
  USHER_TRY(
      override_options(plan, request.options, request.workers, request.chunk_size, request.given));
  plan.options.api_key = request.options.api_key;
  Opened job{folder, std::move(lock), std::move(plan), std::move(store), {}};
  job.start.resumed = true;
  USHER_TRY(check_input(job, stop_fd));
  USHER_TRY(fill_start(job));
  return job;
}

}  // namespace usher::job
