// SPDX-License-Identifier: Apache-2.0
#include "sandbox/pages.h"

#include "base/text.h"

namespace usher::sandbox {

namespace {

constexpr std::int64_t kMost = 100;

Checked<std::size_t> read_limit(const Call& call, bool lenient) {
  const auto text = call.parameter("limit");
  if (!text) return 10;
  const auto limit = parse_int(*text);
  if (limit && *limit >= 1 && *limit <= kMost) return static_cast<std::size_t>(*limit);
  if (!lenient) {
    return refuse(invalid("limit_out_of_range", "Limit should be an integer from 1 to 100."));
  }
  if (!limit || *limit == 0) return 10;
  return static_cast<std::size_t>(std::clamp<std::int64_t>(*limit, 1, kMost));
}

Checked<std::optional<Ulid>> read_cursor(const Call& call, std::string_view name,
                                         const PageRules& rules, const IdMaker& ids) {
  const auto text = call.parameter(name);
  if (!text || text->empty()) return std::nullopt;
  const auto ulid = parse_id(rules.prefix, *text);
  if (ulid && ids.may_have_issued(*ulid)) return ulid;
  if (rules.lenient) return std::nullopt;
  return refuse(invalid("cursor_unknown", "The cursor is not the id of an object in this list."));
}

}  // namespace

Checked<PageRequest> read_page(const Call& call, const PageRules& rules, const IdMaker& ids) {
  PageRequest page;
  page.newest_first = rules.newest_first;
  USHER_TRY_ASSIGN(page.limit, read_limit(call, rules.lenient));
  USHER_TRY_ASSIGN(page.before, read_cursor(call, "before", rules, ids));
  USHER_TRY_ASSIGN(page.after, read_cursor(call, "after", rules, ids));
  if (const auto order = call.parameter("order")) {
    page.cursors_swapped = *order == "normal";
    page.newest_first = *order != "asc";
    if (*order != "asc" && *order != "desc" && *order != "normal" && !rules.lenient) {
      return refuse(invalid("order_unknown", "Order should be asc, desc or normal."));
    }
  }
  if (page.cursors_swapped) std::swap(page.before, page.after);
  return page;
}

}  // namespace usher::sandbox
