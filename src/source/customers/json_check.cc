// SPDX-License-Identifier: Apache-2.0
#include "source/customers/json_check.h"

#include <cstring>

#include "base/json_bytes.h"

namespace usher::customers {
namespace {

using json_bytes::is_digit;
using json_bytes::is_space;

// Takes one thing after the other; each says false when it is cut or wrong.
class Checker {
 public:
  explicit Checker(std::string_view text)
      : begin_(text.data()), at_(text.data()), end_(text.data() + text.size()) {}

  JsonCheck run() {
    const bool whole = value();
    if (!whole && result_.end == JsonCheck::End::whole) result_.end = JsonCheck::End::cut;
    const char* const there = result_.end == JsonCheck::End::cut ? end_ : at_;
    result_.position = static_cast<std::size_t>(there - begin_);
    return result_;
  }

 private:
  bool wrong(std::string_view problem) {
    result_.end = JsonCheck::End::wrong;
    result_.problem = problem;
    return false;
  }
  bool cut() {
    result_.end = JsonCheck::End::cut;
    return false;
  }

  void skip_space() {
    if (at_ < end_ && static_cast<unsigned char>(*at_) > ' ') return;
    constexpr std::uint64_t kSpaces = 0x2020202020202020ULL;
    while (at_ < end_ && is_space(*at_)) {
      ++at_;
      for (std::uint64_t word = kSpaces; end_ - at_ >= 8; at_ += 8) {  // indentation
        std::memcpy(&word, at_, 8);
        if (word != kSpaces) break;
      }
    }
  }
  // The next character behind white space is there.
  bool next() {
    skip_space();
    return at_ < end_;
  }

  bool is_object() const { return (objects_ >> (depth_ - 1) & 1U) != 0; }
  bool open(bool object) {
    if (depth_ == kMostNesting) return wrong("values are nested more than 64 deep");
    objects_ =
        (objects_ & ~(std::uint64_t{1} << depth_)) | (static_cast<std::uint64_t>(object) << depth_);
    ++depth_;
    ++at_;
    return true;
  }

  bool value();
  bool closes();
  bool first_inside(bool& closed);
  bool behind_value(bool& closed);
  bool name();
  bool scalar();
  bool string();
  bool escape();
  bool unit(unsigned& out);
  bool beyond_ascii();
  bool number();
  bool digits();
  bool word(std::string_view word);

