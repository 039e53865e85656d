// SPDX-License-Identifier: Apache-2.0
#include "run/customers/retry_marks.h"

#include <string_view>
#include <vector>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "base/file.h"
#include "base/json.h"
#include "base/text.h"
#include "run/customers/retry_instructions.h"
#include "run/customers/retry_summary.h"
#include "run/customers/stamp.h"

namespace usher::customers {
namespace {

constexpr std::size_t kMostSummary = std::size_t{64} << 20;
constexpr std::size_t kMostInstructions = std::size_t{1} << 20;
constexpr std::size_t kMostFolders = 1'000;
constexpr std::string_view kMark = "**";  // how the first line begins when it is a mark

std::string quoted(std::string_view text) {
  std::string json;
  append_json_string(json, text);
  return json;
}

// Of a summary of ours: the line of that name at the top. False: there is none.
bool set_line(std::string& text, std::string_view name, std::string_view value) {
  const std::string begin = fmt::format("\n  \"{}\": ", name);
  const auto at = text.find(begin);
  const auto lists = text.find("\n  \"retry_files\": [");
  if (at == text.npos || at > lists) return false;
  const auto from = at + begin.size();
  const auto end = text.find('\n', from);
  if (end == text.npos) return false;
  text.replace(from, end - from, std::string(value) + ",");
  return true;
}

// Of a summary that somebody else has written, or written anew.
Status set_field(std::string& text, const std::string& path, std::string_view name,
                 std::string_view value) {
  boost::system::error_code error;
  boost::json::value document = boost::json::parse(text, error);
  if (error || !document.is_object()) return fail(printable(path) + ": is no JSON object");
  document.get_object()[name] = value;
  text = boost::json::serialize(document) + "\n";
  return {};
}

std::string_view without_mark(std::string_view text) {
  const auto end = text.find("\n\n");
  return text.starts_with(kMark) && end != text.npos ? text.substr(end + 2) : text;
}

Status mark(const std::string& folder, std::string_view field, const std::string& value,
            const std::string& line) {
  const std::string path = folder + "/" + std::string(kSummaryName);
  if (!exists(path)) return {};
  USHER_TRY_ASSIGN(std::string summary, read_file(path, kMostSummary));
  if (!set_line(summary, field, quoted(value))) {
    USHER_TRY(set_field(summary, path, field, value));
  }
  USHER_TRY(write_atomically(path, summary));

  const std::string instructions = folder + "/" + std::string(kInstructionsName);
  if (!exists(instructions)) return {};
  USHER_TRY_ASSIGN(const std::string text, read_file(instructions, kMostInstructions));
  return write_atomically(instructions,
                          fmt::format("{}{}{}\n\n{}", kMark, line, kMark, without_mark(text)));
}

boost::json::object summary_of(const std::string& folder) {
  const auto text = read_file(folder + "/" + std::string(kSummaryName), kMostSummary);
  if (!text) return {};
  // The facts are before the lists: those may be long.
  const auto lists = text->find(",\n  \"retry_files\": [");
  boost::system::error_code error;
  const auto value =
      boost::json::parse(lists == text->npos ? *text : text->substr(0, lists) + "}", error);
  return error || !value.is_object() ? boost::json::object() : value.get_object();
}

std::string superseded_by(const std::string& folder) {
  const auto summary = summary_of(folder);
  const auto* const by = summary.if_contains("superseded_by");
  return by != nullptr && by->is_string() ? std::string(by->get_string()) : std::string();
}

// The folders of retry files that were the input of the run that left this one.
std::vector<std::string> folders_before(const std::string& folder) {
  std::vector<std::string> folders;
  const auto summary = summary_of(folder);
  const auto* const list = summary.if_contains("retry_of");
  if (list == nullptr || !list->is_array()) return folders;
  for (const auto& one : list->get_array()) {
    if (one.is_string()) folders.emplace_back(one.get_string());
  }
  return folders;
}

}  // namespace

Status mark_used(const std::string& folder, WallTime now, const std::string& job) {
  const std::string when = local_words(now);
  std::vector<std::string> folders = {folder};
  for (std::size_t i = 0; i < folders.size(); ++i) {
    const std::string one = folders[i];
    USHER_TRY(mark(one, "used", fmt::format("{} by the job {}", when, job),
                   fmt::format("USED on {}: everything in this folder has arrived (job {}). "
                               "Nothing is left to do with it.",
                               when, job)));
    for (const std::string& before : folders_before(one)) {
      if (folders.size() < kMostFolders && superseded_by(before) == one) folders.push_back(before);
    }
  }
  return {};
}

Status mark_superseded(const std::string& folder, WallTime now, const std::string& job,
                       const std::string& by) {
  return mark(folder, "superseded_by", by,
              fmt::format("IMPORTED again on {} (job {}): what is left is in {} - import that "
                          "folder instead of this one.",
                          local_words(now), job, printable(by, 1'000)));
}

}  // namespace usher::customers
