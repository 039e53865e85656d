// SPDX-License-Identifier: Apache-2.0
#include "target/customers/schema.h"

#include <array>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/random.h"
#include "target/customers/schema_table.h"

namespace usher::customers {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::vector<std::string> check(std::string_view json, ImportType type = ImportType::customers) {
  std::vector<SchemaFinding> findings;
  (void)check_schema(json, type, findings);
  std::vector<std::string> lines;
  lines.reserve(findings.size());
  for (const auto& finding : findings) {
    lines.push_back(fmt::format("{} {}: {}", finding.error ? "error" : "warning", finding.rule,
                                finding.message));
  }
  return lines;
}

std::string person(std::string_view members, std::string_view change = "CREATE") {
  return fmt::format(R"({{"changeType":"{}","type":"PERSON","person":{{"customerId":"1",)"
                     R"("firstName":"A","lastName":"B"{}{}}}}})",
                     change, members.empty() ? "" : ",", members);
}

constexpr std::string_view kFull = R"({
  "changeType": "CREATE", "type": "PERSON", "loyalty": {"tier": [1, 2]},
  "person": {
    "customerId": "50000001000", "username": "emma@example.com", "status": "UNACTIVATED",
    "firstName": "EMMA", "lastName": "SJÖBERG", "languageCode": "sv", "birthday": "1980-02-29",
    "gender": "FEMALE", "salutation": "Ms", "countryCode": "SE", "statisticalUseAllowed": true,
    "marketingAllowedFlag": false, "declarationAvailable": true, "taxNumber": "0012",
    "creditLimit": 100.50, "customerGroupIds": ["a", "b"], "personalNumber": "unknown field",
    "emails": [{"email": "emma@example.com", "contactPurposeTypeCode": "DEFAULT",
                "contactMethodTypeCode": "HOMEEMAIL", "marketingAllowed": null}],
    "phones": [{"phoneNumber": "+46 8 000 00", "contactPurposeTypeCode": "DEFAULT",
                "contactMethodTypeCode": "HOMETELEPHONE"}],
    "addresses": [{"city": "LUND", "contactPurposeTypeCode": "DEFAULT", "postalCode": "00123",
                   "contactMethodTypeCode": "HOME", "countryCode": "SE",
                   "customProperties": {"xxCustom30": "x"}}],
    "customerCards": [{"number": "50000001000", "type": "MAIN_CARD", "scope": "GLOBAL"}],
    "customProperties": {"xxCustom01": "x"}, "personalizationConsent": {"consent": true}}})";

TEST(Schema, TakesWhatIsPublished) {
  EXPECT_THAT(check(kFull), IsEmpty());
  EXPECT_THAT(check(person("")), IsEmpty());
  EXPECT_THAT(check(R"({"changeType":"CREATE","type":"ORGANIZATION","organization":)"
                    R"({"username":"x","name":"Works","legalStatusCode":"AB"}})"),
              IsEmpty());
}

TEST(Schema, SaysWhoItIs) {
  std::vector<SchemaFinding> findings;
  const Identity identity = check_schema(kFull, ImportType::customers, findings);
  EXPECT_EQ(identity.id, "50000001000");
  EXPECT_EQ(identity.username, "emma@example.com");
  EXPECT_EQ(identity.email, "emma@example.com");
  EXPECT_EQ(identity.change, Change::create);
}

struct Row {
  std::string members;
  std::string finding;
};

