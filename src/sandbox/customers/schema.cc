// SPDX-License-Identifier: Apache-2.0
#include "sandbox/customers/schema.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <span>
#include <string_view>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "base/text.h"

namespace usher::sandbox::customers {

namespace {

namespace json = boost::json;

enum class Kind {
  text,
  truth,
  number,
  texts,
  language,
  country,
  date,
  status,
  gender,
  custom_30,  // custom properties, so many of them
  custom_5,
  consent,
  emails,
  phones,
  addresses,
  cards,
};

struct Rule {
  std::string_view field;
  Kind kind = Kind::text;
  std::size_t most = 0;  // characters; 0: any number
  bool required = false;
};

constexpr std::array<Rule, 9> kAddress = {{
    {"city", Kind::text, 40, true},
    {"contactPurposeTypeCode", Kind::text, 20, true},
    {"contactMethodTypeCode", Kind::text, 20, true},
    {"addressee", Kind::text, 100},
    {"street", Kind::text, 40},
    {"streetNumber", Kind::text, 40},
    {"postalCode", Kind::text, 15},
    {"countryCode", Kind::country},
    {"customProperties", Kind::custom_30},
}};
constexpr std::array<Rule, 5> kAddressParts = {{
    {"region", Kind::text, 40},
    {"state", Kind::text, 40},
    {"postalCodeExtension", Kind::text, 4},
    {"territory", Kind::text, 2},
    {"taxHandlingCode", Kind::text, 2},
}};
constexpr std::array<Rule, 5> kEmail = {{
    {"email", Kind::text, 255, true},
    {"contactPurposeTypeCode", Kind::text, 20, true},
    {"contactMethodTypeCode", Kind::text, 20, true},
    {"marketingAllowed", Kind::truth},
    {"customProperties", Kind::custom_30},
}};
constexpr std::array<Rule, 4> kPhone = {{
    {"phoneNumber", Kind::text, 32, true},
    {"contactPurposeTypeCode", Kind::text, 20, true},
    {"contactMethodTypeCode", Kind::text, 20, true},
    {"customProperties", Kind::custom_30},
}};
constexpr std::array<Rule, 4> kCard = {{
    {"number", Kind::text, 40, true},
    {"type", Kind::text, 0, true},
    {"scope", Kind::text, 40, true},
    {"customProperties", Kind::custom_5},
}};
constexpr std::array<Rule, 25> kEverybody = {{
    {"customerId", Kind::text, 40},
    {"username", Kind::text, 255},
    {"password", Kind::text, 255},
    {"status", Kind::status},
    {"countryCode", Kind::country},
    {"statisticalUseAllowed", Kind::truth},
    {"marketingAllowedFlag", Kind::truth},
    {"declarationAvailable", Kind::truth},
    {"emails", Kind::emails},
    {"phones", Kind::phones},
    {"addresses", Kind::addresses},
    {"customerCards", Kind::cards},
    {"customerGroupIds", Kind::texts},
    {"taxNumber", Kind::text, 40},
    {"allowedTermsOfPayment", Kind::text, 40},
    {"prohibitedTermsOfPayment", Kind::text, 40},
    {"dataProtectCode", Kind::text, 60},
    {"recordedBy", Kind::text, 255},
    {"creditLimit", Kind::number},
    {"remainingCreditLimit", Kind::number},
    {"salesTaxLiableFlag", Kind::truth},
    {"preferredReceiptPrintoutTypeCode", Kind::text, 20},
    {"parentCustomerId", Kind::text, 40},
    {"customProperties", Kind::custom_30},
    {"personalizationConsent", Kind::consent},
}};
constexpr std::array<Rule, 6> kPerson = {{
    {"firstName", Kind::text, 40, true},
    {"lastName", Kind::text, 40, true},
    {"languageCode", Kind::language},
    {"birthday", Kind::date},
    {"gender", Kind::gender},
    {"salutation", Kind::text, 40},
}};
constexpr std::array<Rule, 2> kOrganization = {{
    {"name", Kind::text, 40, true},
    {"legalStatusCode", Kind::text, 20},
}};
constexpr std::array<Rule, 5> kHousehold = {{
    {"householdId", Kind::text, 40, true},
    {"name", Kind::text},
    {"status", Kind::text},
    {"primaryMemberId", Kind::text, 40},
    {"memberIds", Kind::texts},
}};
constexpr std::array<std::string_view, 4> kStatuses = {"UNACTIVATED", "ACTIVE", "DELETED",
                                                       "LOCKED_BY_SECURITY"};
constexpr std::array<std::string_view, 5> kGenders = {"MALE", "FEMALE", "NON_BINARY", "UNKNOWN",
                                                      "NOT_SPECIFIED"};

std::string_view text_of(const json::value& value) {
  return value.get_string();
}

bool is_date(std::string_view text) {
  const auto day = text.substr(0, 10);
  if (day.size() < 10 || day[4] != '-' || day[7] != '-') return false;
  const auto year = parse_int(day.substr(0, 4));
  const auto month = parse_int(day.substr(5, 2));
  const auto date = parse_int(day.substr(8, 2));
  if (!year || !month || !date || *month < 1 || *date < 1) return false;
  const std::chrono::year_month_day calendar(std::chrono::year(static_cast<int>(*year)),
                                             std::chrono::month(static_cast<unsigned>(*month)),
                                             std::chrono::day(static_cast<unsigned>(*date)));
  if (!calendar.ok()) return false;
  const auto time = text.substr(10);  // "T09:15:00": seen, though the published form has none
  return time.empty() || (time.size() >= 9 && time[0] == 'T' && time[3] == ':' && time[6] == ':');
}

bool is_code(std::string_view text, char least, char most) {
  return text.size() == 2 &&
         std::ranges::all_of(text, [&](char letter) { return letter >= least && letter <= most; });
}

class Check {
 public:
  bool object(const json::object& object, std::span<const Rule> rules, std::string_view place) {
    return std::ranges::all_of(rules, [&](const Rule& rule) {
      const json::value* value = object.if_contains(rule.field);
      if (value == nullptr || value->is_null()) {
        return !rule.required || wrong(place, rule.field, "is missing");
      }
      return field(*value, rule, place);
    });
  }