  JsonCheck result_;
  const char* begin_;
  const char* at_;
  const char* end_;
  std::uint64_t objects_ = 0;  // a bit for each open bracket: 1 is an object
  unsigned depth_ = 0;
};

bool Checker::word(std::string_view word) {
  const auto left = static_cast<std::size_t>(end_ - at_);
  const std::size_t size = left < word.size() ? left : word.size();
  if (std::memcmp(at_, word.data(), size) != 0) {
    return wrong(
        "a value was expected: text in double quotes, a number, true, false, null, {}, []");
  }
  at_ += size;
  return size == word.size() || cut();
}

bool Checker::digits() {
  const char* const begin = at_;
  while (at_ < end_ && is_digit(*at_)) ++at_;
  if (at_ == end_) return cut();
  return at_ > begin || wrong("a digit was expected");
}

// Only what follows tells that it ends: at the end of the text it is cut.
bool Checker::number() {
  if (*at_ == '-') ++at_;
  const char* const first = at_;
  if (!digits()) return false;
  if (*first == '0' && at_ - first > 1) {
    at_ = first;
    return wrong("a number begins with 0; write it in double quotes");
  }
  if (*at_ == '.') {
    ++at_;
    if (!digits()) return false;
  }
  if (*at_ == 'e' || *at_ == 'E') {
    ++at_;
    if (at_ < end_ && (*at_ == '+' || *at_ == '-')) ++at_;
    if (!digits()) return false;
  }
  return true;
}

bool Checker::unit(unsigned& out) {
  out = 0;
  for (int i = 0; i < 4; ++i, ++at_) {
    if (at_ == end_) return cut();
    const char c = *at_;
    const char letter = static_cast<char>(c | 0x20);
    unsigned digit = 0;
    if (is_digit(c)) {
      digit = static_cast<unsigned>(c - '0');
    } else if (letter >= 'a' && letter <= 'f') {
      digit = static_cast<unsigned>(letter - 'a') + 10;
    } else {
      return wrong("\\u needs four hexadecimal digits");
    }
    out = out << 4U | digit;
  }
  return true;
}

// At the backslash.
bool Checker::escape() {
  constexpr std::string_view kHalf = "half of a surrogate pair";
  if (end_ - at_ < 2) return cut();
  const char c = at_[1];
  if (c != 'u') {
    if (std::string_view("\"\\/bfnrt").find(c) == std::string_view::npos) {
      return wrong("a backslash begins no known escape; write \\\\ for a backslash");
    }
    at_ += 2;
    return true;
  }
  const char* const begin = at_;
  at_ += 2;
  unsigned first = 0;
  if (!unit(first)) return false;
  if (first < 0xD800 || first > 0xDFFF) return true;
  if (first < 0xDC00) {
    if (at_ == end_ || (end_ - at_ == 1 && *at_ == '\\')) return cut();
    unsigned second = 0;
    if (at_[0] == '\\' && at_[1] == 'u') {
      at_ += 2;
      if (!unit(second)) return false;
      if (second >= 0xDC00 && second <= 0xDFFF) return true;
    }
  }
  at_ = begin;
  return wrong(kHalf);
}

// One character, at its first byte.
bool Checker::beyond_ascii() {
  constexpr std::string_view kProblem = "a text is not UTF-8";
  const auto byte = [this](std::ptrdiff_t i) { return static_cast<unsigned char>(at_[i]); };
  const unsigned char lead = byte(0);
  std::ptrdiff_t size = 2;
  unsigned char least = 0x80;  // of the second byte: no overlong form, no surrogate, no more than
  unsigned char most = 0xBF;   // U+10FFFF
  if (lead < 0xC2 || lead > 0xF4) return wrong(kProblem);
  if (lead >= 0xE0) size = lead >= 0xF0 ? 4 : 3;
  if (lead == 0xE0) least = 0xA0;
  if (lead == 0xED) most = 0x9F;
  if (lead == 0xF0) least = 0x90;
  if (lead == 0xF4) most = 0x8F;
  for (std::ptrdiff_t i = 1; i < size; ++i) {
    if (at_ + i == end_) return cut();
    if (byte(i) < least || byte(i) > most) return wrong(kProblem);
    least = 0x80;
    most = 0xBF;
  }
  at_ += size;
  return true;
}

// At the opening quote.
bool Checker::string() {
  ++at_;
  while (true) {
    at_ = json_bytes::plain_end<true>(at_, end_);
    if (at_ == end_) return cut();
    const auto byte = static_cast<unsigned char>(*at_);
    if (byte == '"') {
      ++at_;
      return true;
    }
    if (byte < 0x20) return wrong("a control character inside a text; write \\n or \\t");
    if (!(byte == '\\' ? escape() : beyond_ascii())) return false;
  }
}

bool Checker::scalar() {
  switch (*at_) {
    case '"':
      return string();
    case 't':
      return word("true");
    case 'f':
      return word("false");
    case '\'':
      return wrong("names and text need double quotes, not single quotes");
    default:
      return *at_ == '-' || is_digit(*at_) ? number() : word("null");
  }
}

// The name of a member and its colon, up to its value.
bool Checker::name() {
  if (!next()) return cut();
  if (*at_ != '"') return wrong("a name in double quotes was expected");
  if (!string()) return false;
  if (!next()) return cut();
  if (*at_ != ':') return wrong("a : was expected behind the name");
  ++at_;
  return true;
}

// Whether the bracket that is open closes here; it is passed then.
bool Checker::closes() {
  if (*at_ != (is_object() ? '}' : ']')) return false;
  ++at_;
  --depth_;
  return true;
}

// Behind an opening bracket.
bool Checker::first_inside(bool& closed) {
  if (!next()) return cut();
  closed = closes();
  return closed || !is_object() || name();
}

// Behind a value inside a bracket: to the next one, or out of the bracket.
bool Checker::behind_value(bool& closed) {
  if (!next()) return cut();
  closed = closes();
  if (closed) return true;
  if (*at_ != ',') return wrong("a , or a closing bracket was expected");
  ++at_;
  return !is_object() || name();
}

bool Checker::value() {
  while (true) {
    if (!next()) return cut();
    const char c = *at_;
    bool closed = true;
    if (c == '{' || c == '[') {
      if (!open(c == '{') || !first_inside(closed)) return false;
    } else if (!scalar()) {
      return false;
    }
    while (closed) {
      if (depth_ == 0) return true;
      if (!behind_value(closed)) return false;
    }
  }
}

}  // namespace

JsonCheck check_json(std::string_view text) {
  return Checker(text).run();
}

}  // namespace usher::customers
