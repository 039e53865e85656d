// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "cli/count_table.h"
#include "cli/customers/job_sheet.h"
#include "cli/job_sheet.h"
#include "cli/job_words.h"

namespace usher::cli {
namespace {

using State = job::Standing::State;

constexpr std::size_t kWidestId = 40;  // a longer one has a line of its own
constexpr std::size_t kState = 15;
constexpr std::size_t kUsed = 10;
constexpr std::size_t kSize = 9;
constexpr std::size_t kWidth = 79;

std::string columns(std::string id, std::size_t width, std::string_view state,
                    std::string_view used, std::string_view size) {
  return padded(std::move(id), width) + "  " + padded(std::string(state), kState) +
         right(used, kUsed) + right(size, kSize);
}

std::string_view state_word(const job::Standing& job) {
  if (job.customers && job.state == State::failed_rows) return "failed items";
  return to_string(job.state);
}

std::string details(const job::Standing& job) {
  if (job.state == State::unreadable) return printable(job.problem.what, 400);
  if (job.state == State::foreign)
    return "of another toolkit; usher import-users --resume takes it over";
  if (job.customers) return customer_details(job);
  const std::string rows =
      job.state == State::dry_run
          ? with_commas(job.rows.total) + " rows, nothing sent"
          : rows_in_words(job.rows) +
                fmt::format(", {}/{} chunks", job.chunks_done, job.plan.chunks());
  const std::string csv = csv_name(job);
  const bool fits = 2 + utf8_length(rows) + 2 + utf8_length(csv) <= kWidth;
  return rows + (fits ? ", " : ",\n  ") + csv;
}

}  // namespace

std::vector<std::string> job_list(std::span<const job::Standing> jobs, WallTime now) {
  std::size_t width = 3;
  for (const job::Standing& job : jobs) {
    if (job.id.size() <= kWidestId) width = std::max(width, job.id.size());
  }
  std::vector<std::string> lines = {columns("JOB", width, "STATE", "LAST USED", "SIZE")};
  for (const job::Standing& job : jobs) {
    const bool own_line = job.id.size() > width;
    if (own_line) lines.push_back(job.id);
    const std::string used = job.state == State::running ? "now" : age_in_words(job.used, now);
    lines.push_back(
        columns(own_line ? "" : job.id, width, state_word(job), used, size_in_words(job.bytes)));
    lines.push_back("  " + details(job));
  }
  return lines;
}

}  // namespace usher::cli
