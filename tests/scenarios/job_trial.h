// SPDX-License-Identifier: Apache-2.0
// What scenarios of jobs share: looking into a job from outside, and the processes of one.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <sys/types.h>

#include "scenarios/json_sheet.h"
#include "scenarios/local_api.h"
#include "store/job_store.h"

namespace usher::scenarios {

inline constexpr const char* kJobs = ".workos-checkpoints";

// Of the job `id` below `folder`, as its store has them now; none while it is being made.
[[nodiscard]] RowCounts rows_of(const std::string& folder, const std::string& id);

// A number of `usher jobs show ID --json`: "rows.created", "runs.2.workers".
class JobSheet {
 public:
  JobSheet(const std::string& folder, const std::string& id);
  [[nodiscard]] std::int64_t number(const std::string& pointer) const {
    return sheet_.number(pointer);
  }
  [[nodiscard]] std::string text(const std::string& pointer) const { return sheet_.text(pointer); }

 private:
  JsonSheet sheet_;
};

[[nodiscard]] std::vector<pid_t> workers_of(pid_t parent);
// Waits (bounded) until there are so many, or the parent has gone.
std::vector<pid_t> wait_for_workers(const Process& parent, std::size_t least);
[[nodiscard]] bool still_runs(const Process& process);
// Bounded; false: it still runs.
[[nodiscard]] bool is_gone_soon(pid_t process);

// Runs to the end. Its output, so that a failure can show it.
struct Ran {
  int code = 0;
  std::string out;
  std::string err;
};
[[nodiscard]] Ran run(const Launch& launch);

// A number of the environment: USHER_KILLS.
[[nodiscard]] std::uint64_t asked(const char* variable, std::uint64_t otherwise);

}  // namespace usher::scenarios
