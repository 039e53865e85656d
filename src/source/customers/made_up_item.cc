// SPDX-License-Identifier: Apache-2.0
#include "source/customers/made_up_item.h"

#include <array>
#include <charconv>
#include <string_view>

namespace usher::customers {
namespace {

struct Name {
  std::string_view shown;
  std::string_view ascii;  // in an address
};

constexpr std::array<Name, 16> kFirst = {{{"EMMA", "emma"},
                                          {"OSKAR", "oskar"},
                                          {"ÅSA", "asa"},
                                          {"NILS", "nils"},
                                          {"MÄRTA", "marta"},
                                          {"IDA", "ida"},
                                          {"BJÖRN", "bjorn"},
                                          {"LENA", "lena"},
                                          {"ANNA MARIA", "anna.maria"},
                                          {"HUGO", "hugo"},
                                          {"ZO\\u00cb", "zoe"},
                                          {"OMAR", "omar"},
                                          {"JÖRGEN", "jorgen"},
                                          {"MAYA", "maya"},
                                          {"ELIF", "elif"},
                                          {"SAM", "sam"}}};

constexpr std::array<Name, 16> kLast = {{{"BERG", "berg"},
                                         {"SJÖBERG", "sjoberg"},
                                         {"LINDQVIST", "lindqvist"},
                                         {"ÅKESSON", "akesson"},
                                         {"O'NEIL", "oneil"},
                                         {"DAHL", "dahl"},
                                         {"BJÖRK", "bjork"},
                                         {"HOLM", "holm"},
                                         {"ÖSTLUND", "ostlund"},
                                         {"VAN DER WEIDE", "vanderweide"},
                                         {"NOVAK", "novak"},
                                         {"M\\u00dcLLER", "mueller"},
                                         {"KHAN", "khan"},
                                         {"SATO", "sato"},
                                         {"PEÑA", "pena"},
                                         {"LARSEN", "larsen"}}};

constexpr std::array<std::string_view, 8> kStreets = {"STORGATAN",   "ÄLVVÄGEN",   "KUNGSGATAN",
                                                      "PARKVÄGEN",   "NYA TORGET", "HAMNGATAN",
                                                      "ÖSTRA ALLÉN", "SKOLGATAN"};
constexpr std::array<std::string_view, 8> kCities = {"LUND",   "GÄVLE",  "MALMÖ",   "VÄSTERÅS",
                                                     "KALMAR", "ÖREBRO", "UPPSALA", "LULEÅ"};
constexpr std::array<std::string_view, 4> kNotes = {R"(likes \"Red\" tea)", R"(caf\u00e9 A\/B)",
                                                    R"(C:\\box\tone)", "プレミアム 会員"};

template <class Table>
const auto& any_of(const Table& table, Random& random) {
  return table[random.below(table.size())];
}

// With zeros in front.
void append_number(std::string& out, std::uint64_t number, std::size_t width = 1) {
  std::array<char, 24> digits{};
  const auto* const end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  const auto size = static_cast<std::size_t>(end - digits.data());
  if (size < width) out.append(width - size, '0');
  out.append(digits.data(), size);
}

void append_date(std::string& out, Random& random, Flaw flaw) {
  append_number(out, 1930 + random.below(75));
  out += '-';
  append_number(out, 1 + random.below(12), 2);
  out += '-';
  append_number(out, flaw == Flaw::no_such_day ? 32 : 1 + random.below(28), 2);
}

void append_address(std::string& out, Random& random, Flaw flaw) {
  out += R"("addresses": [{"street": ")";
  out += any_of(kStreets, random);
  out += R"(", "streetNumber": ")";
  append_number(out, 1 + random.below(120));
  out += R"(", "postalCode": ")";
  append_number(out, random.below(100'000), 5);
  out += R"(", "city": ")";
  out += any_of(kCities, random);
  out += flaw == Flaw::small_country ? R"(", "countryCode": "se")" : R"(", "countryCode": "SE")";
  out += R"(, "contactPurposeTypeCode": "DEFAULT", "contactMethodTypeCode": "HOME"}], )";
}

void append_phone(std::string& out, Random& random) {
  out += R"("phones": [{"phoneNumber": "070-)";
  append_number(out, random.below(10'000'000), 7);
  out += R"(", "contactPurposeTypeCode": "DEFAULT", "contactMethodTypeCode": )"
         R"("HOMEMOBILEPHONE"}], )";
}

void append_card(std::string& out, std::string_view start, const std::string& id,
                 std::string_view type) {
  out += R"({"number": ")";
  out += start;
  out += id;
  out += R"(", "type": ")";
  out += type;
  out += R"(", "scope": "GLOBAL"})";
}

