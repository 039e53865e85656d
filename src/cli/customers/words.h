// SPDX-License-Identifier: Apache-2.0
// What a customer import says: what the check found, how it ended, what has not arrived and why,
// and the lines to paste. Pure. Tested by words_test.cc.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "app/customers/import.h"

namespace usher::cli {

[[nodiscard]] std::string items_in_words(std::uint64_t count, customers::ImportType type);
// "70 items a request, 3 at a time, 0.5 s apart, 3 attempts (Balanced)"
[[nodiscard]] std::string pace_in_words(const customers::Pace& pace);

// What was read and found; `most`: findings that are listed.
[[nodiscard]] std::vector<std::string> check_lines(const customers::Checked& checked,
                                                   std::size_t most);

// How many, why, and what to do about it: two lines.
[[nodiscard]] std::vector<std::string> cause_lines(const customers::CauseCount& each);
// "customers.json", "3 inputs"
[[nodiscard]] std::string inputs_in_words(const std::vector<std::string>& paths);

struct CustomerEnding {
  const customers::Report& report;
  customers::ImportType type = customers::ImportType::customers;
  std::string target;   // the address
  std::string mode;     // "engage, production"
  std::string input;    // "customers.json", "20 files"
  std::string root;     // of jobs
  std::string options;  // of the command, to be repeated with a folder: " --environment ..."
  std::string resume_options = {};  // and with --resume
};

// 0 all arrived, 1 some did not, 2 it had to stop, 130 interrupted.
[[nodiscard]] int exit_code(const customers::Report& report);
[[nodiscard]] std::vector<std::string> summary_lines(const CustomerEnding& ending, bool colour);
[[nodiscard]] std::vector<std::string> next_lines(const CustomerEnding& ending);

}  // namespace usher::cli
