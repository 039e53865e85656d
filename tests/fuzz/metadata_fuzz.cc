// SPDX-License-Identifier: Apache-2.0
// The metadata cell is read by JSON code of our own (source/json_text.h says why), so Boost.JSON is
// asked the same: what one takes as an object the other takes too, with the same names and, where
// the values are strings, the same values.
#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include <boost/json.hpp>

#include "base/text.h"
#include "fuzz/require.h"
#include "source/metadata.h"

namespace usher {
namespace {

// Limits of ours that Boost does not have: depth and number of pairs.
bool is_beyond_limits(std::string_view cell) {
  std::size_t pairs = 0;
  int depth = 0;
  int deepest = 0;
  for (const char c : cell) {
    if (c == ':') ++pairs;
    if (c == '{' || c == '[') deepest = std::max(deepest, ++depth);
    if (c == '}' || c == ']') --depth;
  }
  return pairs > kMaxMetadataPairs || deepest > 30;
}

void compare(std::string_view cell) {
  Metadata ours;
  const auto problem = parse_metadata(cell, ours);
  if (problem) require(!problem->empty(), "a refusal says why");
  // The CSV reader has refused what is not UTF-8 long before.
  if (find_invalid_utf8(cell) || is_beyond_limits(cell)) return;

  boost::json::error_code error;
  const auto theirs = boost::json::parse(boost::json::string_view(cell.data(), cell.size()), error);
  if (error == boost::json::error::exponent_overflow) return;  // ours keeps numbers as text
  const bool is_object = !error && theirs.is_object();
  if (!is_object) {
    require(problem.has_value() || ours.empty(), "what is no object gives no pairs");
    return;
  }
  require(!problem.has_value(), "what Boost.JSON takes as an object is taken");
  const std::map<std::string, std::string> pairs(ours.begin(), ours.end());
  require(pairs.size() == ours.size(), "a name comes once");
  std::size_t expected = 0;
  for (const auto& member : theirs.get_object()) {
    if (member.value().is_null()) continue;
    ++expected;
    const auto found = pairs.find(std::string(member.key()));
    require(found != pairs.end(), "every name is there");
    if (const auto* text = member.value().if_string()) {
      require(std::string_view(found->second) == std::string_view(text->data(), text->size()),
              "a string keeps its value");
    }
  }
  require(expected == pairs.size(), "no name is made up");
}

}  // namespace
}  // namespace usher

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  usher::compare({reinterpret_cast<const char*>(data), size});
  return 0;
}
