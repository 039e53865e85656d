// SPDX-License-Identifier: Apache-2.0
// The password hash formats that WorkOS imports, checked without the password: a hash that cannot
// be read is a person who cannot sign in, found out months later. Messages never hold the hash.
// Tested by hash_format_test.cc.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace usher::workos {

// Why the pair will be refused and what to do about it; nothing when it looks right.
[[nodiscard]] std::optional<std::string> hash_problem(std::string_view type, std::string_view hash);

}  // namespace usher::workos
