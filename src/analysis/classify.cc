// SPDX-License-Identifier: Apache-2.0
#include "analysis/classify.h"

#include <algorithm>
#include <array>
#include <vector>

#include "base/text.h"
#include "source/email.h"
#include "source/metadata.h"
#include "target/workos/checks.h"

namespace usher::analysis {
namespace {

// What the cells of a row show, whatever was answered.
constexpr unsigned kNothing = 0;
constexpr unsigned kOrgIdAsExternalId =
    1U << 0U;  // org_external_id holds what looks like an id of WorkOS
constexpr unsigned kNoEmail = 1U << 1U;
constexpr unsigned kBadEmail = 1U << 2U;
constexpr unsigned kBadMetadata = 1U << 3U;
constexpr unsigned kHashWithoutType = 1U << 4U;
constexpr unsigned kTwoOrganizations = 1U << 5U;  // org_id and org_external_id
constexpr unsigned kPersonFound = 1U << 6U;  // not in the row: the line names whom a look-up found

enum class At : std::uint8_t { any, user, member, org };
enum class Says : std::uint8_t { any, yes, no };  // the field `retryable`

// The first row that fits counts. Statuses are from..to, 0 is none; `codes` are separated by
// spaces, and one of them is the line's code or one of its inner codes. A row never contradicts a
// line that says itself whether it is retryable.
struct Rule {
  At at = At::any;
  int from = 0;
  int to = 999;
  std::string_view codes;
  unsigned sign = kNothing;
  Says says = Says::any;
  Verdict verdict;
};

using S = Severity;
using T = Strategy;

constexpr Verdict yes(std::string_view reason, Severity severity, Strategy strategy, int delay) {
  return {true, reason, severity, strategy, delay};
}
constexpr Verdict no(std::string_view reason, Severity severity) {
  return {false, reason, severity, Strategy::none, 0};
}

constexpr std::string_view kEmailTaken = "email_not_available user_already_exists";
constexpr std::string_view kMember =
    "organization_membership_already_exists user_already_organization_member "
    "entity_already_exists";
constexpr std::string_view kRole =
    "invalid_role multiple_roles_not_enabled sub_resource_scoped_role_not_allowed";
constexpr std::string_view kHash =
    "invalid_password_hash password_and_password_hash_provided "
    "password_and_password_hash_type_provided password_salt_position_requires_password_hash";
constexpr std::string_view kEmail = "invalid_email email_required email_string_required";
constexpr std::string_view kPending = "cannot_reactivate_pending_organization_membership";

// clang-format off
constexpr std::array kRules = {
    // Passing: nothing is wrong with the row.
    Rule{At::any, 429, 429, "", 0, Says::any, yes("rate_limit", S::low, T::with_backoff, 5000)},
    Rule{At::any, 408, 408, "", 0, Says::any, yes("request_timeout", S::medium, T::with_backoff, 5000)},
    Rule{At::any, 425, 425, "", 0, Says::any, yes("request_timeout", S::medium, T::with_backoff, 5000)},
    Rule{At::any, 401, 401, "", 0, Says::any, yes("not_authorized", S::critical, T::after_fix, 0)},
    Rule{At::any, 403, 403, "", 0, Says::any, yes("not_authorized", S::critical, T::after_fix, 0)},
    Rule{At::any, 501, 501, "", 0, Says::any, no("not_supported", S::high)},
    Rule{At::any, 505, 505, "", 0, Says::any, no("not_supported", S::high)},
    Rule{At::org, 500, 599, "", 0, Says::any, yes("org_lookup_error", S::medium, T::immediate, 0)},
    Rule{At::member, 500, 599, "", 0, Says::any, yes("membership_error_user_exists", S::medium, T::immediate, 0)},
    Rule{At::user, 500, 599, "", 0, Says::any, yes("user_create_server_error", S::medium, T::immediate, 0)},
    Rule{At::any, 500, 599, "", 0, Says::any, yes("server_error", S::medium, T::immediate, 0)},
    Rule{At::any, 0, 999, "", 0, Says::yes, yes("no_useful_answer", S::medium, T::with_backoff, 5000)},

    // What the organization is called in the row.
    Rule{At::any, 0, 0, "", kTwoOrganizations, Says::any, no("two_organizations", S::critical)},
    Rule{At::org, 0, 499, "", kOrgIdAsExternalId, Says::any, no("org_id_in_org_external_id", S::critical)},
    Rule{At::org, 400, 499, "external_id_already_used", 0, Says::any, no("org_external_id_taken", S::critical)},
    Rule{At::org, 404, 404, "", 0, Says::any, no("org_not_found", S::critical)},
    Rule{At::org, 400, 499, "entity_not_found", 0, Says::any, no("org_not_found", S::critical)},
    Rule{At::org, 400, 499, "", 0, Says::any, no("org_resolution_error", S::critical)},

    Rule{At::member, 400, 499, kPending, 0, Says::any, no("membership_pending", S::high)},
    Rule{At::member, 400, 499, kRole, 0, Says::any, no("role_invalid", S::critical)},
    Rule{At::member, 400, 499, kMember, 0, Says::any, no("membership_duplicate", S::high)},
    Rule{At::member, 409, 409, "", 0, Says::any, no("membership_duplicate", S::high)},
    Rule{At::member, 400, 499, "", 0, Says::any, no("membership_validation_error", S::critical)},

    Rule{At::user, 400, 499, kEmailTaken, 0, Says::any, no("user_exists", S::high)},
    Rule{At::user, 409, 409, "", 0, Says::any, no("user_exists", S::high)},
    Rule{At::user, 400, 499, "external_id_already_used", 0, Says::any, no("user_external_id_taken", S::high)},
    Rule{At::user, 400, 499, "password_strength_error", 0, Says::any, no("password_too_weak", S::critical)},
    Rule{At::user, 400, 499, kHash, 0, Says::any, no("password_hash_invalid", S::critical)},
    Rule{At::any, 400, 499, "invalid_metadata", 0, Says::any, no("metadata_invalid", S::critical)},
    Rule{At::user, 400, 499, kEmail, 0, Says::any, no("email_invalid", S::critical)},
    Rule{At::user, 400, 499, "", 0, Says::any, no("user_create_validation_error", S::critical)},

    Rule{At::any, 409, 409, "", 0, Says::any, no("conflict_duplicate", S::high)},
    Rule{At::any, 400, 400, "", 0, Says::any, no("validation_error", S::critical)},
    Rule{At::any, 422, 422, "", 0, Says::any, no("validation_error", S::critical)},

    // Never sent, or not recorded: the row shows it, or the line says that it is for good.
    Rule{At::user, 0, 0, "", kPersonFound, Says::no, no("user_exists", S::high)},
    Rule{At::any, 0, 0, "", kNoEmail, Says::any, no("email_missing", S::critical)},
    Rule{At::any, 0, 0, "", kBadEmail, Says::any, no("email_invalid", S::critical)},
    Rule{At::any, 0, 0, "", kBadMetadata, Says::any, no("metadata_invalid", S::critical)},
    Rule{At::any, 0, 0, "", kHashWithoutType, Says::any, no("password_hash_type_missing", S::critical)},
    Rule{At::org, 0, 0, "", 0, Says::no, no("org_resolution_error", S::critical)},
    Rule{At::member, 0, 0, "", 0, Says::no, no("membership_validation_error", S::critical)},
    Rule{At::any, 0, 0, "", 0, Says::no, no("row_invalid", S::critical)},
    Rule{At::org, 0, 0, "", 0, Says::any, no(kNotRecorded, S::critical)},
    Rule{At::any, 0, 0, "", 0, Says::any, no(kNotRecorded, S::high)},
    Rule{At::any, 0, 999, "", 0, Says::any, no("unknown_non_retryable", S::low)},
};
// clang-format on

At at_of(std::string_view type) {
  if (type == "user_create") return At::user;
  if (type == "membership_create" || type == "role_assignment") return At::member;
  if (type == "org_resolution") return At::org;
  return At::any;
}

unsigned signs_of_organization(const ErrorRecord& record, const RawRow& row) {
  const std::string* cell = row.find("org_external_id");
  const std::string_view external = cell != nullptr ? trim(*cell) : record.org_external_id;
  const std::string* id = row.find("org_id");
  if (cell != nullptr && !external.empty() && id != nullptr && !trim(*id).empty()) {
    return kTwoOrganizations;
  }
  // Perhaps is enough: it was refused, and Auth0's ids look the same.
  const auto looks = workos::looks_like_organization_id(external);
  return looks == workos::OrganizationId::no ? kNothing : kOrgIdAsExternalId;
}

unsigned signs_of_person(const RawRow& row) {
  const auto cell = [&row](std::string_view column) {
    const std::string* found = row.find(column);
    return found == nullptr ? std::string_view() : trim(*found);
  };
  unsigned signs = kNothing;
  if (row.find("email") != nullptr) {
    if (cell("email").empty()) {
      signs |= kNoEmail;
    } else if (email_problem(cell("email"))) {
      signs |= kBadEmail;
    }
  }
  Metadata ignored;
  if (!cell("metadata").empty() && parse_metadata(cell("metadata"), ignored)) signs |= kBadMetadata;
  const bool typed = !cell("password_hash_type").empty();
  if (!cell("password_hash").empty() && !typed) signs |= kHashWithoutType;
  return signs;
}

// Only where the table asks for them: reading a row takes its time.
unsigned signs_of(const ErrorRecord& record, At at) {
  const bool org = at == At::org && record.status < 500;
  if (!org && record.status != 0) return kNothing;
  thread_local RawRow row;
  if (record.raw_row.empty() || !read_raw_row(record.raw_row, row)) row = {};
  if (row.ragged) return kNothing;  // no cell is sure to stand in its own column
  if (org) return signs_of_organization(record, row);
  const unsigned organization = signs_of_organization(record, row) & kTwoOrganizations;
  const unsigned found = record.user_id.empty() ? kNothing : kPersonFound;
  return signs_of_person(row) | organization | found;
}

bool has_code(const ErrorRecord& record, std::string_view codes) {
  for (const std::string_view code : split(codes, ' ')) {
    if (record.code == code) return true;
    if (std::ranges::find(record.inner_codes, code) != record.inner_codes.end()) return true;
  }
  return false;
}

bool fits(const Rule& rule, const ErrorRecord& record, At at, unsigned signs) {
  if (rule.at != At::any && rule.at != at) return false;
  if (record.status < rule.from || record.status > rule.to) return false;
  if (record.retryable && *record.retryable != rule.verdict.retryable) return false;
  if (rule.says != Says::any && record.retryable != (rule.says == Says::yes)) return false;
  if (rule.sign != kNothing && (signs & rule.sign) == 0) return false;
  return rule.codes.empty() || has_code(record, rule.codes);
}

}  // namespace

std::string_view to_string(Severity severity) {
  constexpr std::array<std::string_view, 4> kNames = {"critical", "high", "medium", "low"};
  return kNames[static_cast<std::size_t>(severity)];
}

std::string_view to_string(Strategy strategy) {
  constexpr std::array<std::string_view, 4> kNames = {"none", "immediate", "with_backoff",
                                                      "after_fix"};
  return kNames[static_cast<std::size_t>(strategy)];
}

Verdict classify(const ErrorRecord& record) {
  const At at = at_of(record.type);
  const unsigned signs = signs_of(record, at);
  const auto* found =
      std::ranges::find_if(kRules, [&](const Rule& rule) { return fits(rule, record, at, signs); });
  return found == kRules.end() ? kRules.back().verdict : found->verdict;
}

std::span<const std::string_view> reasons() {
  static const std::vector<std::string_view> kAll = [] {
    std::vector<std::string_view> names;
    for (const Rule& rule : kRules) {
      if (std::ranges::find(names, rule.verdict.reason) == names.end()) {
        names.push_back(rule.verdict.reason);
      }
    }
    return names;
  }();
  return kAll;
}

}  // namespace usher::analysis
