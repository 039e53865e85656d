// SPDX-License-Identifier: Apache-2.0
#include "source/user_mapping.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.h"

namespace usher {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;

// A mapping over a header and records given as lists of cells.
class Mapped {
 public:
  explicit Mapped(std::vector<std::string> header, UserMapping::Options options = {})
      : mapping(UserMapping::make(header, std::move(options)).value()) {}

  std::expected<UserRow, Failure> row(const std::vector<std::string_view>& cells) {
    warnings.clear();
    csv::Record record;
    record.number = 7;
    record.line = 9;
    record.cells = cells;
    return mapping.map(record, warnings);
  }
  std::string message(const std::vector<std::string_view>& cells) {
    const auto result = row(cells);
    return result ? "mapped"
                  : std::string(to_string(result.error().at)) + ": " + result.error().message;
  }

  UserMapping mapping;
  std::vector<std::string> warnings;
};

UserMapping::Options single(OrgRef org) {
  return {.single_org = std::move(org), .role_mapping = nullptr};
}

TEST(UserMapping, ReadsEveryColumnWhateverTheOrder) {
  Mapped mapped({"role_slugs", "metadata", "org_name", "org_external_id", "external_id",
                 "email_verified", "last_name", "first_name", "email"});
  const auto row = mapped.row({"admin, member,admin", R"({"plan":"team","seats":3})", "North Ltd",
                               "north", "crm|1", "YES", "Berg", " Ida ", " Ida@Example.com\t"});
  ASSERT_TRUE(row) << row.error().message;
  EXPECT_EQ(row->email, "Ida@Example.com");
  EXPECT_EQ(row->first_name, "Ida");
  EXPECT_EQ(row->last_name, "Berg");
  EXPECT_EQ(row->email_verified, true);
  EXPECT_EQ(row->external_id, "crm|1");
  EXPECT_THAT(row->metadata, ElementsAre(Pair("plan", "team"), Pair("seats", "3")));
  EXPECT_EQ(row->org, (OrgRef{OrgRef::By::external_id, "north", "North Ltd", true}));
  EXPECT_THAT(row->roles, ElementsAre("admin", "member"));
  EXPECT_THAT(mapped.warnings, IsEmpty());
  EXPECT_THAT(mapped.mapping.warnings(), IsEmpty());
  EXPECT_EQ(mapped.mapping.mode(), Mode::multi_org);
}

TEST(UserMapping, BlankCellsAreAbsent) {
  Mapped mapped({"email", "first_name", "email_verified", "external_id", "password", "metadata",
                 "org_id", "role_slugs"});
  const auto row = mapped.row({"a@example.com", " ", "", "\t", " ", " ", "", ""});
  ASSERT_TRUE(row);
  EXPECT_EQ(row->first_name, "");
  EXPECT_EQ(row->email_verified, std::nullopt);
  EXPECT_EQ(row->external_id, "");
  EXPECT_TRUE(row->password.empty());
  EXPECT_THAT(row->metadata, IsEmpty());
  EXPECT_EQ(row->org, OrgRef{});
  EXPECT_THAT(mapped.warnings, IsEmpty());
}

TEST(UserMapping, NeedsAnEmail) {
  Mapped mapped({"email"});
  EXPECT_EQ(mapped.message({" "}), "user_create: Missing required email");
  EXPECT_EQ(mapped.message({"nobody"}), "user_create: Invalid email: \"nobody\" has no @");
}

TEST(UserMapping, ARecordsOwnProblemIsItsFailure) {
  const Mapped mapped({"email"});
  csv::Record record;
  record.line = 12;
  record.problem = "has 7 cells, the header has 8";
  std::vector<std::string> warnings;
  EXPECT_EQ(mapped.mapping.map(record, warnings).error().message,
            "Line 12: the record has 7 cells, the header has 8");
}

TEST(UserMapping, ABrokenRecordStillNamesThePersonItCan) {
  const Mapped mapped({"name", "email"});
  const auto named = [&](const std::vector<std::string_view>& cells) {
    csv::Record record;
    record.cells = cells;
    record.problem = "has a problem";
    UserRow row;
    Failure failure;
    std::vector<std::string> warnings;
    EXPECT_FALSE(mapped.mapping.map_into(record, row, failure, warnings));
    return row.email;
  };
  EXPECT_EQ(named({"A", " a@example.com ", "x"}), "a@example.com");
  EXPECT_EQ(named({"A", "B", "a@example.com"}), "");
  EXPECT_EQ(named({"A"}), "");
  EXPECT_EQ(named({}), "");
}

TEST(UserMapping, KnowsBooleanWords) {
  Mapped mapped({"email", "email_verified"});
  for (const char* word : {"true", "1", "yes", "y", "TRUE", " Yes "}) {
    EXPECT_EQ(mapped.row({"a@example.com", word})->email_verified, true) << word;
  }
  for (const char* word : {"false", "0", "no", "n", "FALSE"}) {
    EXPECT_EQ(mapped.row({"a@example.com", word})->email_verified, false) << word;
  }
  EXPECT_EQ(mapped.row({"a@example.com", "maybe"})->email_verified, std::nullopt);
  EXPECT_THAT(mapped.warnings,
              ElementsAre("Row 7: email_verified \"maybe\" is neither true nor false; left unset"));
}

TEST(UserMapping, AHashPairWinsOverAPassword) {
  Mapped mapped({"email", "password", "password_hash", "password_hash_type"});
  auto row = mapped.row({"a@example.com", "plain", "$2b$", "bcrypt"});
  ASSERT_TRUE(row);
  EXPECT_TRUE(row->password.empty());
  EXPECT_EQ(row->password_hash.reveal(), "$2b$");
  EXPECT_EQ(row->password_hash_type, "bcrypt");
  row = mapped.row({"a@example.com", "plain", "", "bcrypt"});
  ASSERT_TRUE(row);
  EXPECT_EQ(row->password.reveal(), "plain");
  EXPECT_EQ(row->password_hash_type, "");
  EXPECT_THAT(mapped.message({"a@example.com", "", "secret-hash", ""}),
              HasSubstr("user_create: password_hash has no password_hash_type"));
  EXPECT_THAT(mapped.message({"a@example.com", "", "secret-hash", ""}),
              testing::Not(HasSubstr("secret-hash")));
}

TEST(UserMapping, MetadataProblemsFailTheRow) {
  Mapped mapped({"email", "metadata"});
  EXPECT_THAT(mapped.message({"a@example.com", "{broken"}),
              testing::StartsWith("user_create: Metadata is invalid JSON"));
  EXPECT_EQ(mapped.message({"a@example.com", "null"}), "mapped");
}

TEST(UserMapping, ChoosesTheOrganization) {
  Mapped mapped({"email", "org_id", "org_external_id", "org_name"});
  const auto org = [&](std::string_view id, std::string_view external, std::string_view name) {
    return mapped.row({"a@example.com", id, external, name})->org;
  };
  EXPECT_EQ(org("", "", ""), OrgRef{});
  EXPECT_EQ(org("org_1", "", ""), (OrgRef{OrgRef::By::id, "org_1", "", false}));
  EXPECT_EQ(org("org_1", "", "North"), (OrgRef{OrgRef::By::id, "org_1", "", false}));
  EXPECT_EQ(org("", "north", ""), (OrgRef{OrgRef::By::external_id, "north", "", false}));
  EXPECT_EQ(org("", "north", "North"), (OrgRef{OrgRef::By::external_id, "north", "North", true}));
  EXPECT_EQ(org("", "", "North"), (OrgRef{OrgRef::By::name, "North", "", true}));
  EXPECT_EQ(mapped.message({"a@example.com", "org_1", "north", ""}),
            "org_resolution: Row cannot specify both org_id and org_external_id");
}

TEST(UserMapping, ASingleOrgRunIgnoresTheColumnsWithOneWarning) {
  Mapped mapped({"email", "org_id", "org_external_id", "role_slugs"},
                single({OrgRef::By::id, "org_9", "", false}));
  EXPECT_EQ(mapped.mapping.mode(), Mode::single_org);
  ASSERT_EQ(mapped.mapping.warnings().size(), 1U);
  EXPECT_THAT(mapped.mapping.warnings()[0], HasSubstr("\"org_id\", \"org_external_id\""));
  const auto row = mapped.row({"a@example.com", "org_1", "north", "admin"});
  ASSERT_TRUE(row);
  EXPECT_EQ(row->org.value, "org_9");
  EXPECT_THAT(row->roles, ElementsAre("admin"));
}

TEST(UserMapping, RolesAreACommaListOrAnArrayAndJoinTheRoleMapping) {
  RoleMapping more;
  more.roles["crm-1"] = {"member", "auditor"};
  Mapped mapped({"email", "external_id", "org_id", "role_slugs"},
                {.single_org = {}, .role_mapping = &more});
  const auto roles = [&](std::string_view id, std::string_view slugs) {
    return mapped.row({"a@example.com", id, "org_1", slugs})->roles;
  };
  EXPECT_THAT(roles("", ""), IsEmpty());
  EXPECT_THAT(roles("", " , admin ,,admin"), ElementsAre("admin"));
  EXPECT_THAT(roles("crm-1", R"([ "admin", "member" ])"),
              ElementsAre("admin", "member", "auditor"));
  EXPECT_THAT(roles("crm-1", "[]"), ElementsAre("member", "auditor"));
  EXPECT_THAT(roles("crm-2", "viewer"), ElementsAre("viewer"));
  for (const char* broken : {"[admin]", "[\"admin\"", "[\"admin\",]", "[1]", "[\"a\"] b"}) {
    EXPECT_THAT(mapped.message({"a@example.com", "", "org_1", broken}),
                HasSubstr("role_slugs is not a list of roles"))
        << broken;
  }
}

TEST(UserMapping, RolesWithoutAnOrganizationAreToldNotLost) {
  Mapped mapped({"email", "org_id", "role_slugs"});
  EXPECT_THAT(mapped.row({"a@example.com", "", "admin"})->roles, IsEmpty());
  EXPECT_THAT(mapped.warnings,
              ElementsAre("Row 7: role_slugs is ignored: the row names no organization"));
  RoleMapping more;
  more.roles["crm-1"] = {"member"};
  const Mapped nobody({"email", "role_slugs"}, {.single_org = {}, .role_mapping = &more});
  EXPECT_EQ(nobody.mapping.mode(), Mode::user_only);
  EXPECT_THAT(nobody.mapping.warnings(), ElementsAre(HasSubstr("\"role_slugs\" is ignored"),
                                                     HasSubstr("role mapping is ignored")));
}

TEST(UserMapping, SaysWhichColumnWasProbablyMeant) {
  const auto refusal = [](std::vector<std::string> header) {
    return UserMapping::make(header, {}).error().line();
  };
  EXPECT_THAT(refusal({"Email", "name"}),
              HasSubstr("no \"email\" column; found \"Email\", \"name\""));
  EXPECT_THAT(refusal({"Email", "name"}), HasSubstr("rename \"Email\" to \"email\""));
  EXPECT_THAT(refusal({"E-mail Address"}), HasSubstr("rename \"E-mail Address\" to \"email\""));
  EXPECT_THAT(refusal({"a", "b"}), HasSubstr("one of them has to be email"));
  EXPECT_THAT(refusal(std::vector<std::string>(20, "x")), HasSubstr("and 8 more"));
  const Mapped mapped({"email", "First Name", "phone", "fax"});
  EXPECT_THAT(mapped.mapping.warnings(),
              ElementsAre(HasSubstr("\"First Name\" is not read; rename it to \"first_name\""),
                          "Columns not read: \"phone\", \"fax\""));
}

bool map_one(const UserMapping& mapping, const std::vector<std::string_view>& cells, UserRow& row) {
  csv::Record record;
  record.cells = cells;
  if (cells.size() < 11) record.problem = "has too few cells";
  std::vector<std::string> warnings;
  Failure failure;
  return mapping.map_into(record, row, failure, warnings);
}

TEST(UserMapping, ARowUsedAgainKeepsNothingOfTheOneBefore) {
  const std::vector<std::string> header = {
      "email",           "first_name",    "email_verified",     "external_id",
      "password",        "password_hash", "password_hash_type", "metadata",
      "org_external_id", "org_name",      "role_slugs"};
  const auto mapping = UserMapping::make(header, {}).value();
  const std::vector<std::vector<std::string_view>> rows = {
      {"a@example.com", "A", "yes", "1", "", "hash", "bcrypt", "{\"a\":1}", "north", "North",
       "admin"},
      {"b@example.com", "", "", "", "pass", "", "", "", "", "", ""},
      {"c@example.com", "", "", "", "", "", "", "", "", "South", ""},
      {"d@example.com", "", "", "", "", "", "", "", "west", "", ""},
      {"e@example.com", "E", "no", "5", "", "", "", "{broken", "east", "East", ""},
      {"f@example.com", "F", "no", "6", "", "hash", "", "", "", "", ""},
      {"nobody", "G", "no", "7", "", "hash", "bcrypt", "{}", "north", "North", "admin"},
      {"h@example.com", "", "", "", "", "", "", "", "north", "", "[broken"},
      {"i@example.com"},
      {},
  };
  UserRow reused;
  for (const auto& first : rows) {
    for (const auto& second : rows) {
      UserRow fresh;
      const bool good = map_one(mapping, second, fresh);
      (void)map_one(mapping, first, reused);
      EXPECT_EQ(map_one(mapping, second, reused), good);
      EXPECT_EQ(reused.email, fresh.email);
      EXPECT_EQ(reused.first_name, fresh.first_name);
      EXPECT_EQ(reused.email_verified, fresh.email_verified);
      EXPECT_EQ(reused.external_id, fresh.external_id);
      EXPECT_EQ(reused.password, fresh.password);
      EXPECT_EQ(reused.password_hash, fresh.password_hash);
      EXPECT_EQ(reused.password_hash_type, fresh.password_hash_type);
      EXPECT_EQ(reused.metadata, fresh.metadata);
      EXPECT_EQ(reused.org, fresh.org);
      EXPECT_EQ(reused.roles, fresh.roles);
    }
  }
}

TEST(UserMapping, KnowsWhichColumnsAreSecret) {
  EXPECT_TRUE(UserMapping::is_secret("password"));
  EXPECT_TRUE(UserMapping::is_secret("password_hash"));
  EXPECT_FALSE(UserMapping::is_secret("password_hash_type"));
  EXPECT_FALSE(UserMapping::is_secret("email"));
}

}  // namespace
}  // namespace usher
