// SPDX-License-Identifier: Apache-2.0
// What the commands under usher jobs share. Tested by jobs_command_test.cc.
#pragma once

#include <string>

#include "cli/command.h"
#include "run/job/folder.h"

namespace usher::cli {

struct JobsFlags {
  std::string root{job::kDefaultRoot};
  bool json = false;
};
void declare_jobs(Options& options, JobsFlags& flags, bool with_json = true);

int watch_job_command(Arguments arguments, Surroundings& around);

}  // namespace usher::cli
