// SPDX-License-Identifier: Apache-2.0
// Made-up customers and households as files of items, for trying and measuring: seeded, so that the
// same options write the same bytes on every machine. All addresses are under example.com. What
// must not change on its way stands in every item: leading zeros, letters beyond ASCII, escapes,
// numbers with zeros at their end, a field that nobody has published. Tested by generate_test.cc.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

#include "base/result.h"
#include "source/customers/inputs.h"

namespace usher::customers {

struct GenerateOptions {
  std::uint64_t count = 1000;
  ImportType type = ImportType::customers;
  std::uint64_t seed = 1;
  double bad = 0;              // share of the items that the check turns down, every kind in turn
  Shape shape = Shape::data;   // data (households: households), customers (an export), array
  std::uint64_t per_file = 0;  // items of a file; 0: all in one
};

struct Generated {
  std::uint64_t items = 0;
  std::uint64_t bad = 0;
  std::uint64_t files = 0;
  std::uint64_t bytes = 0;
};

// The first customerId of seed 1, as the existing tool's generator has it.
inline constexpr std::uint64_t kFirstCustomerId = 50'000'001'000;

// Hands the text over in pieces of some ten kilobytes; `next_file` comes before each file, with its
// number. Fails when one of them does, or on options beyond their range.
[[nodiscard]] Result<Generated> generate(const GenerateOptions& options,
                                         const std::function<Status(std::uint64_t)>& next_file,
                                         const std::function<Status(std::string_view)>& write);

}  // namespace usher::customers
