// SPDX-License-Identifier: Apache-2.0
// Text fields of an answer's JSON, fit to be shown: what is no text counts as absent. Tested by the
// judges' tests.
#pragma once

#include <string>
#include <string_view>

#include <boost/json/fwd.hpp>

namespace usher {

inline constexpr std::size_t kLongestText = 1000;  // bytes that are kept of one

[[nodiscard]] std::string text_of(const boost::json::object& object, std::string_view name);
// The first of them that is there.
[[nodiscard]] std::string first_of(const boost::json::object& object, std::string_view one,
                                   std::string_view other);

}  // namespace usher
