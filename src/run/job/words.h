// SPDX-License-Identifier: Apache-2.0
// What a job's coordinator and its workers say to each other: JSON, one object a line. The worker
// hears its orders on the standard input, and every byte after them as a wish to stop; it reports
// on the standard output. Cells of failed rows pass through here, so nothing of it is ever logged.
// Tested by words_test.cc.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"
#include "base/secret.h"
#include "model/tally.h"
#include "run/job/chunks.h"
#include "run/job/plan.h"
#include "run/user_import.h"

namespace usher::job {

struct Orders {
  std::string root;
  std::string id;
  std::uint32_t run = 0;
  std::uint64_t partitions = 0;
  std::int64_t coordinator = 0;  // its process
  Plan plan;                     // with what this run's command line changed
  Secret api_key;
};

struct ProgressReport {
  Tally tally;
  int in_flight = 0;
  std::string waiting;
};
struct WarningReport {
  std::string text;
};
struct FailureReport {
  std::uint64_t record = 0;
  std::uint64_t line = 0;
  std::vector<std::string> cells;
  OrgRef org;
  std::string email;
  Failure failure;
  WallTime at{};
};
struct EndReport {
  UserImportReport::End end = UserImportReport::End::finished;
  Error reason;
  Tally tally;
};
using Report = std::variant<ProgressReport, ChunkChanges, WarningReport, FailureReport, EndReport>;

// Each is one line, its end included.
[[nodiscard]] std::string to_line(const Orders& orders);
[[nodiscard]] std::string to_line(const Report& report);
[[nodiscard]] Result<Orders> parse_orders(std::string_view line);
[[nodiscard]] Result<Report> parse_report(std::string_view line);

}  // namespace usher::job