TEST(Schema, FindsWhatIsWrongInAPerson) {
  const std::vector<Row> rows = {
      {R"("customerId":"12345678901234567890123456789012345678901")",
       "error too_long: person.customerId is longer than 40 characters"},
      {R"("customerId":["1"])", "error wrong_type: person.customerId has to be text, in double"},
      {R"("taxNumber":17)", "warning wrong_type: person.taxNumber has to be text"},
      {R"("status":"SLEEPING")",
       "error unknown_value: person.status is none of UNACTIVATED, ACTIVE"},
      {R"("gender":"OTHER")", "warning unknown_value: person.gender is none of MALE"},
      {R"("languageCode":"SV")", "error bad_format: person.languageCode has to be two small"},
      {R"("languageCode":"swe")", "error bad_format: person.languageCode"},
      {R"("countryCode":"se")", "error bad_format: person.countryCode has to be two capital"},
      {R"("birthday":"1980-02-30")", "error bad_format: person.birthday has to be a date"},
      {R"("birthday":"1.2.1980")", "error bad_format: person.birthday has to be a date"},
      {R"("birthday":"1980-02-01T00:00:00")", "warning bad_format: person.birthday is a date with"},
      {R"("birthday":"")", "warning bad_format: person.birthday is empty"},
      {R"("statisticalUseAllowed":"true")",
       "warning wrong_type: person.statisticalUseAllowed has to be true or false"},
      {R"("creditLimit":{})", "error wrong_type: person.creditLimit has to be a number"},
      {R"("creditLimit":"12")", "warning wrong_type: person.creditLimit has to be a number"},
      {R"("emails":{})", "error wrong_type: person.emails has to be a list"},
      {R"("emails":["a@example.com"])", "error wrong_type: person.emails[0] has to be an object"},
      {R"("emails":[{"email":"a@example.com","contactPurposeTypeCode":"DEFAULT"}])",
       "error missing_field: person.emails[0].contactMethodTypeCode is missing"},
      {R"("phones":[{"phoneNumber":"123456789012345678901234567890123",)"
       R"("contactPurposeTypeCode":"A","contactMethodTypeCode":"B"}])",
       "error too_long: person.phones[0].phoneNumber is longer than 32 characters"},
      {R"("addresses":[{"city":"X","contactPurposeTypeCode":"A","contactMethodTypeCode":"B"},)"
       R"({"city":"","contactPurposeTypeCode":"A","contactMethodTypeCode":"B"}])",
       "error missing_field: person.addresses[1].city is empty"},
      {R"("addresses":[{"city":"X","contactPurposeTypeCode":"A","contactMethodTypeCode":"B",)"
       R"("postalCodeExtension":"12345"}])",
       "error too_long: person.addresses[0].postalCodeExtension is longer than 4"},
      {R"("customerCards":[{"number":"1","type":"GOLD","scope":"GLOBAL"}])",
       "warning unknown_value: person.customerCards[0].type is none of MAIN_CARD"},
      {R"("customerCards":[{"number":"1","type":"MAIN_CARD","scope":null}])",
       "error missing_field: person.customerCards[0].scope is null"},
      {R"("customerCards":[{"number":"1","type":"MAIN_CARD","scope":"A",)"
       R"("customProperties":{"xxCustom06":"x"}}])",
       "warning unknown_property: person.customerCards[0].customProperties.xxCustom06 will not be"},
      {R"("customProperties":{"xxCustom31":"x"})", "warning unknown_property"},
      {R"("customProperties":{"xxCustom01":{}})",
       "error wrong_type: person.customProperties.xxCustom01 has to be text"},
      {R"("customProperties":{"xxCustom01":")" + std::string(257, 'x') + "\"}",
       "error too_long: person.customProperties.xxCustom01 is longer than 256"},
      {R"("customerGroupIds":["a",["b"]])",
       "error wrong_type: person.customerGroupIds[1] has to be text"},
      {R"("personalizationConsent":{})",
       "error missing_field: person.personalizationConsent.consent is missing"},
      {R"("taxNumber":"1","taxNumber":"2")",
       "warning repeated_field: person.taxNumber comes twice; the last one counts"},
      {R"("firstName":null)", "error missing_field: person.firstName is null"},
  };
  for (const Row& row : rows) {
    EXPECT_THAT(check(person(row.members)), Contains(HasSubstr(row.finding))) << row.members;
  }
}

TEST(Schema, CountsCharactersAndNotBytes) {
  const auto with_name = [](const std::string& name) {
    return check(R"({"changeType":"CREATE","type":"PERSON","person":{"customerId":"1",)"
                 R"("lastName":"B","firstName":")" +
                 name + "\"}}");
  };
  std::string swedish;
  std::string escaped;
  for (int i = 0; i < 40; ++i) {
    swedish += "Ö";
    escaped += i % 2 == 0 ? "\\u00D6" : "\\uD83D\\uDE00";
  }
  EXPECT_THAT(with_name(swedish), IsEmpty());
  EXPECT_THAT(with_name(escaped), IsEmpty());
  EXPECT_THAT(with_name(swedish + "x"), ElementsAre(HasSubstr("too_long: person.firstName")));
  EXPECT_THAT(with_name(escaped + "x"), ElementsAre(HasSubstr("too_long: person.firstName")));
}

TEST(Schema, WantsTheRequiredFields) {
  EXPECT_THAT(check("{}"),
              ElementsAre("error missing_change: changeType is missing",
                          "error missing_field: type is missing",
                          HasSubstr("error unidentified: nothing names the customer")));
  EXPECT_THAT(check(R"({"changeType":"CREATE","type":"PERSON","person":{"username":"x"}})"),
              ElementsAre("error missing_field: person.firstName is missing",
                          "error missing_field: person.lastName is missing"));
  EXPECT_THAT(check(R"({"changeType":"CREATE","type":"PERSON","organization":{"customerId":"1",)"
                    R"("name":"x"}})"),
              Contains("error missing_field: person is missing"));
  EXPECT_THAT(check(R"({"changeType":"CREATE","type":"ORGANIZATION","organization":)"
                    R"({"customerId":"1"}})"),
              ElementsAre("error missing_field: organization.name is missing"));
}

