// SPDX-License-Identifier: Apache-2.0
// The report of an analysis, as JSON: the fields of the existing toolkit by their names (scripts
// read them), and ours. Pure. Tested by report_test.cc.
#pragma once

#include <string>
#include <vector>

#include "analysis/analysis.h"
#include "analysis/suggest.h"

namespace usher::analysis {

struct ReportFacts {
  std::string errors_file;
  std::string errors_hash;  // SHA-256
  std::string timestamp;
};

// The members of the report, without the brackets of the object, so that more can be added.
[[nodiscard]] std::string report_members(const Analysis& analysis,
                                         const std::vector<Suggestion>& suggestions,
                                         const ReportFacts& facts);

// "98.5": of 100.
[[nodiscard]] std::string percentage(std::uint64_t part, std::uint64_t whole);

}  // namespace usher::analysis
