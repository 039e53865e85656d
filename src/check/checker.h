// SPDX-License-Identifier: Apache-2.0
// The validation of one input, in two passes over it: the first finds which rows belong together,
// the second looks at each row, tells what is wrong and writes the fixed copy. Rows are counted as
// they are after fixing. Tested by agreement_test.cc and
// the tests of the rules.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "check/findings.h"
#include "check/snapshot.h"

namespace usher::check {

struct Wish {
  bool auto_fix = false;
  bool fix_org_ids = false;  // what only looks like a WorkOS id too
  Findings::Limits limits = {};
  // Now and then; false ends the check.
  std::function<bool(std::uint64_t rows, std::uint64_t bytes, std::uint64_t of_bytes)> progressed =
      {};
};

struct Summary {
  std::uint64_t total_rows = 0;
  std::uint64_t valid_rows = 0;
  std::uint64_t invalid_rows = 0;
  std::uint64_t warning_rows = 0;
  std::uint64_t duplicate_emails = 0;        // rows beyond the first of each e-mail
  std::uint64_t duplicate_external_ids = 0;  // rows whose id an earlier row has for somebody else
  std::string mode = "user-only";
  bool auto_fix_applied = false;
  std::uint64_t fixed_issues = 0;
};

struct Outcome {
  Summary summary;
  std::uint64_t errors = 0;  // that still stand
  std::uint64_t warnings = 0;
  std::uint64_t fixable = 0;  // of these, what --auto-fix would put right
  std::vector<RuleTotal> rules;
  std::string csv_hash;  // SHA-256
  bool readable = true;  // the header is a header
  bool interrupted = false;
};

// `fixed`: where the fixed copy goes, not committed; null without --auto-fix.
[[nodiscard]] Result<Outcome> check(const Snapshot& input, const Wish& wish, Findings& findings,
                                    Replacement* fixed);

}  // namespace usher::check
