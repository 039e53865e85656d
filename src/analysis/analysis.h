// SPDX-License-Identifier: Apache-2.0
// What an errors file amounts to: counts, and failures grouped by what they have in common. Fed
// line by line; its memory does not grow with their number, and no line can make it large. Pure,
// but for the count of e-mail addresses, which may spill. Tested by analysis_test.cc.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "analysis/classify.h"
#include "analysis/error_record.h"
#include "base/result.h"
#include "source/distinct.h"

namespace usher::analysis {

struct Group {
  std::string id;  // twelve hexadecimal digits, the same in every analysis
  std::string pattern;
  std::string type;
  int status = 0;
  std::string code;
  std::vector<std::string> inner_codes;
  Verdict verdict;
  std::uint64_t count = 0;
  std::vector<std::string> examples;       // JSON objects, secrets masked
  std::vector<std::string> emails;         // different ones
  std::vector<std::string> organizations;  // as the rows name them
  std::vector<std::string> columns;        // of the first row
};

constexpr std::size_t kMostGroups = 200;  // further ones are counted together
constexpr std::size_t kMostExamples = 3;
constexpr std::size_t kMostAffected = 10;

struct BadLine {
  std::uint64_t number = 0;
  std::string problem;
};
constexpr std::size_t kMostBadLines = 5;  // that are told one by one

struct Analysis {
  std::uint64_t total = 0;
  std::uint64_t retryable = 0;
  std::uint64_t unique_emails = 0;
  std::map<std::string, std::uint64_t> by_type;
  std::map<std::string, std::uint64_t> by_status;
  std::map<std::string_view, std::uint64_t> retryable_reasons;
  std::map<std::string_view, std::uint64_t> other_reasons;
  std::vector<Group> groups;    // the most severe first, then the largest
  std::uint64_t ungrouped = 0;  // of kinds beyond kMostGroups
  std::uint64_t ungrouped_retryable = 0;
  std::uint64_t bad_lines = 0;
  std::vector<BadLine> first_bad_lines;
  std::uint64_t no_status = 0;  // that say neither a status nor whether they are retryable

  // What is known of where the rows are from, and go to.
  std::string csv_path;               // empty: not recorded, or not the same in all lines
  bool several_inputs = false;        // lines name different files
  bool named_in_rows = false;         // some row has an organization column
  std::optional<std::string> org_id;  // of all of them alike; nothing: they differ, or name none
  std::optional<std::string> org_external_id;

  // Every row has an org_external_id that looks like the id of a WorkOS organization, or none.
  bool ids_everywhere = false;

  [[nodiscard]] std::uint64_t not_retryable() const { return total - retryable; }
};

class Analyzer {
 public:
  // What became of the line: whether it can be tried again as it is.
  [[nodiscard]] Result<Verdict> add(std::string_view line, const ErrorRecord& record);
  void add_bad(std::uint64_t line, std::string problem);
  [[nodiscard]] Result<Analysis> finish();

 private:
  Group* group_of(const ErrorRecord& record, const Verdict& verdict);
  void count(const ErrorRecord& record, const Verdict& verdict);
  void note_origin(const ErrorRecord& record);
  void note_organization(const ErrorRecord& record);
  void note_organization_id(const ErrorRecord& record);

  // Groups by everything that a line says of its kind, so that a message that comes again need not
  // be taken apart again.
  static constexpr std::size_t kRemembered = 4096;
  struct Known {
    std::uint64_t hash = 0;
    std::uint32_t group = 0;
  };
  static constexpr std::uint32_t kUngrouped = ~std::uint32_t{0};

  Analysis result_;
  std::unordered_map<std::string, std::uint32_t> by_key_;
  std::vector<Known> known_ = std::vector<Known>(kRemembered);
  std::array<std::uint64_t, 1000> statuses_{};
  DistinctCounter emails_;
};

}  // namespace usher::analysis
