// SPDX-License-Identifier: Apache-2.0
#include "run/customers/single_failures.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/file.h"
#include "base/json.h"
#include "base/text.h"
#include "run/customers/causes.h"
#include "run/customers/folders.h"
#include "run/customers/stamp.h"

namespace usher::customers {
namespace {

constexpr std::size_t kLongestFolder = 60;
constexpr std::size_t kLongestPart = 80;
constexpr std::size_t kLongestError = 100;
constexpr std::string_view kOthers = "OTHERS";

bool is_name_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_';
}

bool befalls_whole_batches(std::string_view label) {
  return label == kUnconfirmed || label == kNoAnswer || label == kRefused;
}

}  // namespace

std::string folder_name(std::string_view label) {
  std::string name;
  for (const char c : label.substr(0, kLongestFolder)) {
    const bool lower = c >= 'a' && c <= 'z';
    name += !is_name_letter(c) ? '_' : lower ? static_cast<char>(c - 'a' + 'A') : c;
  }
  return name.empty() ? "UNKNOWN" : name;
}

std::string file_part(std::string_view text, std::string_view otherwise) {
  std::string part;
  for (const char c : text) {
    if (is_name_letter(c) && part.size() < kLongestPart) part += c;
  }
  return part.empty() ? std::string(otherwise) : part;
}

SingleFailures::SingleFailures(std::string path, std::string shown, ImportType type, WallTime now,
                               std::uint64_t most_files)
    : path_(std::move(path)),
      shown_(std::move(shown)),
      type_(type),
      now_(now),
      most_files_(most_files) {}

Status SingleFailures::add(const Item& item, const Identity& who, const ItemState& state,
                           std::string_view error) {
  auto& [folder, result] = entry_for(label_of(state));
  ++result.items;
  if (result.status == 0 && state.cause != nullptr) result.status = state.cause->http_status;
  std::string entry = result.list.empty() ? "\n    " : ",\n    ";
  JsonWriter out(entry);
  out.open_object();
  if (type_ == ImportType::customers) {
    out.field("customerId", who.id).field("username", who.username);
  } else {
    out.field("householdId", who.id);
  }
  out.field("error", error.substr(0, kLongestError)).close_object();
  USHER_TRY(result.list.add(entry));
  return add_file(result, path_ + "/" + folder, item, who);
}

// Many in a row have the same label.
std::pair<const std::string, SingleFailures::Result>& SingleFailures::entry_for(
    const std::string& label) {
  if (last_ != nullptr && label == last_label_) return *last_;
  std::string folder = folder_name(label);
  if (!results_.contains(folder) && results_.size() >= kMostFolders) folder = kOthers;
  last_label_ = label;
  last_ = &*results_.try_emplace(folder).first;  // entries of a map stay where they are
  Result& result = last_->second;
  if (result.most == 0) {
    result.most = befalls_whole_batches(label) ? kMostOfWholeBatches : kMostFiles;
  }
  return *last_;
}

Status SingleFailures::add_file(Result& result, const std::string& folder, const Item& item,
                                const Identity& who) {
  if (files_ == most_files_ || result.files == result.most) return {};
  if (result.files == 0) USHER_TRY(make_folder(folder));
  ++files_;
  ++result.files;
  std::string stem =
      fmt::format("{}_{}", one_of(type_), file_part(who.id, fmt::format("item{:05}", item.number)));
  if (type_ == ImportType::customers) stem += "_" + file_part(who.username, "unknown");
  std::string name = stem;
  for (int n = 2; !result.names.insert(lower_ascii(name)).second; ++n) {
    name = fmt::format("{}_{}", stem, n);
  }
  const std::string_view key = type_ == ImportType::customers ? "data" : "households";
  return write_new(fmt::format("{}/{}.json", folder, name),
                   fmt::format("{{\"{}\":[\n{}\n]}}\n", key, item.json));
}

Status SingleFailures::summarize(const std::string& name, const Result& result) {
  if (result.files == 0) USHER_TRY(make_folder(path_ + "/" + name));
  USHER_TRY_ASSIGN(Appender file,
                   Appender::open(fmt::format("{}/{}/_SUMMARY_{}.json", path_, name, name),
                                  Appender::Mode::truncate));
  std::string text = "{\n";
  const auto field = [&text](std::string_view key, const auto& content) {
    text += "  ";
    append_json_string(text, key);
    text += ": ";
    JsonWriter(text).value(content);
    text += ",\n";
  };
  field("import_type", many_of(type_));
  field("failure_reason", name);
  field(type_ == ImportType::customers ? "total_customers" : "total_households", result.items);
  field("timestamp", local_iso8601(now_));
  field("directory", shown_ + "/" + name);
  field("directory_structure",
        fmt::format("one file for each {}, which can be imported by itself", one_of(type_)));
  field("files_written", result.files);
  field("files_left_out", result.items - result.files);
  const Advice advice = advice_for(name, result.status);
  field("means", advice.means);
  field("what_to_do", advice.act);
  USHER_TRY(file.write(text + "  \"" + std::string(many_of(type_)) + "_list\": ["));
  USHER_TRY(result.list.each([&](std::string_view piece) { return file.write(piece); }));
  USHER_TRY(file.write("\n  ]\n}\n"));
  return file.flush();
}

Status SingleFailures::finish(const std::string& job) {
  std::string text = fmt::format(
      "# {} that failed, one by one\n\nJob: {}\n\nEach folder is a result, each file holds one {} "
      "and can be imported by itself; the retry folder (retry_batches_*) holds all of them. At "
      "most "
      "{} files are written; the summaries are complete.\n",
      type_ == ImportType::customers ? "Customers" : "Households", job, one_of(type_),
      with_commas(most_files_));
  for (const auto& [name, result] : results_) {
    USHER_TRY(summarize(name, result));
    const Advice advice = advice_for(name, result.status);
    text += fmt::format("\n## {}: {}\n\n{}\n{}\n", name, with_commas(result.items), advice.means,
                        advice.act);
    if (result.items > result.files) {
      text += fmt::format("Files: {}, {} are left out.\n", with_commas(result.files),
                          with_commas(result.items - result.files));
    }
  }
  text +=
      "\n## What the results mean\n\n"
      "- FAILED: temporary. The API had a time-out or an outage; import again as it is.\n"
      "- ERROR: the data must be corrected; the same data fails again.\n"
      "- CONFLICT: it exists already, or collides with another one.\n"
      "- NOT_FOUND: what was to be updated or deleted is not there.\n"
      "- INVALID: never sent; the check found an error that has to be corrected.\n"
      "- UNCONFIRMED: sent, and never heard of; it may be there. Import again.\n"
      "- NO_ANSWER: no useful answer in any attempt; import again later.\n"
      "- REFUSED: the API refused the whole request; read its message.\n";
  return write_new(path_ + "/README.md", text);
}

}  // namespace usher::customers
