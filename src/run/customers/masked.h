// SPDX-License-Identifier: Apache-2.0
// An item as it may be shown: passwords masked, everything else byte for byte. Tested by
// masked_test.cc.
#pragma once

#include <string>
#include <string_view>

namespace usher::customers {

// `json`: an item that has been read as well-formed JSON. Every value of a member named `password`,
// in any case and at any depth, becomes dots.
[[nodiscard]] std::string masked(std::string_view json);

}  // namespace usher::customers
