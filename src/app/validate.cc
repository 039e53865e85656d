// SPDX-License-Identifier: Apache-2.0
#include "app/validate.h"

#include <memory>
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
  USHER_TRY_ASSIGN(const check::DedupeSummary summary,
                   check::dedupe(fixed ? *fixed : original, wish, csv, report));
  validation.dedupe = summary;
  if (summary.interrupted) return {};
  USHER_TRY(original.still_the_same());
  USHER_TRY(csv.commit());
  return report.commit();
}

// The files of the options that ask for one; null: it was not asked for.
struct Outputs {
  std::unique_ptr<Replacement> report = nullptr;
  std::unique_ptr<Replacement> fixed = nullptr;
  std::unique_ptr<Replacement> deduped = nullptr;
  std::unique_ptr<Replacement> merges = nullptr;

  [[nodiscard]] Status begin(const ValidateOptions& options) {
    USHER_TRY(begin(report, options.report));
    if (options.auto_fix) USHER_TRY(begin(fixed, options.fixed_csv));
    if (!options.dedupe) return {};
    USHER_TRY(begin(deduped, options.deduped_csv));
    return begin(merges, options.dedupe_report);
  }

 private:
  [[nodiscard]] static Status begin(std::unique_ptr<Replacement>& file, const std::string& path) {
    USHER_TRY_ASSIGN(Replacement begun, Replacement::begin(path));
    file = std::make_unique<Replacement>(std::move(begun));
    return {};
  }
};

Status finish(const Outputs& outputs, const check::Snapshot& input, const ValidateHooks& hooks,
              Validation& validation) {
  const bool readable = validation.outcome.readable;
  if (outputs.fixed && readable) {
    USHER_TRY(outputs.fixed->commit());
    validation.fixed_written = true;
  }
  USHER_TRY(outputs.report->commit());
  if (!outputs.deduped || !readable) return {};
  return deduplicate(input, hooks, *outputs.deduped, *outputs.merges, validation);
}

Status check_files(const ValidateOptions& options) {
  std::vector<OutputFile> outputs = {{"--report", options.report}};
  if (options.auto_fix) outputs.push_back({"--fixed-csv", options.fixed_csv});
  if (options.dedupe) {
    outputs.push_back({"--deduped-csv", options.deduped_csv});
    outputs.push_back({"--dedupe-report", options.dedupe_report});
  }
  USHER_TRY(check_outputs(options.csv, outputs));
  USHER_TRY(check_report(outputs.front()));
  return options.dedupe ? check_report(outputs.back()) : Status{};
}

void append_dedupe(JsonWriter& json, const check::DedupeSummary& dedupe,
                   const ValidateOptions& options) {
  json.key("deduplication")
      .open_object()
      .field("totalInputRows", dedupe.total_rows)
      .field("uniqueRows", dedupe.unique_rows)
      .field("duplicatesFound", dedupe.duplicates)
      .field("rowsRemoved", dedupe.rows_removed)
      .field("rowsWithErrors", dedupe.rows_with_errors)
      .field("rowsBeyondLimits", dedupe.rows_too_many)
      .close_object();
  json.field("dedupedCsv", std::string_view(options.deduped_csv));
  json.field("dedupeReport", std::string_view(options.dedupe_report));
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
  Outputs outputs;
  USHER_TRY(outputs.begin(options));

  check::Wish wish;
  wish.auto_fix = options.auto_fix;
  wish.fix_org_ids = options.fix_org_ids;
  wish.progressed = progress_to(hooks);
  check::Findings findings(wish.limits);
  Validation validation;
  validation.options = options;
  USHER_TRY_ASSIGN(validation.outcome, check::check(input, wish, findings, outputs.fixed.get()));
  if (validation.outcome.interrupted) return validation;
  validation.issues_not_listed = findings.not_written();
  USHER_TRY(check::write_report(*outputs.report, options.csv, validation.outcome, findings,
                                read_clocks().wall));
  USHER_TRY(finish(outputs, input, hooks, validation));
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
  if (validation.dedupe) append_dedupe(json, *validation.dedupe, validation.options);
  json.close_object();
  return text;
}

}  // namespace usher
