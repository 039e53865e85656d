// SPDX-License-Identifier: Apache-2.0
// The published limits, each at its edge.
#include "sandbox/customers/schema.h"

#include <string>

#include <boost/json.hpp>
#include <fmt/format.h>
#include <gtest/gtest.h>

namespace usher::sandbox::customers {
namespace {

std::string customer(const std::string& text) {
  return violation_of_customer(boost::json::parse(text).as_object());
}
std::string household(const std::string& text) {
  return violation_of_household(boost::json::parse(text).as_object());
}

// Of a person that is right but for the member.
std::string with(const std::string& member) {
  return customer(R"({"changeType":"CREATE","type":"PERSON","person":{"firstName":"A",)"
                  R"("lastName":"B","customerId":"1")" +
                  (member.empty() ? "" : "," + member) + "}}");
}

std::string text(std::string_view name, std::size_t letters, const char* letter = "\xC3\x96") {
  std::string value;
  for (std::size_t i = 0; i < letters; ++i) value += letter;
  return fmt::format(R"("{}":"{}")", name, value);
}

TEST(CustomerSchema, TakesTheLongestTextsAndNoLonger) {
  const std::pair<const char*, std::size_t> fields[] = {
      {"customerId", 40},
      {"username", 255},
      {"password", 255},
      {"firstName", 40},
      {"lastName", 40},
      {"salutation", 40},
      {"taxNumber", 40},
      {"allowedTermsOfPayment", 40},
      {"prohibitedTermsOfPayment", 40},
      {"dataProtectCode", 60},
      {"recordedBy", 255},
      {"preferredReceiptPrintoutTypeCode", 20},
      {"parentCustomerId", 40},
  };
  for (const auto& [name, most] : fields) {
    EXPECT_EQ(with(text(name, most)), "") << name;
    EXPECT_EQ(with(text(name, most + 1)),
              fmt::format("person.{} is longer than {} characters", name, most));
    EXPECT_EQ(with(fmt::format(R"("{}":5)", name)), fmt::format("person.{} is not a text", name));
  }
}

TEST(CustomerSchema, KnowsTheTypesAndListsOfFields) {
  for (const char* good :
       {"", R"("unknown":[1])", R"("languageCode":"sv")", R"("countryCode":"SE")",
        R"("birthday":"2000-02-29")", R"("birthday":"1999-01-31T00:00:00")", R"("gender":"FEMALE")",
        R"("status":"UNACTIVATED")", R"("status":null)", R"("customerGroupIds":["a"])",
        R"("creditLimit":1.5)", R"("personalizationConsent":{"consent":true})",
        R"("customProperties":{"xxCustom01":"a","other":5})", R"("emails":[])"}) {
    EXPECT_EQ(with(good), "") << good;
  }
  for (const char* bad :
       {R"("languageCode":"SV")", R"("languageCode":"swe")", R"("countryCode":"se")",
        R"("birthday":"1999-02-29")", R"("birthday":"19990101")", R"("birthday":"1999-1-1")",
        R"("birthday":"1999-01-01 x")", R"("gender":"female")", R"("status":"NEW")",
        R"("statisticalUseAllowed":"true")", R"("customerGroupIds":[1])", R"("creditLimit":"1")",
        R"("personalizationConsent":{})", R"("emails":{})",
        R"("customProperties":{"xxCustom30":5})", R"("firstName":"")", R"("lastName":null)"}) {
    EXPECT_NE(with(bad), "") << bad;
  }
}

TEST(CustomerSchema, LooksIntoLists) {
  const std::string codes = R"("contactPurposeTypeCode":"DEFAULT","contactMethodTypeCode":"HOME")";
  const auto list = [&](const char* name, const std::string& entry) {
    return with(fmt::format(R"("{}":[{{{},{}}}])", name, codes, entry));
  };
  EXPECT_EQ(list("addresses", R"("city":"X")"), "");
  EXPECT_EQ(list("addresses", text("city", 41)),
            "person.addresses[0] cannot be taken: city is longer than 40 characters");
  EXPECT_EQ(list("addresses", R"("street":"X")"),
            "person.addresses[0] cannot be taken: city is missing");
  EXPECT_NE(list("addresses", R"("city":"X",)" + text("postalCode", 16)), "");
  EXPECT_NE(list("addresses", R"("city":"X",)" + text("territory", 3)), "");
  EXPECT_EQ(list("emails", R"("email":"a@example.com","marketingAllowed":true)"), "");
  EXPECT_NE(list("emails", text("email", 256)), "");
  EXPECT_NE(list("phones", text("phoneNumber", 33)), "");
  EXPECT_EQ(with(R"("customerCards":[{"number":"1","type":"MAIN_CARD","scope":"GLOBAL"}])"), "");
  EXPECT_NE(with(R"("customerCards":[{"number":"1","type":"MAIN_CARD"}])"), "");
  EXPECT_NE(with(R"("customerCards":[7])"), "");
  EXPECT_NE(with(R"("addresses":[{"city":"X"}])"), "");
}

TEST(CustomerSchema, NeedsWhatIsChangedAndWhom) {
  EXPECT_EQ(customer("{}"), "changeType is missing");
  EXPECT_EQ(customer(R"({"changeType":"create"})"),
            "changeType is not one of the values that are taken");
  EXPECT_EQ(customer(R"({"changeType":"CREATE"})"), "type is missing");
  EXPECT_EQ(customer(R"({"changeType":"CREATE","type":"PERSON"})"), "person is missing");
  EXPECT_EQ(customer(R"({"changeType":"CREATE","type":"PERSON","person":{"lastName":"B"}})"),
            "person.firstName is missing");
  EXPECT_EQ(customer(R"({"changeType":"DELETE","type":"PERSON","person":{"customerId":"1"}})"), "");
  EXPECT_EQ(
      customer(R"({"changeType":"UPSERT","type":"ORGANIZATION","organization":{"name":"X"}})"), "");
  EXPECT_EQ(customer(R"({"changeType":"UPSERT","type":"ORGANIZATION","organization":{}})"),
            "organization.name is missing");
}

TEST(CustomerSchema, OfHouseholdsNeedsTheirId) {
  EXPECT_EQ(household(R"({"changeType":"CREATE","householdId":"1","memberIds":["1","2"]})"), "");
  EXPECT_EQ(household(R"({"changeType":"CREATE"})"), "householdId is missing");
  EXPECT_EQ(household(R"({"changeType":"CREATE","householdId":1})"), "householdId is not a text");
  EXPECT_EQ(household(R"({"changeType":"CREATE","householdId":"1","memberIds":[1]})"),
            "memberIds is not a list of texts");
  EXPECT_EQ(household(R"({"changeType":"DELETE","householdId":"1","memberIds":5})"), "");
}

}  // namespace
}  // namespace usher::sandbox::customers
