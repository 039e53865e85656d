// SPDX-License-Identifier: Apache-2.0
#include "analysis/analysis.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/hash.h"
#include "base/text.h"
#include "model/failure_pattern.h"
#include "target/workos/checks.h"

namespace usher::analysis {
namespace {

constexpr std::size_t kMostTypes = 20;
constexpr std::size_t kMostColumns = 60;
constexpr std::size_t kLongestName = 320;

std::uint64_t hash_of_kind(const ErrorRecord& record, const Verdict& verdict) {
  std::uint64_t hash = quick_hash(record.message, static_cast<std::uint64_t>(record.status));
  hash = quick_hash(record.code, quick_hash(record.type, hash));
  for (const std::string& code : record.inner_codes) hash = quick_hash(code, hash);
  return quick_hash(verdict.reason, hash);
}

// "-" stands between the parts of a kind, as in the existing toolkit; an id is made of it.
std::string key_of(const ErrorRecord& record, const Verdict& verdict, const std::string& pattern) {
  std::string codes = record.code.substr(0, kLongestName);
  for (const std::string& code : record.inner_codes) (codes += ',') += code.substr(0, kLongestName);
  return fmt::format(
      "{}-{}-{}-{}-{}", record.type.empty() ? "unknown" : record.type.substr(0, kLongestName),
      record.status == 0 ? "none" : std::to_string(record.status), codes, verdict.reason, pattern);
}

std::string id_of(std::string_view key) {
  Sha256 hash;
  hash.add(key);
  return hash.hex().substr(0, 12);
}

void add_affected(std::vector<std::string>& names, std::string_view name) {
  if (names.size() >= kMostAffected || name.empty()) return;
  std::string shown = printable(name, kLongestName);
  if (std::ranges::find(names, shown) == names.end()) names.push_back(std::move(shown));
}

// What the record, or its row, calls its organization.
std::string organization_of(const ErrorRecord& record, const RawRow& row) {
  if (!record.org_id.empty()) return record.org_id;
  if (!record.org_external_id.empty()) return record.org_external_id;
  for (const char* column : {"org_id", "org_external_id", "org_name"}) {
    const std::string* cell = row.find(column);
    if (cell != nullptr && !trim(*cell).empty()) return std::string(trim(*cell));
  }
  return {};
}

void add_details(Group& group, std::string_view line, const ErrorRecord& record) {
  ++group.count;
  if (group.examples.size() < kMostExamples) group.examples.push_back(as_example(line));
  if (group.emails.size() < kMostAffected) add_affected(group.emails, record.email);
  if (group.organizations.size() >= kMostAffected) return;
  // Cheap first: most lines of a group name an organization that is there already.
  const std::string& named = record.org_id.empty() ? record.org_external_id : record.org_id;
  if (!named.empty() && !group.columns.empty()) {
    add_affected(group.organizations, named);
    return;
  }
  if (group.count > 1000) return;  // rows that name none would be read in vain
  RawRow row;
  if (record.raw_row.empty() || !read_raw_row(record.raw_row, row)) return;
  add_affected(group.organizations, organization_of(record, row));
  if (!group.columns.empty() || row.ragged) return;
  for (const auto& [column, cell] : row.cells) {
    if (group.columns.size() == kMostColumns) break;
    std::string name = printable(column, 100);
    const bool known = std::ranges::find(group.columns, name) != group.columns.end();
    if (!known) group.columns.push_back(std::move(name));
  }
}

void count_in(std::map<std::string, std::uint64_t>& counts, const std::string& name) {
  const auto found = counts.find(name);
  if (found != counts.end()) {
    ++found->second;
    return;
  }
  ++counts[counts.size() < kMostTypes ? printable(name) : "other"];
}

}  // namespace

Group* Analyzer::group_of(const ErrorRecord& record, const Verdict& verdict) {
  const std::uint64_t hash = hash_of_kind(record, verdict);
  Known& known = known_[hash % kRemembered];
  if (known.hash == hash) {
    return known.group == kUngrouped ? nullptr : &result_.groups[known.group];
  }
  std::string pattern = failure_pattern(record.message);
  const std::string key = key_of(record, verdict, pattern);
  auto found = by_key_.find(key);
  if (found == by_key_.end() && result_.groups.size() < kMostGroups) {
    Group group;
    group.id = id_of(key);
    group.pattern = printable(pattern, 1000);
    group.type = printable(record.type);
    group.status = record.status;
    group.code = printable(record.code);
    for (const std::string& code : record.inner_codes) {
      group.inner_codes.push_back(printable(code));
    }
    group.verdict = verdict;
    found = by_key_.emplace(key, static_cast<std::uint32_t>(result_.groups.size())).first;
    result_.groups.push_back(std::move(group));
  }
  known = {hash, found == by_key_.end() ? kUngrouped : found->second};
  return known.group == kUngrouped ? nullptr : &result_.groups[known.group];
}

void Analyzer::count(const ErrorRecord& record, const Verdict& verdict) {
  ++result_.total;
  ++statuses_[static_cast<std::size_t>(record.status)];
  count_in(result_.by_type, record.type.empty() ? "unknown" : record.type);
  auto& reasons = verdict.retryable ? result_.retryable_reasons : result_.other_reasons;
  ++reasons[verdict.reason];
  if (verdict.retryable) ++result_.retryable;
  if (record.status == 0 && !record.retryable) ++result_.no_status;
}

void Analyzer::note_origin(const ErrorRecord& record) {
  if (record.csv_path.empty() || record.csv_path == result_.csv_path) return;
  if (!result_.csv_path.empty()) result_.several_inputs = true;
  result_.csv_path = record.csv_path;
}

void Analyzer::note_organization(const ErrorRecord& record) {
  if (result_.total == 1) {
    if (!record.org_id.empty()) result_.org_id = record.org_id;
    if (!record.org_external_id.empty()) result_.org_external_id = record.org_external_id;
    RawRow row;
    if (!record.raw_row.empty() && read_raw_row(record.raw_row, row)) {
      result_.named_in_rows = row.find("org_id") != nullptr ||
                              row.find("org_external_id") != nullptr ||
                              row.find("org_name") != nullptr;
    }
    return;
  }
  if (result_.org_id && *result_.org_id != record.org_id) result_.org_id.reset();
  if (result_.org_external_id && *result_.org_external_id != record.org_external_id) {
    result_.org_external_id.reset();
  }
}

// Rows are read only until one says otherwise.
void Analyzer::note_organization_id(const ErrorRecord& record) {
  if (result_.total == 1) result_.ids_everywhere = true;
  if (!result_.ids_everywhere) return;
  const auto is_id = [](std::string_view name) {
    return workos::looks_like_organization_id(name) != workos::OrganizationId::no;
  };
  if (!record.org_external_id.empty()) {
    result_.ids_everywhere = is_id(trim(record.org_external_id));
    return;
  }
  RawRow row;
  const bool read = !record.raw_row.empty() && read_raw_row(record.raw_row, row) && !row.ragged;
  const std::string* cell = read ? row.find("org_external_id") : nullptr;
  result_.ids_everywhere = cell != nullptr && (trim(*cell).empty() || is_id(trim(*cell)));
}

Result<Verdict> Analyzer::add(std::string_view line, const ErrorRecord& record) {
  const Verdict verdict = classify(record);
  count(record, verdict);
  note_origin(record);
  note_organization(record);
  note_organization_id(record);
  if (!record.email.empty()) {
    USHER_TRY(emails_.add(quick_hash_ignoring_case(trim(record.email), 0)));
  }
  if (Group* group = group_of(record, verdict)) {
    add_details(*group, line, record);
  } else {
    ++result_.ungrouped;
    if (verdict.retryable) ++result_.ungrouped_retryable;
  }
  return verdict;
}

void Analyzer::add_bad(std::uint64_t line, std::string problem) {
  ++result_.bad_lines;
  if (result_.first_bad_lines.size() < kMostBadLines) {
    result_.first_bad_lines.push_back({line, std::move(problem)});
  }
}

Result<Analysis> Analyzer::finish() {
  USHER_TRY_ASSIGN(result_.unique_emails, emails_.count());
  for (std::size_t status = 0; status < statuses_.size(); ++status) {
    if (statuses_[status] == 0) continue;
    result_.by_status[status == 0 ? "none" : std::to_string(status)] = statuses_[status];
  }
  if (result_.several_inputs) result_.csv_path.clear();
  std::ranges::sort(result_.groups, [](const Group& a, const Group& b) {
    const auto rank = [](const Group& group) { return static_cast<int>(group.verdict.severity); };
    if (rank(a) != rank(b)) return rank(a) < rank(b);
    return a.count != b.count ? a.count > b.count : a.id < b.id;
  });
  return std::move(result_);
}

}  // namespace usher::analysis