TEST(Schema, WantsLessOfAnUpdateAndLeastOfADelete) {
  const auto with = [](std::string_view change) {
    return check(fmt::format(
        R"({{"changeType":"{}","type":"PERSON","person":{{"customerId":"1","lastName":"B"}}}})",
        change));
  };
  EXPECT_THAT(with("UPDATE"), ElementsAre("warning missing_field: person.firstName is missing"));
  EXPECT_THAT(with("UPSERT"), ElementsAre("error missing_field: person.firstName is missing"));
  EXPECT_THAT(with("DELETE"), IsEmpty());
  EXPECT_THAT(with("MERGE"), ElementsAre(HasSubstr("warning unknown_value: changeType is none of"),
                                         HasSubstr("warning missing_field: person.firstName")));
}

TEST(Schema, WantsANameForWhomever) {
  EXPECT_THAT(
      check(R"({"changeType":"CREATE","type":"PERSON","person":{"firstName":"A",)"
            R"("lastName":"B","customerId":"","emails":[{"email":"a@example.com",)"
            R"("contactPurposeTypeCode":"INVOICE","contactMethodTypeCode":"HOMEEMAIL"}]}})"),
      ElementsAre(HasSubstr("error unidentified")));
}

TEST(Schema, KnowsTheWrongMode) {
  EXPECT_THAT(check(R"({"changeType":"CREATE","householdId":"1","name":"X","memberIds":["1"]})"),
              ElementsAre("error wrong_mode: is a household, and customers are to be imported"));
  EXPECT_THAT(check(kFull, ImportType::households),
              ElementsAre("error wrong_mode: is a customer, and households are to be imported"));
}

TEST(Schema, OnlyWarnsOfHouseholds) {
  const auto household = [](std::string_view json) { return check(json, ImportType::households); };
  EXPECT_THAT(household(R"({"changeType":"CREATE","householdId":"60000000","name":"A B",)"
                        R"("status":"ACTIVE","primaryMemberId":"60000000",)"
                        R"("memberIds":["60000000","60000001"],"extra":1})"),
              IsEmpty());
  EXPECT_THAT(household(R"({"householdId":"1","memberIds":{}})"),
              ElementsAre("warning wrong_type: memberIds has to be a list",
                          "warning missing_change: changeType is missing",
                          "warning missing_field: name is missing"));
  EXPECT_THAT(household(R"({"changeType":"CREATE","name":"X","memberIds":["1"]})"),
              ElementsAre("error unidentified: householdId is missing"));
}

TEST(Schema, BoundsTheFindingsOfAnItem) {
  std::string cards;
  for (int i = 0; i < 100; ++i) cards += i == 0 ? "{}" : ",{}";
  EXPECT_EQ(check(person(R"("customerCards":[)" + cards + "]")).size(), kMostFindingsOfItem);
}

TEST(Schema, ShowsNoValue) {
  for (const auto& line :
       check(person(R"("birthday":"secret","status":"secret",)"
                    R"("countryCode":"secret","emails":[{"email":"secret"}])"))) {
    EXPECT_THAT(line, testing::Not(HasSubstr("secret")));
  }
}

// Every field is found by its name, and nothing by another.
TEST(SchemaTable, FindsItsFields) {
  for (const auto* object :
       {&schema::kPerson, &schema::kOrganization, &schema::kCustomer, &schema::kHousehold}) {
    for (const auto& field : object->fields) {
      EXPECT_EQ(object->find(field.name), &field);
      EXPECT_EQ(object->find(std::string(field.name) + "x"), nullptr);
      EXPECT_EQ(object->find(field.name.substr(1)), nullptr);
    }
    EXPECT_EQ(object->find(""), nullptr);
  }
  EXPECT_EQ(schema::kPerson.fields.size(), 31U);
}

// Made for checked JSON, and safe for any other.
TEST(Schema, EndsOnDamagedText) {
  for (std::uint64_t seed = 1; seed <= 3000; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Random random(seed);
    std::string json(kFull);
    for (auto hits = random.below(6); hits > 0; --hits) {
      json[random.below(json.size())] = R"({}[],:"\ x1)"[random.below(11)];
    }
    json.resize(random.below(json.size() + 1));
    EXPECT_LE(check(json).size(), kMostFindingsOfItem);
    EXPECT_LE(check(json, ImportType::households).size(), kMostFindingsOfItem);
  }
}

}  // namespace
}  // namespace usher::customers
