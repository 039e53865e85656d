// SPDX-License-Identifier: Apache-2.0
#include "cli/job_sheet.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "cli/count_table.h"
#include "cli/customers/job_sheet.h"
#include "cli/job_words.h"
#include "cli/options.h"
#include "cli/progress.h"

namespace usher::cli {
namespace {

using State = job::Standing::State;

constexpr std::size_t kRunsShown = 10;

std::string state_in_words(const job::Standing& job) {
  switch (job.state) {
    case State::made:
      return "not started: nothing was sent yet";
    case State::running:
      return running_in_words(job);
    case State::stopped:
      return fmt::format("stopped: {} rows are still to do", with_commas(job.rows.pending()));
    case State::failed_rows:
      return fmt::format("failed rows: every row was tried, {} failed",
                         with_commas(job.rows.failed));
    case State::done:
      return "done: every row succeeded";
    case State::dry_run:
      return "dry run: nothing was sent";
    case State::foreign:
      return "of another toolkit, not yet taken over";
    case State::unreadable:
      return "unreadable";
  }
  return "";
}

std::string organization_in_words(const OrgRef& org) {
  std::string text;
  switch (org.by) {
    case OrgRef::By::none:
      return "";
    case OrgRef::By::id:
      text = "id " + org.value;
      break;
    case OrgRef::By::external_id:
      text = "external id " + org.value;
      break;
    case OrgRef::By::name:
      text = "name " + org.value;
      break;
  }
  return printable(text) + (org.may_create ? ", made when it is not there" : "");
}

std::string rate_in_words(const RateLimit& limit) {
  switch (limit.kind) {
    case RateLimit::Kind::published:
      return "WorkOS's published limits";
    case RateLimit::Kind::off:
      return "no limit";
    case RateLimit::Kind::per_second:
      return with_commas(limit.per_second) + " requests a second";
  }
  return "";
}

std::string_view existing_in_words(Existing existing) {
  switch (existing) {
    case Existing::link:
      return "linked unchanged";
    case Existing::fail:
      return "fail their rows";
    case Existing::update:
      return "updated";
  }
  return "";
}

std::string count(std::uint64_t number, std::string_view noun) {
  return fmt::format("{} {}{}", with_commas(number), noun, number == 1 ? "" : "s");
}

void add_plan(std::vector<std::string>& lines, const job::Standing& job) {
  const job::Plan& plan = job.plan;
  const UserImportOptions& options = plan.options;
  lines.emplace_back();
  lines.push_back(field("Input", fmt::format("{} ({})", printable(plan.csv.path, 400),
                                             size_in_words(plan.csv.bytes))));
  lines.push_back(field("SHA-256", printable(plan.csv.sha256)));
  if (!plan.role_mapping.path.empty()) {
    lines.push_back(field("Role mapping", printable(plan.role_mapping.path, 400)));
  }
  lines.push_back(field("Mode", to_string(plan.mode)));
  if (options.single_org.by != OrgRef::By::none) {
    lines.push_back(field("Organization", organization_in_words(options.single_org)));
  }
  lines.push_back(field("API", printable(options.api_url, 400)));
  lines.push_back(field("Existing", existing_in_words(options.existing)));
  if (options.require_membership) {
    lines.push_back(field("Memberships", "required: a person without one is not kept"));
  }
  lines.push_back(field(
      "Pace",
      fmt::format("{}, {} in flight, {}", count(static_cast<std::uint64_t>(plan.workers), "worker"),
                  count(static_cast<std::uint64_t>(options.concurrency), "request"),
                  rate_in_words(options.rate_limit))));
}

Tally::Things things(const StepCounts& steps) {
  return {steps.created, steps.already_there, steps.updated, steps.failed};
}

void add_counts(std::vector<std::string>& lines, const job::Standing& job) {
  const RowCounts& rows = job.rows;
  const CountTable table(false, rows.pending() > 0 ? "to do" : "");
  lines.emplace_back();
  lines.push_back(table.head());
  lines.push_back(table.row("Rows", rows.created, rows.unchanged, rows.failed, rows.pending()));
  lines.push_back(table.row("Users", things(job.users)));
  lines.push_back(table.row("Memberships", things(job.memberships)));
  lines.push_back(table.row("Organizations", things(job.organizations)));
  lines.emplace_back();
  lines.push_back(field("Chunk progress", chunks_in_words(job.chunks_done, job.plan.chunks()) +
                                              fmt::format(", {} rows each", job.plan.chunk_size)));
  const auto open = job.users.open + job.memberships.open + job.organizations.open;
  if (open == 0) return;
  lines.push_back(
      job.state == State::running
          ? field("In flight", count(open, "step") + " begun")
          : field("In doubt", count(open, "step") + " begun without a known end: looked up first"));
}

void add_runs(std::vector<std::string>& lines, const job::Standing& job) {
  if (job.runs.empty()) return;
  lines.emplace_back();
  lines.emplace_back("Runs:");
  const std::size_t hidden = job.runs.size() - std::min(job.runs.size(), kRunsShown);
  if (hidden > 0) lines.push_back(fmt::format("  ({} earlier)", with_commas(hidden)));
  for (std::size_t i = hidden; i < job.runs.size(); ++i) {
    const RunRecord& run = job.runs[i];
    const bool last = i + 1 == job.runs.size();
    std::string end = last && job.state == State::running ? "under way" : "killed";
    std::string span;
    if (run.ended) {
      end = printable(run.end);
      span = to_words(std::max(Duration{}, Duration(*run.ended - run.began)));
    }
    lines.push_back(fmt::format("  {:>3}  {}  {:<12}{:<12}{}", run.number,
                                moment_in_words(run.began), span,
                                count(static_cast<std::uint64_t>(run.workers), "worker"), end));
  }
}

void add_files(std::vector<std::string>& lines, const job::Standing& job) {
  lines.emplace_back();
  lines.push_back(fmt::format("Files in {}:", printable(job.folder, 400)));
  lines.emplace_back("  job.db           the store: what was begun, and how it ended");
  lines.emplace_back("  checkpoint.json  how far it is, for people and scripts");
  if (job.rows.failed > 0) lines.emplace_back("  errors.jsonl     the rows that are failed now");
}

std::string resume(const job::Standing& job, const std::string& root) {
  return job_line("import-users --resume", job.id, root);
}

}  // namespace

std::vector<std::string> job_sheet(const job::Standing& job, const std::string& root,
                                   WallTime now) {
  std::vector<std::string> lines = {
      field("Job", job.id),
      field("State", job.customers ? customer_state(job) : state_in_words(job))};
  const bool known = job.state != State::foreign && job.state != State::unreadable;
  if (known) lines.push_back(field("Made", moment_in_words(job.plan.created)));
  lines.push_back(field(
      "Last used", fmt::format("{} ({})", moment_in_words(job.used), age_in_words(job.used, now))));
  lines.push_back(field(
      "Folder", fmt::format("{} ({})", printable(job.folder, 400), size_in_words(job.bytes))));
  if (job.state == State::unreadable) {
    lines.emplace_back();
    lines.push_back("Problem: " + printable(job.problem.what, 400));
  }
  if (job.customers) {
    add_customer_plan(lines, job);
    add_runs(lines, job);
    add_customer_files(lines, job);
  } else if (known) {
    add_plan(lines, job);
    add_counts(lines, job);
    add_runs(lines, job);
    add_files(lines, job);
  }
  for (std::string& line : job_next_steps(job, root)) lines.push_back(std::move(line));
  return lines;
}

std::vector<std::string> job_next_steps(const job::Standing& job, const std::string& root) {
  if (job.customers && job.state != State::running && job.state != State::done) {
    return customer_next_steps(job, root);
  }
  std::vector<std::string> lines = {"", "Next steps:"};
  const auto step = [&lines](std::string_view text, const std::string& command) {
    lines.push_back(fmt::format("  {}", text));
    if (!command.empty()) lines.push_back("    " + command);
  };
  switch (job.state) {
    case State::running:
      step("Watch it:", job_line("jobs watch", job.id, root));
      if (job.holder && job.holder->process > 0) {
        step(fmt::format("Stop it, in good order, on {}:", printable(job.holder->host)),
             fmt::format("kill -INT {}", job.holder->process));
      }
      break;
    case State::made:
    case State::stopped:
      step("Go on where it stopped:", resume(job, root));
      break;
    case State::failed_rows:
      step("See the failed rows:", "jq -r .errorMessage " +
                                       shell_file(job::Folder(root, job.id).errors()) +
                                       " | sort | uniq -c | sort -rn | head");
      step("Correct them in the file and try just these again:", resume(job, root));
      break;
    case State::done:
    case State::dry_run:
      step("Remove its record, when nobody needs it any more:",
           job_line("jobs remove", job.id, root));
      break;
    case State::foreign:
      step("Take it over; everybody in it is looked up first:", resume(job, root));
      break;
    case State::unreadable:
      if (job.problem.next.empty()) return {};
      step(printable(job.problem.next, 400), "");
      break;
  }
  return lines;
}

}  // namespace usher::cli
