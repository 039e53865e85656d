// SPDX-License-Identifier: Apache-2.0
#include "cli/plan_words.h"

#include <fmt/format.h>

#include "base/text.h"
#include "cli/options.h"

namespace usher::cli {
namespace {

using Lines = std::vector<std::string>;

constexpr std::size_t kBoxWidth = 52;
constexpr std::size_t kTitleIndent = 14;
constexpr std::size_t kValueColumn = 18;
constexpr std::size_t kMostShown = 4096;  // bytes of a path, or of a warning with one
constexpr const char* kErrorsFile = "errors.jsonl";

void append(Lines& lines, const Lines& more) {
  lines.insert(lines.end(), more.begin(), more.end());
}

Lines box(std::string_view title) {
  std::string rule;
  for (std::size_t i = 0; i < kBoxWidth; ++i) rule += "═";
  return {"╔" + rule + "╗",
          fmt::format("║{0:{1}}{2:<{3}}║", "", kTitleIndent, title, kBoxWidth - kTitleIndent),
          "╚" + rule + "╝"};
}

std::string field(std::string_view name, std::string_view value) {
  return fmt::format("{:<{}}{}", fmt::format("{}:", name), kValueColumn, value);
}

std::string counted(std::uint64_t count, std::string_view one) {
  return fmt::format("{} {}{}", with_commas(count), one, count == 1 ? "" : "s");
}

Lines list(std::string_view heading, const Lines& items) {
  if (items.empty()) return {};
  Lines lines = {"", std::string(heading)};
  for (const std::string& item : items) lines.push_back("  • " + printable(item, kMostShown));
  return lines;
}

std::string rows_in_words(const MigrationPlan& plan) {
  if (!plan.rows && !plan.valid) return "N/A";
  return plan.rows ? with_commas(*plan.rows) : "not known (it can be read only once)";
}

std::string mode_in_words(const MigrationPlan& plan) {
  if (!plan.mode && !plan.valid) return "N/A";
  return plan.mode ? std::string(to_string(*plan.mode)) : "by its columns";
}

std::string chunks_in_words(const MigrationPlan& plan) {
  if (!plan.chunk_size) return "none (no --job-id)";
  const auto size = static_cast<std::uint64_t>(std::max<std::int64_t>(*plan.chunk_size, 0));
  const std::string each = fmt::format("({} rows each)", with_commas(size));
  return plan.chunks ? fmt::format("{} {}", with_commas(*plan.chunks), each) : each;
}

std::string input_in_words(const MigrationPlan& plan) {
  return plan.csv.empty() ? "the job's file" : printable(plan.csv, kMostShown);
}

Lines facts(const MigrationPlan& plan) {
  Lines lines = {field("CSV", input_in_words(plan)), field("Total rows", rows_in_words(plan)),
                 field("Mode", mode_in_words(plan)), field("Estimated time", plan.duration)};
  if (plan.has_checkpoint) {
    std::string text = "Existing checkpoint found";
    if (plan.rows && plan.rows_done > 0) {
      text += fmt::format(" ({} of {} rows done)", with_commas(plan.rows_done),
                          with_commas(*plan.rows));
    }
    lines.push_back(field("Checkpoint", text));
  }
  append(lines,
         {"", "Configuration:", field("  Workers", std::to_string(plan.workers)),
          field("  Concurrency", fmt::format("{} per worker", plan.concurrency)),
          field("  Chunks", chunks_in_words(plan)),
          field("  Org resolution", plan.mode || plan.valid ? org_resolution(plan.mode) : "N/A")});
  return lines;
}

std::string ready(const MigrationPlan& plan) {
  if (!plan.rows) return "Ready to import";
  if (plan.dry_run) {
    return fmt::format("Ready to check {} (a dry run: nothing is sent)",
                       counted(*plan.rows, "row"));
  }
  if (plan.has_checkpoint) {
    return fmt::format("Ready to go on: {} of {} to do", with_commas(plan.rows_to_do),
                       counted(*plan.rows, "row"));
  }
  return "Ready to import " + counted(plan.work.users, "user");
}

void add_verdict(Lines& lines, const MigrationPlan& plan) {
  if (!plan.valid) {
    append(lines, {"", "✗ Plan is invalid", "Fix the errors above and try again."});
    return;
  }
  append(lines, {"", "✓ Plan is valid", "", ready(plan), "To execute: " + plan.command});
}

void add_steps(Lines& lines, const Ending& ending) {
  const std::string path = ending.job ? ending.job->errors_path : ending.errors_path;
  const std::string shown = shell_file(path.empty() ? std::string(kErrorsFile) : path);
  if (path.empty()) {
    lines.push_back("  1. Review errors: none were kept; the retry below writes them to " + shown);
  } else {
    lines.push_back("  1. Review errors: cat " + shown);
  }
  if (path.ends_with(".csv")) {
    lines.emplace_back(
        "  2. Analyze errors: retry with --errors-out errors.jsonl, then usher "
        "analyze-errors --errors errors.jsonl");
  } else {
    lines.push_back(fmt::format("  2. Analyze errors: usher analyze-errors --errors {}", shown));
  }
  lines.emplace_back("  3. Fix issues and retry");
}

}  // namespace

Lines error_lines(const MigrationPlan& plan) {
  return list("❌ Configuration errors:", plan.errors);
}

Lines warning_lines(const Lines& warnings) {
  return list("⚠️  Warnings:", warnings);
}

Lines plan_lines(const MigrationPlan& plan, bool quiet) {
  Lines lines;
  if (!quiet) {
    lines = box("MIGRATION PLAN");
    lines.emplace_back();
  }
  append(lines, facts(plan));
  append(lines, error_lines(plan));
  Lines warnings = plan.warnings;
  append(warnings, plan.input_warnings);
  append(lines, warning_lines(warnings));
  append(lines, list("Recommendations:", plan.recommendations));
  add_verdict(lines, plan);
  return lines;
}

Lines header_lines(const MigrationPlan& plan) {
  Lines lines = box("IMPORT ORCHESTRATOR");
  append(lines,
         {"", field("CSV", input_in_words(plan)), field("Total rows", rows_in_words(plan)),
          field("Mode", mode_in_words(plan)), field("Workers", std::to_string(plan.workers))});
  return lines;
}

std::string organization_question() {
  return "\n⚠️  Single-org mode requires an organization identifier\n? Enter organization ID: › ";
}

std::string large_import_question(const MigrationPlan& plan) {
  return fmt::format(
      "\n⚠️  Large import detected: {} rows\nEstimated duration: {}\n\n"
      "? Proceed with import? › (Y/n) ",
      with_commas(plan.rows_to_do), plan.duration);
}

std::string verdict(const UserImportReport& report) {
  if (report.end != UserImportReport::End::finished) return {};
  if (report.tally.rows.failed > 0) {
    return report.dry_run ? "⚠️  Some imports would fail" : "⚠️  Some imports failed";
  }
  return report.dry_run ? "✓ Dry run completed successfully (nothing was sent)"
                        : "✓ Import completed successfully";
}

Lines failure_lines(const Ending& ending, const std::string& retry) {
  Lines lines = {"", "Next steps:"};
  add_steps(lines, ending);
  append(lines, {"", "Retry Commands:", "",
                 ending.job ? "  # Resume from checkpoint (retries failed records):"
                            : "  # Retry import (full re-run):",
                 "  " + retry, ""});
  if (ending.existing == Existing::fail) {
    lines.emplace_back(
        "  Note: With --existing fail the people who are there by now fail: use --existing link.");
  }
  lines.emplace_back(
      "  Note: Fix data issues in your CSV before retrying if errors are validation-related.");
  return lines;
}

}  // namespace usher::cli
