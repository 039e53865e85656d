// SPDX-License-Identifier: Apache-2.0
// A customer job, opened to be worked on: its folder locked, its plan read. A new one has no store
// before its inputs are known, so that an import that never began leaves nothing behind. Tested by
// opening_test.cc.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "run/customers/job.h"
#include "run/job/folder.h"
#include "store/batch_store.h"

namespace usher::customers {

inline constexpr std::string_view kPlanNote = "plan";  // in the store

struct Opened {
  job::Folder folder;
  job::Lock lock;
  Plan plan;
  std::unique_ptr<BatchStore> store;  // none: a new job whose inputs are not known yet
  bool resumed = false;
};

[[nodiscard]] Result<Opened> make_job(const Request& request);
[[nodiscard]] Result<Opened> resume_job(const Request& request);

// Makes the store of a new job, and its plan whole; of one that goes on: refuses inputs that are
// not those the job took.
[[nodiscard]] Status take_inputs(Opened& job, const Inputs& inputs);
// The plan as it is now into the store.
[[nodiscard]] Status keep_plan(BatchStore& store, const Plan& plan);
[[nodiscard]] Result<Plan> read_plan(BatchStore& store, const job::Folder& folder);

// "usher import-customers --resume ID", as it can be pasted.
[[nodiscard]] std::string resume_line(const job::Folder& folder);
// "usher import-customers FOLDER", with what a target like the plan's asks for.
[[nodiscard]] std::string retry_line(const Plan& plan, const std::string& folder);

// The parts, for tests.

// What this command line changes. What would change the meaning of the job is refused, in words.
[[nodiscard]] Status override_plan(Plan& plan, const Plan& typed,
                                   const std::set<std::string>& given);
// In words, what differs between the inputs of the plan and those of now.
[[nodiscard]] Status compare_inputs(const Plan& plan, const std::vector<InputFile>& now,
                                    std::string_view mapping_sha256);

}  // namespace usher::customers
