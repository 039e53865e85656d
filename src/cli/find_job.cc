// SPDX-License-Identifier: Apache-2.0
#include "cli/find_job.h"

#include <fmt/format.h>

#include "app/jobs.h"
#include "base/text.h"
#include "cli/job_words.h"
#include "cli/options.h"

namespace usher::cli {
namespace {

std::unexpected<Error> no_job(const std::string& what, const std::string& root, bool others) {
  return fail(what, others ? "all jobs: " + job_line("jobs", "", root)
                           : "start one with --job-id, or say where they are with "
                             "--checkpoint-dir");
}

}  // namespace

Result<job::Folder> find_job(const std::string& root, const std::string& id,
                             const Surroundings& around) {
  USHER_TRY(job::check_id(id));
  USHER_TRY(check_jobs_root(root));
  std::vector<std::string> known;
  for (job::Folder& folder : around.jobs.list(root)) {
    if (folder.id() == id) return std::move(folder);
    known.push_back(folder.id());
  }
  const std::string meant = nearest(id, known);
  return no_job(fmt::format("there is no job {} in {}{}", id, printable(root),
                            meant.empty() ? "" : " (did you mean " + meant + "?)"),
                root, !known.empty());
}

Result<job::Folder> latest_job(const std::string& root, const Surroundings& around) {
  USHER_TRY(check_jobs_root(root));
  auto folders = around.jobs.list(root);
  if (!folders.empty()) return std::move(folders.front());
  return no_job("there is no job in " + printable(root), root, false);
}

}  // namespace usher::cli
