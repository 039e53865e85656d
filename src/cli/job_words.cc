// SPDX-License-Identifier: Apache-2.0
#include "cli/job_words.h"

#include <array>

#include <fmt/format.h>

#include "base/text.h"
#include "cli/options.h"
#include "cli/progress.h"
#include "run/customers/job.h"

namespace usher::cli {
namespace {

std::string change_in_words(const InputChange& change) {
  return fmt::format("Input changed: {} rows unchanged, {} repaired, {} new, {} gone",
                     with_commas(change.same), with_commas(change.repaired),
                     with_commas(change.added), with_commas(change.gone));
}

}  // namespace

std::vector<std::string> opening_lines(const JobStart& start) {
  if (!start.resumed) return {"Checkpoint created: " + printable(start.folder, 400)};
  std::vector<std::string> lines = {
      "Resuming job: " + start.id,
      "Checkpoint loaded: " + chunks_in_words(start.chunks_done, start.chunks, "chunks completed")};
  if (start.adopted) {
    lines.emplace_back(
        "It comes from a toolkit that keeps no record of single rows: everybody is "
        "looked up in the API first, and what is there is left alone.");
  }
  if (start.change) {
    lines.push_back(change_in_words(*start.change));
    if (start.change->gone > 0) {
      lines.emplace_back("What gone rows have made stays where it is.");
    }
  }
  if (start.rows_done == start.rows) {
    lines.push_back(start.rows == 0 ? "Nothing to do: the input has no rows."
                                    : fmt::format("Nothing to do: all {} rows are done.",
                                                  with_commas(start.rows)));
  } else if (start.rows_again > 0) {
    lines.push_back(fmt::format("Trying {} failed {} again.", with_commas(start.rows_again),
                                start.rows_again == 1 ? "row" : "rows"));
  }
  return lines;
}

std::string job_line(std::string_view command, std::string_view id, std::string_view root) {
  std::vector<std::string> words = {"usher"};
  for (const auto word : split(command, ' ')) words.emplace_back(word);
  if (!id.empty()) words.emplace_back(id);
  if (root != job::kDefaultRoot) words.insert(words.end(), {"--checkpoint-dir", std::string(root)});
  return shell_line(words);
}

std::string size_in_words(std::uint64_t bytes) {
  constexpr std::array kUnits = {"KB", "MB", "GB", "TB"};
  if (bytes < 1000) return fmt::format("{} B", bytes);
  double size = static_cast<double>(bytes);
  std::size_t unit = 0;
  for (size /= 1000; size >= 999.5 && unit + 1 < kUnits.size(); ++unit) size /= 1000;
  return fmt::format("{:.{}f} {}", size, size < 9.95 ? 1 : 0, kUnits.at(unit));
}

std::string age_in_words(WallTime then, WallTime now) {
  using std::chrono::hours;
  using std::chrono::minutes;
  const auto age = now - then;
  if (age < minutes{1}) return "just now";
  if (age < hours{2}) return fmt::format("{}m ago", age / minutes{1});
  if (age < hours{48}) return fmt::format("{}h ago", age / hours{1});
  return fmt::format("{}d ago", age / hours{24});
}

std::string moment_in_words(WallTime moment) {
  std::string text = to_iso8601(moment);  // 2024-01-15T10:12:03.000Z
  constexpr std::size_t kDate = 10;
  constexpr std::size_t kSeconds = 19;
  return text.substr(0, kDate) + " " + text.substr(kDate + 1, kSeconds - kDate - 1) + " UTC";
}

std::string_view things_of(const job::Standing& standing) {
  return standing.customers ? to_string(standing.customers->plan.endpoint.type) : "rows";
}

std::string rows_in_words(const RowCounts& rows, std::string_view things) {
  std::string text = fmt::format("{} of {} {} done", with_commas(rows.succeeded()),
                                 with_commas(rows.total), things);
  if (rows.failed > 0) text += fmt::format(", {} failed", with_commas(rows.failed));
  return text;
}

std::string running_in_words(const job::Standing& standing) {
  const auto& holder = standing.holder;
  if (!holder || holder->process == 0) return "running";
  return fmt::format("running: process {} on {}, since {}", holder->process,
                     printable(holder->host), printable(holder->since));
}

std::string csv_name(const job::Standing& standing) {
  const std::string& path = standing.plan.csv.path;
  return printable(path.substr(path.find_last_of('/') + 1), 60);
}

}  // namespace usher::cli
