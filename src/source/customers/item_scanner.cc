// SPDX-License-Identifier: Apache-2.0
#include "source/customers/item_scanner.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/json_bytes.h"
#include "base/json_walk.h"
#include "base/text.h"
#include "source/customers/json_check.h"
#include "source/customers/json_window.h"

namespace usher::customers {
namespace {

constexpr int kEnd = -1;

std::optional<Shape> list_named(std::string_view name) {
  if (name == "data") return Shape::data;
  if (name == "households") return Shape::households;
  if (name == "customers") return Shape::customers;
  return std::nullopt;
}

std::string_view kind_of(int first) {
  switch (first) {
    case '[':
      return "a list";
    case '"':
      return "a text";
    case 't':
    case 'f':
      return "true or false";
    case 'n':
      return "null";
    default:
      return first == '-' || json_bytes::is_digit(static_cast<char>(first)) ? "a number"
                                                                            : "no JSON";
  }
}

}  // namespace

struct ItemScanner::Impl {
  Impl(Bytes bytes, std::string called, Limits bounds)
      : window(std::move(bytes), bounds.window), name(std::move(called)), limits(bounds) {}

  std::unexpected<Error> trouble(std::uint64_t offset, const std::string& problem,
                                 std::string next = {}) {
    return fail(fmt::format("{}:{}: {} (byte {})", name, window.line_of(offset), problem, offset),
                std::move(next));
  }

  Result<int> peek();
  Result<std::string_view> take_value(std::string_view what, std::uint64_t number = 0);
  Result<std::string> take_name();
  Status read_start();
  Result<bool> opens_list();
  Status skip_elements(const std::string& what);
  Status skip_value(const std::string& what);
  Result<bool> find_list();
  Result<bool> next_member(bool first_member);
  Status refuse_second_list(const std::string& member, std::uint64_t offset);
  Status finish();
  Status expect_end();

