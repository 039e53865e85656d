// SPDX-License-Identifier: Apache-2.0
#include "scenarios/json_sheet.h"

#include <boost/json.hpp>
#include <gtest/gtest.h>

#include "base/text.h"

namespace usher::scenarios {
namespace {

namespace json = boost::json;

json::value at(const std::string& text, const std::string& pointer) {
  boost::system::error_code error;
  json::value value = json::parse(text, error);
  for (const auto name : split(pointer, '.')) {
    const json::value* next = nullptr;
    if (const auto* object = value.if_object()) next = object->if_contains(name);
    if (const auto* array = value.if_array()) {
      next = array->if_contains(static_cast<std::size_t>(parse_int(name).value_or(-1)));
    }
    if (next == nullptr) {
      ADD_FAILURE() << "no " << pointer << " in " << text;
      return {};
    }
    value = json::value(*next);
  }
  return value;
}

}  // namespace

std::int64_t JsonSheet::number(const std::string& pointer) const {
  boost::system::error_code error;
  return at(json_, pointer).to_number<std::int64_t>(error);
}

std::string JsonSheet::text(const std::string& pointer) const {
  const json::value value = at(json_, pointer);
  return value.is_string() ? std::string(value.get_string()) : json::serialize(value);
}

}  // namespace usher::scenarios
