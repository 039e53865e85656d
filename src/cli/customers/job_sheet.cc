// SPDX-License-Identifier: Apache-2.0
#include "cli/customers/job_sheet.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "cli/count_table.h"
#include "cli/customers/words.h"
#include "cli/job_words.h"
#include "cli/options.h"
#include "run/customers/job.h"

namespace usher::cli {
namespace {

constexpr std::size_t kMostPaths = 10;

void add_inputs(std::vector<std::string>& lines, const std::vector<std::string>& paths) {
  const std::size_t shown = std::min(paths.size(), kMostPaths);
  for (std::size_t i = 0; i < shown; ++i) {
    lines.push_back(field("Input", printable(paths[i], 400)));
  }
  if (paths.size() > shown) {
    lines.push_back(field("Input", fmt::format("and {} more", with_commas(paths.size() - shown))));
  }
}

void add_count(std::vector<std::string>& lines, std::string_view name, std::uint64_t number) {
  if (number > 0) lines.push_back(field(name, with_commas(number)));
}

}  // namespace

std::string customer_state(const job::Standing& job) {
  using State = job::Standing::State;
  const std::uint64_t to_do = job.rows.pending();
  switch (job.state) {
    case State::running:
      return running_in_words(job);
    case State::stopped:
      return fmt::format("stopped: {} {} are still to do", with_commas(to_do), things_of(job));
    case State::failed_rows:
      return fmt::format("all were tried, and {} have not arrived", with_commas(job.rows.failed));
    case State::done:
      return fmt::format("done: all {} have arrived", things_of(job));
    case State::made:
    case State::dry_run:
    case State::foreign:
    case State::unreadable:
      break;
  }
  return "not started: nothing was sent yet";
}

std::string customer_details(const job::Standing& job) {
  const customers::Plan& plan = job.customers->plan;
  return fmt::format("{}, {} batches, {}", rows_in_words(job.rows, things_of(job)),
                     with_commas(plan.batches), inputs_in_words(plan.paths));
}

void add_customer_plan(std::vector<std::string>& lines, const job::Standing& job) {
  const customers::Plan& plan = job.customers->plan;
  const customers::ItemCounts& counts = job.customers->counts;
  lines.emplace_back();
  add_inputs(lines, plan.paths);
  lines.push_back(field("API", printable(plan.endpoint.api_url, 400)));
  lines.push_back(field("Mode", fmt::format("{}, {}", to_string(plan.endpoint.platform),
                                            to_string(plan.endpoint.environment))));
  if (!plan.profile.empty()) lines.push_back(field("Profile", printable(plan.profile)));
  lines.push_back(field("Pace", pace_in_words(plan.pace)));
  lines.emplace_back();
  lines.push_back(field("Total", items_in_words(counts.total(), plan.endpoint.type)));
  lines.push_back(field("Arrived", with_commas(counts.there())));
  add_count(lines, "Failed", counts.failed);
  add_count(lines, "Unconfirmed", counts.unconfirmed);
  add_count(lines, "To do", counts.pending);
}

void add_customer_files(std::vector<std::string>& lines, const job::Standing& job) {
  const std::string& retry = job.customers->plan.retry_folder;
  lines.emplace_back();
  lines.push_back(fmt::format("Files in {}:", printable(job.folder, 400)));
  lines.emplace_back("  job.db           the store: what was sent, and how it ended");
  if (!retry.empty()) lines.push_back(field("Retry files", printable(retry, 400)));
}

std::vector<std::string> customer_next_steps(const job::Standing& job, const std::string& root) {
  const std::string& retry = job.customers->plan.retry_folder;
  std::vector<std::string> lines = {"", "Next steps:"};
  if (!retry.empty()) {
    lines.emplace_back("  See why they have not arrived:");
    lines.push_back("    " +
                    shell_line(std::vector<std::string>{"cat", retry + "/RETRY_INSTRUCTIONS.md"}));
  }
  lines.emplace_back(job.state == job::Standing::State::failed_rows ? "  Try just these again:"
                                                                    : "  Go on where it stopped:");
  lines.push_back("    " + job_line("import-customers --resume", job.id, root));
  return lines;
}

}  // namespace usher::cli
