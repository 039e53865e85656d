// SPDX-License-Identifier: Apache-2.0
#include "run/customers/masked.h"

#include <utility>
#include <vector>

#include "base/json.h"
#include "base/json_walk.h"
#include "base/secret.h"
#include "base/text.h"

namespace usher::customers {
namespace {

constexpr int kDeepest = 64;  // below it everything is masked

// Where secrets stand: begin and end.
using Places = std::vector<std::pair<std::size_t, std::size_t>>;

void find(JsonWalk& walk, std::string_view json, int depth, Places& places) {
  const auto mask = [&] {
    const std::string_view raw = walk.raw();
    const auto at = static_cast<std::size_t>(raw.data() - json.data());
    places.emplace_back(at, at + raw.size());
  };
  if (depth == kDeepest) return mask();
  if (walk.enter('{')) {
    std::string_view name;
    while (walk.next_member(name)) {
      if (equal_ignoring_case(name, "password") && walk.peek() != JsonKind::null) {
        mask();
      } else {
        find(walk, json, depth + 1, places);
      }
    }
  } else if (walk.enter('[')) {
    while (walk.next_element()) find(walk, json, depth + 1, places);
  } else {
    walk.skip();
  }
}

}  // namespace

std::string masked(std::string_view json) {
  Places places;
  JsonWalk walk(json);
  find(walk, json, 0, places);
  std::string text;
  std::size_t from = 0;
  for (const auto& [begin, end] : places) {
    text += json.substr(from, begin - from);
    append_json_string(text, Secret::kMask);
    from = end;
  }
  text += json.substr(from);
  return text;
}

}  // namespace usher::customers
