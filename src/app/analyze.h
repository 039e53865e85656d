// SPDX-License-Identifier: Apache-2.0
// The analysis of an errors file, for every face: finds the job it belongs to and the input its
// rows are from, groups the failures, and writes the report and the CSV of the rows to try again.
// Tested by analyze_test.cc and tests/scenarios/analyze_test.cc.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "analysis/analysis.h"
#include "analysis/inputs.h"
#include "analysis/retry_csv.h"
#include "analysis/suggest.h"
#include "base/result.h"
#include "base/time.h"
#include "run/job/folder.h"

namespace usher {

struct AnalyzeOptions {
  std::string errors;  // path; "-": the standard input
  std::string report = "error-analysis-report.json";
  std::string retry_csv;     // path; empty: not wanted
  std::string csv;           // the input, when it is not to be found out
  bool include_all = false;  // rows that have to be changed first too
};

struct Analyzed {
  analysis::Analysis analysis;
  std::vector<analysis::Suggestion> suggestions;
  std::string errors;       // the option
  std::string errors_file;  // as people call it
  std::string errors_hash;
  std::string timestamp;
  std::optional<job::Folder> job;             // that the errors are of
  bool foreign = false;                       // of the existing toolkit, and not taken over yet
  int workers = 1;                            // of the job
  std::string csv;                            // the input; empty: not known
  std::string report;                         // where it is
  std::string retry_path;                     // that was asked for; empty: none
  std::optional<analysis::RetryCsv> retry;    // when there were rows for it
  bool stale = false;                         // an older file stands at retry_path
  std::vector<analysis::InputErrors> inputs;  // that the lines name; a thousand at most
  std::vector<std::string> notes;             // about where the rows were taken from
};

// Fails when the errors cannot be read, or what was asked for cannot be written.
[[nodiscard]] Result<Analyzed> analyze(const AnalyzeOptions& options, WallTime now);

// The report, in one line.
[[nodiscard]] std::string to_json(const Analyzed& analyzed);

}  // namespace usher
