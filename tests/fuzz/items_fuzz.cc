// SPDX-License-Identifier: Apache-2.0
// A file of items is read by JSON code of our own (source/customers/json_check.h says why), so
// Boost.JSON is asked the same: what one takes the other takes, with the same items, through a
// window of any size. And whatever an item holds, the check comes to an end and says who it is.
#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json.hpp>

#include "fuzz/require.h"
#include "source/customers/item_scanner.h"
#include "target/customers/schema.h"

namespace usher::customers {
namespace {

struct Scan {
  std::optional<Shape> shape;
  std::vector<std::string> items;
  bool taken = false;
};

Scan scan(std::string_view text, std::size_t window) {
  Scan result;
  Bytes bytes = [text](std::span<char> room) mutable -> Result<std::size_t> {
    const std::size_t got = text.copy(room.data(), room.size());
    text.remove_prefix(got);
    return got;
  };
  ItemScanner scanner(std::move(bytes), "x", {.window = window});
  const auto begun = scanner.begin();
  if (!begun) {
    require(!begun.error().what.empty(), "a refusal says why");
    return result;
  }
  result.shape = *begun;
  result.taken = !result.shape;
  FoundItem item;
  while (result.shape) {
    const auto any = scanner.next(item);
    if (!any) return result;
    result.taken = !*any;
    if (!*any) return result;
    result.items.emplace_back(item.json);
  }
  return result;
}

void check_item(std::string_view item) {
  std::vector<SchemaFinding> findings;
  for (const ImportType type : {ImportType::customers, ImportType::households}) {
    findings.clear();
    (void)check_schema(item, type, findings);
    require(findings.size() <= kMostFindingsOfItem, "findings are bounded");
  }
}

void compare(std::string_view text, std::size_t window) {
  const Scan ours = scan(text, window);
  const Scan whole = scan(text, text.size() + 1);
  require(ours.taken == whole.taken && ours.items == whole.items && ours.shape == whole.shape,
          "the window does not matter");
  for (const std::string& item : ours.items) check_item(item);
  check_item(text);
  if (text.starts_with("\xEF\xBB\xBF")) return;
  if (std::ranges::count(text, '[') + std::ranges::count(text, '{') > 60) return;  // our depth

  boost::json::error_code error;
  boost::json::parse_options options;
  options.max_depth = 64;
  const auto theirs =
      boost::json::parse({text.data(), text.size()}, error, boost::json::storage_ptr(), options);
  if (error == boost::json::error::exponent_overflow) return;  // ours keeps numbers as text
  // More is refused here: what is no object and no list, second lists, lists of other things.
  if (!ours.taken) return;
  require(!error, "what is taken is JSON");
  if (!ours.shape) return;
  const boost::json::array* list = theirs.if_array();
  if (const auto* const object = theirs.if_object()) {
    for (const auto& member : *object) {
      if (std::string_view(member.key()) != to_string(*ours.shape)) continue;
      if (member.value().is_array()) list = &member.value().get_array();
    }
  }
  require(list != nullptr, "the list is there");
  if (list->size() != ours.items.size()) return;  // of two members of a name, Boost keeps the last
  for (std::size_t i = 0; i < list->size(); ++i) {
    const auto item = boost::json::parse(ours.items[i], error);
    require(!error && item == (*list)[i], "an item is what it was");
  }
}

}  // namespace
}  // namespace usher::customers

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  usher::customers::compare({reinterpret_cast<const char*>(data + 1), size - 1}, 1 + data[0] % 64);
  return 0;
}
