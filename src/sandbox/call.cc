// SPDX-License-Identifier: Apache-2.0
#include "sandbox/call.h"

#include "base/text.h"

namespace usher::sandbox {

Call::Call(const net::ServerRequest& asked, Now at) : request(asked), now(at) {
  const std::string_view target = asked.target;
  const std::size_t mark = target.find('?');
  path = target.substr(0, mark);
  const std::string_view inner = path.starts_with('/') ? path.substr(1) : path;
  for (const std::string_view segment : split(inner, '/')) {
    segments.push_back(percent_decode(segment));
  }
  if (mark == std::string_view::npos) return;
  for (const std::string_view pair : split(target.substr(mark + 1), '&')) {
    if (pair.empty()) continue;
    const std::size_t equals = std::min(pair.find('='), pair.size());
    const std::string_view value = pair.substr(std::min(equals + 1, pair.size()));
    query.emplace_back(percent_decode(pair.substr(0, equals), true), percent_decode(value, true));
  }
}

std::optional<std::string> Call::parameter(std::string_view name) const {
  for (const auto& [key_, value] : query) {
    if (key_ == name) return value;
  }
  return {};
}

std::vector<std::string> Call::list_parameter(std::string_view name) const {
  std::vector<std::string> values;
  for (const auto& [key_, text] : query) {
    const std::string_view key_name = key_;
    if (key_name != name && !(key_name.starts_with(name) && key_name.substr(name.size()) == "[]")) {
      continue;
    }
    for (const std::string_view value : split(text, ',')) {
      if (!value.empty()) values.emplace_back(value);
    }
  }
  return values;
}

}  // namespace usher::sandbox
