// SPDX-License-Identifier: Apache-2.0
// What WorkOS would refuse, said before anything is sent: each message names what is wrong, the
// limit and the next step, and never a secret. Hard limits are those of the API's description;
// where the documentation is narrower, a warning. How strong a password has to be is the API's
// business. Tested by checks_test.cc.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/failure.h"
#include "model/user_row.h"

namespace usher::workos {

constexpr std::size_t kMaxExternalId = 128;  // ASCII
constexpr std::size_t kDocumentedExternalId = 64;
constexpr std::size_t kMaxMetadataPairs = 50;
constexpr std::size_t kDocumentedMetadataPairs = 10;
constexpr std::size_t kMaxMetadataKey = 40;     // characters
constexpr std::size_t kMaxMetadataValue = 600;  // characters
constexpr std::size_t kMaxRoleSlug = 48;

// Why the row will be refused; nothing when it may be sent. Warnings do not name the row: the
// caller knows its number.
[[nodiscard]] std::optional<Failure> check(const UserRow& row, std::vector<std::string>& warnings);

// The same limits for an organization of the command line, which no row holds.
[[nodiscard]] std::optional<std::string> external_id_problem(std::string_view what,
                                                             std::string_view external_id);

}  // namespace usher::workos
