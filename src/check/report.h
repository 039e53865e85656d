// SPDX-License-Identifier: Apache-2.0
// validation-report.json: the fields that scripts know (summary, issues, timestamp, csvHash), and
// behind them what a validation knows besides. One issue a line, so that line tools can read it.
// Tested by findings_test.cc.
#pragma once

#include <string>

#include "base/file.h"
#include "base/json.h"
#include "base/result.h"
#include "base/time.h"
#include "check/checker.h"
#include "check/findings.h"

namespace usher::check {

void append_summary(JsonWriter& json, const Summary& summary);
// [{"ruleId": ..., "severity": ..., "count": ..., "fixed": ...}, ...]
void append_rules(JsonWriter& json, const std::vector<RuleTotal>& rules);

[[nodiscard]] Status write_report(Replacement& file, const std::string& csv_path,
                                  const Outcome& outcome, Findings& findings, WallTime now);

}  // namespace usher::check
