// SPDX-License-Identifier: Apache-2.0
// Points in time as people read them in the names of files: local, to the second. Tested by
// stamp_test.cc.
#pragma once

#include <string>

#include "base/time.h"

namespace usher::customers {

// "20260302_091507"; `between` stands between day and time.
[[nodiscard]] std::string local_stamp(WallTime time, char between = '_');
// "2026-03-02T09:15:07", as the existing tool writes it: local, no zone.
[[nodiscard]] std::string local_iso8601(WallTime time);
// "2026-03-02 09:15:07"
[[nodiscard]] std::string local_words(WallTime time);

}  // namespace usher::customers
