// SPDX-License-Identifier: Apache-2.0
// The items of an import request: the bytes of each, exactly as they came, and what identifies it.
// Tested by items_test.cc.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "sandbox/answers.h"

namespace usher::sandbox::customers {

enum class ItemType { customers, households };
inline constexpr std::size_t kMostItems = 100;  // in a request, as published

struct ImportItem {
  std::string_view text;  // within the request's body
  std::string change;     // as sent: "CREATE"
  std::string id;         // customerId or householdId; a number as it is written
  std::string username;   // as sent
  std::string email;      // the default one
  std::string violation;  // of the published schema; empty: none

  [[nodiscard]] const std::string& name() const {  // what it is known by
    return !id.empty() ? id : !username.empty() ? username : email;
  }
};

// The error is the answer: 400 with an RFC 7807 body.
[[nodiscard]] Checked<std::vector<ImportItem>> read_items(std::string_view body, ItemType type);

}  // namespace usher::sandbox::customers
