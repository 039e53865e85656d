// SPDX-License-Identifier: Apache-2.0
// Columns whose cells nobody shall read in a log: the secrets that the mapping knows, and columns
// it does not know whose names say so ("old_password", "totp_secret"). Tested by
// secret_column_test.cc.
#pragma once

#include <string_view>

namespace usher {

[[nodiscard]] bool is_secret_column(std::string_view name);

}  // namespace usher
