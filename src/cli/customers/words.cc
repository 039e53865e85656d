// SPDX-License-Identifier: Apache-2.0
#include "cli/customers/words.h"

#include <algorithm>
#include <array>
#include <filesystem>

#include <fmt/format.h>

#include "base/text.h"
#include "cli/count_table.h"
#include "cli/framed.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "run/customers/causes.h"

namespace usher::cli {
namespace {

using customers::Cause;
using customers::CauseCount;
using customers::ImportType;
using customers::ItemCounts;
using customers::Report;
using End = Report::End;

constexpr int kInterrupted = 130;
constexpr std::size_t kMostCausesTold = 8;

std::string in_seconds(Duration span) {
  return fmt::format("{:g} s", std::chrono::duration<double>(span).count());
}

std::string_view severity(const check::ItemFinding& finding) {
  return finding.severity == check::ItemFinding::Severity::error ? "error" : "warning";
}

std::string name_of(const std::string& path) {
  return printable(std::filesystem::path(path).filename().string(), 80);
}

std::string finding_line(const check::ItemFinding& finding) {
  return fmt::format("  {}: {} item {} (line {}): {}", severity(finding), name_of(finding.file),
                     with_commas(finding.in_file), with_commas(finding.line),
                     printable(finding.message, 240));
}

// --- the summary ---------------------------------------------------------------------------------

std::string_view status_in_words(const Report& report) {
  if (report.end == End::interrupted) return "Interrupted";
  if (report.end != End::finished) return "Stopped before the end";
  if (report.items == 0) return "Success (no items)";
  if (report.counts.missing() == 0) return "Success";
  return report.counts.there() == 0 ? "Failed" : "Completed with errors";
}

Tone tone_of(const Report& report) {
  if (report.end != End::finished) return Tone::warning;
  if (report.counts.missing() == 0) return Tone::good;
  return report.counts.there() == 0 ? Tone::bad : Tone::warning;
}

void add_traffic(std::vector<std::string>& lines, const BatchImport::Traffic& traffic) {
  if (traffic.requests == 0) return;
  std::string text = with_commas(traffic.requests);
  const std::array<std::pair<std::uint64_t, const char*>, 4> extras = {{
      {traffic.retries, "repeated"},
      {traffic.throttled, "told to wait (429)"},
      {traffic.halved, "halved after a gateway's time-out"},
      {traffic.logins, traffic.logins == 1 ? "login" : "logins"},
  }};
  std::string parts;
  for (const auto& [number, words] : extras) {
    if (number == 0) continue;
    parts += fmt::format("{}{} {}", parts.empty() ? "" : ", ", with_commas(number), words);
  }
  lines.push_back(field("Requests", parts.empty() ? text : text + " (" + parts + ")"));
}

std::vector<std::string> inside(const CustomerEnding& ending) {
  const Report& report = ending.report;
  const ItemCounts& counts = report.counts;
  std::vector<std::string> lines = {
      "SUMMARY",
      "",
      field("Status", status_in_words(report)),
      field("Input",
            fmt::format("{}: {} in {} {}", ending.input, items_in_words(report.items, ending.type),
                        with_commas(report.batches), report.batches == 1 ? "batch" : "batches")),
      field("Target", printable(ending.target, 60)),
      field("Mode", ending.mode),
      field("Duration", to_words(report.elapsed)),
      field("Job", report.job),
      "",
      field("Arrived", with_commas(counts.there())),
  };
  if (counts.echoes > 0) {
    lines.push_back(field(
        "  of them", with_commas(counts.echoes) + " taken as such: CONFLICT after a lost answer"));
  }
  lines.push_back(field("Failed", with_commas(counts.failed)));
  if (counts.invalid > 0) {
    lines.push_back(
        field("  of them", with_commas(counts.invalid) + " not sent: the check turned them down"));
  }
  lines.push_back(field("Unconfirmed", with_commas(counts.unconfirmed)));
  if (counts.pending > 0) lines.push_back(field("Not sent", with_commas(counts.pending)));
  lines.push_back(field("Total", with_commas(counts.total())));
  lines.emplace_back();
  add_traffic(lines, report.traffic);
  while (lines.back().empty()) lines.pop_back();
  return lines;
}

void add_causes(std::vector<std::string>& lines, const CustomerEnding& ending) {
  const auto& causes = ending.report.causes;
  const ItemCounts& counts = ending.report.counts;
  if (causes.empty() && counts.in_doubt == 0) return;
  lines.insert(lines.end(), {"", "What has not arrived:"});
  for (std::size_t i = 0; i < std::min(causes.size(), kMostCausesTold); ++i) {
    for (std::string& line : cause_lines(causes[i])) lines.push_back(std::move(line));
  }
  if (counts.in_doubt > 0) {
    lines.push_back(
        fmt::format("  {:>9}  sent, and the run ended before an answer came; they may "
                    "have arrived",
                    with_commas(counts.in_doubt)));
  }
  if (causes.size() > kMostCausesTold) {
    lines.push_back(fmt::format("  and {} more causes; all are in the retry summary",
                                with_commas(causes.size() - kMostCausesTold)));
  }
}

}  // namespace

std::string items_in_words(std::uint64_t count, ImportType type) {
  const bool one = count == 1;
  const bool households = type == ImportType::households;
  return with_commas(count) +
         (households ? (one ? " household" : " households") : (one ? " customer" : " customers"));
}

std::string pace_in_words(const customers::Pace& pace) {
  const auto preset = customers::preset_of(pace);
  return fmt::format("{} items a request, {} at a time, {} apart, {} {}{}", pace.batch_size,
                     pace.workers, in_seconds(pace.delay), pace.attempts,
                     pace.attempts == 1 ? "attempt" : "attempts",
                     preset.empty() ? std::string() : fmt::format(" ({})", preset));
}

std::vector<std::string> check_lines(const customers::Checked& checked, std::size_t most) {
  const check::ItemReport& report = checked.report;
  std::vector<std::string> lines;
  lines.reserve(checked.notes.size() + most);
  for (const std::string& note : checked.notes) lines.push_back("Note: " + printable(note, 300));
  const std::size_t shown = std::min(most, report.findings.size());
  for (std::size_t i = 0; i < shown; ++i) lines.push_back(finding_line(report.findings[i]));
  const std::uint64_t all = report.errors + report.warnings;
  if (all > shown && shown > 0) {
    lines.push_back(fmt::format("  and {} more; by rule:", with_commas(all - shown)));
    for (const auto& rule : report.rules) {
      lines.push_back(fmt::format("  {:>9}  {} ({})", with_commas(rule.count), rule.rule,
                                  severity(rule.first)));
    }
  }
  const std::string files = checked.files.size() == 1
                                ? name_of(checked.files.front().path)
                                : with_commas(checked.files.size()) + " files";
  std::string line =
      fmt::format("Checked {}: {}", files, items_in_words(checked.items, checked.type));
  if (all == 0) {
    lines.push_back(line + ", nothing to complain about");
    return lines;
  }
  line += fmt::format(", {} {}, {} {}", with_commas(report.errors),
                      report.errors == 1 ? "error" : "errors", with_commas(report.warnings),
                      report.warnings == 1 ? "warning" : "warnings");
  if (report.bad > 0) {
    line += fmt::format(": {} cannot be sent as {}", items_in_words(report.bad, checked.type),
                        report.bad == 1 ? "it is" : "they are");
  }
  lines.push_back(line);
  return lines;
}

std::vector<std::string> cause_lines(const CauseCount& each) {
  const Cause& cause = each.cause;
  customers::ItemState state;
  state.outcome = each.outcome;
  state.cause = std::make_shared<const Cause>(cause);
  const std::string label = customers::label_of(state);
  const customers::Advice advice = customers::advice_for(label, cause.http_status);
  // A result code says what there is to say; what else happened has words of its own.
  const bool code = cause.kind == Cause::Kind::result && cause.message.empty();
  const std::string why = code ? std::string(advice.means) : customers::in_words(cause);
  return {fmt::format("  {:>9}  {}: {}", with_commas(each.items), printable(label, 60),
                      printable(why, 240)),
          fmt::format("  {:>9}  {}", "", advice.act)};
}

std::string inputs_in_words(const std::vector<std::string>& paths) {
  if (paths.size() != 1) return with_commas(paths.size()) + " inputs";
  const auto path = std::filesystem::path(paths.front()).lexically_normal();
  return printable((path.has_filename() ? path : path.parent_path()).filename().string(), 60);
}

int exit_code(const Report& report) {
  switch (report.end) {
    case End::finished:
      return report.counts.missing() == 0 ? 0 : 1;
    case End::interrupted:
      return kInterrupted;
    case End::denied:
    case End::unreachable:
    case End::source:
    case End::store:
      return 2;
  }
  return 2;
}

std::vector<std::string> summary_lines(const CustomerEnding& ending, bool colour) {
  const Report& report = ending.report;
  std::vector<std::string> lines =
      framed(inside(ending), status_in_words(report), tone_of(report), colour);
  if (report.counts.total() != report.items) {
    lines.push_back(fmt::format(
        "This is a bug in usher: there are {} items, and that is not the sum of the counts above.",
        with_commas(report.items)));
  }
  add_causes(lines, ending);
  return lines;
}

namespace {

std::string retry_in_words(const CustomerEnding& ending) {
  const Report& report = ending.report;
  const std::string folder = printable(report.retry_folder, 400);
  if (report.retry_complete) {
    return fmt::format("Retry files created: {} ({} {}, {})", folder,
                       with_commas(report.retry_files), report.retry_files == 1 ? "file" : "files",
                       items_in_words(report.counts.missing(), ending.type));
  }
  return report.retry_folder.empty()
             ? "There are no retry files yet; the next start of usher import-customers writes them."
             : fmt::format(
                   "Retry files so far: {} (not complete: the next start of usher "
                   "import-customers writes the rest)",
                   folder);
}

std::string resume_line(const CustomerEnding& ending) {
  std::vector<std::string> words = {"usher", "import-customers", "--resume", ending.report.job};
  if (ending.root != job::kDefaultRoot) {
    words.insert(words.end(), {"--checkpoint-dir", ending.root});
  }
  return shell_line(words) + ending.resume_options;
}

}  // namespace

std::vector<std::string> next_lines(const CustomerEnding& ending) {
  const Report& report = ending.report;
  std::vector<std::string> lines;
  if (!report.reason.what.empty() && report.end != End::interrupted) {
    lines.insert(lines.end(), {"", "Stopped: " + report.reason.what});
    if (!report.reason.next.empty()) lines.push_back("  " + report.reason.next);
  }
  if (report.counts.missing() == 0) return lines;
  if (!report.retry_complete || !report.retry_folder.empty()) {
    lines.insert(lines.end(), {"", retry_in_words(ending)});
  }
  lines.insert(lines.end(), {"", "Next steps:"});
  int step = 0;
  const auto add = [&](std::string_view text, const std::string& command) {
    lines.push_back(fmt::format("  {}. {}", ++step, text));
    lines.push_back("       " + command);
  };
  const bool whole = report.retry_complete && !report.retry_folder.empty();
  if (whole) {
    add("See why, file by file:", shell_line(std::vector<std::string>{
                                      "cat", report.retry_folder + "/RETRY_INSTRUCTIONS.md"}));
  }
  add(report.end == End::interrupted ? "Go on where it stopped:"
      : report.end == End::finished  ? "What is temporary: send just these again, by the job:"
                                     : "Once that is put right, go on where it stopped:",
      resume_line(ending));
  if (whole) {
    add("Or correct the retry files, and import them:",
        shell_line(std::vector<std::string>{"usher", "import-customers", report.retry_folder}) +
            ending.options);
  }
  return lines;
}

}  // namespace usher::cli
