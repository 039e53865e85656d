// SPDX-License-Identifier: Apache-2.0
// Lines in a frame, as the summaries of runs stand in one. Tested by summary_test.cc.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cli/output.h"

namespace usher::cli {

// The line "Status: ..." has what it says, `status`, in this tone.
[[nodiscard]] std::vector<std::string> framed(std::span<const std::string> content,
                                              std::string_view status, Tone tone, bool colour);

}  // namespace usher::cli
