// SPDX-License-Identifier: Apache-2.0
// The bytes of a CSV named by a path: a regular file, a pipe, or "-" for the standard input. What
// is not a regular file can be read only once, and may have nothing to say for a long time: reading
// it ends with an error as soon as `stop_fd` can be read. Tested by csv_input_test.cc.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"
#include "source/csv.h"

namespace usher::csv {

struct Input {
  Bytes bytes;
  std::uint64_t size = 0;  // of a regular file, from where it is read; else 0: unknown
};

[[nodiscard]] Result<Input> open_input(const std::string& path, int stop_fd = -1);

[[nodiscard]] bool is_standard_input(const std::string& path);
// What people are told that it is called.
[[nodiscard]] std::string name_of(const std::string& path);

}  // namespace usher::csv
