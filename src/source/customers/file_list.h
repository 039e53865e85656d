// SPDX-License-Identifier: Apache-2.0
// The files that a wish names: folders opened (one level, sorted by name), the same file by two
// names taken once, everything that is no regular file refused. Looks at names alone, but for the
// summary of a folder of retry files. Tested by inputs_test.cc.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "source/customers/inputs.h"

namespace usher::customers {

struct ListedFile {
  std::string path;    // absolute
  bool named = false;  // by itself: refused when it holds no items; else it stood in a folder
  std::uint64_t bytes = 0;
  RetryOrigin::File retry;  // what the summary beside it says of it; unnamed: nothing
};

struct FileList {
  std::vector<ListedFile> files;
  std::vector<RetryOrigin> origins;  // of the folders that were named
  std::vector<std::string> notes;
};

inline constexpr std::size_t kMostFiles = 100'000;

[[nodiscard]] Result<FileList> list_files(const std::vector<std::string>& paths, bool with_csv);

// By name: what tools write beside files of items, and what is no file of items.
[[nodiscard]] bool is_report_name(std::string_view name);  // "retry_summary.json", ...
[[nodiscard]] bool is_csv_name(std::string_view name);     // *.csv, any case

}  // namespace usher::customers
