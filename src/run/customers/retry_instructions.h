// SPDX-License-Identifier: Apache-2.0
// RETRY_INSTRUCTIONS.md: what to do with a folder of retry files, for people, in bounded length
// however much has failed. Pure. Tested by retry_folder_test.cc.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "run/customers/retry_summary.h"

namespace usher::customers {

inline constexpr std::string_view kInstructionsName = "RETRY_INSTRUCTIONS.md";

struct RetryTotals {
  std::uint64_t files = 0;
  std::uint64_t items = 0;
  std::uint64_t maybe = 0;  // that may be there already
  int width = 2;            // of the numbers of the files
};
[[nodiscard]] std::string retry_instructions(const Plan& plan, const RunFacts& facts,
                                             const std::string& folder, const RetryTotals& totals);

}  // namespace usher::customers
