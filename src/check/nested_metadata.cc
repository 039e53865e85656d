// SPDX-License-Identifier: Apache-2.0
#include "check/nested_metadata.h"

#include "base/json.h"
#include "source/json_text.h"

namespace usher::check {
namespace {

// Calls visit(key, begin, end, compact text) for every array and object.
template <class Visit>
void walk(std::string_view cell, Visit visit) {
  if (cell.find_first_of("[{", 1) == std::string_view::npos) return;
  JsonText json(cell);
  if (!json.read('{')) return;
  std::string key;
  std::string value;
  bool is_null = false;
  while (json.peek() == '"' && json.read_string(key) && json.read(':')) {
    const char first = json.peek();
    const std::size_t begin = json.position();
    if (!json.read_value(value, is_null)) return;
    if (first == '[' || first == '{') visit(key, begin, json.position(), value);
    if (json.peek() != ',') return;
    (void)json.read(',');
  }
}

}  // namespace

void for_each_nested(std::string_view cell,
                     const std::function<void(std::string_view key)>& visit) {
  walk(cell,
       [&](const std::string& key, std::size_t, std::size_t, const std::string&) { visit(key); });
}

std::string with_nested_as_text(std::string_view cell) {
  std::string result;
  std::size_t done = 0;
  walk(cell, [&](const std::string&, std::size_t begin, std::size_t end, const std::string& text) {
    result += cell.substr(done, begin - done);
    append_json_string(result, text);
    done = end;
  });
  result += cell.substr(done);
  return result;
}

}  // namespace usher::check
