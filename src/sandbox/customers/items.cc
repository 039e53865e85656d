// SPDX-License-Identifier: Apache-2.0
// The body is parsed by Boost.JSON, which decides whether it is JSON at all, and is gone through a
// second time for the places of the items: a parsed value does not know its bytes.
#include "sandbox/customers/items.h"

#include <boost/json.hpp>
#include <fmt/format.h>

#include "base/text.h"
#include "sandbox/customers/problem.h"
#include "sandbox/customers/schema.h"

namespace usher::sandbox::customers {

namespace {

namespace json = boost::json;

std::string_view list_name(ItemType type) {
  return type == ItemType::customers ? "data" : "households";
}

// Goes over text that is known to be JSON.
class Walk {
 public:
  explicit Walk(std::string_view text) : text_(text) {}

  // The bytes of the values of the array that is the member `name` of the object.
  std::vector<std::string_view> entries(std::string_view name) {
    std::vector<std::string_view> found;
    step();  // {
    while (peek() != '}') {
      const auto key = value();
      step();  // :
      if (key.substr(1, key.size() - 2) == name && peek() == '[') {
        found = array();
      } else {
        (void)value();
      }
      if (peek() == ',') step();
    }
    return found;
  }

 private:
  std::vector<std::string_view> array() {
    std::vector<std::string_view> found;
    step();  // [
    while (peek() != ']') {
      found.push_back(value());
      if (peek() == ',') step();
    }
    step();
    return found;
  }

  char peek() {
    at_ = text_.find_first_not_of(" \t\r\n", at_);
    return text_[at_];
  }
  void step() {
    (void)peek();
    ++at_;
  }

  void string() {
    at_ = text_.find_first_of("\"\\", at_ + 1);
    while (text_[at_] == '\\') at_ = text_.find_first_of("\"\\", at_ + 2);
    ++at_;
  }

  std::string_view value() {
    const char first = peek();
    const std::size_t begin = at_;
    if (first == '"') {
      string();
    } else if (first == '{' || first == '[') {
      for (std::size_t depth = 0;;) {
        at_ = text_.find_first_of("\"{}[]", at_);
        const char mark = text_[at_];
        if (mark == '"') {
          string();
          continue;
        }
        ++at_;
        if (mark == '{' || mark == '[') ++depth;
        if ((mark == '}' || mark == ']') && --depth == 0) break;
      }
    } else {
      at_ = std::min(text_.find_first_of(" \t\r\n,}]", at_), text_.size());
    }
    return text_.substr(begin, at_ - begin);
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

std::string text_at(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  if (value == nullptr || value->is_null()) return {};
  if (value->is_string()) return std::string(value->get_string());
  return value->is_number() ? json::serialize(*value) : std::string();
}

std::string default_email(const json::object& who) {
  const json::value* emails = who.if_contains("emails");
  if (emails == nullptr || !emails->is_array()) return {};
  for (const json::value& entry : emails->get_array()) {
    if (!entry.is_object()) continue;
    const auto& email = entry.get_object();
    if (text_at(email, "contactPurposeTypeCode") == "DEFAULT" &&
        text_at(email, "contactMethodTypeCode") == "HOMEEMAIL") {
      return text_at(email, "email");
    }
  }
  return {};
}

ImportItem item_of(const json::value& value, std::string_view text, ItemType type) {
  ImportItem item;
  item.text = text;
  if (!value.is_object()) {
    item.violation = "the item is not an object";
    return item;
  }
  const auto& object = value.get_object();
  item.change = text_at(object, "changeType");
  if (type == ItemType::households) {
    item.id = text_at(object, "householdId");
    item.violation = violation_of_household(object);
    return item;
  }
  for (const std::string_view where : {"person", "organization"}) {
    const json::value* inner = object.if_contains(where);
    if (inner == nullptr || !inner->is_object()) continue;
    item.id = text_at(inner->get_object(), "customerId");
    item.username = text_at(inner->get_object(), "username");
    item.email = default_email(inner->get_object());
    break;
  }
  item.violation = violation_of_customer(object);
  if (item.violation.empty() && item.name().empty()) {
    item.violation = "neither customerId nor username nor a default e-mail";
  }
  return item;
}

}  // namespace

Checked<std::vector<ImportItem>> read_items(std::string_view body, ItemType type) {
  const auto bad = [](std::string_view detail) { return refuse(problem(400, detail)); };
  json::monotonic_resource memory(body.size() * 2 + 4096);
  json::error_code error;
  const auto document =
      json::parse(json::string_view(body.data(), body.size()), error, json::storage_ptr(&memory));
  if (error) return bad("The body is not JSON.");
  const auto* object = document.if_object();
  const auto name = list_name(type);
  const auto* list = object == nullptr ? nullptr : object->if_contains(name);
  if (list == nullptr || !list->is_array()) {
    return bad(fmt::format("The body is not an object with a list \"{}\".", name));
  }
  const auto& values = list->get_array();
  if (values.size() > kMostItems) {
    return bad(
        fmt::format("{} has {} items, at most {} are taken.", name, values.size(), kMostItems));
  }
  const auto texts = Walk(body).entries(name);
  if (texts.size() != values.size())
    return bad(fmt::format("\"{}\" is not written plainly.", name));
  std::vector<ImportItem> items;
  items.reserve(values.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    items.push_back(item_of(values[i], texts[i], type));
  }
  return items;
}

}  // namespace usher::sandbox::customers
