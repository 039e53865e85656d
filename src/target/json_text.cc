// SPDX-License-Identifier: Apache-2.0
#include "target/json_text.h"

#include <boost/json.hpp>

#include "base/text.h"

namespace usher {

std::string text_of(const boost::json::object& object, std::string_view name) {
  const boost::json::value* found = object.if_contains(name);
  if (found == nullptr || !found->is_string()) return {};
  return printable(found->get_string(), kLongestText);
}

std::string first_of(const boost::json::object& object, std::string_view one,
                     std::string_view other) {
  std::string text = text_of(object, one);
  return text.empty() ? text_of(object, other) : text;
}

}  // namespace usher
