// SPDX-License-Identifier: Apache-2.0
// Arrays and objects as values of metadata. WorkOS keeps texts alone, so an import sends their JSON
// text; a fixed file holds it already. Tested by row_rules_test.cc and fixes_test.cc.
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace usher::check {

// Calls with the name of each such value. The cell is metadata that can be read.
void for_each_nested(std::string_view cell, const std::function<void(std::string_view key)>& visit);

// The cell with each of them as its JSON text; every other byte is as it was.
[[nodiscard]] std::string with_nested_as_text(std::string_view cell);

}  // namespace usher::check
