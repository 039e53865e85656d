// SPDX-License-Identifier: Apache-2.0
// Where every customer of an input is after an import: in the sandbox or in the retry files, once,
// and with the bytes that the input had. "May have arrived" is the only word for both.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "scenarios/local_api.h"

namespace usher::scenarios {

struct CustomerItem {
  std::string id;
  std::string text;  // its bytes
};
using CustomerItems = std::vector<CustomerItem>;

inline constexpr std::uint64_t kFirstCustomer = 50'000'001'000;  // of the guide's example

// So many different ones, each written in its own way: order, space, escapes, fields that nobody
// knows, names that begin with zeros.
[[nodiscard]] CustomerItems some_customers(std::size_t count, std::uint64_t first = kFirstCustomer);
[[nodiscard]] CustomerItems some_households(std::size_t count, std::uint64_t first = 1'000);
// {"data": [...]}, with any space around the items.
[[nodiscard]] std::string file_of(const CustomerItems& items, const std::string& list = "data");
[[nodiscard]] CustomerItems part_of(const CustomerItems& items, std::size_t begin, std::size_t end);

// As the sandbox's dump says.
struct Held {
  std::string text;
  bool there = false;
  std::int64_t received = 0;
  std::int64_t created = 0;
};
[[nodiscard]] std::map<std::string, Held> held_customers(const LocalApi& api);

// A folder of retry files, read by what the guide says of it.
struct RetryFiles {
  struct Kept {
    std::string text;
    std::string file;
    bool maybe = false;  // it may have arrived
  };
  std::string path;
  std::string name;
  std::vector<std::string> files;  // by name, sorted
  std::multimap<std::string, Kept> items;
  std::string summary;  // retry_summary.json
  std::string instructions;
};
[[nodiscard]] RetryFiles read_retry_files(const std::string& folder);
// The retry_batches_* in `folder`, sorted by name.
[[nodiscard]] std::vector<std::string> retry_folders(const std::string& folder);
// The only one there is; a failure of the test when there is none, or several.
[[nodiscard]] RetryFiles the_retry_files(const std::string& folder);

// Each item of the input is in the sandbox or in `retry`, byte for byte, and nobody else is.
void expect_everybody_once(const LocalApi& api, const CustomerItems& input,
                           const RetryFiles& retry = {});
[[nodiscard]] CustomerItems kept_in(const RetryFiles& retry, const CustomerItems& input);

}  // namespace usher::scenarios
