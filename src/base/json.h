// SPDX-License-Identifier: Apache-2.0
// Writing JSON text piece by piece, for request bodies and JSON lines on the hot path; reading goes
// through Boost.JSON where it is needed. The writer keeps the order of the calls and knows no
// schema. Tested by json_test.cc.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace usher {

// Appends `text` as a JSON string literal, quotes included. Invalid UTF-8 becomes U+FFFD.
void append_json_string(std::string& out, std::string_view text);

class JsonWriter {
 public:
  explicit JsonWriter(std::string& out) : out_(out) {}

  JsonWriter& open_object();
  JsonWriter& close_object();
  JsonWriter& open_array();
  JsonWriter& close_array();
  JsonWriter& key(std::string_view name);
  JsonWriter& value(std::string_view text);
  JsonWriter& value(const char* text) { return value(std::string_view(text)); }
  JsonWriter& value(bool truth);
  JsonWriter& value(std::int64_t number);
  JsonWriter& value(std::uint64_t number);
  JsonWriter& value(int number) { return value(static_cast<std::int64_t>(number)); }
  JsonWriter& null();
  JsonWriter& json(std::string_view text);  // a value that is JSON text already

  template <class T>
  JsonWriter& field(std::string_view name, const T& content) {
    return key(name).value(content);
  }

 private:
  void separate();
  std::string& out_;
  bool first_ = true;
};

}  // namespace usher
