// SPDX-License-Identifier: Apache-2.0
#include "check/findings.h"

#include <algorithm>

#include "base/json.h"

namespace usher::check {
namespace {

void append_issue(std::string& out, const Finding& finding) {
  const RuleFacts& rule = facts(finding.rule);
  JsonWriter json(out);
  const auto text = [&](std::string_view name, std::string_view content) {
    if (!content.empty()) json.field(name, content);
  };
  json.open_object();
  json.field("severity", to_string(rule.severity));
  json.field("category", to_string(rule.category));
  if (finding.number > 0) json.field("recordNumber", finding.number);
  if (finding.line > 0) json.field("line", finding.line);
  text("field", finding.field);
  text("email", finding.email);
  json.field("message", finding.message);
  json.field("ruleId", rule.id);
  if (finding.fixed) json.field("autoFixed", true);
  if (finding.original) {
    json.field("originalValue", *finding.original);
    json.field("fixedValue", finding.replacement);
  }
  text("orgId", finding.org_id);
  text("orgExternalId", finding.org_external_id);
  json.close_object();
}

}  // namespace

Status Findings::add(const Finding& finding) {
  const auto which = static_cast<std::size_t>(finding.rule);
  RuleTotal& total = totals_[which];
  // What still stands is the better example.
  if (total.found + total.fixed == 0 || (total.found == 0 && !finding.fixed)) {
    total.rule = finding.rule;
    total.first_record = finding.number;
    total.first_line = finding.line;
    total.example = finding.message;
  }
  ++(finding.fixed ? total.fixed : total.found);
  // The first of each rule is written in any case.
  const auto room = [&] {
    return kept_[which] == 0 || (kept_[which] < limits_.of_a_rule && written_ < limits_.all);
  };
  if (!room()) {
    ++not_written_;
    if (total.found > 0) wanted_.no_more(finding.rule);
    return {};
  }
  line_ = written_ > 0 ? ",\n" : "";
  append_issue(line_, finding);
  ++written_;
  ++kept_[which];
  if (!room() && total.found > 0) wanted_.no_more(finding.rule);
  return issues_.add(line_);
}

std::vector<RuleTotal> Findings::totals() const {
  std::vector<RuleTotal> totals;
  for (const RuleTotal& total : totals_) {
    if (total.found + total.fixed > 0) totals.push_back(total);
  }
  std::ranges::sort(totals, [](const RuleTotal& a, const RuleTotal& b) {
    const Severity of_a = facts(a.rule).severity;
    const Severity of_b = facts(b.rule).severity;
    if (of_a != of_b) return of_a < of_b;
    return a.found != b.found ? a.found > b.found : a.rule < b.rule;
  });
  return totals;
}

std::uint64_t Findings::count(Severity severity) const {
  std::uint64_t count = 0;
  for (const RuleTotal& total : totals_) {
    if (facts(total.rule).severity == severity) count += total.found;
  }
  return count;
}

std::uint64_t Findings::fixed() const {
  std::uint64_t count = 0;
  for (const RuleTotal& total : totals_) count += total.fixed;
  return count;
}

}  // namespace usher::check
