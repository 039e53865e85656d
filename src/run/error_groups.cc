// SPDX-License-Identifier: Apache-2.0
#include "run/error_groups.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"

namespace usher {
namespace {

constexpr std::size_t kLongestMessage = 400;  // bytes of a message that are looked at
constexpr std::size_t kLongDigits = 4;
constexpr std::string_view kEllipsis = "…";

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// "org_01HX...", "ida@north.example", "12345": a name of one thing, not a word.
bool is_particular(std::string_view word) {
  if (word.size() > 1 && word.find('@') != std::string_view::npos) return true;
  const auto digits = static_cast<std::size_t>(std::ranges::count_if(word, is_digit));
  return digits >= kLongDigits || (digits > 0 && word.find('_') != std::string_view::npos);
}

// The quoted text that begins at `at`, closing quote included; 0 when it does not close.
std::size_t quoted_length(std::string_view text, std::size_t at) {
  if (text[at] != '"' && text[at] != '`') return 0;
  const auto end = text.find(text[at], at + 1);
  return end == std::string_view::npos ? 0 : end + 1 - at;
}

}  // namespace

std::string pattern_of(std::string_view message) {
  message = message.substr(0, kLongestMessage);
  std::string result;
  for (std::size_t at = 0; at < message.size();) {
    if (const std::size_t length = quoted_length(message, at); length > 0) {
      result += kEllipsis;
      at += length;
      continue;
    }
    const auto end = std::min(message.find_first_of(" \t\n,;()\"`", at), message.size());
    std::string_view word = message.substr(at, end - at);
    std::string_view tail;
    while (!word.empty() && (word.back() == '.' || word.back() == ':')) {
      tail = message.substr(at + word.size() - 1, tail.size() + 1);
      word.remove_suffix(1);
    }
    const bool named = result.ends_with(": ") && end == message.size();
    result += is_particular(word) || (named && !word.empty()) ? kEllipsis : word;
    result += tail;
    at = end;
    if (at < message.size() && quoted_length(message, at) == 0) result += message[at++];
  }
  return result;
}

bool ErrorGroups::add(std::uint64_t record, const Failure& failure) {
  const std::string pattern = pattern_of(failure.message);
  const std::string key = fmt::format("{}\n{}\n{}\n{}", static_cast<int>(failure.at),
                                      failure.http_status, failure.code, pattern);
  auto found = groups_.find(key);
  if (found == groups_.end() && groups_.size() >= kMostKinds) {
    if (other_.count++ == 0) other_.first_record = record;
    other_.message = "other failures";
    return false;
  }
  if (found == groups_.end()) {
    groups_.emplace(key, Group{failure.at, failure.http_status, failure.code,
                               failure.message.substr(0, kLongestMessage), 1, record});
    return true;
  }
  Group& group = found->second;
  ++group.count;
  if (group.message != failure.message.substr(0, kLongestMessage)) group.message = pattern;
  return false;
}

std::vector<ErrorGroups::Group> ErrorGroups::largest(std::size_t most) const {
  std::vector<Group> all;
  all.reserve(groups_.size());
  for (const auto& [key, group] : groups_) all.push_back(group);
  std::ranges::sort(all, [](const Group& a, const Group& b) {
    return a.count != b.count ? a.count > b.count : a.first_record < b.first_record;
  });
  if (all.size() > most) all.resize(most);
  return all;
}

}  // namespace usher
