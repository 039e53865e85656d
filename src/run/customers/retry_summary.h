// SPDX-License-Identifier: Apache-2.0
// retry_summary.json: what a folder of retry files holds and why, in the fields of the existing
// tool and ours beside them (source/customers/inputs.h lists what is read again). One fact a line
// at the top, so that marks can be set later without touching the rest. Tested by
// retry_folder_test.cc.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "run/customers/job.h"
#include "run/customers/retry_file.h"
#include "run/customers/spill.h"

namespace usher::customers {

inline constexpr std::string_view kSummaryName = "retry_summary.json";

// What is said of the run as a whole.
struct RunFacts {
  WallTime now{};
  std::string job;            // its id, and
  std::string folder_option;  // job::Folder::option(): of the folder, by RetryFolder
  std::string end;            // "finished", "interrupted", ...
  Error reason;
  ItemCounts counts;  // of the job
  std::vector<CauseCount> causes;
  std::vector<std::string> retry_of;  // folders of retry files that were the input
  bool complete = true;               // false: the import is still under way
};

class RetrySummary {
 public:
  explicit RetrySummary(ImportType type) : type_(type) {}

  [[nodiscard]] Status add(const RetryFile& file, std::string_view name, std::string_view sha256);
  [[nodiscard]] Status write(const std::string& folder, const Plan& plan, const RunFacts& facts);

  [[nodiscard]] std::uint64_t files() const { return files_; }
  [[nodiscard]] std::uint64_t items() const { return items_; }
  [[nodiscard]] std::uint64_t maybe() const { return maybe_; }  // items that may be there

 private:
  ImportType type_;
  std::uint64_t files_ = 0;
  std::uint64_t items_ = 0;
  std::uint64_t maybe_ = 0;
  Spill names_;
  Spill errors_;
  Spill details_;
};

}  // namespace usher::customers
