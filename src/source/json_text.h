// SPDX-License-Identifier: Apache-2.0
// Reads JSON inside a cell while keeping its text: numbers stay as they were written (1.10, ids of
// twenty digits), nested values stay text, and a position can be told when it is wrong. A document
// tree would round the numbers and cost ten times the time. Tested by metadata_test.cc, against
// Boost.JSON.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace usher {

class JsonText {
 public:
  explicit JsonText(std::string_view text) : text_(text) {}

  // Each reads one thing, behind white space, and says false with problem() set where it is not
  // there.
  [[nodiscard]] bool read(char punctuation);
  [[nodiscard]] bool read_string(std::string& out);  // decoded
  // Any value as text: a string decoded; everything else as written, white space between tokens
  // left out. `is_null` tells a literal null.
  [[nodiscard]] bool read_value(std::string& out, bool& is_null);
  [[nodiscard]] bool skip_value();  // checked, but not kept
  [[nodiscard]] bool read_end();

  // The next character behind white space; NUL at the end.
  [[nodiscard]] char peek() {
    const bool bare = at_ < text_.size() && static_cast<unsigned char>(text_[at_]) > ' ';
    if (!bare) skip_space();
    return at_ < text_.size() ? text_[at_] : '\0';
  }

  [[nodiscard]] std::string_view problem() const { return problem_; }
  [[nodiscard]] std::size_t position() const { return at_; }

 private:
  static constexpr int kMaxDepth = 64;

  [[nodiscard]] bool wrong(std::string_view problem) {
    problem_ = problem;
    return false;
  }
  void skip_space();
  [[nodiscard]] std::size_t plain_end() const;
  [[nodiscard]] bool take_string(std::string* out);
  // Without `out` they only check.
  [[nodiscard]] bool copy_value(std::string* out, int depth);
  [[nodiscard]] bool copy_members(std::string* out, int depth, char close);
  [[nodiscard]] bool copy_string(std::string* out);
  [[nodiscard]] bool copy_number(std::string* out);
  [[nodiscard]] bool copy_word(std::string* out);
  [[nodiscard]] bool digits();
  [[nodiscard]] bool read_escape(std::string& out);
  [[nodiscard]] bool read_hex(unsigned& unit);

  std::string_view text_;
  std::size_t at_ = 0;
  std::string_view problem_;
};

}  // namespace usher
