// SPDX-License-Identifier: Apache-2.0
// A job of the existing toolkit, taken over. It has no store, so nothing of what it says is
// believed: everybody is looked up in the API first, and what is there is left alone. Tested by
// tests/scenarios.
#pragma once

#include "base/result.h"
#include "run/job/opening.h"

namespace usher::job {

// Whatever happens meanwhile, its files stay, set aside, and it can be taken over again.
[[nodiscard]] Result<Opened> take_over(const Request& request, const Folder& folder, int stop_fd);

}  // namespace usher::job
