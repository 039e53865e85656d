// SPDX-License-Identifier: Apache-2.0
#include "model/failure_pattern.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace usher {
namespace {

constexpr std::size_t kLongestMessage = 400;
constexpr std::size_t kLongNumber = 5;
constexpr std::size_t kLongDigits = 4;  // among letters
constexpr std::size_t kShortestId = 10;
constexpr std::string_view kBlank = " \t\r\n\v\f";
constexpr std::string_view kNotFound = "not found: ";

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool is_hex(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

bool is_uuid(std::string_view word) {
  if (word.size() != 36) return false;
  for (std::size_t i = 0; i < word.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash ? word[i] != '-' : !is_hex(word[i])) return false;
  }
  return true;
}

// org_ and user_ begin other words too (org_resolution): letters alone are no id.
bool is_id(std::string_view word, std::string_view prefix) {
  if (!word.starts_with(prefix)) return false;
  word.remove_prefix(prefix.size());
  return word.size() >= kShortestId &&
         std::ranges::all_of(word, [](char c) { return is_digit(c) || is_letter(c); }) &&
         std::ranges::any_of(word, [](char c) { return is_digit(c) || (c >= 'A' && c <= 'Z'); });
}

// A small number behind these says where, not what.
bool counts_places(std::string_view word) {
  constexpr std::array<std::string_view, 6> kWords = {"line",      "row",      "record",
                                                      "character", "position", "byte"};
  return std::ranges::any_of(
      kWords, [&](std::string_view each) { return equal_ignoring_case(each, word); });
}

// What stands for the word; empty: it stays.
std::string_view placeholder(std::string_view word) {
  if (word.size() > 1 && word.contains('@')) return "<EMAIL>";
  if (is_uuid(word)) return "<UUID>";
  if (is_id(word, "org_")) return "<ORG_ID>";
  if (is_id(word, "user_")) return "<USER_ID>";
  const auto digits = static_cast<std::size_t>(std::ranges::count_if(word, is_digit));
  if (digits == word.size()) return digits >= kLongNumber ? "<NUMBER>" : "";
  const bool named = digits > 0 && word.contains('_');
  return digits >= kLongDigits || named ? "<ID>" : "";
}

// The quoted text that begins at `at`, both quotes included; 0 when there is none. An apostrophe
// stands inside a word.
std::size_t quoted_length(std::string_view text, std::size_t at) {
  const char quote = text[at];
  if (quote != '"' && quote != '`' && quote != '\'') return 0;
  if (quote == '\'' && at > 0 && !kBlank.contains(text[at - 1]) && text[at - 1] != '(') return 0;
  const auto end = text.find(quote, at + 1);
  return end == std::string_view::npos ? 0 : end + 1 - at;
}

class Pattern {
 public:
  explicit Pattern(std::string_view message) : left_(message) {}

  std::string make() {
    for (std::size_t at = 0; at < left_.size();) at = step(at);
    while (result_.ends_with(' ')) result_.pop_back();
    return std::move(result_);
  }

 private:
  // Reads what begins at `at`; where the next thing begins.
  std::size_t step(std::size_t at) {
    if (const std::size_t length = quoted_length(left_, at); length > 0) {
      result_ += left_[at];
      result_ += "<NAME>";
      result_ += left_[at];
      return at + length;
    }
    const auto end = std::min(left_.find_first_of(" \t\r\n\v\f,;()\"`", at), left_.size());
    if (end > at) {
      word(left_.substr(at, end - at));
      return end;
    }
    add(left_[at]);
    return at + 1;
  }
  void word(std::string_view word) {
    std::string_view core = word;
    while (!core.empty() && (core.back() == '.' || core.back() == ':')) core.remove_suffix(1);
    const bool place = counts_places(before_) && std::ranges::all_of(core, is_digit);
    const std::string_view instead = place && !core.empty() ? "<NUMBER>" : placeholder(core);
    result_ += instead.empty() ? core : instead;
    result_ += word.substr(core.size());
    before_ = word;
  }
  void add(char c) {
    if (!kBlank.contains(c)) {
      result_ += c;
    } else if (!result_.empty() && result_.back() != ' ') {
      result_ += ' ';
    }
  }

  std::string_view left_;
  std::string_view before_;  // the last word
  std::string result_;
};

// Not through the middle of a letter.
std::string_view beginning(std::string_view text) {
  if (text.size() <= kLongestMessage) return text;
  std::size_t end = kLongestMessage;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  return text.substr(0, end);
}

}  // namespace

std::string failure_pattern(std::string_view message) {
  message = beginning(message);
  // "Organization not found: Acme Inc": a name may be many words.
  const std::size_t named = message.find(kNotFound);
  if (named != std::string_view::npos) {
    const std::size_t begin = named + kNotFound.size();
    const std::string_view name = message.substr(begin);
    if (!name.empty() && name.find_first_of("\"`'") == std::string_view::npos) {
      return Pattern(message.substr(0, begin)).make() + " <NAME>";
    }
  }
  return Pattern(message).make();
}

}  // namespace usher