  bool wrong(std::string_view place, std::string_view field, std::string_view what) {
    words = fmt::format("{}{}{} {}", place, place.empty() ? "" : ".", field, what);
    return false;
  }

  std::string words;

 private:
  bool field(const json::value& value, const Rule& rule, std::string_view place) {
    switch (rule.kind) {
      case Kind::truth:
        return value.is_bool() || wrong(place, rule.field, "is not true or false");
      case Kind::number:
        return value.is_number() || wrong(place, rule.field, "is not a number");
      case Kind::texts:
        return texts(value) || wrong(place, rule.field, "is not a list of texts");
      case Kind::custom_30:
        return custom(value, 30) || wrong(place, rule.field, "has a value that is not a text");
      case Kind::custom_5:
        return custom(value, 5) || wrong(place, rule.field, "has a value that is not a text");
      case Kind::consent:
        return consent(value) || wrong(place, rule.field, "has no consent");
      case Kind::emails:
        return list(value, {kEmail}, {}, rule, place);
      case Kind::phones:
        return list(value, {kPhone}, {}, rule, place);
      case Kind::addresses:
        return list(value, {kAddress}, {kAddressParts}, rule, place);
      case Kind::cards:
        return list(value, {kCard}, {}, rule, place);
      default:
        return text(value, rule, place);
    }
  }

  bool text(const json::value& value, const Rule& rule, std::string_view place) {
    if (!value.is_string()) return wrong(place, rule.field, "is not a text");
    const std::string_view words_given = text_of(value);
    if (rule.required && words_given.empty()) return wrong(place, rule.field, "is empty");
    if (rule.most > 0 && words_given.size() > rule.most && utf8_length(words_given) > rule.most) {
      return wrong(place, rule.field, fmt::format("is longer than {} characters", rule.most));
    }
    const bool fits = rule.kind == Kind::language  ? is_code(words_given, 'a', 'z')
                      : rule.kind == Kind::country ? is_code(words_given, 'A', 'Z')
                      : rule.kind == Kind::date    ? is_date(words_given)
                      : rule.kind == Kind::status  ? among(kStatuses, words_given)
                      : rule.kind == Kind::gender  ? among(kGenders, words_given)
                                                   : true;
    return fits || wrong(place, rule.field, "is not one of the values that are taken");
  }

