// SPDX-License-Identifier: Apache-2.0
// What the customer API takes, field by field, as published: types, limits, closed lists, patterns.
// Written from the published limits on its own, apart from the importer's check, so that each can
// catch the other's slips. Fields it does not know pass. Tested by schema_test.cc.
#pragma once

#include <string>

#include <boost/json/fwd.hpp>

namespace usher::sandbox::customers {

// What is wrong, by the field's path ("person.addresses[0].city is missing"); empty: nothing.
[[nodiscard]] std::string violation_of_customer(const boost::json::object& item);
[[nodiscard]] std::string violation_of_household(const boost::json::object& item);

}  // namespace usher::sandbox::customers
