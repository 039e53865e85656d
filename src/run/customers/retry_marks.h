// SPDX-License-Identifier: Apache-2.0
// What is said of a folder of retry files once it has been imported: that everything in it has
// arrived, or which other folder has what is left. The files stay until somebody deletes them.
// Tested by retry_marks_test.cc.
#pragma once

#include <string>

#include "base/result.h"
#include "base/time.h"

namespace usher::customers {

// A folder that is gone is no error. Folders that were imported before, and whose rest was in this
// one, are marked too.
[[nodiscard]] Status mark_used(const std::string& folder, WallTime now, const std::string& job);
// `by`: the folder with what is left.
[[nodiscard]] Status mark_superseded(const std::string& folder, WallTime now,
                                     const std::string& job, const std::string& by);

}  // namespace usher::customers
