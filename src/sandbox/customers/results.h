// SPDX-License-Identifier: Apache-2.0
// The list of results of an import, with exactly the published fields, and its faults: an order of
// its own, no ids, other letters, one result more. Tested by customer_faults_test.cc.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/random.h"
#include "sandbox/customers/items.h"
#include "sandbox/faults.h"

namespace usher::sandbox::customers {

struct ItemResult {
  std::string change;
  std::string code;  // empty: the result has none
  std::string id;
  std::string username;
  std::string email;
};

// What a fault does to the list; nullptr: nothing.
void spoil(std::vector<ItemResult>& results, const Fault* fault, Random& random);

struct ResultShape {
  ItemType type = ItemType::customers;
  std::string_view list = "data";
  bool household_ids = false;
};
[[nodiscard]] std::string render(const std::vector<ItemResult>& results, const ResultShape& shape);

}  // namespace usher::sandbox::customers
