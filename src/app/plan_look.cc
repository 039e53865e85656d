// SPDX-License-Identifier: Apache-2.0
// The part of a plan that looks: into the input, the job and the folders. It opens nothing for
// writing.
#include <filesystem>
#include <memory>
#include <string_view>
#include <system_error>
#include <utility>

#include <fmt/format.h>
#include <unistd.h>

#include "app/plan.h"
#include "base/file.h"
#include "base/text.h"
#include "run/dry_run.h"
#include "run/error_log.h"
#include "run/job/opening.h"
#include "run/rows.h"
#include "source/csv_input.h"
#include "source/role_mapping.h"

namespace usher {
namespace {

namespace fs = std::filesystem;

std::string one_line(const Error& error) {
  return error.next.empty() ? error.what : fmt::format("{} ({})", error.what, error.next);
}

class Look {
 public:
  explicit Look(MigrationWish& wish) : wish_(wish) {}

  MigrationFacts run() && {
    const bool job = !wish_.job.id.empty() || wish_.job.resume;
    if (wish_.job.resume) {
      look_at_resumed();
    } else if (job) {
      look_at_new_job();
    }
    if (!wish_.options.csv.empty()) look_at_input(job);
    look_at_errors_out();
    return std::move(facts_);
  }

 private:
  void complain(std::string text) { facts_.errors.push_back(std::move(text)); }

  // --- the job ---------------------------------------------------------------------------------

  void look_at_new_job() {
    const job::Folder folder(wish_.job.root, wish_.job.id);
    const bool held = job::Lock::holder(folder).has_value();
    bool taken = held || folder.has_checkpoint();
    if (!held && job::has_plan(folder)) {
      const auto plan = plan_of_job(folder);
      taken = !plan || !plan->options.dry_run;  // what a dry run left holds nothing to be lost
    }
    if (taken) {
      complain(
          fmt::format("There is a job {} already, in {} (go on with it: --resume {}; or choose "
                      "another --job-id)",
                      folder.id(), printable(folder.path()), folder.id()));
      return;
    }
    check_root();
  }

  // Where the job's folder would be made: the nearest folder that is there has to take it.
  void check_root() {
    const fs::path root(wish_.job.root);
    std::error_code ignored;
    const auto name = printable(wish_.job.root, 400);
    if (fs::exists(root, ignored)) {
      if (!fs::is_directory(root, ignored) || ::access(root.c_str(), W_OK | X_OK) != 0) {
        complain("Checkpoint directory is not writable: " + name);
      }
      return;
    }
    fs::path parent = root;
    while (!parent.empty() && !fs::exists(parent, ignored)) parent = parent.parent_path();
    if (parent.empty()) parent = ".";
    if (!fs::is_directory(parent, ignored) || ::access(parent.c_str(), W_OK | X_OK) != 0) {
      complain(fmt::format("Cannot create checkpoint directory (parent not writable): {}",
                           printable(parent.string(), 400)));
    }
  }

  [[nodiscard]] std::optional<job::Folder> find_job() {
    const std::string& id = wish_.job.resume.value_or("");
    auto folders = job::list(wish_.job.root);
    std::string known;
    for (job::Folder& folder : folders) {
      if (id.empty() || folder.id() == id) return std::move(folder);
      if (known.size() < 200) known += (known.empty() ? "" : ", ") + folder.id();
    }
    if (id.empty()) {
      complain("No checkpoint found to resume. Use --job-id to start a new job.");
    } else {
      complain(fmt::format("Checkpoint not found for job: {}{}", id,
                           known.empty() ? "" : " (there are: " + known + ")"));
    }
    return std::nullopt;
  }

  void look_at_resumed() {
    const auto folder = find_job();
    if (!folder) return;
    facts_.resumed = true;
    wish_.job.resume = folder->id();
    if (const auto holder = job::Lock::holder(*folder)) {
      complain(
          fmt::format("The job {} is being worked on by process {} (watch it: usher jobs "
                      "watch {}{})",
                      folder->id(), holder->process, folder->id(), folder->option()));
      return;
    }
    facts_.taken_over = !job::has_plan(*folder) && folder->has_checkpoint();
    if (facts_.taken_over) return;
    if (const Status read = read_job(*folder); !read) complain(one_line(read.error()));
  }

  Status read_job(const job::Folder& folder) {
    USHER_TRY_ASSIGN(const auto store, JobStore::look(folder.store()));
    USHER_TRY_ASSIGN(job_, job::read_plan(*store, folder));
    USHER_TRY_ASSIGN(const RowCounts rows, store->count_rows());
    facts_.rows_known = rows.total;
    facts_.rows_done = rows.succeeded();
    return take_options(*job_);
  }

