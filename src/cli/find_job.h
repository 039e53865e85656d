// SPDX-License-Identifier: Apache-2.0
// The job that a person means by an id, among those that are there. Tested by
// jobs_command_test.cc.
#pragma once

#include <string>

#include "base/result.h"
#include "cli/surroundings.h"

namespace usher::cli {

// An unknown id is answered with the nearest known one.
[[nodiscard]] Result<job::Folder> find_job(const std::string& root, const std::string& id,
                                           const Surroundings& around);
[[nodiscard]] Result<job::Folder> latest_job(const std::string& root, const Surroundings& around);

}  // namespace usher::cli
