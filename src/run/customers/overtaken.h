// SPDX-License-Identifier: Apache-2.0
// Whether a job may go on with its own inputs, or has been overtaken by what people did with its
// retry files meanwhile: imported them, or corrected them. To go on would send again what has
// arrived, or what was found wrong. Tested by overtaken_test.cc.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "run/customers/job.h"

namespace usher::customers {

// By name: the retry files that somebody has changed since the summary was written.
[[nodiscard]] std::vector<std::string> edited_files(const std::string& folder);

[[nodiscard]] Status refuse_overtaken(const Plan& plan, std::string_view job);

}  // namespace usher::customers
