// SPDX-License-Identifier: Apache-2.0
// An analysis in words: what failed, why, and the lines to paste. Causes first, everything bounded:
// it is read by somebody tired. Pure. Tested by analyze_words_test.cc.
#pragma once

#include <string>
#include <vector>

#include "app/analyze.h"

namespace usher::cli {

// The summary, the groups, the reasons, the suggestions and the files.
[[nodiscard]] std::vector<std::string> analysis_words(const Analyzed& analyzed);
// What it comes to, and how to go on.
[[nodiscard]] std::vector<std::string> analysis_ending(const Analyzed& analyzed);
// What could not be read or taken: for the standard error.
[[nodiscard]] std::vector<std::string> analysis_warnings(const Analyzed& analyzed);

}  // namespace usher::cli
