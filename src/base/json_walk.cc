// SPDX-License-Identifier: Apache-2.0
#include "base/json_walk.h"

#include <charconv>

#include "base/json_bytes.h"
#include "base/text.h"

namespace usher {
namespace {

// The unit of a \uXXXX at the front; nothing else is below 0x10000.
constexpr unsigned kNoUnit = 0x10000;

unsigned read_unit(std::string_view text) {
  if (!text.starts_with("\\u") || text.size() < 6) return kNoUnit;
  unsigned unit = 0;
  const auto [end, error] = std::from_chars(text.data() + 2, text.data() + 6, unit, 16);
  return error == std::errc{} && end == text.data() + 6 ? unit : kNoUnit;
}

// Decodes the escape at the front of `text`; says how many bytes it is long.
std::size_t decode_escape(std::string_view text, std::string& out) {
  constexpr std::string_view kLetters = "bfnrt";
  constexpr std::string_view kMeant = "\b\f\n\r\t";
  if (text.size() < 2) {
    out += text;
    return text.size();
  }
  if (text[1] != 'u') {
    const auto letter = kLetters.find(text[1]);
    out += letter == std::string_view::npos ? text[1] : kMeant[letter];
    return 2;
  }
  const unsigned unit = read_unit(text);
  if (unit == kNoUnit) {
    out += text.substr(0, 2);
    return 2;
  }
  if (unit >= 0xD800 && unit < 0xDC00) {
    const unsigned second = read_unit(text.substr(6));
    if (second >= 0xDC00 && second < 0xE000) {
      append_utf8(out, 0x10000 + ((unit - 0xD800) << 10U) + (second - 0xDC00));
      return 12;
    }
  }
  append_utf8(out, unit >= 0xD800 && unit < 0xE000 ? 0xFFFD : unit);
  return 6;
}

}  // namespace

void decode_json(std::string_view inside, std::string& out) {
  out.clear();
  while (!inside.empty()) {
    const auto escape = inside.find('\\');
    out += inside.substr(0, escape);
    if (escape == std::string_view::npos) return;
    inside.remove_prefix(escape);
    inside.remove_prefix(decode_escape(inside, out));
  }
}

void JsonWalk::skip_space() {
  while (at_ < end_ && json_bytes::is_space(*at_)) ++at_;
}

JsonKind JsonWalk::peek() {
  skip_space();
  if (at_ == end_) return JsonKind::none;
  switch (*at_) {
    case '{':
      return JsonKind::object;
    case '[':
      return JsonKind::array;
    case '"':
      return JsonKind::text;
    case 't':
    case 'f':
      return JsonKind::boolean;
    case 'n':
      return JsonKind::null;
    default:
      return *at_ == '-' || json_bytes::is_digit(*at_) ? JsonKind::number : JsonKind::none;
  }
}

bool JsonWalk::enter(char bracket) {
  skip_space();
  if (at_ == end_ || *at_ != bracket) return false;
  ++at_;
  first_ = true;
  return true;
}

bool JsonWalk::next_element() {
  skip_space();
  if (at_ == end_) return false;
  if (*at_ == ']' || *at_ == '}') {
    ++at_;
    first_ = false;
    return false;
  }
  if (!first_) {
    if (*at_ != ',') {
      at_ = end_;
      return false;
    }
    ++at_;
    skip_space();
  }
  first_ = false;
  return at_ < end_;
}

bool JsonWalk::next_member(std::string_view& name) {
  if (!next_element()) return false;
  if (*at_ != '"') {
    at_ = end_;
    return false;
  }
  bool escaped = false;
  name = take_string(escaped);
  if (escaped) {
    decode_json(name, name_);
    name = name_;
  }
  skip_space();
  if (at_ == end_ || *at_ != ':') {
    at_ = end_;
    return false;
  }
  ++at_;
  skip_space();
  return at_ < end_;
}

std::string_view JsonWalk::take_string(bool& escaped) {
  const char* const begin = ++at_;
  escaped = false;
  while (true) {
    at_ = json_bytes::plain_end<false>(at_, end_);
    if (at_ == end_) return {begin, static_cast<std::size_t>(at_ - begin)};
    if (*at_ == '"') return {begin, static_cast<std::size_t>(at_++ - begin)};
    escaped = true;
    at_ = end_ - at_ > 2 ? at_ + 2 : end_;
  }
}

// Brackets are counted, not matched: the text has been checked.
void JsonWalk::skip_container() {
  std::size_t depth = 0;
  bool escaped = false;
  while (at_ < end_) {
    const char c = *at_;
    if (c == '"') {
      (void)take_string(escaped);
      continue;
    }
    ++at_;
    if (c == '{' || c == '[') ++depth;
    if ((c == '}' || c == ']') && --depth == 0) return;
  }
}

std::string_view JsonWalk::raw() {
  first_ = false;
  skip_space();
  const char* const begin = at_;
  bool escaped = false;
  if (at_ == end_) return {};
  if (*at_ == '"') {
    (void)take_string(escaped);
  } else if (*at_ == '{' || *at_ == '[') {
    skip_container();
  } else {
    while (at_ < end_ && *at_ != ',' && *at_ != '}' && *at_ != ']' && !json_bytes::is_space(*at_)) {
      ++at_;
    }
    if (at_ == begin) at_ = end_;  // nothing that could be a value
  }
  return {begin, static_cast<std::size_t>(at_ - begin)};
}

std::string_view JsonWalk::text() {
  skip_space();
  if (at_ == end_ || *at_ != '"') return raw();
  bool escaped = false;
  const std::string_view inside = take_string(escaped);
  first_ = false;
  if (!escaped) return inside;
  decode_json(inside, text_);
  return text_;
}

}  // namespace usher
