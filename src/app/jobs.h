// SPDX-License-Identifier: Apache-2.0
// Jobs as a face sees them: which job is meant, refused here in words when it cannot be, and how a
// job stands, as JSON for programs. What is done with one is run/job's. Tested by jobs_test.cc.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>

#include "base/result.h"
#include "run/job/job.h"

namespace usher {

struct JobChoice {
  std::string id;                     // --job-id: a new one
  std::optional<std::string> resume;  // --resume; "": the most recent
  std::string root{job::kDefaultRoot};
  std::int64_t chunk_size = 1000;
  std::int64_t workers = 1;
};

// Nothing: an import without a job. The options, the key and the program are left to be filled in.
[[nodiscard]] Result<std::optional<job::Request>> choose_job(const JobChoice& choice,
                                                             std::set<std::string> given);

// Whether the jobs of a folder can be listed at all. One that is not there simply has none.
[[nodiscard]] Status check_jobs_root(const std::string& root);

// What a job was asked for, without counting anything, which takes its time in a large one.
[[nodiscard]] Result<job::Plan> plan_of_job(const job::Folder& folder);

// How a job of either kind stands.
[[nodiscard]] job::Standing look_at_job(const job::Folder& folder);

// One line: everything of it, for `--json` and for the other faces.
[[nodiscard]] std::string to_json(const job::Standing& standing);

}  // namespace usher
