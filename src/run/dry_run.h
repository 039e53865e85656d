// SPDX-License-Identifier: Apache-2.0
// A dry run: everything that can be known of an input without the API. Nothing is sent; the counts
// say what a run would make of an empty directory. Tested by dry_run_test.cc.
#pragma once

#include "run/user_import.h"

namespace usher {

[[nodiscard]] Result<UserImportReport> dry_run(const UserImportOptions& options, Observer& observer,
                                               int stop_fd);

}  // namespace usher
