// SPDX-License-Identifier: Apache-2.0
// A migration in words, in the layout of the seed: the plan, the head of its execution, the two
// questions, and what to do when rows have failed. Pure. Tested by plan_words_test.cc.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "app/plan.h"
#include "cli/summary.h"

namespace usher::cli {

// The whole of it; `quiet` without the box.
[[nodiscard]] std::vector<std::string> plan_lines(const MigrationPlan& plan, bool quiet);
// "❌ Configuration errors:" with a bullet each; empty when there are none.
[[nodiscard]] std::vector<std::string> error_lines(const MigrationPlan& plan);
[[nodiscard]] std::vector<std::string> warning_lines(const std::vector<std::string>& warnings);

// Box, input, mode and workers of an import that is about to begin.
[[nodiscard]] std::vector<std::string> header_lines(const MigrationPlan& plan);

[[nodiscard]] std::string organization_question();
[[nodiscard]] std::string large_import_question(const MigrationPlan& plan);

// After an import of which rows failed: "Next steps" and "Retry Commands". `retry` is the line.
[[nodiscard]] std::vector<std::string> failure_lines(const Ending& ending,
                                                     const std::string& retry);
// "✓ Import completed successfully", "⚠️  Some imports failed", ...; empty when it did not finish.
[[nodiscard]] std::string verdict(const UserImportReport& report);

// One line, for programs: how an execution ended.
struct Execution {
  int exit_code = 2;
  const Ending* ending = nullptr;  // null: it did not begin
  std::string retry;               // the line that goes on; empty: nothing is to be done
  std::string problem;             // why it did not begin, or what went wrong beside it
  std::string next = {};           // what to do about it
};
[[nodiscard]] std::string to_json(const Execution& execution);

}  // namespace usher::cli
