// SPDX-License-Identifier: Apache-2.0
#include "analysis/suggest.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace usher::analysis {
namespace {

enum class Repair : std::uint8_t { none, check, fix, fix_org_ids };

struct Advice {
  std::string_view reason;
  bool actionable = false;
  std::string_view text;
  std::string_view before;  // of an example; empty: none
  std::string_view after;
  Repair repair = Repair::none;
};

// clang-format off
constexpr std::array kAdvice = {
    Advice{"org_id_in_org_external_id", true,
           "org_external_id holds ids of WorkOS organizations (org_...) in these rows, and those belong into the org_id column: move them there (this does it for every such row)",
           "", "", Repair::fix_org_ids},
    Advice{"org_external_id_taken", true,
           "another organization has this external id: give each organization an external id of its own, or name the one that is there by its id, in a column org_id",
           "email,org_external_id", "email,org_id", Repair::none},
    Advice{"org_not_found", true,
           "no organization has this id: correct it, or add a column org_name, so that an organization that is missing is made",
           "email,org_external_id", "email,org_external_id,org_name", Repair::none},
    Advice{"org_resolution_error", true,
           "the organization was refused: read the message, and correct org_id, org_external_id or org_name", "", "", Repair::check},
    Advice{"two_organizations", true,
           "the row names its organization by org_id and by org_external_id: choose one of the two", "", "", Repair::check},
    Advice{"user_exists", true,
           "somebody has this e-mail already. usher import-users leaves people alone who are there, and adds the membership they lack, unless --existing fail is given; where it says that the external id differs, correct email or external_id",
           "", "", Repair::none},
    Advice{"user_external_id_taken", true,
           "another person has this external_id: correct it, or leave it empty", "ida@example.com,crm-1", "ida@example.com,crm-2", Repair::none},
    Advice{"email_missing", true, "the email cell is empty: fill it, or take the row out", "", "", Repair::check},
    Advice{"email_invalid", true, "the address is no e-mail address: correct it", "ida@example", "ida@example.com", Repair::check},
    Advice{"metadata_invalid", true,
           "the metadata is not what the API takes: a JSON object, with double quotes", "{'team': 'north'}", "{\"team\": \"north\"}", Repair::fix},
    Advice{"password_too_weak", true,
           "the password does not meet the rules of this WorkOS environment: leave the cell empty and have the person choose a new one, or change the rules", "", "", Repair::none},
    Advice{"password_hash_invalid", true,
           "the hash does not fit its type: check password_hash and password_hash_type", "", "", Repair::check},
    Advice{"password_hash_type_missing", true,
           "a password_hash needs its type in password_hash_type", "$2b$10$...,", "$2b$10$...,bcrypt", Repair::check},
    Advice{"role_invalid", true,
           "WorkOS does not know the role: make it there, or correct role_slugs (slugs, not names)", "Org Admin", "org-admin", Repair::check},
    Advice{"membership_duplicate", true,
           "the membership is there already: nothing is missing. usher import-users takes such rows for done", "", "", Repair::none},
    Advice{"membership_pending", true,
           "the person has an invitation to this organization that is not accepted: it has to be accepted, or revoked in the dashboard", "", "", Repair::none},
    Advice{"membership_validation_error", true,
           "the membership was refused: read the message, and correct the organization or role_slugs", "", "", Repair::check},
    Advice{"row_invalid", true,
           "usher did not send these rows: the message says which cell is wrong", "", "", Repair::check},
    Advice{"user_create_validation_error", true,
           "WorkOS refused the user: workosErrors says why. Where it is not recorded, the e-mail (email_not_available) or the external_id (external_id_already_used) most often belongs to somebody already: look the address up in the dashboard", "", "", Repair::check},
    Advice{"conflict_duplicate", true, "it is there already: take the row out, or correct what identifies it", "", "", Repair::none},
    Advice{"validation_error", true, "WorkOS refused what the row says: read the message, and correct the row", "", "", Repair::check},
    Advice{kNotRecorded, true,
           "the file records no status, so that nobody can tell whether the same would be refused again: read the message; after that, usher import-users with these rows decides it, and records it", "", "", Repair::check},
    Advice{"not_authorized", true, "the API refused the key, not the rows: put WORKOS_SECRET_KEY right, then try these rows again", "", "", Repair::none},
    Advice{"not_supported", false, "this server does not do what was asked of it: check --api-url", "", "", Repair::none},
    Advice{"rate_limit", false, "WorkOS asked to go slower: try these rows again, with a lower --concurrency (such as 5) or --rate-limit if other programs use the same key", "", "", Repair::none},
    Advice{"request_timeout", false, "WorkOS did not answer in time: try these rows again", "", "", Repair::none},
    Advice{"org_lookup_error", false, "WorkOS was in trouble when the organization was looked up: wait a few minutes, then try these rows again", "", "", Repair::none},
    Advice{"membership_error_user_exists", false, "WorkOS was in trouble when the membership was made; the user is there: wait a few minutes, then try these rows again", "", "", Repair::none},
    Advice{"user_create_server_error", false, "WorkOS was in trouble: wait a few minutes, then try these rows again", "", "", Repair::none},
    Advice{"server_error", false, "WorkOS was in trouble: wait a few minutes, then try these rows again", "", "", Repair::none},
    Advice{"no_useful_answer", false, "no answer came that could be used: check the network, then try these rows again", "", "", Repair::none},
};
// clang-format on

std::vector<std::string> command(Repair repair, const std::string& csv) {
  if (repair == Repair::none) return {};
  std::vector<std::string> words = {"usher", "validate-csv", "--csv",
                                    csv.empty() ? std::string(kYourCsv) : csv};
  if (repair == Repair::check) return words;
  words.emplace_back("--auto-fix");
  if (repair == Repair::fix_org_ids) words.emplace_back("--fix-org-ids");
  words.emplace_back("--fixed-csv");
  words.emplace_back(kFixedCsv);
  return words;
}

constexpr std::string_view kRename =
    "; if every row holds such an id, rename the column org_external_id to org_id";

bool has_column(const Group& group, std::string_view name) {
  return std::ranges::find(group.columns, name) != group.columns.end();
}

// Where a new name of the column would be true for every row that is known.
bool can_rename(const Analysis& analysis, const Group& group) {
  return analysis.ids_everywhere && !has_column(group, "org_id");
}

// The real header of the input, before and after the ids are in their column.
std::vector<std::string> moved_header(const Analysis& analysis, const Group& group) {
  if (has_column(group, "org_id")) return {};  // it stays as it is
  std::vector<std::string> before = group.columns;
  if (!has_column(group, "org_external_id")) before = {"email", "org_external_id"};
  std::vector<std::string> after = before;
  if (can_rename(analysis, group)) {
    *std::ranges::find(after, "org_external_id") = "org_id";
  } else {
    after.emplace_back("org_id");
  }
  return {fmt::format("{}", fmt::join(before, ",")), fmt::format("{}", fmt::join(after, ","))};
}

std::vector<std::string> example_for(const Advice& advice, const Analysis& analysis,
                                     const Group& group) {
  if (advice.repair == Repair::fix_org_ids) return moved_header(analysis, group);
  if (advice.before.empty()) return {};
  return {std::string(advice.before), std::string(advice.after)};
}

}  // namespace

std::vector<Suggestion> suggest(const Analysis& analysis, const std::string& csv) {
  std::vector<Suggestion> all;
  for (const Group& group : analysis.groups) {
    const auto* advice = std::ranges::find(kAdvice, group.verdict.reason, &Advice::reason);
    if (advice == kAdvice.end()) continue;
    Suggestion suggestion;
    suggestion.group = group.id;
    suggestion.pattern = group.pattern;
    suggestion.reason = group.verdict.reason;
    suggestion.severity = group.verdict.severity;
    suggestion.affected = group.count;
    suggestion.text = advice->text;
    if (advice->repair == Repair::fix_org_ids && can_rename(analysis, group)) {
      suggestion.text += kRename;
    }
    suggestion.actionable = advice->actionable;
    suggestion.example = example_for(*advice, analysis, group);
    suggestion.command = command(advice->repair, csv);
    all.push_back(std::move(suggestion));
  }
  return all;
}

}  // namespace usher::analysis
