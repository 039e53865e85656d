// SPDX-License-Identifier: Apache-2.0
// Jobs on paper: the list of all, and everything about one. 80 columns; the id of a job is never
// cut, so that it can be copied. Pure. Tested by job_sheet_test.cc.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/time.h"
#include "run/job/job.h"

namespace usher::cli {

// Two lines a job: what it is called and how it stands, and how far it is.
[[nodiscard]] std::vector<std::string> job_list(std::span<const job::Standing> jobs, WallTime now);

[[nodiscard]] std::vector<std::string> job_sheet(const job::Standing& job, const std::string& root,
                                                 WallTime now);

// What can be done with it now; every command line can be pasted.
[[nodiscard]] std::vector<std::string> job_next_steps(const job::Standing& job,
                                                      const std::string& root);

}  // namespace usher::cli
