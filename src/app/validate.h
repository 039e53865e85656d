// SPDX-License-Identifier: Apache-2.0
// The validation of an input, for whoever asks: what is wrong with it, a copy in which all that
// needs no guess is put right, a copy without repeats, and a report. Nothing is asked of an API,
// and outputs appear whole or not at all. Tested by validate_test.cc.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "base/result.h"
#include "check/checker.h"
#include "check/dedupe.h"

namespace usher {

struct ValidateOptions {
  std::string csv;  // "-": the standard input
  std::string report = "validation-report.json";
  bool auto_fix = false;
  std::string fixed_csv = {};
  bool fix_org_ids = false;  // with auto_fix: what only looks like a WorkOS id is one
  bool dedupe = false;       // of the fixed copy, when there is one
  std::string deduped_csv = {};
  std::string dedupe_report = "deduplication-report.json";
};

struct ValidateHooks {
  // Now and then: how many of how many bytes have been worked off.
  std::function<void(std::uint64_t done, std::uint64_t all)> progressed = {};
  int stop_fd = -1;  // ends the work, with nothing half written, when it can be read
};

struct Validation {
  enum class Verdict { valid, warnings, errors };

  check::Outcome outcome;
  ValidateOptions options;
  std::uint64_t issues_not_listed = 0;  // in the report
  bool fixed_written = false;
  std::optional<check::DedupeSummary> dedupe = {};

  [[nodiscard]] bool interrupted() const {
    return outcome.interrupted || (dedupe && dedupe->interrupted);
  }

  [[nodiscard]] Verdict verdict() const {
    if (outcome.errors > 0) return Verdict::errors;
    return outcome.warnings > 0 ? Verdict::warnings : Verdict::valid;
  }
};

// What is wrong with the options alone; `what` begins with the option.
[[nodiscard]] Status check_options(const ValidateOptions& options);

// Fails when the input cannot be read or an output not be written.
[[nodiscard]] Result<Validation> validate(const ValidateOptions& options,
                                          const ValidateHooks& hooks);

// One object, without the issues: those are in the report.
[[nodiscard]] std::string to_json(const Validation& validation);

}  // namespace usher
