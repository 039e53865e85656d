// SPDX-License-Identifier: Apache-2.0
#include "run/customers/retry_file.h"

#include <algorithm>
#include <string_view>

#include <fmt/format.h>

#include "base/text.h"
#include "run/customers/causes.h"

namespace usher::customers {
namespace {

constexpr std::string_view kStem = "retry_batch_";
constexpr std::string_view kEnd = "_failed.json";
constexpr std::size_t kMostLabels = 6;  // in one line
constexpr std::size_t kMostError = 500;

using Ranges = std::vector<std::pair<std::uint64_t, std::uint64_t>>;

void add_to(Ranges& ranges, std::uint64_t at) {
  if (!ranges.empty() && ranges.back().second + 1 == at) {
    ranges.back().second = at;
  } else {
    ranges.emplace_back(at, at);
  }
}

// The one that most items share.
const std::pair<const std::string, std::uint64_t>& main_result(const RetryFile& file) {
  return *std::ranges::max_element(file.results, {},
                                   [](const auto& entry) { return entry.second; });
}

std::string list_of(const RetryFile& file) {
  std::vector<std::pair<std::uint64_t, std::string>> sorted;
  sorted.reserve(file.results.size());
  for (const auto& [label, count] : file.results) sorted.emplace_back(count, label);
  std::ranges::sort(sorted, std::ranges::greater{});
  std::string text;
  for (std::size_t i = 0; i < std::min(sorted.size(), kMostLabels); ++i) {
    if (i > 0) text += ", ";
    text += fmt::format("{} {}", printable(sorted[i].second, 40), sorted[i].first);
  }
  if (sorted.size() > kMostLabels) text += ", ...";
  return text;
}

// Of one cause what it says; of several their counts.
std::string error_of(const RetryFile& file, const Rest& rest, const ItemState& sample) {
  if (file.results.size() == 1 && sample.cause != nullptr &&
      sample.cause->kind != Cause::Kind::result) {
    return printable(in_words(*sample.cause), kMostError);
  }
  if (file.results.size() == 1 && sample.outcome == Outcome::pending) {
    return sample.begun || sample.maybe ? "the import ended while it was on its way"
                                        : "not sent: the import ended before";
  }
  const std::string status = file.status ? fmt::format("HTTP {}: ", *file.status) : "";
  return fmt::format("{}{} of {} have not arrived: {}", status, file.items, rest.batch.size,
                     list_of(file));
}

}  // namespace

RetryFile describe(const Rest& rest, const Inputs& inputs) {
  RetryFile file;
  file.batch = rest.batch.number;
  file.source_file = inputs.files().at(rest.batch.file).path;
  file.first_item = rest.batch.first_in_file;
  file.last_item = rest.batch.first_in_file + rest.batch.size - 1;
  std::map<std::string, const ItemState*> samples;
  for (std::size_t i = 0; i < rest.states.size(); ++i) {
    const ItemState& state = rest.states[i];
    if (has_arrived(state.outcome)) continue;
    ++file.items;
    const std::string label = label_of(state);
    ++file.results[label];
    samples.try_emplace(label, &state);
    if (may_be_there(state, rest.items[i])) add_to(file.maybe, file.items);
  }
  if (file.results.empty()) return file;
  const std::string& label = main_result(file).first;
  const ItemState& sample = *samples.at(label);
  const int status = sample.cause != nullptr ? sample.cause->http_status : 0;
  if (status != 0) file.status = status;
  file.error = error_of(file, rest, sample);
  file.cause = advice_for(label, status).means;
  return file;
}

std::string retry_text(const Rest& rest, ImportType type) {
  std::string text = type == ImportType::customers ? "{\"data\":[" : "{\"households\":[";
  bool first = true;
  for (std::size_t i = 0; i < rest.states.size(); ++i) {
    if (has_arrived(rest.states[i].outcome)) continue;
    text += first ? "\n" : ",\n";
    first = false;
    text += rest.items[i].json;
  }
  text += "\n]}\n";
  return text;
}

std::string retry_name(std::uint64_t number, int width) {
  return fmt::format("{}{:0{}}{}", kStem, number, width, kEnd);
}

int retry_width(std::uint64_t files) {
  return std::max(2, static_cast<int>(fmt::formatted_size("{}", files)));
}

bool is_retry_name(std::string_view name) {
  if (!name.starts_with(kStem) || !name.ends_with(kEnd)) return false;
  name.remove_prefix(kStem.size());
  if (name.size() <= kEnd.size()) return false;
  name.remove_suffix(kEnd.size());
  return std::ranges::all_of(name, [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace usher::customers
