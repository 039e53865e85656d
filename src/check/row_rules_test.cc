// SPDX-License-Identifier: Apache-2.0
#include "check/row_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "check/checking_test.h"

namespace usher::check {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using Lines = std::vector<std::string>;

constexpr std::string_view kBcrypt = "$2b$10$abcdefghijklmnopqrstuuABCDEFGHIJKLMNOPQRSTUVWXYZ01234";

struct Case {
  std::string header;
  std::string cells;
  Lines found;
  std::string says = {};  // of the first
};

std::string long_text(std::size_t size) {
  return std::string(size, 'x');
}

std::string many_names(int count) {
  std::string text = "\"{";
  for (int i = 0; i < count; ++i) {
    text += (i > 0 ? "," : "") + std::string("\"\"k") + std::to_string(i) + "\"\":\"\"v\"\"";
  }
  return text + "}\"";
}

std::vector<Case> cases_of_people() {
  return {
      {"email", "a@example.com", {}},
      {"email,first_name", " ,Ann", {"error required-email 1"}, "Missing required email"},
      {"email", "nobody", {"error email-format 1"}, "Invalid email format: nobody (has no @"},
      {"email", "a@b", {"error email-format 1"}},
      {"email",
       "\xC2\xA0"
       "a@example.com",
       {"error email-format 1"},
       "Invalid email format: "},
      {"email",
       " a@example.com",
       {"warning email-whitespace 1"},
       "Email has whitespace: \" a@example.com\""},
      {"email,first_name", "a@example.com, Ann", {}},  // to know, no fault
      {"email,password", "a@example.com, secret", {"warning password-whitespace 1"}},
      {"email,email_verified", "a@example.com,YES", {}},
      {"email,email_verified", "a@example.com,", {}},
      {"email,email_verified",
       "a@example.com,perhaps",
       {"warning boolean-format 1"},
       "Invalid boolean value: \"perhaps\" (expected: true/false/1/0/yes/no/y/n)"},
      {"email,external_id", "a@example.com,crm-1", {}},
      {"email,external_id", "a@example.com," + long_text(65), {"warning external-id-length 1"}},
      {"email,external_id", "a@example.com," + long_text(129), {"error external-id-format 1"}},
      {"email,external_id", "a@example.com,\xC3\xA9", {"error external-id-format 1"}},
      {"email,external_id", "a@example.com,1.23457E+12", {"warning spreadsheet-number 1"}},
      {"email,external_id", "a@example.com,E+12", {}},
  };
}

std::vector<Case> cases_of_metadata() {
  return {
      {"email,metadata", "a@example.com,{}", {}},
      {"email,metadata", "a@example.com,null", {}},
      {"email,metadata",
       "a@example.com,{",
       {"error metadata-json 1"},
       "Invalid JSON in metadata field: "},
      {"email,metadata", "a@example.com,[1]", {"error metadata-json 1"}},
      {"email,metadata",
       R"(a@example.com,"{""a"":[1],""b"":{""c"":2},""d"":""[x]""}")",
       {"warning metadata-arrays-objects 1", "warning metadata-arrays-objects 1"},
       "Metadata field \"a\" contains array/object (will be auto-converted to JSON string for "
       "WorkOS compatibility)"},
      {"email,metadata", R"(a@example.com,"{""a"":null}")", {"warning metadata-left-out 1"}},
      {"email,metadata",
       "a@example.com," + many_names(50),
       {"warning metadata-documented-limits 1"}},
      {"email,metadata", "a@example.com," + many_names(51), {"error metadata-limits 1"}},
      {"email,metadata",
       R"(a@example.com,"{"")" + long_text(41) + R"("":"")" + long_text(601) + R"(""}")",
       {"error metadata-limits 1", "error metadata-limits 1"}},
  };
}

std::vector<Case> cases_of_organizations() {
  const std::string ulid = "org_01K3MA0V6R2S8W5Y3Z7B9D1F4H";
  return {
      {"email,org_id,org_external_id",
       "a@example.com,org_123,acme",
       {"error org-id-conflict 1"},
       "Row has both org_id and org_external_id - these are mutually exclusive"},
      {"email,org_external_id", "a@example.com," + ulid, {"error org-id-in-external-id-column 1"}},
      {"email,org_external_id",
       "a@example.com,org_qavBURnvu2Qi22kZ",
       {"warning org-id-like-external-id 1"}},
      {"email,org_external_id", "a@example.com,org_acme", {}},
      {"email,org_external_id",
       "a@example.com," + long_text(129),
       {"error org-external-id-format 1"}},
      {"email,org_id", "a@example.com,org_123", {}},
      {"email,org_id", "a@example.com," + ulid, {}},
      {"email,org_id", "a@example.com,acme", {"error org-id-format 1"}},
      {"email,org_id", "a@example.com,org_", {"error org-id-format 1"}},
  };
}

std::vector<Case> cases_of_roles() {
  return {
      {"email,org_id,role_slugs", R"(a@example.com,org_123,"admin, member-2,a_b")", {}},
      {"email,org_id,role_slugs", R"(a@example.com,org_123,"[""admin""]")", {}},
      {"email,org_id,role_slugs",
       R"(a@example.com,org_123,"ok,Admin,the boss,a.b")",
       {"error role-slugs-format 1", "error role-slugs-format 1", "error role-slugs-format 1"},
       "Invalid role slug \"Admin\" — must be lowercase alphanumeric with hyphens/underscores"},
      {"email,org_id,role_slugs",
       R"(a@example.com,org_123," , ,")",
       {"warning role-slugs-format 1"},
       "role_slugs column is present but empty"},
      {"email,org_id,role_slugs", "a@example.com,org_123,[admin]", {"error role-slugs-format 1"}},
      {"email,org_id,role_slugs",
       "a@example.com,org_123," + long_text(49),
       {"error role-slugs-format 1"}},
      {"email,org_id,role_slugs",
       "a@example.com,,admin",
       {"warning role-slugs-without-organization 1"}},
  };
}

std::vector<Case> cases_of_hashes_and_records() {
  const std::string hashed = "email,password_hash,password_hash_type";
  return {
      {hashed, "a@example.com," + std::string(kBcrypt) + ",bcrypt", {}},
      {hashed, "a@example.com,,bcrypt", {}},
      {hashed,
       "a@example.com," + std::string(kBcrypt) + ",",
       {"error password-hash-complete 1"},
       "password_hash provided without password_hash_type"},
      {hashed, "a@example.com,$2b$10$short,bcrypt", {"error password-hash-format 1"}},
      {hashed,
       "a@example.com," + std::string(kBcrypt) + ",BCRYPT",
       {"error password-hash-format 1"}},
      {hashed + ",password",
       "a@example.com," + std::string(kBcrypt) + ",bcrypt,pw",
       {"warning password-and-hash 1"}},
      {"email,first_name,last_name",
       "a,b,c,d",
       {"error record-format 1"},
       "The record has 4 cells, the header has 3"},
      {"email,first_name", "a@example.com,\xFF", {"error record-format 1"}},
      {"email,first_name", "a@example.com,\"open", {"error record-format 1"}},
  };
}

std::vector<Case> cases() {
  std::vector<Case> all;
  for (const auto& some : {cases_of_people(), cases_of_metadata(), cases_of_organizations(),
                           cases_of_roles(), cases_of_hashes_and_records()}) {
    all.insert(all.end(), some.begin(), some.end());
  }
  return all;
}

TEST(RowRules, EachSaysWhatItIsThereFor) {
  for (const Case& wanted : cases()) {
    SCOPED_TRACE(wanted.header + " | " + wanted.cells);
    const Checked checked = check_text(wanted.header + "\n" + wanted.cells + "\n");
    const Lines found = checked.findings();
    EXPECT_EQ(found, wanted.found);
    const bool wrong = std::ranges::any_of(
        found, [](const std::string& line) { return line.starts_with("error"); });
    EXPECT_EQ(checked.outcome.summary.invalid_rows, wrong ? 1U : 0U);
    EXPECT_EQ(checked.outcome.summary.warning_rows, !wrong && !found.empty() ? 1U : 0U);
    if (wanted.says.empty() || found.empty()) continue;
    const std::string rule = found.front().substr(found.front().find(' ') + 1);
    EXPECT_THAT(checked.message(rule.substr(0, rule.find(' '))), HasSubstr(wanted.says));
  }
}

TEST(RowRules, AllProblemsOfARowAreTold) {
  const Checked checked = check_text(
      "email,email_verified,external_id,metadata,org_id,org_external_id,role_slugs,password_hash\n"
      "no,perhaps,\xC3\xA9,{,x,y,Boss,secret-hash\n");
  EXPECT_THAT(
      checked.findings(),
      ElementsAre("error email-format 1", "warning boolean-format 1", "error external-id-format 1",
                  "error password-hash-complete 1", "error metadata-json 1",
                  "error org-id-conflict 1", "error org-id-format 1", "error role-slugs-format 1"));
  EXPECT_EQ(checked.outcome.summary.invalid_rows, 1U);
}

TEST(RowRules, SecretsAreInNoMessage) {
  const Checked checked = check_text(
      "email,password,password_hash,password_hash_type\n"
      "a@example.com, hunter2 ,sekret-hash,bcrypt\n"
      "b@example.com,hunter2,sekret-hash,\n");
  const std::string text = boost::json::serialize(checked.report);
  EXPECT_THAT(text, Not(HasSubstr("hunter2")));
  EXPECT_THAT(text, Not(HasSubstr("sekret")));
}

TEST(RowRules, AMissingColumnOfRolesIsNothing) {
  EXPECT_THAT(check_text("email,org_id\na@example.com,org_1\n").findings(), IsEmpty());
}

TEST(RowRules, AColumnWithoutAnyRoleIsToldOnce) {
  EXPECT_THAT(check_text("email,org_id,role_slugs\na@example.com,org_1,\nb@example.com,org_1,\n")
                  .findings(),
              ElementsAre("warning role-slugs-format"));
}

}  // namespace
}  // namespace usher::check
