// SPDX-License-Identifier: Apache-2.0
// Cells as they are written: put in quotes only where they have to be, and a record taken apart
// without changing a byte of it. Tested by csv_cell_test.cc.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace usher::csv {

// Quoted when it holds a comma, a quote or a line end.
void append_cell(std::string& out, std::string_view cell);

// The cells of a well-formed record as they stand in the file, quotes included.
void split_raw(std::string_view raw, std::vector<std::string_view>& cells);

// The text of one of them.
[[nodiscard]] std::string unquoted(std::string_view raw);

}  // namespace usher::csv
