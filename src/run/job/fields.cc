// SPDX-License-Identifier: Apache-2.0
#include "run/job/fields.h"

#include <boost/json.hpp>

namespace usher::job {

const boost::json::value* Fields::find(const char* name) const {
  return object_.if_contains(name);
}

void Fields::read(const char* name, std::string& out) {
  const auto* value = find(name);
  if (value == nullptr || !value->is_string()) return miss(name);
  out = std::string(value->get_string());
}

void Fields::read(const char* name, bool& out) {
  const auto* value = find(name);
  if (value == nullptr || !value->is_bool()) return miss(name);
  out = value->get_bool();
}

bool Fields::read_signed(const char* name, std::int64_t& out) {
  const auto* value = find(name);
  boost::system::error_code error;
  if (value != nullptr) out = value->to_number<std::int64_t>(error);
  const bool good = value != nullptr && !error;
  if (!good) miss(name);
  return good;
}

void Fields::read_inner(const char* name, const boost::json::value& value,
                        const std::function<void(Fields& fields)>& inner) {
  if (!value.is_object()) return miss(name);
  Fields fields(value.get_object());
  inner(fields);
  if (!fields.missing().empty()) miss(name);
}

void Fields::read_object(const char* name, const std::function<void(Fields& fields)>& inner) {
  const auto* value = find(name);
  if (value == nullptr) return miss(name);
  read_inner(name, *value, inner);
}

void Fields::read_objects(const char* name, const std::function<void(Fields& fields)>& inner) {
  const auto* list = find(name);
  if (list == nullptr || !list->is_array()) return miss(name);
  for (const auto& value : list->get_array()) read_inner(name, value, inner);
}

void Fields::read_texts(const char* name, const std::function<void(std::string text)>& add) {
  const auto* list = find(name);
  if (list == nullptr || !list->is_array()) return miss(name);
  for (const auto& value : list->get_array()) {
    if (!value.is_string()) return miss(name);
    add(std::string(value.get_string()));
  }
}

}  // namespace usher::job
