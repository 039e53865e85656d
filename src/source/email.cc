// SPDX-License-Identifier: Apache-2.0
#include "source/email.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace usher {
namespace {

constexpr std::size_t kMaxAddress = 254;  // RFC 5321 4.5.3.1.3, without the angle brackets
constexpr std::size_t kMaxLocal = 64;
constexpr std::size_t kMaxLabel = 63;

constexpr bool is_letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool is_high(char c) {
  return static_cast<unsigned char>(c) >= 0x80;
}

constexpr unsigned char kInLocal = 1;  // without surprises; others may be allowed all the same
constexpr unsigned char kInLabel = 2;

constexpr std::array<unsigned char, 256> make_classes() {
  std::array<unsigned char, 256> classes{};
  for (unsigned i = 0; i < 128; ++i) {
    const char c = static_cast<char>(i);
    if (is_letter_or_digit(c) || c == '-') classes[i] = kInLocal | kInLabel;
    if (c == '.' || c == '_' || c == '+') classes[i] = kInLocal;
  }
  return classes;
}

// Most addresses, in one pass. What this does not accept is looked at closely.
bool is_plainly_good(std::string_view address) {
  static constexpr auto kClasses = make_classes();
  std::size_t at = 0;
  const auto run = [&](unsigned char wanted) {
    const std::size_t begin = at;
    while (at < address.size() &&
           (kClasses[static_cast<unsigned char>(address[at])] & wanted) != 0) {
      ++at;
    }
    return at - begin;
  };
  const std::size_t local = run(kInLocal);
  if (local == 0 || local > kMaxLocal || at == address.size() || address[at] != '@') return false;
  for (std::size_t labels = 1;; ++labels) {
    ++at;
    const std::size_t label = run(kInLabel);
    if (label == 0 || label > kMaxLabel) return false;
    if (address[at - label] == '-' || address[at - 1] == '-') return false;
    if (at == address.size()) {
      return labels > 1 && at <= kMaxAddress && (address[at - 1] < '0' || address[at - 1] > '9');
    }
    if (address[at] != '.') return false;
  }
}

std::optional<std::string_view> character_problem(std::string_view address) {
  for (const char c : address) {
    if (is_letter_or_digit(c) || c == '.' || c == '@' || c == '-' || c == '_' || c == '+') continue;
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) return "holds a control character";
    switch (c) {
      case ' ':
        return "holds a space";
      case '<':
      case '>':
        return "holds more than the address; keep what stands between < and >";
      case ',':
      case ';':
        return "looks like several addresses; give each person a row";
      case '"':
      case '(':
      case ')':
      case '[':
      case ']':
      case ':':
      case '\\':
        return "holds a character that addresses cannot have";
      default:
        break;
    }
  }
  return std::nullopt;
}

std::optional<std::string_view> label_problem(std::string_view label) {
  if (label.empty()) return "has an empty part in its domain; is a dot too many?";
  if (label.size() > kMaxLabel) return "has a domain part of more than 63 characters";
  if (label.front() == '-' || label.back() == '-') {
    return "has a domain part that begins or ends with a hyphen";
  }
  for (const char c : label) {
    if (is_high(c)) {
      return "has a domain with letters beyond ASCII; write the domain in its ASCII form "
             "(xn--...), "
             "which idn2 prints";
    }
    if (!is_letter_or_digit(c) && c != '-') return "has a character that domains cannot have";
  }
  return std::nullopt;
}

std::optional<std::string_view> domain_problem(std::string_view domain) {
  if (domain.empty()) return "has nothing behind the @";
  if (domain.find('.') == std::string_view::npos) return "has no dot in its domain";
  while (true) {
    const auto dot = domain.find('.');
    if (auto problem = label_problem(domain.substr(0, dot))) return problem;
    if (dot == std::string_view::npos) break;
    domain.remove_prefix(dot + 1);
  }
  const bool numeric =
      std::all_of(domain.begin(), domain.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (numeric) return "has a domain that ends in a number";
  return std::nullopt;
}

}  // namespace

std::string_view without_blanks(std::string_view address) {
  // no-break space, zero-width space, byte order mark
  static constexpr std::array<std::string_view, 3> kInvisible = {"\xC2\xA0", "\xE2\x80\x8B",
                                                                 "\xEF\xBB\xBF"};
  while (true) {
    const std::size_t before = address.size();
    address = trim(address);
    for (const std::string_view invisible : kInvisible) {
      if (address.starts_with(invisible)) address.remove_prefix(invisible.size());
      if (address.ends_with(invisible)) address.remove_suffix(invisible.size());
    }
    if (address.size() == before) return address;
  }
}

std::optional<std::string_view> email_problem(std::string_view address) {
  if (is_plainly_good(address)) return std::nullopt;
  if (without_blanks(address).size() < trim(address).size()) {
    return "begins or ends with an invisible character, such as a no-break space";
  }
  if (auto problem = character_problem(address)) return problem;
  const auto at = address.find('@');
  if (at == std::string_view::npos) return "has no @";
  if (address.find('@', at + 1) != std::string_view::npos) return "has more than one @";
  if (at == 0) return "has nothing before the @";
  if (at > kMaxLocal) return "has more than 64 characters before the @";
  if (address.size() > kMaxAddress) return "is longer than 254 characters";
  return domain_problem(address.substr(at + 1));
}

}  // namespace usher
