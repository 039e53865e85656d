// SPDX-License-Identifier: Apache-2.0
#include "target/customers/schema_table.h"

namespace usher::customers::schema {
namespace {

template <std::size_t Size>
constexpr Object index(const std::array<Field, Size>& fields) {
  static_assert(Size < 64, "a bit for each field, and room in the slots");
  Object object{.fields = fields, .slots = {}};
  for (std::size_t i = 0; i < Size; ++i) {
    std::size_t slot = Object::slot_of(fields[i].name);
    while (object.slots[slot] != 0) slot = (slot + 1) % object.slots.size();
    object.slots[slot] = static_cast<std::uint8_t>(i + 1);
  }
  return object;
}

// --- short words for the rows below

constexpr bool kRequired = true;

constexpr Field text(std::string_view name, std::uint16_t most, bool required = false,
                     const Words* words = nullptr) {
  return {name, Form::text, most, required, words, nullptr};
}
constexpr Field form(std::string_view name, Form form, std::uint16_t most = 0,
                     bool required = false) {
  return {name, form, most, required, nullptr, nullptr};
}
constexpr Field list(std::string_view name, const Object& object) {
  return {name, Form::objects, 0, false, nullptr, &object};
}

// --- words

constexpr std::array<std::string_view, 4> kChangeList = {"CREATE", "UPDATE", "UPSERT", "DELETE"};
constexpr Words kChanges{kChangeList};
constexpr std::array<std::string_view, 2> kTypeList = {"PERSON", "ORGANIZATION"};
constexpr Words kTypes{kTypeList};
constexpr std::array<std::string_view, 4> kStatusList = {"UNACTIVATED", "ACTIVE", "DELETED",
                                                         "LOCKED_BY_SECURITY"};
constexpr Words kStatuses{kStatusList, true};
constexpr std::array<std::string_view, 5> kGenderList = {"MALE", "FEMALE", "NON_BINARY", "UNKNOWN",
                                                         "NOT_SPECIFIED"};
constexpr Words kGenders{kGenderList};
constexpr std::array<std::string_view, 3> kCardList = {"MAIN_CARD", "PARTNER_CARD",
                                                       "BUSINESS_NUMBER"};
constexpr Words kCards{kCardList};

// --- what is inside a customer

constexpr Field kPurpose = text("contactPurposeTypeCode", 20, kRequired);
constexpr Field kMethod = text("contactMethodTypeCode", 20, kRequired);
constexpr Field kProperties = form("customProperties", Form::properties, 30);

constexpr std::array kAddressFields = {text("city", 40, kRequired),
                                       kPurpose,
                                       kMethod,
                                       text("addressee", 100),
                                       text("street", 40),
                                       text("streetNumber", 40),
                                       text("postalCode", 15),
                                       text("region", 40),
                                       text("state", 40),
                                       form("countryCode", Form::country),
                                       text("postalCodeExtension", 4),
                                       text("territory", 2),
                                       text("taxHandlingCode", 2),
                                       kProperties};
constexpr Object kAddress = index(kAddressFields);

constexpr std::array kEmailFields = {text("email", 255, kRequired), kPurpose, kMethod,
                                     form("marketingAllowed", Form::flag), kProperties};
constexpr Object kEmail = index(kEmailFields);

constexpr std::array kPhoneFields = {text("phoneNumber", 32, kRequired), kPurpose, kMethod,
                                     kProperties};
constexpr Object kPhone = index(kPhoneFields);

constexpr std::array kCardFields = {
    text("number", 40, kRequired), text("type", 0, kRequired, &kCards),
    text("scope", 40, kRequired), form("customProperties", Form::properties, 5)};
constexpr Object kCard = index(kCardFields);

constexpr std::array kConsentFields = {form("consent", Form::flag, 0, kRequired)};
constexpr Object kConsent = index(kConsentFields);

// What a person and an organization have alike.
constexpr std::array kCommonFields = {
    text("customerId", 40),
    text("username", 255),
    text("password", 255),
    text("status", 0, false, &kStatuses),
    form("countryCode", Form::country),
    form("statisticalUseAllowed", Form::flag),
    form("marketingAllowedFlag", Form::flag),
    form("declarationAvailable", Form::flag),
    list("emails", kEmail),
    list("phones", kPhone),
    list("addresses", kAddress),
    list("customerCards", kCard),
    form("customerGroupIds", Form::texts),
    text("taxNumber", 40),
    text("allowedTermsOfPayment", 40),
    text("prohibitedTermsOfPayment", 40),
    text("dataProtectCode", 60),
    text("recordedBy", 255),
    form("creditLimit", Form::number),
    form("remainingCreditLimit", Form::number),
    form("salesTaxLiableFlag", Form::flag),
    text("preferredReceiptPrintoutTypeCode", 20),
    text("parentCustomerId", 40),
    kProperties,
    Field{"personalizationConsent", Form::object, 0, false, nullptr, &kConsent},
};

template <std::size_t Size>
constexpr auto with_common(const std::array<Field, Size>& own) {
  std::array<Field, Size + kCommonFields.size()> all{};
  for (std::size_t i = 0; i < Size; ++i) all[i] = own[i];
  for (std::size_t i = 0; i < kCommonFields.size(); ++i) all[Size + i] = kCommonFields[i];
  return all;
}

constexpr auto kPersonFields = with_common(std::array{
    text("firstName", 40, kRequired),
    text("lastName", 40, kRequired),
    form("languageCode", Form::language),
    form("birthday", Form::date),
    text("gender", 0, false, &kGenders),
    text("salutation", 40),
});

constexpr auto kOrganizationFields =
    with_common(std::array{text("name", 40, kRequired), text("legalStatusCode", 20)});

// Which of the two objects has to be there, the validator knows.
constexpr std::array kCustomerFields = {
    text("changeType", 0, kRequired, &kChanges),
    text("type", 20, kRequired, &kTypes),
    Field{"person", Form::object, 0, false, nullptr, &kPerson},
    Field{"organization", Form::object, 0, false, nullptr, &kOrganization},
};

constexpr std::array kHouseholdFields = {
    text("changeType", 0, kRequired, &kChanges),
    text("householdId", 40),
    text("name", 0, kRequired),
    text("status", 0),
    text("primaryMemberId", 40),
    form("memberIds", Form::texts, 40),
};

}  // namespace

constexpr Object kPerson = index(kPersonFields);
constexpr Object kOrganization = index(kOrganizationFields);
constexpr Object kCustomer = index(kCustomerFields);
constexpr Object kHousehold = index(kHouseholdFields);

}  // namespace usher::customers::schema
