// SPDX-License-Identifier: Apache-2.0
// What WorkOS would refuse, said before anything is sent: each message names what is wrong, the
// limit and the next step, and never a secret. Hard limits are those of the API's description;
// where the documentation is narrower, a warning. How strong a password has to be is the API's
// business. Tested by checks_test.cc.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
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

// The same, one by one: for a validation, which tells all that is wrong with a row, and for an
// organization of the command line, which no row holds.
[[nodiscard]] std::optional<std::string> external_id_problem(std::string_view what,
                                                             std::string_view external_id);
[[nodiscard]] std::optional<std::string> external_id_warning(std::string_view external_id);
[[nodiscard]] std::optional<std::string> role_problem(std::string_view slug);
struct MetadataSays {
  std::vector<std::string> problems;  // each of them has the row refused
  std::vector<std::string> warnings;
};
void check_metadata(const std::vector<std::pair<std::string, std::string>>& metadata,
                    MetadataSays& says);

// Whether a text is the id of an organization. Ids are org_ and a ULID, which no other system
// makes; shorter ones exist too, and look exactly like those of Auth0.
enum class OrganizationId { no, perhaps, certainly };
[[nodiscard]] OrganizationId looks_like_organization_id(std::string_view text);
// What is no id of an organization whatever comes.
[[nodiscard]] bool cannot_be_organization_id(std::string_view text);

}  // namespace usher::workos
