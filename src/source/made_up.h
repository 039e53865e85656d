// SPDX-License-Identifier: Apache-2.0
// The words that made-up people and organizations are put together from, and hashes of one known
// password. Tested by generate_test.cc.
#pragma once

#include <array>
#include <string_view>

namespace usher::made_up {

struct Name {
  std::string_view shown;
  std::string_view ascii;  // as it stands in an address
};

constexpr std::array<std::string_view, 32> kFirst = {
    "Ada",   "Amir", "Anna", "Ben",  "Carla", "Chidi", "Clara", "Dan",  "Dina", "Elif",  "Emma",
    "Farid", "Fay",  "Gita", "Hana", "Hugo",  "Ida",   "Ines",  "Ivan", "Jana", "Jonas", "Kai",
    "Lena",  "Leo",  "Maya", "Mila", "Nadia", "Noor",  "Omar",  "Pia",  "Rosa", "Sam"};

constexpr std::array<std::string_view, 32> kLast = {
    "Abbott", "Baker", "Berg",   "Bloom",  "Castro", "Chen",  "Costa",  "Dahl",
    "Diaz",   "Evans", "Fox",    "Grant",  "Haas",   "Hill",  "Ito",    "Jensen",
    "Kaur",   "Khan",  "Klein",  "Larsen", "Lopez",  "Meyer", "Moreau", "Nair",
    "Novak",  "Okoye", "Petrov", "Rossi",  "Sato",   "Silva", "Tanaka", "Weber"};

constexpr std::array<Name, 8> kUnusualFirst = {{{"Zoë", "zoe"},
                                                {"Jürgen", "juergen"},
                                                {"Łucja", "lucja"},
                                                {"Søren", "soeren"},
                                                {"Éva", "eva"},
                                                {"太郎", "taro"},
                                                {"Анна", "anna"},
                                                {"Núria", "nuria"}}};

constexpr std::array<Name, 8> kUnusualLast = {{{"Müller", "mueller"},
                                               {"O'Neil", "oneil"},
                                               {"Berg, Jr.", "berg"},
                                               {"Žižek", "zizek"},
                                               {"山田", "yamada"},
                                               {"Ó \"Red\" Briain", "obriain"},
                                               {"van der Weide", "vanderweide"},
                                               {"Peña", "pena"}}};

constexpr std::array<std::string_view, 16> kAdjectives = {
    "Amber",  "Blue", "Bright", "Calm",  "Copper", "Eastern", "First",  "Golden",
    "Harbor", "High", "Inland", "Maple", "North",  "Quiet",   "Silver", "West"};

constexpr std::array<std::string_view, 16> kNouns = {
    "Bakery", "Clinic", "Crane", "Foundry", "Garden", "Gravel", "Lantern", "Library",
    "Mill",   "Press",  "Radio", "School",  "Studio", "Travel", "Works",   "Yard"};

constexpr std::array<std::string_view, 4> kPlans = {"free", "team", "business", "trial"};

struct Hash {
  std::string_view type;
  std::string_view text;
};

// All of kGeneratedPassword, as cheap to verify as the importing API allows.
constexpr std::array<Hash, 6> kHashes = {{
    {"bcrypt", "$2b$04$abcdefghijklmnopqrstuuFA7SAV4MLw01shGvj8UMOR3jP/gyYM6"},
    {"argon2",
     "$argon2id$v=19$m=4096,t=1,p=1$AAECAwQFBgcICQoLDA0ODw$"
     "OXiQlwWVOm9PXeoOkCZ44ZKM1nC7d+tXrQB221NcEdw"},
    {"ssha", "{SSHA}8D1Q6omsb8s5S/F+dwfa2ngqTLgAAQIDBAUGBw=="},
    {"scrypt",
     "$scrypt$v=1$n=1024,r=8,p=1,kl=32$AAECAwQFBgcICQoLDA0ODw$"
     "8hcYh5Jt02bFC4Rd01/IQ1kk+lDaDnb0Rpjnxj4NTvA"},
    {"pbkdf2",
     "$pbkdf2$i=210000,d=sha512$AAECAwQFBgcICQoLDA0ODw$"
     "ZISGdOvaFYKZdha7A3lD0j2QladA0lIAbYHWyDSdaO0"},
    {"firebase-scrypt",
     "$firebase-scrypt$r=8,m=14,sk=AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLS4v"
     "MDEyMzQ1Njc4OTo7PD0+Pw,ss=Qvc$AAECAwQFBgcICQoLDA0ODw$"
     "BK+Zck2BiVMXGJNNMR8T8rYXP5Sggy2QpBRl5oAyuLXrjxo21YYh/GIZoGe1FQfwL0Fkd6tl+SbNBFJBjv1YFg"},
}};

}  // namespace usher::made_up
