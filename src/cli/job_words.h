// SPDX-License-Identifier: Apache-2.0
// Jobs in words: how one begins or goes on, and the pieces of which the list, the sheet and the
// watch of a job are made. Pure. Tested by job_words_test.cc.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "run/job/job.h"

namespace usher::cli {

// "Resuming job: spring", "Checkpoint loaded: 45/100 chunks completed (45%)", ...: scripts read the
// first two, so they must not change.
[[nodiscard]] std::vector<std::string> opening_lines(const JobStart& start);

// "usher jobs show spring", with --checkpoint-dir when the jobs are not where they usually are.
[[nodiscard]] std::string job_line(std::string_view command, std::string_view id,
                                   std::string_view root);

[[nodiscard]] std::string size_in_words(std::uint64_t bytes);         // "40 KB", "1.2 MB"
[[nodiscard]] std::string age_in_words(WallTime then, WallTime now);  // "just now", "3m ago"
[[nodiscard]] std::string moment_in_words(WallTime moment);           // 2024-01-15 10:12:03 UTC
// What a job counts: "rows", "customers", "households".
[[nodiscard]] std::string_view things_of(const job::Standing& standing);
// "45 of 100 rows done, 3 failed"
[[nodiscard]] std::string rows_in_words(const RowCounts& rows, std::string_view things = "rows");
// "running: process 4711 on host, since ..."
[[nodiscard]] std::string running_in_words(const job::Standing& standing);
[[nodiscard]] std::string csv_name(const job::Standing& standing);  // without its folders

}  // namespace usher::cli
