// SPDX-License-Identifier: Apache-2.0
// What the first record of a CSV must be like before a single row is believed. Each refusal says
// what to do about it. Tested by csv_test.cc.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "source/csv.h"

namespace usher::csv {

// Refuses what is known not to be UTF-8 CSV by its first bytes: UTF-16, spreadsheets, compressed
// files.
[[nodiscard]] Status check_first_bytes(std::string_view start, const std::string& name);

// The trimmed column names of the first record.
[[nodiscard]] Result<std::vector<std::string>> read_header(const Record& first,
                                                           const std::string& name);

}  // namespace usher::csv
