// SPDX-License-Identifier: Apache-2.0
#include "cli/summary.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/text.h"
#include "cli/count_table.h"
#include "cli/framed.h"
#include "cli/output.h"
#include "cli/progress.h"

namespace usher::cli {
namespace {

using End = UserImportReport::End;

constexpr int kInterrupted = 130;

Tone tone_of(const UserImportReport& report) {
  if (report.end != End::finished) return Tone::warning;
  if (report.tally.rows.failed == 0) return Tone::good;
  return report.tally.rows.succeeded() == 0 ? Tone::bad : Tone::warning;
}

bool any(const Tally::Things& things) {
  return things.created + things.already_there + things.failed > 0;
}

std::string duration_in_words(const Ending& ending) {
  const UserImportReport& report = ending.report;
  std::string text = to_words(report.elapsed);
  const double seconds = std::chrono::duration<double>(report.elapsed).count();
  const auto earlier = ending.job ? ending.job->rows_earlier : 0;
  const auto done = report.tally.rows.done() - std::min(report.tally.rows.done(), earlier);
  const double rate = static_cast<double>(done) / std::max(seconds, 0.001);
  if (rate >= 0.05) text += " (" + rate_in_words(rate) + ")";
  return text;
}

void add_traffic(std::vector<std::string>& lines, const Tally::Traffic& traffic) {
  if (traffic.requests == 0) return;
  lines.push_back(field("Requests", fmt::format("{} ({} writes)", with_commas(traffic.requests),
                                                with_commas(traffic.writes))));
  const std::array<std::pair<std::uint64_t, const char*>, 3> extras = {
      {{traffic.retries, "repeated"},
       {traffic.throttled, "throttled"},
       {traffic.looked_up, "settled by a look-up"}}};
  std::string text;
  for (const auto& [number, words] : extras) {
    if (number == 0) continue;
    if (!text.empty()) text += ", ";
    text += fmt::format("{} {}", with_commas(number), words);
  }
  if (!text.empty()) lines.push_back(field("  of them", text));
}

// What is missing between the rows and the users.
void add_without_user(std::vector<std::string>& lines, const Tally::Rows& rows) {
  const std::array<std::pair<std::uint64_t, const char*>, 2> parts = {
      {{rows.without_organization, "organization failed"}, {rows.unusable, "not usable"}}};
  std::string text;
  for (const auto& [number, why] : parts) {
    if (number == 0) continue;
    if (!text.empty()) text += ", ";
    text += fmt::format("{} {} ({})", with_commas(number), number == 1 ? "row" : "rows", why);
  }
  if (!text.empty()) lines.push_back(field("Not in Users", text));
}

void add_job(std::vector<std::string>& lines, const JobEnding& job, bool dry_run) {
  lines.push_back(field("Job", job.id));
  if (dry_run) return;
  lines.push_back(field("Chunk progress", chunks_in_words(job.chunks_done, job.chunks)));
}

std::vector<std::string> inside(const Ending& ending) {
  const UserImportReport& report = ending.report;
  const Tally& tally = report.tally;
  const Tally::Rows& rows = tally.rows;
  const CountTable table(report.dry_run, rows.not_tried > 0 ? "not tried" : "");
  std::vector<std::string> lines = {
      report.dry_run ? "SUMMARY (dry run: nothing was sent)" : "SUMMARY",
      "",
      field("Status", status_in_words(report)),
      field("Input", fmt::format("{} ({})", printable(ending.csv, 48), to_string(report.mode))),
      field("Duration", duration_in_words(ending)),
  };
  if (ending.job) add_job(lines, *ending.job, report.dry_run);
  lines.emplace_back();
  lines.push_back(table.head());
  lines.push_back(table.row("Rows", rows.created, rows.unchanged, rows.failed, rows.not_tried));
  lines.push_back(table.row("Users", tally.users));
  if (report.mode != Mode::user_only || any(tally.memberships)) {
    lines.push_back(table.row("Memberships", tally.memberships));
    lines.push_back(table.row("Organizations", tally.organizations));
  }
  add_without_user(lines, rows);
  lines.emplace_back();
  if (report.rest_unread) {
    lines.push_back(field("Not counted", "the rest of the input, which was not read"));
  }
  const auto updated =
      tally.users.updated + tally.memberships.updated + tally.organizations.updated;
  if (updated > 0) {
    lines.push_back(field("Changed", with_commas(updated) + " of those already there"));
  }
  if (tally.roles_assigned > 0) {
    lines.push_back(field("Roles assigned", with_commas(tally.roles_assigned)));
  }
  lines.push_back(field("Warnings", with_commas(tally.warnings)));
  lines.push_back(field("Errors", with_commas(rows.failed)));
  if (!report.dry_run) add_traffic(lines, tally.traffic);
  return lines;
}

void add_failures(std::vector<std::string>& lines, const Ending& ending) {
  if (ending.failures.empty()) return;
  lines.emplace_back();
  lines.emplace_back(ending.report.dry_run ? "What would fail:" : "What failed:");
  for (const ErrorGroups::Group& group : ending.failures) {
    std::string answer;
    if (group.http_status != 0) answer += fmt::format(", {}", group.http_status);
    if (!group.code.empty()) answer += " " + printable(group.code, 60);
    lines.push_back(fmt::format("  {:>6} {}  {}{}: {} ({} {})", with_commas(group.count),
                                group.count == 1 ? "row " : "rows", to_string(group.at), answer,
                                printable(group.message, 240),
                                group.count == 1 ? "row" : "first: row",
                                with_commas(group.first_record)));
  }
  if (ending.kinds > ending.failures.size()) {
    const std::size_t more = ending.kinds - ending.failures.size();
    lines.push_back(fmt::format("  and {} more {} of failure", with_commas(more),
                                more == 1 ? "kind" : "kinds"));
  }
}

bool adds_up(const Tally::Rows& rows) {
  return rows.read == rows.created + rows.unchanged + rows.failed + rows.not_tried;
}

}  // namespace

int exit_code(const UserImportReport& report) {
  switch (report.end) {
    case End::finished:
      return report.tally.rows.failed == 0 ? 0 : 1;
    case End::interrupted:
      return kInterrupted;
    case End::denied:
    case End::organization:
    case End::unreachable:
    case End::observer:
    case End::source:
    case End::store:
    case End::workers:
      return 2;
  }
  return 2;
}

std::string_view status_in_words(const UserImportReport& report) {
  const Tally::Rows& rows = report.tally.rows;
  if (report.end == End::interrupted) return "Interrupted";
  if (report.end != End::finished) return "Stopped before the end";
  if (rows.read == 0) return "Success (no rows)";
  if (rows.failed == 0) return "Success";
  return rows.succeeded() == 0 ? "Failed" : "Completed with errors";
}

std::vector<std::string> summary_lines(const Ending& ending, bool colour) {
  std::vector<std::string> lines =
      framed(inside(ending), status_in_words(ending.report), tone_of(ending.report), colour);
  if (!adds_up(ending.report.tally.rows)) {
    lines.push_back(
        fmt::format("This is a bug in usher: {} rows were read, and that is not the "
                    "sum of the counts above.",
                    with_commas(ending.report.tally.rows.read)));
  }
  add_failures(lines, ending);
  return lines;
}

}  // namespace usher::cli
