// SPDX-License-Identifier: Apache-2.0
#include "check/rules.h"

namespace usher::check {
namespace {

constexpr auto kError = Severity::error;
constexpr auto kWarning = Severity::warning;
constexpr auto kInfo = Severity::info;
constexpr auto kHeader = Category::header;
constexpr auto kRow = Category::row;
constexpr auto kDuplicate = Category::duplicate;

constexpr std::array<RuleFacts, kRules> kFacts = {{
    {"empty-file", kError, kHeader, "the file is empty",
     "a CSV begins with a header, for example: email,first_name"},
    {"header-format", kError, kHeader, "the header cannot be read", "correct the first line"},
    {"required-email-column", kError, kHeader, "no email column",
     "name the column that holds the addresses: email"},
    {"unknown-columns", kWarning, kHeader, "columns that are not read",
     "rename them if they are meant; else nothing"},
    {"mode-detection", kInfo, kHeader, "mode", ""},
    {"role-slugs-unused", kInfo, kHeader, "roles without organizations",
     "give the import an organization (--org-id), or the rows theirs"},
    {"role-slugs-format", kWarning, kHeader, "an empty column of roles",
     "fill it, or remove the column"},

    {"record-format", kError, kRow, "records that are not well-formed CSV",
     "correct these records"},
    {"required-email", kError, kRow, "rows without an e-mail", "give each person an address"},
    {"email-format", kError, kRow, "addresses that cannot be right", "correct them"},
    {"email-whitespace", kWarning, kRow, "white space around addresses", "an import trims it"},
    {"cell-whitespace", kInfo, kRow, "white space around cells", "an import trims it"},
    {"password-whitespace", kWarning, kRow, "white space around passwords",
     "it is not sent: remove it if it is none of the password, or let these people choose a new "
     "one"},
    {"boolean-format", kWarning, kRow, "email_verified that is neither true nor false",
     "write true or false; as it is, it is left unset"},
    {"external-id-format", kError, kRow, "external ids that WorkOS does not take",
     "choose other ids"},
    {"external-id-length", kWarning, kRow, "external ids longer than the documentation allows",
     "the API takes them today; shorten them to be safe"},
    {"spreadsheet-number", kWarning, kRow, "ids that a spreadsheet has rounded",
     "export them again as text"},
    {"metadata-json", kError, kRow, "metadata that is not a JSON object",
     "use double quotes: {\"name\": \"value\"}"},
    {"metadata-arrays-objects", kWarning, kRow, "metadata with arrays or objects",
     "nothing: they become JSON text, since WorkOS keeps texts alone"},
    {"metadata-left-out", kWarning, kRow, "metadata that is not sent",
     "remove what is null or named twice, or give it a value"},
    {"metadata-limits", kError, kRow, "metadata beyond the limits of WorkOS",
     "shorten it, or leave out what does not matter"},
    {"metadata-documented-limits", kWarning, kRow, "metadata beyond the documented limits",
     "the API takes it today; shorten it to be safe"},
    {"org-id-conflict", kError, kRow, "rows with both org_id and org_external_id",
     "choose one of the two columns for each row"},
    {"org-id-in-external-id-column", kError, kRow, "WorkOS ids in the org_external_id column",
     "move them to the org_id column"},
    {"org-id-like-external-id", kWarning, kRow, "ids like those of WorkOS in org_external_id",
     "if they are WorkOS ids, move them with --auto-fix --fix-org-ids; if another system (such as "
     "Auth0) made them, nothing"},
    {"org-id-format", kError, kRow, "org_id that is no WorkOS id",
     "WorkOS ids begin with org_; an id of your own belongs into org_external_id"},
    {"org-external-id-format", kError, kRow, "organization ids that WorkOS does not take",
     "choose other ids"},
    {"role-slugs-format", kError, kRow, "roles that are no slugs",
     "write the slug of the role, not its name"},
    {"role-slugs-format", kWarning, kRow, "lists of roles that hold none",
     "name a role, or leave the cell empty for the default role"},
    {"role-slugs-without-organization", kWarning, kRow, "roles of rows without an organization",
     "name the organization; as it is, the roles are ignored"},
    {"password-hash-complete", kError, kRow, "hashes without a type",
     "name the type in password_hash_type, such as bcrypt"},
    {"password-hash-format", kError, kRow, "hashes that WorkOS cannot import",
     "correct them, or leave them out and let these people reset their passwords"},
    {"password-and-hash", kWarning, kRow, "rows with a password and a hash",
     "nothing: the hash is used, the password is not sent"},
    {"rows-without-organization", kInfo, kRow, "rows without an organization",
     "nothing: they become users without a membership"},

    {"duplicate-email", kWarning, kDuplicate, "people who come twice in the same organization",
     "nothing is made twice; --dedupe leaves one row of each"},
    {"duplicate-email-conflict", kWarning, kDuplicate,
     "rows about one person that say different things",
     "the first row counts; make the rows agree"},
    {"duplicate-external-id", kError, kDuplicate, "external ids that several people have",
     "give each person an id of their own; WorkOS refuses the second"},
    {"org-name-differs", kWarning, kDuplicate, "organizations with several names",
     "the first name is used; make the rows agree"},
    {"org-name-shared", kWarning, kDuplicate, "names that several organizations have",
     "nothing, if they are different organizations; else give all rows the same id"},
    {"several-organizations", kInfo, kDuplicate, "people in several organizations", ""},
}};

}  // namespace

const RuleFacts& facts(Rule rule) {
  return kFacts[static_cast<std::size_t>(rule)];
}

std::string_view to_string(Severity severity) {
  switch (severity) {
    case Severity::error:
      return "error";
    case Severity::warning:
      return "warning";
    case Severity::info:
      return "info";
  }
  return "?";
}

std::string_view to_string(Category category) {
  switch (category) {
    case Category::header:
      return "header";
    case Category::row:
      return "row";
    case Category::duplicate:
      return "duplicate";
  }
  return "?";
}

}  // namespace usher::check