  // What the job was made with, and over it what this command line may change.
  Status take_options(job::Plan plan) {
    UserImportOptions typed = wish_.options;
    typed.concurrency = static_cast<int>(wish_.concurrency);
    if (const auto chosen = choose_organization(wish_.org)) typed.single_org = *chosen;
    USHER_TRY(job::override_options(plan, typed, static_cast<int>(wish_.job.workers),
                                    static_cast<std::uint32_t>(wish_.job.chunk_size), wish_.given));
    if (!wish_.given.contains("--concurrency")) wish_.concurrency = plan.options.concurrency;
    if (!wish_.given.contains("--workers")) wish_.job.workers = plan.workers;
    wish_.job.chunk_size = plan.chunk_size;
    wish_.options = std::move(plan.options);
    return {};
  }

  // --- the input -------------------------------------------------------------------------------

  void look_at_input(bool job) {
    const std::string& path = wish_.options.csv;
    const bool standard_input = csv::is_standard_input(path);
    std::error_code problem;
    const auto type = standard_input ? fs::file_type::fifo : fs::status(path, problem).type();
    if (type == fs::file_type::not_found) return unusable("CSV file not found: ");
    if (type == fs::file_type::directory ||
        (!standard_input && ::access(path.c_str(), R_OK) != 0)) {
      return unusable("CSV file is not readable: ");
    }
    const bool regular = type == fs::file_type::regular;
    if (job && !regular) {
      return complain(printable(path) + ": a job needs a file, which can be read again");
    }
    std::unique_ptr<RoleMapping> roles = read_roles();
    if (!regular && !wish_.may_use_up_input) return;
    auto reader = csv::Reader::open(path);
    if (!reader) return complain(one_line(reader.error()));
    UserMapping::Options options;
    if (job_) {
      options.single_org = wish_.options.single_org;
    } else if (const auto chosen = choose_organization(wish_.org)) {
      options.single_org = *chosen;
    }
    options.role_mapping = roles.get();
    auto mapping = UserMapping::make(reader->header(), options);
    if (!mapping) return complain(one_line(mapping.error()));
    count(*reader, *mapping);
    if (job_) compare_input(*job_, mapping->mode());
  }

  void unusable(std::string_view what) {
    facts_.input_unusable = true;
    complain(std::string(what) + printable(wish_.options.csv, 400));
  }

  [[nodiscard]] std::unique_ptr<RoleMapping> read_roles() {
    const std::string& path = wish_.options.role_mapping;
    if (path.empty() || (csv::is_standard_input(path) && !wish_.may_use_up_input)) return nullptr;
    auto read = RoleMapping::read(path);
    if (read) return std::make_unique<RoleMapping>(std::move(*read));
    complain(one_line(read.error()));
    return nullptr;
  }

  void count(csv::Reader& reader, const UserMapping& mapping) {
    SurveyHooks hooks;
    hooks.check = [this](const UserRow& row, std::vector<std::string>& warnings) {
      return check_row(wish_.options, row, warnings);
    };
    auto counted = survey(reader, mapping, hooks);
    if (!counted) {
      facts_.input_unusable = true;
      return complain("Failed to analyze CSV: " + one_line(counted.error()));
    }
    facts_.mode = mapping.mode();
    facts_.header_words = mapping.warnings();
    facts_.survey = std::move(*counted);
  }

  void compare_input(const job::Plan& job, Mode mode) {
    std::error_code problem;
    facts_.input_changed = fs::file_size(wish_.options.csv, problem) != job.csv.bytes;
    if (!facts_.input_changed) {
      const auto now = job::fingerprint(wish_.options.csv);
      facts_.input_changed = now && now->sha256 != job.csv.sha256;
    }
    if (!facts_.input_changed) return;
    if (mode != job.mode) {
      return complain(
          fmt::format("{} is a {} file now, and the job is {}: people would be imported "
                      "otherwise than before",
                      printable(wish_.options.csv), to_string(mode), to_string(job.mode)));
    }
    if (const Status compared = compare_rows(job); !compared) complain(one_line(compared.error()));
  }

  // How much of it the job has done already: what a run would find, with nothing taken.
  Status compare_rows(const job::Plan& job) {
    Rows::Scope scope;
    scope.hash_key = job.hash_key;
    UserImportOptions options = wish_.options;
    options.single_org = job.options.single_org;
    USHER_TRY_ASSIGN(const auto rows, Rows::open(options, std::move(scope), -1));
    const job::Folder folder(wish_.job.root, job.id);
    USHER_TRY_ASSIGN(const auto store, JobStore::look(folder.store()));
    USHER_TRY_ASSIGN(const InputChange change,
                     store->compare_input([&] { return rows->next_print(); }));
    facts_.rows_done = change.done;
    return {};
  }

  // --- what will be written --------------------------------------------------------------------

  void look_at_errors_out() {
    if (wish_.errors_out.empty()) return;
    const auto log = ErrorLog::prepare({.path = wish_.errors_out,
                                        .dry_run = wish_.options.dry_run,
                                        .inputs = {wish_.options.csv, wish_.options.role_mapping}});
    if (!log) complain(one_line(log.error()));
  }

  MigrationWish& wish_;
  MigrationFacts facts_;
  std::optional<job::Plan> job_;
};

}  // namespace

MigrationFacts look_into(MigrationWish& wish) {
  return Look(wish).run();
}

}  // namespace usher
