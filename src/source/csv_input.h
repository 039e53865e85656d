// SPDX-License-Identifier: Apache-2.0
// The bytes of a CSV named by a path: a regular file or a pipe. Tested by csv_test.cc.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"
#include "source/csv.h"

namespace usher::csv {

struct Input {
  Bytes bytes;
  std::uint64_t size = 0;  // 0: unknown
};

[[nodiscard]] Result<Input> open_input(const std::string& path);

}  // namespace usher::csv
