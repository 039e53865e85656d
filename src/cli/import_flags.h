// SPDX-License-Identifier: Apache-2.0
// The options of an import, which two commands share: usher import-users, and usher
// orchestrate-migration, whose plan judges more of the values itself. Tested by
// import_command_test.cc and orchestrate_command_test.cc.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "app/choices.h"
#include "app/jobs.h"
#include "cli/import_job.h"
#include "cli/options.h"
#include "run/user_import.h"

namespace usher::cli {

struct ImportFlags {
  std::string csv;
  OrgChoice org;
  JobChoice job;
  std::string role_mapping;
  std::string errors_out;
  std::string api_url;
  std::int64_t concurrency = 10;
  std::int64_t timeout_seconds = 60;
  RateLimit rate_limit;
  Existing existing = Existing::link;
  bool require_membership = false;
  bool dry_run = false;
  bool quiet = false;
  bool include_secrets = false;
  bool allow_http = false;
};

void declare_import(Options& options, ImportFlags& flags, Judge judge);

// What a job reads must be there again when it goes on, and for each of its workers.
[[nodiscard]] Status check_inputs(const ImportFlags& flags, const std::optional<ImportJob>& job);
// Without the address and the key; plain_options() without the organization too.
[[nodiscard]] Result<UserImportOptions> to_options(const ImportFlags& flags);
[[nodiscard]] Result<UserImportOptions> plain_options(const ImportFlags& flags);

}  // namespace usher::cli