  JsonWindow window;
  std::string name;
  Limits limits;
  std::uint64_t at = 0;  // the next byte to look at
  Shape shape = Shape::array;
  std::uint64_t items = 0;
  bool in_object = false;
  bool done = false;
};

// The next character behind white space, which stays; kEnd at the end of the file.
Result<int> ItemScanner::Impl::peek() {
  while (true) {
    const std::string_view text = window.from(at);
    const auto* const there =
        std::ranges::find_if_not(text, [](char c) { return json_bytes::is_space(c); });
    at += static_cast<std::size_t>(there - text.begin());
    if (there != text.end()) return static_cast<unsigned char>(*there);
    USHER_TRY_ASSIGN(const bool any, window.more(at));
    if (!any) return kEnd;
  }
}

// The whole of the value at `at`, checked; `at` is behind it then. `what` and `number` are what
// errors call it: put together only then, since there are a million items.
Result<std::string_view> ItemScanner::Impl::take_value(std::string_view what,
                                                       std::uint64_t number) {
  const auto called = [&] {
    return number == 0 ? std::string(what) : fmt::format("{} {}", what, number);
  };
  while (true) {
    const std::string_view text = window.from(at);
    const JsonCheck checked = check_json(text);
    if (checked.end == JsonCheck::End::wrong) {
      return trouble(at + checked.position, fmt::format("{}: {}", called(), checked.problem));
    }
    if (checked.position > limits.item) {
      return trouble(at,
                     fmt::format("{} is larger than {} bytes", called(), with_commas(limits.item)));
    }
    if (checked.end == JsonCheck::End::whole) {
      at += checked.position;
      return text.substr(0, checked.position);
    }
    // Twice as much each time, so that what is read again and again stays in proportion.
    USHER_TRY_ASSIGN(const bool any, window.more(at, std::max<std::size_t>(text.size(), 1)));
    if (!any) {
      return trouble(window.limit(), fmt::format("the file ends inside {}", called()),
                     "was it cut off? take it from where it came from once more");
    }
  }
}

// A member's name and its colon.
Result<std::string> ItemScanner::Impl::take_name() {
  USHER_TRY_ASSIGN(const int first, peek());
  if (first != '"') {
    if (first != kEnd) return trouble(at, "a name in double quotes was expected");
    return trouble(at, "the file ends before its closing }", "was it cut off?");
  }
  USHER_TRY_ASSIGN(const std::string_view quoted, take_value("a name"));
  std::string member;
  decode_json(quoted.substr(1, quoted.size() - 2), member);
  USHER_TRY_ASSIGN(const int colon, peek());
  if (colon != ':') {
    if (colon != kEnd) return trouble(at, "a : was expected behind the name");
    return trouble(at, "the file ends behind a name", "was it cut off?");
  }
  ++at;
  return member;
}

Status ItemScanner::Impl::read_start() {
  while (window.limit() < 4) {
    USHER_TRY_ASSIGN(const bool any, window.more(0));
    if (!any) break;
  }
  const std::string_view start = window.from(0);
  if (start.starts_with("\xEF\xBB\xBF")) {
    at = 3;
  } else if (start.starts_with("\xFF\xFE") || start.starts_with("\xFE\xFF")) {
    return fail(name + ": is UTF-16 text, not UTF-8",
                "convert it: iconv -f UTF-16 -t UTF-8 old.json > new.json");
  } else if (start.starts_with("\x1F\x8B") || start.starts_with("PK\x03\x04") ||
             start.starts_with("\x28\xB5\x2F\xFD")) {
    return fail(name + ": is compressed", "unpack it first");
  }
  return {};
}

// Behind a [: whether a list of objects follows, or an empty one.
Result<bool> ItemScanner::Impl::opens_list() {
  USHER_TRY_ASSIGN(const int first, peek());
  if (first == kEnd) return trouble(at, "the file ends inside a list", "was it cut off?");
  return first == '{' || first == ']';
}

// Up to and with the closing bracket, from behind the opening one.
Status ItemScanner::Impl::skip_elements(const std::string& what) {
  USHER_TRY_ASSIGN(int next, peek());
  while (next != ']') {
    USHER_TRY(take_value(what));
    USHER_TRY_ASSIGN(next, peek());
    if (next == kEnd) return trouble(at, "the file ends inside " + what, "was it cut off?");
    if (next == ']') break;
    if (next != ',') return trouble(at, what + ": a , or a closing bracket was expected");
    ++at;
    USHER_TRY(peek());
    if (window.from(at).starts_with(']')) return trouble(at, "a value was expected");
  }
  ++at;
  return {};
}

// Of any size, when it is a list.
Status ItemScanner::Impl::skip_value(const std::string& what) {
  USHER_TRY_ASSIGN(const int first, peek());
  if (first != '[') {
    USHER_TRY(take_value(what));
    return {};
  }
  ++at;
  return skip_elements(what);
}

// Behind { or a member; false when the object has ended.
Result<bool> ItemScanner::Impl::next_member(bool first_member) {
  USHER_TRY_ASSIGN(const int next, peek());
  if (next == '}') {
    ++at;
    return false;
  }
  if (first_member) return true;
  if (next == kEnd) return trouble(at, "the file ends before its closing }", "was it cut off?");
  if (next != ',') return trouble(at, "a , or a closing } was expected");
  ++at;
  return true;
}

// In the object: behind the [ of the list, or false at the object's end.
Result<bool> ItemScanner::Impl::find_list() {
  for (bool first_member = true;; first_member = false) {
    USHER_TRY_ASSIGN(const bool any, next_member(first_member));
    if (!any) return false;
    USHER_TRY_ASSIGN(const std::string member, take_name());
    const std::string what = fmt::format("the value of \"{}\"", printable(member, 40));
    USHER_TRY_ASSIGN(const int first, peek());
    const auto list = list_named(member);
    if (first != '[' || !list) {
      USHER_TRY(skip_value(what));
      continue;
    }
    ++at;
    USHER_TRY_ASSIGN(const bool is_list, opens_list());
    if (is_list) {
      shape = *list;
      return true;
    }
    USHER_TRY(skip_elements(what));
  }
}

Status ItemScanner::Impl::expect_end() {
  done = true;
  USHER_TRY_ASSIGN(const int next, peek());
  if (next == kEnd) return {};
  return trouble(at, "there is more text behind the end",
                 next == '{' ? "if it is one item on each line, make it one list: [{...}, {...}]"
                             : "a file is one JSON value");
}

Status ItemScanner::Impl::refuse_second_list(const std::string& member, std::uint64_t offset) {
  ++at;
  USHER_TRY_ASSIGN(const bool is_list, opens_list());
  if (!is_list) return skip_elements(member);
  return trouble(offset,
                 fmt::format("there is a second list, \"{}\", behind \"{}\"", printable(member, 40),
                             to_string(shape)),
                 "make them two files, so that nobody is left out");
}

// Behind the ] of the list.
Status ItemScanner::Impl::finish() {
  while (in_object) {
    USHER_TRY_ASSIGN(const bool any, next_member(false));
    if (!any) break;
    USHER_TRY(peek());
    const std::uint64_t offset = at;
    USHER_TRY_ASSIGN(const std::string member, take_name());
    USHER_TRY_ASSIGN(const int first, peek());
    if (first == '[' && list_named(member)) {
      USHER_TRY(refuse_second_list(member, offset));
    } else {
      USHER_TRY(skip_value(fmt::format("the value of \"{}\"", printable(member, 40))));
    }
  }
  return expect_end();
}

ItemScanner::ItemScanner(Bytes bytes, std::string name, Limits limits)
    : impl_(std::make_unique<Impl>(std::move(bytes), std::move(name), limits)) {}
ItemScanner::~ItemScanner() = default;
ItemScanner::ItemScanner(ItemScanner&&) noexcept = default;
ItemScanner& ItemScanner::operator=(ItemScanner&&) noexcept = default;

Result<std::optional<Shape>> ItemScanner::begin() {
  Impl& in = *impl_;
  USHER_TRY(in.read_start());
  USHER_TRY_ASSIGN(const int first, in.peek());
  if (first == kEnd) {
    return fail(in.name + ": is empty", "a file of items looks like this: {\"data\": [{...}]}");
  }
  if (first != '{' && first != '[') {
    return in.trouble(
        in.at, "is no JSON object and no list: it begins with " + std::string(kind_of(first)));
  }
  ++in.at;
  in.in_object = first == '{';
  USHER_TRY_ASSIGN(const bool found, in.in_object ? in.find_list() : in.opens_list());
  if (found) return std::optional(in.shape);
  if (!in.in_object) USHER_TRY(in.skip_elements("a value"));
  USHER_TRY(in.expect_end());
  return std::optional<Shape>();
}

Result<bool> ItemScanner::next(FoundItem& item) {
  Impl& in = *impl_;
  if (in.done) return false;
  USHER_TRY_ASSIGN(int next, in.peek());
  if (next == ']') {
    ++in.at;
    USHER_TRY(in.finish());
    return false;
  }
  if (in.items > 0 && next == ',') {
    ++in.at;
    USHER_TRY_ASSIGN(next, in.peek());
  } else if (in.items > 0 && next != kEnd) {
    return in.trouble(in.at,
                      fmt::format("a , or a closing ] was expected behind item {}", in.items));
  }
  if (next == kEnd) {
    return in.trouble(in.at, "the file ends before the closing ] of its items",
                      "was it cut off? take it from where it came from once more");
  }
  const std::uint64_t number = in.items + 1;
  if (next != '{') {
    return in.trouble(in.at,
                      fmt::format("item {} is no JSON object, but {}", number, kind_of(next)));
  }
  item.offset = in.at;
  item.line = in.window.line_of(in.at);
  USHER_TRY_ASSIGN(item.json, in.take_value("item", number));
  ++in.items;
  return true;
}

}  // namespace usher::customers
