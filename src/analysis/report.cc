// SPDX-License-Identifier: Apache-2.0
#include "analysis/report.h"

#include <fmt/format.h>

#include "base/json.h"

namespace usher::analysis {
namespace {

template <class Map>
void add_counts(JsonWriter& out, std::string_view name, const Map& counts) {
  out.key(name).open_object();
  for (const auto& [what, count] : counts) out.field(what, count);
  out.close_object();
}

void add_texts(JsonWriter& out, std::string_view name, const std::vector<std::string>& texts) {
  out.key(name).open_array();
  for (const std::string& text : texts) out.value(text);
  out.close_array();
}

void add_summary(JsonWriter& out, const Analysis& analysis) {
  out.key("summary").open_object().field("totalErrors", analysis.total);
  out.field("retryableErrors", analysis.retryable);
  out.field("nonRetryableErrors", analysis.not_retryable());
  out.field("uniqueEmails", analysis.unique_emails);
  out.field("uniqueErrorPatterns", static_cast<std::uint64_t>(analysis.groups.size()));
  add_counts(out, "errorsByType", analysis.by_type);
  add_counts(out, "errorsByStatus", analysis.by_status);
  out.field("ungroupedErrors", analysis.ungrouped);
  out.field("errorsWithoutStatus", analysis.no_status);
  out.field("unreadableLines", analysis.bad_lines).close_object();
}

void add_group(JsonWriter& out, const Group& group) {
  out.open_object().field("id", group.id).field("pattern", group.pattern);
  if (!group.type.empty()) out.field("errorType", group.type);
  if (group.status != 0) out.field("httpStatus", group.status);
  if (!group.code.empty()) out.field("workosCode", group.code);
  if (!group.inner_codes.empty()) add_texts(out, "workosErrorCodes", group.inner_codes);
  out.field("count", group.count).field("severity", to_string(group.verdict.severity));
  out.field("retryable", group.verdict.retryable).field("reason", group.verdict.reason);
  if (group.verdict.retryable) {
    out.key("retryStrategy").open_object();
    out.field("type", to_string(group.verdict.strategy)).field("reason", group.verdict.reason);
    if (group.verdict.delay_ms > 0) out.field("delayMs", group.verdict.delay_ms);
    out.close_object();
  }
  out.key("examples").open_array();
  for (const std::string& example : group.examples) out.json(example);
  out.close_array();
  add_texts(out, "affectedEmails", group.emails);
  add_texts(out, "affectedOrganizations", group.organizations);
  out.close_object();
}

void add_half(JsonWriter& out, std::string_view name, std::uint64_t count, std::uint64_t total,
              const std::map<std::string_view, std::uint64_t>& reasons) {
  out.key(name).open_object().field("count", count);
  out.key("percentage").json(percentage(count, total));
  add_counts(out, "byReason", reasons);
  out.close_object();
}

void add_suggestion(JsonWriter& out, const Suggestion& suggestion) {
  out.open_object().field("groupId", suggestion.group).field("pattern", suggestion.pattern);
  out.field("severity", to_string(suggestion.severity));
  out.field("affectedCount", suggestion.affected).field("reason", suggestion.reason);
  out.field("suggestion", suggestion.text).field("actionable", suggestion.actionable);
  if (suggestion.example.size() == 2) {
    out.field("exampleFix",
              fmt::format("Before: {}\nAfter: {}", suggestion.example[0], suggestion.example[1]));
  }
  if (!suggestion.command.empty()) add_texts(out, "command", suggestion.command);
  out.close_object();
}

}  // namespace

std::string percentage(std::uint64_t part, std::uint64_t whole) {
  const double share = whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
  return fmt::format("{:.1f}", share * 100);
}

std::string report_members(const Analysis& analysis, const std::vector<Suggestion>& suggestions,
                           const ReportFacts& facts) {
  std::string text;
  JsonWriter out(text);
  add_summary(out, analysis);
  out.key("groups").open_array();
  for (const Group& group : analysis.groups) add_group(out, group);
  out.close_array();
  out.key("retryability").open_object();
  add_half(out, "retryable", analysis.retryable, analysis.total, analysis.retryable_reasons);
  add_half(out, "nonRetryable", analysis.not_retryable(), analysis.total, analysis.other_reasons);
  out.close_object();
  out.key("suggestions").open_array();
  for (const Suggestion& suggestion : suggestions) add_suggestion(out, suggestion);
  out.close_array();
  out.field("timestamp", facts.timestamp).field("errorsFile", facts.errors_file);
  out.field("errorsFileHash", facts.errors_hash);
  return text;
}

}  // namespace usher::analysis
