// SPDX-License-Identifier: Apache-2.0
#include "cli/validate_words.h"

#include <fmt/format.h>

#include "base/text.h"
#include "check/rules.h"
#include "cli/output.h"
#include "cli/retry_lines.h"

namespace usher::cli {
namespace {

using check::RuleTotal;
using check::Severity;
using Verdict = Validation::Verdict;

constexpr std::size_t kRule = 60;

std::string rule_line() {
  return std::string(kRule, '=') + '\n';
}

std::string field(std::string_view name, std::string_view value) {
  return fmt::format("{:<19}{}\n", fmt::format("{}:", name), value);
}

std::string count(std::string_view name, std::uint64_t number) {
  return field(name, with_commas(number));
}

std::string summary_block(const Validation& validation) {
  const check::Summary& summary = validation.outcome.summary;
  std::string text = rule_line() + "CSV VALIDATION SUMMARY\n" + rule_line();
  text += count("Total rows", summary.total_rows);
  text += count("Valid rows", summary.valid_rows);
  text += count("Invalid rows", summary.invalid_rows);
  text += count("Warning rows", summary.warning_rows);
  text += count("Duplicate emails", summary.duplicate_emails);
  text += count("Duplicate ext IDs", summary.duplicate_external_ids);
  text += field("Mode detected", summary.mode);
  if (summary.auto_fix_applied) text += count("Auto-fixed issues", summary.fixed_issues);
  return text;
}

std::string place(const RuleTotal& total) {
  if (total.first_record == 0) return {};
  return fmt::format("record {}, line {}: ", with_commas(total.first_record), total.first_line);
}

std::string paragraph(const RuleTotal& total, std::uint64_t number, bool colour) {
  const check::RuleFacts& rule = check::facts(total.rule);
  std::string text = fmt::format("{:>9}  {}  {}\n", with_commas(number), rule.title,
                                 toned(fmt::format("[{}]", rule.id), Tone::faint, colour));
  text += fmt::format("           {}{}\n", place(total), total.example);
  if (total.fixable > 0) {
    text += fmt::format("           → --auto-fix puts {} right\n",
                        total.fixable == number ? "all of them" : with_commas(total.fixable));
  }
  if (total.fixable < number && !rule.advice.empty()) {
    text += fmt::format("           → {}\n", rule.advice);
  }
  return text;
}

std::string causes(const Validation& validation, Severity severity, bool colour) {
  std::string text;
  for (const RuleTotal& total : validation.outcome.rules) {
    if (check::facts(total.rule).severity != severity || total.found == 0) continue;
    text += paragraph(total, total.found, colour);
  }
  return text;
}

std::string fixed(const Validation& validation) {
  std::string text;
  for (const RuleTotal& total : validation.outcome.rules) {
    if (total.fixed == 0) continue;
    text += fmt::format("{:>9}  {}  [{}]\n", with_commas(total.fixed),
                        check::facts(total.rule).title, check::facts(total.rule).id);
  }
  return text.empty() ? text : "\nFixed (cells changed):\n\n" + text;
}

// Notes that are no fault: one line each.
std::string remarks(const Validation& validation) {
  std::string text;
  for (const RuleTotal& total : validation.outcome.rules) {
    if (check::facts(total.rule).severity != Severity::info || total.found == 0) continue;
    if (total.rule == check::Rule::mode_detection) continue;
    text += total.found == 1
                ? fmt::format("  {}{}\n", place(total), total.example)
                : fmt::format("  {} {}; first {}{}\n", with_commas(total.found),
                              check::facts(total.rule).title, place(total), total.example);
  }
  return text.empty() ? text : "\nTo know:\n\n" + text;
}

std::string findings(const Validation& validation, bool colour) {
  const check::Outcome& outcome = validation.outcome;
  std::string text;
  if (outcome.errors > 0) {
    text +=
        "\n" +
        toned(fmt::format("❌ Found {} error(s)", with_commas(outcome.errors)), Tone::bad, colour) +
        "\n\n";
    text += causes(validation, Severity::error, colour);
  }
  if (outcome.warnings > 0) {
    text += "\n" +
            toned(fmt::format("⚠️  Found {} warning(s)", with_commas(outcome.warnings)),
                  Tone::warning, colour) +
            "\n\n";
    text += causes(validation, Severity::warning, colour);
  }
  return text + fixed(validation) + remarks(validation);
}

bool ids_in_question(const Validation& validation) {
  for (const RuleTotal& total : validation.outcome.rules) {
    if (total.rule == check::Rule::org_id_like_external_id && total.found > 0) return true;
  }
  return false;
}

std::string auto_fix_line(const Validation& validation, bool org_ids) {
  const ValidateOptions& options = validation.options;
  const bool known = options.csv != "-";
  CommandLine line("validate-csv");
  line.option("--csv", options.csv);
  line.word("--auto-fix");
  const std::string name = known ? with_suffix(options.csv, "-fixed") : "users-fixed.csv";
  line.option("--fixed-csv", options.fixed_csv.empty() ? name : options.fixed_csv);
  if (org_ids) line.word("--fix-org-ids");
  return line.text();
}

std::string dedupe_block(const Validation& validation) {
  if (!validation.dedupe) return {};
  const check::DedupeSummary& dedupe = *validation.dedupe;
  return "\n" + rule_line() + "DEDUPLICATION SUMMARY\n" + rule_line() +
         count("Input rows", dedupe.total_rows) + count("Unique rows", dedupe.unique_rows) +
         count("Duplicates found", dedupe.duplicates) + count("Rows removed", dedupe.rows_removed);
}

// The most advanced of the copies; empty when there is nothing to import from.
std::string best_csv(const Validation& validation) {
  const ValidateOptions& options = validation.options;
  if (validation.dedupe) return options.deduped_csv;
  if (validation.fixed_written) return options.fixed_csv;
  return options.csv == "-" ? std::string() : options.csv;
}

std::string next_steps(const Validation& validation) {
  const ValidateOptions& options = validation.options;
  std::string text;
  const auto step = [&](std::string_view why, const std::string& line) {
    text += fmt::format("\n  # {}\n  {}\n", why, line);
  };
  if (!options.auto_fix && validation.outcome.fixable > 0) {
    step(fmt::format("Fix {} of these without guessing:", with_commas(validation.outcome.fixable)),
         auto_fix_line(validation, false));
  }
  if (ids_in_question(validation)) {
    step("If the ids in org_external_id are WorkOS ids, move them to org_id:",
         auto_fix_line(validation, true));
  }
  const std::string csv = best_csv(validation);
  if (validation.verdict() == Verdict::errors) {
    text += fmt::format("\n  Correct what is listed above in {}, and validate it again.\n",
                        csv.empty() ? "the input" : printable(csv));
  } else if (!csv.empty()) {
    step("See what an import would do:",
         CommandLine("orchestrate-migration").option("--csv", csv).word("--plan").text());
  }
  return text.empty() ? text : "\nNext steps:\n" + text;
}

std::string files(const Validation& validation) {
  std::string text = "\n" + field("Full report", printable(validation.options.report));
  if (validation.issues_not_listed > 0) {
    text += fmt::format("                   ({} more findings are counted there, but not listed)\n",
                        with_commas(validation.issues_not_listed));
  }
  if (validation.fixed_written) {
    text += field("Fixed CSV", printable(validation.options.fixed_csv));
  }
  if (validation.dedupe) {
    text += field("Deduped CSV", printable(validation.options.deduped_csv));
    text += field("Dedupe report", printable(validation.options.dedupe_report));
  }
  return text;
}

std::string verdict(const Validation& validation, bool colour) {
  switch (validation.verdict()) {
    case Verdict::valid:
      return toned("✓ Validation passed: CSV is valid", Tone::good, colour);
    case Verdict::warnings:
      return toned("Validation passed with warnings", Tone::warning, colour);
    case Verdict::errors:
      return toned("Validation failed: CSV has errors", Tone::bad, colour);
  }
  return "?";
}

}  // namespace

std::string with_suffix(const std::string& path, std::string_view suffix) {
  const auto slash = path.rfind('/');
  const auto dot = path.rfind('.');
  const bool has_extension =
      dot != std::string::npos && dot > (slash == std::string::npos ? 0 : slash + 1);
  if (!has_extension) return path + std::string(suffix) + ".csv";
  return path.substr(0, dot) + std::string(suffix) + path.substr(dot);
}

std::string validate_words(const Validation& validation, bool colour) {
  return summary_block(validation) + findings(validation, colour) + dedupe_block(validation) +
         files(validation) + next_steps(validation) + "\n" + verdict(validation, colour) + "\n";
}

}  // namespace usher::cli
