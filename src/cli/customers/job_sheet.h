// SPDX-License-Identifier: Apache-2.0
// A job of customers in the list and on the sheet of jobs (cli/job_sheet.h), where it differs from
// one of users. Tested by job_sheet_test.cc in this folder.
#pragma once

#include <string>
#include <vector>

#include "run/job/job.h"

namespace usher::cli {

[[nodiscard]] std::string customer_state(const job::Standing& job);
// The second line of the list: "950 of 1,000 customers done, 50 failed, 20 batches, ..."
[[nodiscard]] std::string customer_details(const job::Standing& job);
void add_customer_plan(std::vector<std::string>& lines, const job::Standing& job);
void add_customer_files(std::vector<std::string>& lines, const job::Standing& job);
[[nodiscard]] std::vector<std::string> customer_next_steps(const job::Standing& job,
                                                           const std::string& root);

}  // namespace usher::cli
