// SPDX-License-Identifier: Apache-2.0
// What stands in a cell: a word for true or false, a list of roles. Tested by cells_test.cc.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace usher {

[[nodiscard]] std::string_view clean_cell(std::string_view cell);  // trimmed; mostly it is

// true 1 yes y, false 0 no n, in any case; nothing for everything else.
[[nodiscard]] std::optional<bool> read_truth(std::string_view word);

// Unless it is empty or there already.
void add_role(std::vector<std::string>& roles, std::string_view slug);
// A comma list, or a JSON array of texts, added to `roles`. False: not readable.
[[nodiscard]] bool read_roles(std::string_view cell, std::vector<std::string>& roles);

}  // namespace usher
