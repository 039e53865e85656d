// SPDX-License-Identifier: Apache-2.0
// For tests: a CSV as text in, what was found out.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json.hpp>

#include "base/scratch.h"
#include "check/checker.h"
#include "check/report.h"

namespace usher::check {

struct Checked {
  Outcome outcome;
  boost::json::object report;
  std::string fixed;
  std::string problem;  // why there is nothing

  // "error required-email 3": severity, rule and record of each that still stands.
  [[nodiscard]] std::vector<std::string> findings() const {
    std::vector<std::string> lines;
    for (const auto& element : report.at("issues").as_array()) {
      const auto& issue = element.as_object();
      const bool done = issue.contains("autoFixed");
      std::string line = done ? "fixed " : "";
      line += std::string(issue.at("severity").as_string());
      line += " " + std::string(issue.at("ruleId").as_string());
      if (const auto* number = issue.if_contains("recordNumber")) {
        line += " " + boost::json::serialize(*number);
      }
      if (!line.starts_with("info ")) lines.push_back(line);
    }
    return lines;
  }
  [[nodiscard]] std::string message(std::string_view rule) const {
    for (const auto& issue : report.at("issues").as_array()) {
      if (issue.as_object().at("ruleId").as_string() == rule) {
        return std::string(issue.as_object().at("message").as_string());
      }
    }
    return {};
  }
};

inline Checked check_text(std::string_view csv, const Wish& wish = {}) {
  const ScratchFolder folder;
  Checked checked;
  const auto input = Snapshot::take(folder.write("in.csv", csv), -1);
  auto report = Replacement::begin(folder.at("report.json"));
  std::optional<Replacement> fixed;
  if (wish.auto_fix) fixed.emplace(*Replacement::begin(folder.at("fixed.csv")));
  Findings findings(wish.limits);
  auto outcome = check(*input, wish, findings, fixed ? &*fixed : nullptr);
  if (!outcome) {
    checked.problem = outcome.error().line();
    return checked;
  }
  checked.outcome = std::move(*outcome);
  if (fixed && fixed->commit()) checked.fixed = folder.read("fixed.csv");
  if (write_report(*report, "in.csv", checked.outcome, findings, WallTime{}) && report->commit()) {
    checked.report = boost::json::parse(folder.read("report.json")).as_object();
  }
  return checked;
}

inline Wish auto_fix(bool org_ids = false) {
  Wish wish;
  wish.auto_fix = true;
  wish.fix_org_ids = org_ids;
  return wish;
}

}  // namespace usher::check
