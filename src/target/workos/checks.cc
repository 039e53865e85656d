// SPDX-License-Identifier: Apache-2.0
#include "target/workos/checks.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "target/workos/hash_format.h"

namespace usher::workos {
namespace {

using Problem = std::optional<std::string>;

std::size_t characters(std::string_view text, std::size_t limit) {
  return text.size() <= limit ? text.size() : utf8_length(text);
}

Problem metadata_problem(const UserRow& row, std::vector<std::string>& warnings) {
  if (row.metadata.size() > kMaxMetadataPairs) {
    return fmt::format("Metadata has {} names, WorkOS takes {}; keep the ones that matter",
                       row.metadata.size(), kMaxMetadataPairs);
  }
  if (row.metadata.size() > kDocumentedMetadataPairs) {
    warnings.push_back(fmt::format("metadata has {} names; the documentation allows {}",
                                   row.metadata.size(), kDocumentedMetadataPairs));
  }
  bool plain = true;
  for (const auto& [key, value] : row.metadata) {
    if (key.empty()) return "Metadata has an empty name; name every value";
    if (const auto length = characters(key, kMaxMetadataKey); length > kMaxMetadataKey) {
      return fmt::format("Metadata name \"{}\" has {} characters, WorkOS takes {}; shorten it",
                         printable(key, 50), length, kMaxMetadataKey);
    }
    if (const auto length = characters(value, kMaxMetadataValue); length > kMaxMetadataValue) {
      return fmt::format(
          "Metadata \"{}\" has a value of {} characters, WorkOS takes {}; shorten it or leave it "
          "out",
          printable(key, 50), length, kMaxMetadataValue);
    }
    plain = plain && is_ascii(key) && is_ascii(value);
  }
  if (!plain) {
    warnings.emplace_back(
        "metadata holds letters beyond ASCII; the documentation allows ASCII only");
  }
  return {};
}

// environment roles and those of an organization (org-...): a-z 0-9 _ -
Problem role_problem(std::string_view slug) {
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
  return {};
}

Problem user_problem(const UserRow& row, std::vector<std::string>& warnings) {
  if (!row.external_id.empty()) {
    if (auto problem = external_id_problem("external_id", row.external_id)) return problem;
    if (row.external_id.size() > kDocumentedExternalId) {
      warnings.push_back(fmt::format("external_id has {} characters; the documentation allows {}",
                                     row.external_id.size(), kDocumentedExternalId));
    }
  }
  if (!row.password_hash.empty()) {
    if (auto problem = hash_problem(row.password_hash_type, row.password_hash.reveal())) {
      return problem;
    }
  }
  return metadata_problem(row, warnings);
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