void append_cards(std::string& out, const std::string& id, Random& random, Flaw flaw) {
  out += R"("customerCards": [)";
  if (flaw == Flaw::no_card_number) {
    out += R"({"type": "MAIN_CARD", "scope": "GLOBAL"})";
  } else {
    append_card(out, "002", id, "MAIN_CARD");
  }
  if (random.chance(0.3)) {
    out += ", ";
    append_card(out, "005", id, "PARTNER_CARD");
  }
  out += "], ";
}

// What names the customer.
void append_names(std::string& out, const std::string& id, const Name& first, const Name& last,
                  bool unnamed) {
  const auto append_local = [&] {
    out += first.ascii;
    out += '.';
    out += last.ascii;
    out += '.';
    out += id;
  };
  if (unnamed) return;
  out += R"("customerId": ")";
  out += id;
  out += R"(", "username": ")";
  append_local();
  out += R"(", "emails": [{"email": ")";
  append_local();
  out += R"(@example.com", "contactPurposeTypeCode": "DEFAULT", "contactMethodTypeCode": )"
         R"("HOMEEMAIL"}], )";
}

// Not published: it has to arrive as it stands, zeros and all.
void append_unknown(std::string& out, Random& random) {
  out += R"("loyalty": {"account": "00)";
  append_number(out, random.below(100'000'000), 8);
  out += R"(", "points": )";
  append_number(out, random.below(10'000));
  out += R"(.50, "since": 1.20E3, "note": ")";
  out += any_of(kNotes, random);
  out += "\"}";
}

}  // namespace

void append_customer(std::string& out, const std::string& id, const std::string& earlier, Flaw flaw,
                     Random& random) {
  if (flaw == Flaw::household) {
    out += R"({"changeType": "CREATE", "householdId": ")" + id + R"(", "name": "X", )" +
           R"("memberIds": [")" + id + "\"]}";
    return;
  }
  const Name& first = any_of(kFirst, random);
  const Name& last = any_of(kLast, random);
  out += flaw == Flaw::no_change ? "{" : R"({"changeType": "CREATE", )";
  out += R"("type": "PERSON", "person": {)";
  append_names(out, flaw == Flaw::same_id ? earlier : id, first, last, flaw == Flaw::unnamed);
  out += R"("status": ")";
  out += flaw == Flaw::unknown_status ? "ASLEEP" : "UNACTIVATED";
  if (flaw != Flaw::no_first_name) {
    out += R"(", "firstName": ")";
    out += first.shown;
  }
  out += R"(", "lastName": ")";
  out += last.shown;
  if (flaw == Flaw::long_last_name) out.append(40, 'X');
  out += R"(", "languageCode": "sv", "birthday": ")";
  append_date(out, random, flaw);
  out += random.chance(0.5) ? R"(", "gender": "FEMALE", )" : R"(", "gender": "MALE", )";
  out += random.chance(0.7) ? R"("statisticalUseAllowed": true, "marketingAllowedFlag": false, )"
                            : R"("statisticalUseAllowed": false, "marketingAllowedFlag": true, )";
  out += R"("declarationAvailable": true, )";
  if (random.chance(0.3)) append_phone(out, random);
  append_address(out, random, flaw);
  append_cards(out, id, random, flaw);
  append_unknown(out, random);
  out += "}}";
}

void append_household(std::string& out, const Members& members, const std::string& earlier,
                      Flaw flaw, Random& random) {
  std::string id = members.prefix;
  append_number(id, members.first);
  if (flaw == Flaw::household) return append_customer(out, id, earlier, Flaw::none, random);
  out += R"({"changeType": "CREATE", )";
  if (flaw != Flaw::unnamed) {
    out += R"("householdId": ")" + (flaw == Flaw::same_id ? earlier : id) + R"(", )";
  }
  out += R"("name": ")";
  out += any_of(kFirst, random).shown;
  out += ' ';
  out += any_of(kLast, random).shown;
  out += R"(", "status": "ACTIVE", "primaryMemberId": ")" + id + R"(", "memberIds": [)";
  for (std::uint64_t i = 0; i < members.count; ++i) {
    out += i == 0 ? "\"" : ", \"";
    out += members.prefix;
    append_number(out, members.first + i);
    out += '"';
  }
  out += "]}";
}

}  // namespace usher::customers
