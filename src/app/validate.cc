// SPDX-License-Identifier: Apache-2.0
#include "app/validate.h"

#include <optional>
#include <utility>
#include <vector>

#include "app/output_files.h"
#include "base/file.h"
#include "base/json.h"
#include "base/time.h"
#include "check/report.h"
#include "check/snapshot.h"
#include "run/input.h"

namespace usher {
namespace {

std::string_view to_string(Validation::Verdict verdict) {
  switch (verdict) {
    case Validation::Verdict::valid:
      return "valid";
    case Validation::Verdict::warnings:
      return "warnings";
    case Validation::Verdict::errors:
      return "errors";
  }
  return "?";
}

auto progress_to(const ValidateHooks& hooks) {
  return [&hooks](std::uint64_t, std::uint64_t bytes, std::uint64_t of_bytes) {
    if (hooks.progressed) hooks.progressed(bytes, of_bytes);
    return !asked_to_stop(hooks.stop_fd);
  };
}

Status deduplicate(const check::Snapshot& original, const ValidateHooks& hooks, Replacement& csv,
                   Replacement& report, Validation& validation) {
  const ValidateOptions& options = validation.options;
  check::DedupeWish wish;
  wish.csv_path = validation.fixed_written ? options.fixed_csv : options.csv;
  wish.now = read_clocks().wall;
  wish.progressed = progress_to(hooks);
  std::optional<check::Snapshot> fixed;
  if (validation.fixed_written) {
    USHER_TRY_ASSIGN(check::Snapshot taken, check::Snapshot::take(options.fixed_csv, -1));
    fixed.emplace(std::move(taken));
  }
  USHER_TRY_ASSIGN(validation.dedupe, check::dedupe(fixed ? *fixed : original, wish, csv, report));
  if (validation.dedupe->interrupted) return {};
  USHER_TRY(original.still_the_same());
  USHER_TRY(csv.commit());
  return report.commit();
}

// The file of an option that asks for one.
Result<std::optional<Replacement>> begin_if(bool wished, const std::string& path) {
  if (!wished) return std::nullopt;
  USHER_TRY_ASSIGN(Replacement begun, Replacement::begin(path));
  return begun;
}

Status check_files(const ValidateOptions& options) {
  std::vector<OutputFile> outputs = {{"--report", options.report}};
  if (options.auto_fix) outputs.push_back({"--fixed-csv", options.fixed_csv});
  if (options.dedupe) {
    outputs.push_back({"--deduped-csv", options.deduped_csv});
    outputs.push_back({"--dedupe-report", options.dedupe_report});
  }
  return check_outputs(options.csv, outputs);
}

void append_dedupe(JsonWriter& json, const Validation& validation) {
  const check::DedupeSummary& dedupe = *validation.dedupe;
  json.key("deduplication")
      .open_object()
      .field("totalInputRows", dedupe.total_rows)
      .field("uniqueRows", dedupe.unique_rows)
      .field("duplicatesFound", dedupe.duplicates)
      .field("rowsRemoved", dedupe.rows_removed)
      .close_object();
  json.field("dedupedCsv", std::string_view(validation.options.deduped_csv));
  json.field("dedupeReport", std::string_view(validation.options.dedupe_report));
}

}  // namespace

Status check_options(const ValidateOptions& options) {
  if (options.csv.empty()) return fail("--csv is required", "for example --csv users.csv");
  if (options.auto_fix && options.fixed_csv.empty()) {
    return fail("--auto-fix requires --fixed-csv FILE",
                "for example --auto-fix --fixed-csv users-fixed.csv");
  }
  if (!options.auto_fix && !options.fixed_csv.empty()) {
    return fail("--fixed-csv requires --auto-fix");
  }
  if (!options.auto_fix && options.fix_org_ids) return fail("--fix-org-ids requires --auto-fix");
  if (options.dedupe && options.deduped_csv.empty()) {
    return fail("--dedupe requires --deduped-csv FILE",
                "for example --dedupe --deduped-csv users-deduped.csv");
  }
  if (!options.dedupe && !options.deduped_csv.empty()) {
    return fail("--deduped-csv requires --dedupe");
  }
  return {};
}

Result<Validation> validate(const ValidateOptions& options, const ValidateHooks& hooks) {
  USHER_TRY(check_options(options));
  USHER_TRY_ASSIGN(const check::Snapshot input, check::Snapshot::take(options.csv, hooks.stop_fd));
  USHER_TRY(check_files(options));
  USHER_TRY_ASSIGN(Replacement report, Replacement::begin(options.report));
  USHER_TRY_ASSIGN(auto fixed, begin_if(options.auto_fix, options.fixed_csv));
  USHER_TRY_ASSIGN(auto deduped, begin_if(options.dedupe, options.deduped_csv));
  USHER_TRY_ASSIGN(auto merges, begin_if(options.dedupe, options.dedupe_report));

  check::Wish wish;
  wish.auto_fix = options.auto_fix;
  wish.fix_org_ids = options.fix_org_ids;
  wish.progressed = progress_to(hooks);
  check::Findings findings(wish.limits);
  Validation validation;
  validation.options = options;
  USHER_TRY_ASSIGN(validation.outcome,
                   check::check(input, wish, findings, fixed ? &*fixed : nullptr));
  if (validation.outcome.interrupted) return validation;
  validation.issues_not_listed = findings.not_written();
  USHER_TRY(
      check::write_report(report, options.csv, validation.outcome, findings, read_clocks().wall));
  if (fixed && validation.outcome.readable) {
    USHER_TRY(fixed->commit());
    validation.fixed_written = true;
  }
  USHER_TRY(report.commit());
  if (deduped && validation.outcome.readable) {
    USHER_TRY(deduplicate(input, hooks, *deduped, *merges, validation));
  }
  return validation;
}

std::string to_json(const Validation& validation) {
  const check::Outcome& outcome = validation.outcome;
  std::string text;
  JsonWriter json(text);
  json.open_object();
  json.field("verdict", to_string(validation.verdict()));
  json.field("csvPath", std::string_view(validation.options.csv));
  json.field("csvHash", std::string_view(outcome.csv_hash));
  json.key("summary");
  check::append_summary(json, outcome.summary);
  json.field("errors", outcome.errors);
  json.field("warnings", outcome.warnings);
  json.field("fixable", outcome.fixable);
  json.key("rules");
  check::append_rules(json, outcome.rules);
  json.field("report", std::string_view(validation.options.report));
  if (validation.fixed_written) {
    json.field("fixedCsv", std::string_view(validation.options.fixed_csv));
  }
  if (validation.dedupe) append_dedupe(json, validation);
  json.close_object();
  return text;
}

}  // namespace usher
