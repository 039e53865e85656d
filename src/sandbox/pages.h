// SPDX-License-Identifier: Apache-2.0
// Lists in pages: limit, order and the cursors before and after, which are ids. Works on anything
// that is ordered by Ulid, so that a page costs what it shows and not what there is. Tested by
// pages_test.cc.
#pragma once

#include <algorithm>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "sandbox/answers.h"
#include "sandbox/call.h"
#include "sandbox/ids.h"

namespace usher::sandbox {

struct PageRequest {
  std::size_t limit = 10;
  bool newest_first = true;
  bool cursors_swapped = false;  // order=normal: `before` leads to the older
  std::optional<Ulid> before{};  // already swapped back
  std::optional<Ulid> after{};
};

struct PageRules {
  std::string_view prefix;   // of the ids in the list
  bool lenient = false;      // limits clamped, unknown cursors ignored
  bool newest_first = true;  // when no order is asked for
};

[[nodiscard]] Checked<PageRequest> read_page(const Call& call, const PageRules& rules,
                                             const IdMaker& ids);

template <class Entry>
struct Page {
  std::vector<const Entry*> items;  // in the order shown
  std::optional<Ulid> before;
  std::optional<Ulid> after{};
};

namespace detail {

// Visits entries beyond `from` (or all) in one direction while `visit` says so.
template <class Map, class Visit>
void walk(const Map& map, bool ascending, std::optional<Ulid> from, bool inclusive, Visit visit) {
  if (ascending) {
    auto at = !from ? map.begin() : inclusive ? map.lower_bound(*from) : map.upper_bound(*from);
    while (at != map.end() && visit(*at)) ++at;
  } else {
    auto end = !from ? map.end() : inclusive ? map.upper_bound(*from) : map.lower_bound(*from);
    while (end != map.begin() && visit(*std::prev(end))) --end;
  }
}

}  // namespace detail

// `map` is a std::map<Ulid, ...>; `accept` filters its entries.
template <class Map, class Accept>
Page<typename Map::value_type> cut_page(const Map& map, const PageRequest& request,
                                        const Accept& accept) {
  using Entry = typename Map::value_type;
  const bool backward = request.before && !request.after;
  const std::optional<Ulid> cursor = backward ? request.before : request.after;
  const bool ascending = request.newest_first == backward;
  Page<Entry> page;
  bool more = false;
  detail::walk(map, ascending, cursor, false, [&](const Entry& entry) {
    if (!accept(entry)) return true;
    more = page.items.size() == request.limit;
    if (!more) page.items.push_back(&entry);
    return !more;
  });
  bool behind = false;
  if (cursor) {
    detail::walk(map, !ascending, cursor, true, [&](const Entry& entry) {
      behind = accept(entry);
      return !behind;
    });
  }
  if (backward) std::ranges::reverse(page.items);
  if (page.items.empty()) return page;
  if (backward ? more : behind) page.before = page.items.front()->first;
  if (backward ? behind : more) page.after = page.items.back()->first;
  if (request.cursors_swapped) std::swap(page.before, page.after);
  return page;
}

// The envelope. `write(writer, entry)` writes one object.
template <class Entry, class Write>
net::Reply list(const Page<Entry>& page, std::string_view prefix, const Write& write) {
  std::string body;
  JsonWriter writer(body);
  writer.open_object().field("object", "list").key("data").open_array();
  for (const Entry* entry : page.items) write(writer, *entry);
  writer.close_array().key("list_metadata").open_object();
  const auto cursor = [&](std::string_view name, std::optional<Ulid> id) {
    writer.key(name);
    id ? writer.value(to_id(prefix, *id)) : writer.null();
  };
  cursor("before", page.before);
  cursor("after", page.after);
  writer.close_object().close_object();
  return json(200, std::move(body));
}

}  // namespace usher::sandbox
