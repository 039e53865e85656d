// SPDX-License-Identifier: Apache-2.0
#include "target/workos/checks.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include <fmt/format.h>

#include "base/text.h"
#include "target/workos/hash_format.h"

namespace usher::workos {
namespace {

using Problem = std::optional<std::string>;

std::size_t characters(std::string_view text, std::size_t limit) {
  return text.size() <= limit ? text.size() : utf8_length(text);
}

constexpr std::string_view kAlphanumeric =
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

void check_pair(std::string_view key, std::string_view value, std::vector<std::string>& problems) {
  if (key.empty()) problems.emplace_back("Metadata has an empty name; name every value");
  if (const auto length = characters(key, kMaxMetadataKey); length > kMaxMetadataKey) {
    problems.push_back(
        fmt::format("Metadata name \"{}\" has {} characters, WorkOS takes {}; shorten it",
                    printable(key, 50), length, kMaxMetadataKey));
  }
  if (const auto length = characters(value, kMaxMetadataValue); length > kMaxMetadataValue) {
    problems.push_back(fmt::format(
        "Metadata \"{}\" has a value of {} characters, WorkOS takes {}; shorten it or leave it out",
        printable(key, 50), length, kMaxMetadataValue));
  }
}

Problem user_problem(const UserRow& row, std::vector<std::string>& warnings) {
  if (!row.external_id.empty()) {
    if (auto problem = external_id_problem("external_id", row.external_id)) return problem;
    if (auto warning = external_id_warning(row.external_id)) {
      warnings.push_back(std::move(*warning));
    }
  }
  if (!row.password_hash.empty()) {
    if (auto problem = hash_problem(row.password_hash_type, row.password_hash.reveal())) {
      return problem;
    }
  }
  if (row.metadata.empty()) return std::nullopt;
  MetadataSays says;
  check_metadata(row.metadata, says);
  std::ranges::move(says.warnings, std::back_inserter(warnings));
  if (says.problems.empty()) return std::nullopt;
  return std::move(says.problems.front());
}

}  // namespace

std::optional<std::string> external_id_problem(std::string_view what,
                                               std::string_view external_id) {
  if (!is_ascii(external_id)) {
    return fmt::format(
        "{} \"{}\" holds letters beyond ASCII, which WorkOS does not take; choose "
        "another id",
        what, printable(external_id, 60));
  }
  if (external_id.size() > kMaxExternalId) {
    return fmt::format("{} has {} characters, WorkOS takes {}; choose a shorter id", what,
                       external_id.size(), kMaxExternalId);
  }
  return std::nullopt;
}

std::optional<std::string> external_id_warning(std::string_view external_id) {
  if (external_id.size() <= kDocumentedExternalId) return std::nullopt;
  return fmt::format("external_id has {} characters; the documentation allows {}",
                     external_id.size(), kDocumentedExternalId);
}

// environment roles and those of an organization (org-...): a-z 0-9 _ -
std::optional<std::string> role_problem(std::string_view slug) {
  const bool good = std::all_of(slug.begin(), slug.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
  if (!good) {
    return fmt::format(
        "Role \"{}\" is no role slug: lower-case letters, digits, - and _; write the "
        "slug of the role, not its name",
        printable(slug, 60));
  }
  if (slug.size() > kMaxRoleSlug) {
    return fmt::format("Role \"{}\" has {} characters, WorkOS takes {}", printable(slug, 60),
                       slug.size(), kMaxRoleSlug);
  }
  return std::nullopt;
}

void check_metadata(const std::vector<std::pair<std::string, std::string>>& metadata,
                    MetadataSays& says) {
  if (metadata.size() > kMaxMetadataPairs) {
    says.problems.push_back(
        fmt::format("Metadata has {} names, WorkOS takes {}; keep the ones that matter",
                    metadata.size(), kMaxMetadataPairs));
  } else if (metadata.size() > kDocumentedMetadataPairs) {
    says.warnings.push_back(fmt::format("metadata has {} names; the documentation allows {}",
                                        metadata.size(), kDocumentedMetadataPairs));
  }
  bool plain = true;
  for (const auto& [key, value] : metadata) {
    check_pair(key, value, says.problems);
    plain = plain && is_ascii(key) && is_ascii(value);
  }
  if (!plain) {
    says.warnings.emplace_back(
        "metadata holds letters beyond ASCII; the documentation allows ASCII only");
  }
}

OrganizationId looks_like_organization_id(std::string_view text) {
  constexpr std::size_t kUlid = 26;
  if (!text.starts_with("org_") || text.size() < 14) return OrganizationId::no;
  const std::string_view rest = text.substr(4);
  if (rest.find_first_not_of(kAlphanumeric) != std::string_view::npos) return OrganizationId::no;
  const bool ulid =
      rest.size() == kUlid && rest.starts_with("01") &&
      rest.find_first_not_of("0123456789ABCDEFGHJKMNPQRSTVWXYZ") == std::string_view::npos;
  return ulid ? OrganizationId::certainly : OrganizationId::perhaps;
}

bool cannot_be_organization_id(std::string_view text) {
  return !text.starts_with("org_") || text.size() == 4 ||
         text.find_first_not_of(kAlphanumeric, 4) != std::string_view::npos;
}

std::optional<Failure> check(const UserRow& row, std::vector<std::string>& warnings) {
  const auto failed = [](FailedAt at, std::string&& message) {
    Failure failure;
    failure.at = at;
    failure.message = std::move(message);
    return failure;
  };
  if (auto problem = user_problem(row, warnings)) {
    return failed(FailedAt::user_create, std::move(*problem));
  }
  if (row.org.by == OrgRef::By::external_id) {
    if (auto problem = external_id_problem("org_external_id", row.org.value)) {
      return failed(FailedAt::org_resolution, std::move(*problem));
    }
  }
  for (const std::string& slug : row.roles) {
    if (auto problem = role_problem(slug)) {
      return failed(FailedAt::user_create, std::move(*problem));
    }
  }
  return std::nullopt;
}

}  // namespace usher::workos