  static bool among(std::span<const std::string_view> words_known, std::string_view word) {
    return std::ranges::find(words_known, word) != words_known.end();
  }

  static bool texts(const json::value& value) {
    return value.is_array() && std::ranges::all_of(value.get_array(), [](const json::value& entry) {
             return entry.is_string();
           });
  }

  // Keys xxCustom01 and so on; others are not stored, hence not looked at.
  static bool custom(const json::value& value, int count) {
    if (!value.is_object()) return false;
    return std::ranges::all_of(value.get_object(), [&](const auto& entry) {
      const std::string_view name = entry.key();
      const auto at = name.find("Custom");
      const auto number = at == std::string_view::npos ? std::optional<std::int64_t>()
                                                       : parse_int(name.substr(at + 6));
      if (!number || *number < 1 || *number > count) return true;
      return entry.value().is_string() && utf8_length(text_of(entry.value())) <= 256;
    });
  }

  static bool consent(const json::value& value) {
    const auto* inner = value.is_object() ? value.get_object().if_contains("consent") : nullptr;
    return inner != nullptr && inner->is_bool();
  }

  bool list(const json::value& value, std::span<const Rule> rules, std::span<const Rule> more,
            const Rule& rule, std::string_view place) {
    if (!value.is_array()) return wrong(place, rule.field, "is not a list");
    std::size_t index = 0;
    for (const json::value& entry : value.get_array()) {
      const bool good = entry.is_object() && object(entry.get_object(), rules, "") &&
                        object(entry.get_object(), more, "");
      if (!good) {
        const std::string inner = entry.is_object() ? words : "it is not an object";
        return wrong(place, fmt::format("{}[{}]", rule.field, index), "cannot be taken: " + inner);
      }
      ++index;
    }
    return true;
  }
};

// "" when the word is there and known.
std::string word_problem(const json::object& item, std::string_view field,
                         std::span<const std::string_view> known) {
  const json::value* value = item.if_contains(field);
  if (value == nullptr || !value->is_string()) return fmt::format("{} is missing", field);
  if (std::ranges::find(known, text_of(*value)) == known.end()) {
    return fmt::format("{} is not one of the values that are taken", field);
  }
  return {};
}

constexpr std::array<std::string_view, 4> kChanges = {"CREATE", "UPDATE", "UPSERT", "DELETE"};
constexpr std::array<std::string_view, 2> kTypes = {"PERSON", "ORGANIZATION"};

bool deletes(const json::object& item) {
  return text_of(item.at("changeType")) == "DELETE";
}

}  // namespace

std::string violation_of_customer(const json::object& item) {
  if (auto problem = word_problem(item, "changeType", kChanges); !problem.empty()) return problem;
  if (auto problem = word_problem(item, "type", kTypes); !problem.empty()) return problem;
  const bool person = text_of(item.at("type")) == "PERSON";
  const std::string_view where = person ? "person" : "organization";
  const json::value* inner = item.if_contains(where);
  if (inner == nullptr || !inner->is_object()) return fmt::format("{} is missing", where);
  Check check;
  const auto& who = inner->get_object();
  if (deletes(item)) {  // only what identifies the customer is looked at
    (void)check.object(who, std::span(kEverybody).first(2), where);
  } else if (check.object(who, kEverybody, where)) {
    (void)(person ? check.object(who, kPerson, where) : check.object(who, kOrganization, where));
  }
  return check.words;
}

std::string violation_of_household(const json::object& item) {
  if (auto problem = word_problem(item, "changeType", kChanges); !problem.empty()) return problem;
  Check check;
  (void)check.object(item, deletes(item) ? std::span(kHousehold).first(1) : kHousehold, "");
  return check.words;
}

}  // namespace usher::sandbox::customers
