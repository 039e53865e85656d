// SPDX-License-Identifier: Apache-2.0
// One retry file: the items of one batch that have not arrived, each byte for byte as it came, in
// the form that the API takes; and what the summary says of it. Tested by retry_file_test.cc.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "run/customers/rest.h"

namespace usher::customers {

struct RetryFile {
  std::uint64_t batch = 0;
  std::string source_file;
  std::uint64_t first_item = 0;  // of the batch, in the source file; 1 is the first
  std::uint64_t last_item = 0;
  std::uint64_t items = 0;                       // that have not arrived
  std::map<std::string, std::uint64_t> results;  // by label
  std::string error;                             // one line
  std::optional<int> status;                     // of HTTP; none: nothing was answered, or sent
  std::string cause;                             // in plain language
  std::vector<std::pair<std::uint64_t, std::uint64_t>> maybe;  // in the retry file, 1 is the first
};
// Without the bytes.
[[nodiscard]] RetryFile describe(const Rest& rest, const Inputs& inputs);
// The content; an item a line.
[[nodiscard]] std::string retry_text(const Rest& rest, ImportType type);

// "retry_batch_07_failed.json": as many digits as `width` at least.
[[nodiscard]] std::string retry_name(std::uint64_t number, int width);
[[nodiscard]] int retry_width(std::uint64_t files);  // at least two
[[nodiscard]] bool is_retry_name(std::string_view name);

}  // namespace usher::customers
