// SPDX-License-Identifier: Apache-2.0
#include "run/job/opening.h"

#include <cerrno>
#include <cstdio>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/hash.h"
#include "base/text.h"
#include "run/job/checkpoint.h"
#include "run/job/errors.h"

namespace usher::job {
namespace {

constexpr std::string_view kPlanNote = "plan";
constexpr std::size_t kLongestCheckpoint = 512U << 20;
constexpr std::uint64_t kRowsBetweenLooks = 4096;

std::string resume_line(const Folder& folder) {
  return "usher import-users --resume " + folder.id() + folder.option();
}

Result<InputFile> fingerprint_mapping(const std::string& path) {
  if (path.empty()) return InputFile{};
  return fingerprint(path);
}

Result<std::unique_ptr<Rows>> open_rows(const Plan& plan, int stop_fd) {
  Rows::Scope scope;
  scope.hash_key = plan.hash_key;
  return Rows::open(plan.options, std::move(scope), stop_fd);
}

// Puts what the rows say into the store, and the plan with it.
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

// An unusable input leaves no folder behind.
Status check_usable(const Plan& plan, int stop_fd) {
  USHER_TRY(fingerprint(plan.options.csv));
  USHER_TRY_ASSIGN(const auto rows, open_rows(plan, stop_fd));
  return {};
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

// The existing toolkit has no store, so nothing of what it says is believed: everybody is looked up
// in the API first, and what is there is left alone.
Result<Opened> take_over(const Request& request, const Folder& folder, int stop_fd) {
  USHER_TRY_ASSIGN(Lock lock, Lock::take(folder, read_clocks().wall));
  const bool aside = exists(folder.old_checkpoint());
  USHER_TRY_ASSIGN(
      const std::string text,
      read_file(aside ? folder.old_checkpoint() : folder.checkpoint(), kLongestCheckpoint));
  auto foreign = parse_foreign(text);
  if (!foreign) {
    return fail(fmt::format("{}: {}", printable(folder.checkpoint()), foreign.error().what),
                "start a new job with another --job-id");
  }
  Plan plan = new_plan(request);
  plan.id = folder.id();
  if (!request.given.contains("--csv")) plan.options.csv = foreign->csv;
  if (!request.given.contains("--chunk-size")) plan.chunk_size = foreign->chunk_size;
  if (!request.given.contains("--concurrency")) plan.options.concurrency = foreign->concurrency;
  OrgRef& org = plan.options.single_org;
  if (foreign->mode == "single-org" && org.by == OrgRef::By::none) {
    if (foreign->org_id.empty()) {
      return fail(
          "the job put everybody into one organization, and its checkpoint does not say "
          "which",
          "add --org-id (or --org-external-id, --org-name) as it was then");
    }
    org.by = OrgRef::By::id;
    org.value = foreign->org_id;
  }
  if (plan.options.csv.empty() || !exists(plan.options.csv)) {
    return fail(
        fmt::format("the input of the job, {}, is not there",
                    printable(plan.options.csv.empty() ? "which its checkpoint does not name"
                                                       : plan.options.csv)),
        "say where it is: --csv FILE");
  }
  USHER_TRY(check_usable(plan, stop_fd));
  USHER_TRY(set_foreign_files_aside(folder));
  USHER_TRY(folder.remove_store());
  USHER_TRY_ASSIGN(Opened job, found(folder, std::move(lock), std::move(plan), stop_fd));
  job.start.resumed = true;
  job.start.adopted = true;
  return job;
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
