// SPDX-License-Identifier: Apache-2.0
// A job, opened to be worked on: its folder locked, its store open, its input the one that is to be
// imported now. Making one, going on with one, and taking one over from the existing toolkit end in
// the same thing. Tested by tests/scenarios.
#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "run/job/folder.h"
#include "run/job/job.h"
#include "run/job/plan.h"
#include "run/rows.h"
#include "run/user_import.h"
#include "store/job_store.h"

namespace usher::job {

struct Opened {
  Folder folder;
  Lock lock;
  Plan plan;  // with what this command line changed
  std::unique_ptr<JobStore> store;
  JobStart start;
};

[[nodiscard]] Result<Opened> make_job(const Request& request, int stop_fd);
[[nodiscard]] Result<Opened> resume_job(const Request& request, int stop_fd);

// The store is one of a job: it has a plan, or something is wrong with it. A job that was killed
// while it was made has none.
[[nodiscard]] bool has_plan(const Folder& folder);
// The plan in a store; fails in words when there is none.
[[nodiscard]] Result<Plan> read_plan(JobStore& store, const Folder& folder);

}  // namespace usher::job
