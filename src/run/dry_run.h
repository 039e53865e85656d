// SPDX-License-Identifier: Apache-2.0
// A dry run: everything that can be known of an input without the API. Nothing is sent; the counts
// say what a run would make of an empty directory. Tested by dry_run_test.cc.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "run/user_import.h"

namespace usher {

// What a row lacks for this run, its target's limits included; nothing when it may be sent.
[[nodiscard]] std::optional<Failure> check_row(const UserImportOptions& options, const UserRow& row,
                                               std::vector<std::string>& warnings);

[[nodiscard]] Result<UserImportReport> dry_run(const UserImportOptions& options, Observer& observer,
                                               int stop_fd);

}  // namespace usher
