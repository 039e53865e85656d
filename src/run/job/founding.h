// SPDX-License-Identifier: Apache-2.0
// What all ways of opening a job share: an input that is looked at, a store that is made of it, and
// how the job stands when it begins. Tested by tests/scenarios.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "run/job/opening.h"

namespace usher::job {

inline constexpr std::string_view kPlanNote = "plan";  // in the store

// Of a request for a new job; its files are not looked at yet.
[[nodiscard]] Plan new_plan(const Request& request);
// An unusable input leaves no folder behind.
[[nodiscard]] Status check_usable(const Plan& plan, int stop_fd);
// A store of what the input says, and no store when that fails. The folder is there and locked.
[[nodiscard]] Result<Opened> found(const Folder& folder, Lock lock, Plan plan, int stop_fd);

[[nodiscard]] Result<InputFile> fingerprint_mapping(const std::string& path);  // empty: none
[[nodiscard]] Result<std::unique_ptr<Rows>> open_rows(const Plan& plan, int stop_fd);
// Puts what the rows say into the store, and the plan with it.
[[nodiscard]] Result<InputChange> take_input(JobStore& store, Rows& rows, const Plan& plan,
                                             int stop_fd);
[[nodiscard]] Status fill_start(Opened& job);

}  // namespace usher::job
