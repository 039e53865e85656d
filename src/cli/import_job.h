// SPDX-License-Identifier: Apache-2.0
// The part of an import's command line that concerns jobs: its options, which job they mean, and
// how to go on with it afterwards. Tested by import_job_test.cc.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "app/jobs.h"
#include "cli/credentials.h"
#include "cli/narrator.h"
#include "cli/options.h"
#include "cli/retry_lines.h"
#include "cli/summary.h"
#include "cli/surroundings.h"

namespace usher::cli {

// Who judges how large a number may be, and what a blank organization means: each option, or the
// plan, which tells of everything at once.
enum class Judge { options, plan };
void declare_number(Options& options, Judge judge, std::string_view name, std::string help,
                    std::int64_t least, std::int64_t most, std::int64_t& target);
void declare_job(Options& options, JobChoice& choice, Judge judge);

// The job of an import, before anything is read or sent.
struct ImportJob {
  job::Request request;
  // Of a job that goes on, as far as it could be looked at: what it was asked for.
  std::optional<job::Plan> plan;
};

// Nothing: no job.
[[nodiscard]] Result<std::optional<ImportJob>> wanted_job(const JobChoice& choice,
                                                          const Given& given);
// Which job goes on, and what it was asked for.
[[nodiscard]] Status look_up(ImportJob& job, const Surroundings& around);
// A job stays with its API. A key belongs to the API that the environment names beside it, so
// another address there is not passed over: it is told, and nothing is sent.
[[nodiscard]] Status check_address(const job::Plan& plan, const Settings& settings);

// What the ending of a run says of its job; nothing when it was never opened.
// `command` is the one that people know.
[[nodiscard]] std::optional<JobEnding> job_ending(std::string_view command, const ImportJob& job,
                                                  const Given& given,
                                                  const UserImportReport& report,
                                                  const Narrator& narrator);

}  // namespace usher::cli
