// SPDX-License-Identifier: Apache-2.0
// The end of an import, in words: a box whose numbers add up, what failed by kind, and what to do
// next. Pure: report in, lines out. Tested by summary_test.cc.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "model/policy.h"
#include "run/error_groups.h"
#include "run/user_import.h"

namespace usher::cli {

// What a job adds: its counts are of all its runs together.
struct JobEnding {
  std::string id;
  std::string root;                // --checkpoint-dir
  std::string errors_path;         // of its failed rows
  std::string resume;              // the command line that goes on with it
  std::string for_real = {};       // after a dry run: the command line of the import itself
  std::uint64_t rows_earlier = 0;  // done before this run
  std::uint64_t chunks = 0;
  std::uint64_t chunks_done = 0;
};

struct Ending {
  UserImportReport report;
  std::string csv;
  std::string errors_path;  // of the file of failed rows; empty: none was asked for
  Existing existing = Existing::link;
  std::vector<ErrorGroups::Group> failures;  // the largest groups
  std::size_t kinds = 0;                     // of failures, all together
  std::string again;                         // the command line, to be pasted
  std::string address = {};                  // of the API
  std::string kept_errors_path = {};         // of an earlier run's file, which is still there
  std::optional<JobEnding> job = {};
};

// 0 everything succeeded, 1 some rows failed, 2 it had to stop, 130 interrupted.
[[nodiscard]] int exit_code(const UserImportReport& report);
[[nodiscard]] std::string_view status_in_words(const UserImportReport& report);

[[nodiscard]] std::vector<std::string> summary_lines(const Ending& ending, bool colour);
// Empty when there is nothing to do.
[[nodiscard]] std::vector<std::string> next_steps(const Ending& ending);

}  // namespace usher::cli
