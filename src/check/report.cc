// SPDX-License-Identifier: Apache-2.0
#include "check/report.h"

namespace usher::check {

void append_summary(JsonWriter& json, const Summary& summary) {
  json.open_object()
      .field("totalRows", summary.total_rows)
      .field("validRows", summary.valid_rows)
      .field("invalidRows", summary.invalid_rows)
      .field("warningRows", summary.warning_rows)
      .field("duplicateEmails", summary.duplicate_emails)
      .field("duplicateExternalIds", summary.duplicate_external_ids)
      .field("mode", std::string_view(summary.mode))
      .field("autoFixApplied", summary.auto_fix_applied)
      .field("fixedIssues", summary.fixed_issues)
      .close_object();
}

void append_rules(JsonWriter& json, const std::vector<RuleTotal>& rules) {
  json.open_array();
  for (const RuleTotal& total : rules) {
    const RuleFacts& rule = facts(total.rule);
    json.open_object()
        .field("ruleId", rule.id)
        .field("severity", to_string(rule.severity))
        .field("category", to_string(rule.category))
        .field("title", rule.title)
        .field("count", total.found)
        .field("fixed", total.fixed)
        .field("fixable", total.fixable);
    if (total.first_record > 0) json.field("firstRecord", total.first_record);
    if (total.first_line > 0) json.field("firstLine", total.first_line);
    json.field("example", std::string_view(total.example));
    if (!rule.advice.empty()) json.field("advice", rule.advice);
    json.close_object();
  }
  json.close_array();
}

Status write_report(Replacement& file, const std::string& csv_path, const Outcome& outcome,
                    Findings& findings, WallTime now) {
  std::string head = "{\"summary\":";
  JsonWriter summary(head);
  append_summary(summary, outcome.summary);
  USHER_TRY(file.write(head + ",\n\"issues\":[\n"));
  USHER_TRY(findings.copy_to(file));
  std::string tail = "\n],\n";
  std::string rest;
  JsonWriter json(rest);
  json.open_object()
      .field("timestamp", std::string_view(to_iso8601(now)))
      .field("csvHash", std::string_view(outcome.csv_hash))
      .field("csvPath", std::string_view(csv_path))
      .field("issuesNotListed", findings.not_written())
      .key("rules");
  append_rules(json, outcome.rules);
  json.close_object();
  return file.write(tail + rest.substr(1) + "\n");
}

}  // namespace usher::check
