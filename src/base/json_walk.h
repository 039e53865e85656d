// SPDX-License-Identifier: Apache-2.0
// Walks over JSON text where it stands: member by member, without a tree and without a copy, so
// that a million items cost a second and numbers stay as they were written. Made for text that has
// been checked (source/customers/json_check.h); of any other it may make nonsense, but it ends, and
// never looks beyond the text. Tested by json_walk_test.cc.
//
//   JsonWalk walk(text);
//   if (walk.enter('{')) {
//     std::string_view name;
//     while (walk.next_member(name)) {
//       if (name == "id") id = walk.text(); else walk.skip();
//     }
//   }
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace usher {

enum class JsonKind : std::uint8_t { none, object, array, text, number, boolean, null };

class JsonWalk {
 public:
  explicit JsonWalk(std::string_view text)
      : at_(text.data()), end_(text.data() + text.size()), begin_(text.data()) {}

  [[nodiscard]] JsonKind peek();  // of the value that comes next; none: there is none

  // Into an object or an array, when the value that comes next is one ('{' or '['). Then each
  // member's value has to be taken, with text(), raw(), skip() or enter(), before the next one.
  [[nodiscard]] bool enter(char bracket);
  // False behind the last one. `name` is decoded; it stays until the next member.
  [[nodiscard]] bool next_member(std::string_view& name);
  [[nodiscard]] bool next_element();

  // The next value: a text decoded, everything else as it is written. Stays until the next text().
  [[nodiscard]] std::string_view text();
  [[nodiscard]] std::string_view raw();  // as it stands, quotes included
  void skip() { (void)raw(); }

  [[nodiscard]] std::size_t position() const { return static_cast<std::size_t>(at_ - begin_); }

 private:
  void skip_space();
  [[nodiscard]] std::string_view take_string(bool& escaped);  // without its quotes
  void skip_container();

  const char* at_;
  const char* end_;
  const char* begin_;
  bool first_ = false;  // just behind an opening bracket
  std::string name_;
  std::string text_;
};

// The text of a JSON string that stands between its quotes; what is no escape stays as it is.
void decode_json(std::string_view inside, std::string& out);

}  // namespace usher
