// SPDX-License-Identifier: Apache-2.0
#include "source/json_text.h"

#include <charconv>
#include <cstring>

#include "base/text.h"

namespace usher {
namespace {

bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

void put(std::string* out, std::string_view text) {
  if (out != nullptr) *out += text;
}

}  // namespace

void JsonText::skip_space() {
  while (at_ < text_.size() && is_space(text_[at_])) ++at_;
}

bool JsonText::read(char punctuation) {
  if (peek() == punctuation) {
    ++at_;
    return true;
  }
  switch (punctuation) {
    case '{':
      return wrong("a { was expected");
    case '[':
      return wrong("a [ was expected");
    case ':':
      return wrong("a : was expected behind the name");
    default:
      return wrong("a , or a closing bracket was expected");
  }
}

bool JsonText::read_end() {
  skip_space();
  return at_ == text_.size() || wrong("there is more text behind the end");
}

bool JsonText::read_hex(unsigned& unit) {
  const std::string_view four = text_.substr(at_, 4);
  const auto [end, error] = std::from_chars(four.data(), four.data() + four.size(), unit, 16);
  if (four.size() < 4 || error != std::errc{} || end != four.data() + 4) {
    return wrong("\\u needs four hexadecimal digits");
  }
  at_ += 4;
  return true;
}

// Behind the backslash.
bool JsonText::read_escape(std::string& out) {
  const char c = at_ < text_.size() ? text_[at_++] : '\0';
  switch (c) {
    case '"':
    case '\\':
    case '/':
      out += c;
      return true;
    case 'b':
      out += '\b';
      return true;
    case 'f':
      out += '\f';
      return true;
    case 'n':
      out += '\n';
      return true;
    case 'r':
      out += '\r';
      return true;
    case 't':
      out += '\t';
      return true;
    case 'u':
      break;
    default:
      return wrong("a backslash begins no known escape; write \\\\ for a backslash");
  }
  unsigned unit = 0;
  if (!read_hex(unit)) return false;
  const bool leads = unit >= 0xD800 && unit < 0xDC00;
  if (leads) {
    unsigned second = 0;
    if (!text_.substr(at_).starts_with("\\u")) return wrong("half of a surrogate pair");
    at_ += 2;
    if (!read_hex(second)) return false;
    if (second < 0xDC00 || second > 0xDFFF) return wrong("half of a surrogate pair");
    unit = 0x10000 + ((unit - 0xD800) << 10U) + (second - 0xDC00);
  } else if (unit >= 0xDC00 && unit < 0xE000) {
    return wrong("half of a surrogate pair");
  }
  append_utf8(out, unit);
  return true;
}

// Where the text from `at_` on has something else than plain characters.
std::size_t JsonText::plain_end() const {
  constexpr std::uint64_t kOnes = 0x0101010101010101ULL;
  constexpr std::uint64_t kHighs = 0x80 * kOnes;
  const auto has_zero = [](std::uint64_t word) { return (word - kOnes) & ~word & kHighs; };
  std::size_t end = at_;
  for (; end + 8 <= text_.size(); end += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, text_.data() + end, 8);
    const std::uint64_t below_space = (word - 0x20 * kOnes) & ~word & kHighs;
    if ((has_zero(word ^ ('"' * kOnes)) | has_zero(word ^ ('\\' * kOnes)) | below_space) != 0)
      break;
  }
  while (end < text_.size() && text_[end] != '"' && text_[end] != '\\' &&
         static_cast<unsigned char>(text_[end]) >= 0x20) {
    ++end;
  }
  return end;
}

bool JsonText::read_string(std::string& out) {
  out.clear();
  return take_string(&out);
}

// Without `out` it is only checked.
bool JsonText::take_string(std::string* out) {
  const char first = peek();
  if (first == '\'') return wrong("names and text need double quotes, not single quotes");
  if (first != '"') return wrong("a text in double quotes was expected");
  ++at_;
  std::string unused;
  while (true) {
    const std::size_t end = plain_end();
    if (out != nullptr) out->append(text_, at_, end - at_);
    at_ = end;
    if (at_ == text_.size()) return wrong("a text is not closed");
    const char c = text_[at_];
    if (c != '"' && c != '\\') return wrong("a control character inside a text; write \\n or \\t");
    ++at_;
    if (c == '"') return true;
    if (!read_escape(out != nullptr ? *out : unused)) return false;
    unused.clear();
  }
}

// Validates as read_string() does, but keeps the quotes and escapes.
bool JsonText::copy_string(std::string* out) {
  skip_space();
  const std::size_t begin = at_;
  if (!take_string(nullptr)) return false;
  if (out != nullptr) out->append(text_, begin, at_ - begin);
  return true;
}

bool JsonText::digits() {
  const std::size_t begin = at_;
  while (at_ < text_.size() && is_digit(text_[at_])) ++at_;
  return at_ > begin || wrong("a digit was expected");
}

bool JsonText::copy_number(std::string* out) {
  const std::size_t begin = at_;
  const auto next = [this] { return at_ < text_.size() ? text_[at_] : '\0'; };
  if (next() == '-') ++at_;
  const bool zero = next() == '0';
  if (!digits()) return false;
  const bool more = text_[begin] == '-' ? at_ - begin > 2 : at_ - begin > 1;
  if (zero && more) return wrong("a number begins with 0");
  if (next() == '.') {
    ++at_;
    if (!digits()) return false;
  }
  if (next() == 'e' || next() == 'E') {
    ++at_;
    if (next() == '+' || next() == '-') ++at_;
    if (!digits()) return false;
  }
  if (out != nullptr) out->append(text_, begin, at_ - begin);
  return true;
}

bool JsonText::copy_word(std::string* out) {
  for (const std::string_view word : {"true", "false", "null"}) {
    if (text_.substr(at_).starts_with(word)) {
      at_ += word.size();
      put(out, word);
      return true;
    }
  }
  return wrong(
      "a value was expected: text in double quotes, a number, true, false, null, {} or []");
}

bool JsonText::copy_members(std::string* out, int depth, char close) {
  if (depth == kMaxDepth) return wrong("values are nested too deeply");
  put(out, text_.substr(at_++, 1));
  if (peek() == close) {
    put(out, std::string_view(&close, 1));
    ++at_;
    return true;
  }
  while (true) {
    if (close == '}') {
      if (!copy_string(out) || !read(':')) return false;
      put(out, ":");
    }
    if (!copy_value(out, depth + 1)) return false;
    if (peek() == close) {
      put(out, std::string_view(&close, 1));
      ++at_;
      return true;
    }
    if (!read(',')) return false;
    put(out, ",");
  }
}

bool JsonText::copy_value(std::string* out, int depth) {
  const char c = peek();
  if (c == '"' || c == '\'') return copy_string(out);
  if (c == '{') return copy_members(out, depth, '}');
  if (c == '[') return copy_members(out, depth, ']');
  if (c == '-' || is_digit(c)) return copy_number(out);
  return copy_word(out);
}

bool JsonText::read_value(std::string& out, bool& is_null) {
  is_null = false;
  if (peek() == '"') return read_string(out);
  out.clear();
  if (!copy_value(&out, 1)) return false;
  is_null = out == "null";
  return true;
}

bool JsonText::skip_value() {
  return copy_value(nullptr, 1);
}

}  // namespace usher
