// SPDX-License-Identifier: Apache-2.0
// A job's store, opened: for the parts of src/store that wrap it. A room's secret: only src/store
// includes it. Tested by job_view_test.cc.
#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "store/job_store.h"
#include "store/sqlite_names.h"

namespace usher {

[[nodiscard]] Result<std::unique_ptr<JobStore>> job_store_in(
    const std::string& path, Result<std::unique_ptr<SQLite::Database>> db);

}  // namespace usher
