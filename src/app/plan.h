// SPDX-License-Identifier: Apache-2.0
// The plan of a migration: what an import would do, how long it would take, and everything that
// stands in its way, before anything is sent. Nothing is changed anywhere: files are read, and
// folders are asked whether they could be written. Every face shows this same plan. Tested by
// plan_test.cc, and with real jobs by tests/scenarios.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "app/choices.h"
#include "app/estimate.h"
#include "app/jobs.h"
#include "run/user_import.h"
#include "source/survey.h"

namespace usher {

// What is asked for. Numbers are as they were typed: the plan judges them.
struct MigrationWish {
  UserImportOptions options;  // without single_org, concurrency and key
  OrgChoice org;
  // Single-org is meant, and nothing says which: a blank --org-id, or --create-org-if-missing
  // without a name.
  bool organization_missing = false;
  JobChoice job;
  std::set<std::string> given;  // options that were typed: "--concurrency", ...
  std::int64_t concurrency = 10;
  std::string errors_out;
  // The input may be read here though it can be read only once: nothing else needs it.
  bool may_use_up_input = false;
  unsigned processors = 1;
  std::string command;                // the line that does what is planned
  std::string check_command;          // the line that shows what is wrong with rows
  std::vector<std::string> errors;    // what the face has found itself
  std::vector<std::string> warnings;  // the same
};

// What was found when the files were looked at.
struct MigrationFacts {
  bool input_unusable = false;            // it is not there, or cannot be read
  std::optional<Survey> survey;           // none: unusable, or it is not to be used up
  std::optional<Mode> mode;               // as far as it could be known
  std::vector<std::string> header_words;  // warnings about the header
  bool resumed = false;                   // a job goes on
  bool taken_over = false;                // one of the existing toolkit
  bool input_changed = false;             // since the job knows it
  std::uint64_t rows_known = 0;           // to the job
  std::uint64_t rows_done = 0;            // of them
  std::vector<std::string> errors;
};

struct MigrationPlan {
  bool valid = false;
  bool input_unusable = false;
  bool organization_missing = false;  // and nothing else is wrong: it can be asked for

  std::string csv;  // as it was given, or as the job knows it
  std::optional<std::uint64_t> rows;
  std::uint64_t rows_to_do = 0;  // what is open of a job; else all
  std::optional<Mode> mode;
  bool has_checkpoint = false;
  std::uint64_t rows_done = 0;  // of a job that goes on
  std::string duration;         // Estimate::in_words(), or "N/A"
  std::optional<std::uint64_t> chunks;

  std::int64_t concurrency = 10;
  std::int64_t workers = 1;
  std::optional<std::int64_t> chunk_size;  // of a job
  bool dry_run = false;

  std::vector<std::string> errors;
  std::vector<std::string> warnings;
  std::vector<std::string> input_warnings;  // of the CSV: an import tells them itself
  std::vector<std::string> recommendations;

  Work work;
  std::uint64_t rows_failing = 0;  // cannot be imported as they are
  Estimate estimate;
  std::string command;

  // One that a person is asked to confirm.
  [[nodiscard]] bool large() const { return rows && rows_to_do > kLarge; }
  static constexpr std::uint64_t kLarge = 10'000;
};

// A job that goes on brings its own options into the wish.
[[nodiscard]] MigrationFacts look_into(MigrationWish& wish);
// Pure.
[[nodiscard]] MigrationPlan make_plan(const MigrationWish& wish, const MigrationFacts& facts);
[[nodiscard]] MigrationPlan plan_migration(MigrationWish wish);

// "upfront", "per-row", "none"; how organizations are resolved.
[[nodiscard]] std::string_view org_resolution(std::optional<Mode> mode);
// One line, for programs.
[[nodiscard]] std::string to_json(const MigrationPlan& plan);

}  // namespace usher
