// SPDX-License-Identifier: Apache-2.0
// The check of customers and households against the published schema, before anything is sent: the
// fields of each item (target/customers/schema.h), and what only several items together can get
// wrong: the same customer twice, in one file or in two. An item with an error is never sent: it
// would be refused. Memory does not grow with the input. Tested by item_check_test.cc.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "source/customers/inputs.h"

namespace usher::check {

struct ItemFinding {
  enum class Severity : std::uint8_t { error, warning } severity = Severity::error;
  std::string_view rule;  // "missing_field", "too_long", "duplicate_customer", ...: for programs
  std::string message;    // "person.firstName is missing": for people, without personal values
  std::uint64_t item = 0;
  std::string file;
  std::uint64_t in_file = 0;
  std::uint64_t line = 0;
};

struct ItemReport {
  std::uint64_t items = 0;
  std::uint64_t bad = 0;       // items with at least one error
  std::uint64_t errors = 0;    // findings
  std::uint64_t warnings = 0;  // findings
  struct Rule {
    std::string_view rule;
    ItemFinding::Severity severity = ItemFinding::Severity::error;
    std::uint64_t count = 0;
    ItemFinding first;  // for people
  };
  std::vector<Rule> rules;            // the most frequent first
  std::vector<ItemFinding> findings;  // the first kMostFindings of them, in order of the items
  static constexpr std::size_t kMostFindings = 1'000;
};

// Surveys the inputs, checks every item and marks the bad ones in them.
[[nodiscard]] Result<ItemReport> check_items(customers::Inputs& inputs, int stop_fd = -1);

// Why the item was turned down, in one line; of an item that was not, "". `duplicate` findings need
// the other items: they are told from the report's, or as "the same customer stands earlier".
[[nodiscard]] std::string why_bad(const customers::Item& item, customers::ImportType type);

}  // namespace usher::check
