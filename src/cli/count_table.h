// SPDX-License-Identifier: Apache-2.0
// Rows, users, memberships and organizations counted in columns, in the summary of a run and in the
// sheet of a job. 80 columns with a frame around them. Tested by summary_test.cc and
// job_sheet_test.cc.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "model/tally.h"

namespace usher::cli {

// "Status:         Success"
[[nodiscard]] std::string field(std::string_view name, std::string_view content);
[[nodiscard]] std::string padded(std::string text, std::size_t columns);
[[nodiscard]] std::string right(std::string_view text, std::size_t columns);

class CountTable {
 public:
  // `rest`: what the last column is called; empty: there is none.
  CountTable(bool dry_run, std::string_view rest);

  [[nodiscard]] const std::string& head() const { return head_; }
  [[nodiscard]] std::string row(std::string_view label, std::uint64_t created,
                                std::uint64_t already_there, std::uint64_t failed,
                                std::uint64_t rest = 0) const;
  [[nodiscard]] std::string row(std::string_view label, const Tally::Things& things) const;

 private:
  std::string head_;
  bool has_rest_;
};

}  // namespace usher::cli
