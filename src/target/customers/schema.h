// SPDX-License-Identifier: Apache-2.0
// Checks an item against the published schema of the customer API (schema_table.h), walking over
// its text once. An error is what the API is sure to refuse; what it may well take is a warning:
// nobody is held back on a guess. Unknown fields are allowed, and not told. Of households nothing
// is published, so that all but a missing id and the wrong mode is a warning. Tested by
// schema_test.cc.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "model/customer.h"

namespace usher::customers {

struct SchemaFinding {
  bool error = true;
  std::string_view rule;  // "missing_field", ...; a literal
  std::string message;    // "person.firstName is missing"; no value of the item is in it
};

inline constexpr std::size_t kMostFindingsOfItem = 20;

// Appends the findings, and says what names the item. `json`: well-formed, an object.
Identity check_schema(std::string_view json, ImportType type, std::vector<SchemaFinding>& out);

}  // namespace usher::customers
