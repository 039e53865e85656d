// SPDX-License-Identifier: Apache-2.0
#include "target/customers/identity.h"

#include <string>

#include <gtest/gtest.h>

namespace usher::customers {
namespace {

Identity customer(std::string_view json) {
  return parse_identity(json, ImportType::customers);
}

constexpr std::string_view kPerson = R"({
  "changeType": "CREATE", "type": "PERSON", "extra": [{"customerId": "no"}],
  "person": {
    "customerId": "0050000001000", "username": "ida@example.com", "firstName": "ID\"A",
    "emails": [
      {"email": "other@example.com", "contactPurposeTypeCode": "INVOICE",
       "contactMethodTypeCode": "HOMEEMAIL"},
      {"email": "ida.berg@example.com", "contactPurposeTypeCode": "DEFAULT",
       "contactMethodTypeCode": "HOMEEMAIL", "customProperties": {"a": [1, {}]}},
      {"email": "second@example.com", "contactPurposeTypeCode": "DEFAULT",
       "contactMethodTypeCode": "HOMEEMAIL2"}]}})";

TEST(Identity, IsReadOffAPerson) {
  const Identity found = customer(kPerson);
  EXPECT_EQ(found.change, Change::create);
  EXPECT_EQ(found.id, "0050000001000");
  EXPECT_EQ(found.username, "ida@example.com");
  EXPECT_EQ(found.email, "ida.berg@example.com");
}

TEST(Identity, IsReadOffAnOrganization) {
  const Identity found =
      customer(R"({"organization":{"customerId":"7"},"type":"ORGANIZATION","changeType":"DELETE",)"
               R"("person":{"customerId":"8"}})");
  EXPECT_EQ(found.change, Change::del);
  EXPECT_EQ(found.id, "7");
  EXPECT_EQ(customer(R"({"organization":{"username":"x"}})").username, "x");
}

TEST(Identity, IsReadOffAHousehold) {
  const Identity found =
      parse_identity(R"({"householdId":"00012","changeType":"UPSERT","person":{"customerId":"1"}})",
                     ImportType::households);
  EXPECT_EQ(found.change, Change::upsert);
  EXPECT_EQ(found.id, "00012");
  EXPECT_FALSE(is_named(parse_identity(kPerson, ImportType::households)));
}

TEST(Identity, KeepsNumbersAsTheyAreWritten) {
  EXPECT_EQ(customer(R"({"person":{"customerId":50000001000}})").id, "50000001000");
  EXPECT_EQ(customer(R"({"person":{"customerId":1.50e2 }})").id, "1.50e2");
  EXPECT_EQ(customer(R"({"person":{"customerId":12345678901234567890123}})").id,
            "12345678901234567890123");
}

TEST(Identity, DecodesEscapesInNamesAndValues) {
  const Identity found =
      customer(R"({"change\u0054ype":"UPD\u0041TE","person":{"customer\u0049d":"a\/\u00e9\n"}})");
  EXPECT_EQ(found.change, Change::update);
  EXPECT_EQ(found.id, "a/\xC3\xA9\n");
}

TEST(Identity, ANullOrAContainerNamesNobody) {
  for (const std::string_view value : {"null", "[]", R"({"a":"b"})", "true", R"("")"}) {
    const std::string json = R"({"person":{"customerId":)" + std::string(value) +
                             R"(,"username":)" + std::string(value) + R"(,"emails":)" +
                             std::string(value) + "}}";
    EXPECT_FALSE(is_named(customer(json))) << json;
  }
}

TEST(Identity, TellsTheChangesApart) {
  EXPECT_EQ(customer(R"({})").change, Change::none);
  EXPECT_EQ(customer(R"({"changeType":""})").change, Change::none);
  EXPECT_EQ(customer(R"({"changeType":"create"})").change, Change::other);
  EXPECT_EQ(customer(R"({"changeType":"MERGE"})").change, Change::other);
}

TEST(Identity, TheLastOfTwoCounts) {
  EXPECT_EQ(customer(R"({"person":{"customerId":"1","customerId":"2"}})").id, "2");
  EXPECT_EQ(customer(R"({"person":{"customerId":"1","customerId":null}})").id, "");
}

// Made for checked JSON, and safe for any other.
TEST(Identity, EndsOnEveryTruncation) {
  for (std::size_t size = 0; size <= kPerson.size(); ++size) {
    const std::string part(kPerson.substr(0, size));
    (void)customer(part);
    (void)parse_identity(part, ImportType::households);
  }
}

}  // namespace
}  // namespace usher::customers
