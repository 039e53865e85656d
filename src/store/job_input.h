// SPDX-License-Identifier: Apache-2.0
// Taking the rows of an input into a job's store, and telling how they differ from the rows that
// are there. A room's secret: only src/store includes it. Tested by job_input_test.cc.
#pragma once

#include "store/job_store.h"
#include "store/sqlite_names.h"

namespace usher {

// Inside a transaction of the caller's. Throws SQLite::Exception; the error is that of `next`.
[[nodiscard]] Result<InputChange> take_rows(SQLite::Database& db, const JobStore::NextRow& next);
// The difference alone; what is written is gone with the connection. Throws too.
[[nodiscard]] Result<InputChange> compare_rows(SQLite::Database& db, const JobStore::NextRow& next);

}  // namespace usher
