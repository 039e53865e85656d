// SPDX-License-Identifier: Apache-2.0
#include "base/json.h"

#include <gtest/gtest.h>

namespace usher {
namespace {

TEST(Json, WritesObjectsInTheOrderOfTheCalls) {
  std::string out;
  JsonWriter json(out);
  json.open_object().field("b", "x").field("a", true).key("n").null().key("list").open_array();
  json.value(1).value("two").open_object().close_object().close_array();
  json.field("big", std::uint64_t{18446744073709551615U}).field("neg", std::int64_t{-5});
  json.close_object();
  EXPECT_EQ(
      out,
      R"({"b":"x","a":true,"n":null,"list":[1,"two",{}],"big":18446744073709551615,"neg":-5})");
}

TEST(Json, EscapesAndReplacesInvalidUtf8) {
  std::string out;
  append_json_string(out, std::string_view("\"\\\n\r\t\x01\x7F\0é\xFF!", 12));
  EXPECT_EQ(out, "\"\\\"\\\\\\n\\r\\t\\u0001\\u007f\\u0000é\xEF\xBF\xBD!\"");
}

}  // namespace
}  // namespace usher
