// SPDX-License-Identifier: Apache-2.0
#include "source/metadata.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "source/json_text.h"

namespace usher {
namespace {

std::string invalid(const JsonText& json) {
  return fmt::format("Metadata is invalid JSON (character {}): {}", json.position() + 1,
                     json.problem());
}

void tell(std::vector<std::string>* left_out, std::string_view key, std::string_view what) {
  if (left_out == nullptr || left_out->size() == kMostLeftOut) return;
  left_out->push_back(fmt::format("metadata \"{}\" {}", printable(key, 60), what));
}

void put(Metadata& pairs, std::string&& key, std::string&& value, bool is_null,
         std::vector<std::string>* left_out) {
  const auto twin =
      std::find_if(pairs.begin(), pairs.end(), [&](const auto& pair) { return pair.first == key; });
  if (is_null) tell(left_out, key, "is null: left out");
  if (twin != pairs.end()) tell(left_out, key, "comes more than once: the last one counts");
  if (is_null) {
    if (twin != pairs.end()) pairs.erase(twin);
  } else if (twin != pairs.end()) {
    twin->second = std::move(value);
  } else {
    pairs.emplace_back(std::move(key), std::move(value));
  }
}

std::optional<std::string> parse_other(JsonText& json) {
  std::string text;
  bool is_null = false;
  if (!json.read_value(text, is_null) || !json.read_end()) return invalid(json);
  if (is_null) return std::nullopt;
  return R"(Metadata is not a JSON object; write it as {"name": "value"})";
}

}  // namespace

std::optional<std::string> parse_metadata(std::string_view cell, Metadata& out,
                                          std::vector<std::string>* left_out) {
  out.clear();
  JsonText json(cell);
  if (json.peek() != '{') return parse_other(json);
  (void)json.read('{');
  if (json.peek() == '}') {
    (void)json.read('}');
    return json.read_end() ? std::nullopt : std::optional(invalid(json));
  }
  while (true) {
    std::string key;
    std::string value;
    bool is_null = false;
    const bool good = json.read_string(key) && json.read(':') && json.read_value(value, is_null);
    if (!good) return invalid(json);
    put(out, std::move(key), std::move(value), is_null, left_out);
    if (out.size() > kMaxMetadataPairs) {
      return fmt::format("Metadata has more than {} names; keep the ones that matter",
                         kMaxMetadataPairs);
    }
    if (json.peek() == '}') break;
    if (!json.read(',')) return invalid(json);
  }
  (void)json.read('}');
  return json.read_end() ? std::nullopt : std::optional(invalid(json));
}

}  // namespace usher
