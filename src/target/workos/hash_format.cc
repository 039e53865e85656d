// SPDX-License-Identifier: Apache-2.0
#include "target/workos/hash_format.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <vector>

#include <fmt/format.h>

#include "base/text.h"

namespace usher::workos {
namespace {

using Problem = std::optional<std::string>;

// "$name$a=1,b=2$salt$digest" in its parts; salt and digest in base64 without padding.
struct Phc {
  std::string_view id;
  std::vector<std::string_view> fields;  // between the dollar signs, behind the id
};

std::optional<Phc> split_phc(std::string_view hash) {
  if (!hash.starts_with('$')) return std::nullopt;
  Phc phc;
  phc.fields = split(hash.substr(1), '$');
  phc.id = phc.fields.front();
  phc.fields.erase(phc.fields.begin());
  return phc;
}

// The value of "name=" in a comma list.
std::optional<std::string_view> parameter(std::string_view list, std::string_view name) {
  for (const std::string_view part : split(list, ',')) {
    const auto equals = part.find('=');
    if (equals != std::string_view::npos && part.substr(0, equals) == name) {
      return part.substr(equals + 1);
    }
  }
  return std::nullopt;
}

std::optional<std::int64_t> number(std::string_view list, std::string_view name) {
  const auto text = parameter(list, name);
  return text ? parse_int(*text) : std::nullopt;
}

std::size_t parameters(std::string_view list) {
  return static_cast<std::size_t>(std::count(list.begin(), list.end(), ',')) + 1;
}

bool is_unpadded(std::string_view text) {
  return !text.empty() && from_base64(text, Padding::none).has_value();
}

Problem expected(std::string_view type, std::string_view form) {
  return fmt::format("password_hash is no {} hash: the form is {}", type, form);
}

Problem out_of_range(std::string_view type, std::string_view name, std::int64_t low,
                     std::int64_t high) {
  return fmt::format(
      "password_hash has {} outside {} to {}, the range that WorkOS takes for {}; leave the hash "
      "out "
      "and let the person reset the password",
      name, with_commas(static_cast<std::uint64_t>(low)),
      with_commas(static_cast<std::uint64_t>(high)), type);
}

// --- one function a type

Problem check_bcrypt(std::string_view hash) {
  constexpr std::string_view kForm = "$2b$, a cost of two digits, $ and 53 characters";
  constexpr std::size_t kLength = 60;
  const bool prefix =
      hash.starts_with("$2a$") || hash.starts_with("$2b$") || hash.starts_with("$2y$");
  if (!prefix || hash.size() != kLength || hash[6] != '$') return expected("bcrypt", kForm);
  const auto cost = parse_int(hash.substr(4, 2));
  if (!cost || hash[4] == '-') return expected("bcrypt", kForm);
  if (*cost < 4 || *cost > 31) return out_of_range("bcrypt", "a cost", 4, 31);
  const std::string_view rest = hash.substr(7);
  const bool alphabet = std::all_of(rest.begin(), rest.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '/';
  });
  return alphabet ? Problem() : expected("bcrypt", kForm);
}

Problem check_scrypt(std::string_view hash) {
  constexpr std::string_view kForm =
      "$scrypt$v=1$n=<N>,r=<r>,p=<p>,kl=<length>$<salt>$<hash>, base64 without padding";
  const auto phc = split_phc(hash);
  if (!phc || phc->id != "scrypt" || phc->fields.size() != 4 || phc->fields[0] != "v=1") {
    return expected("scrypt", kForm);
  }
  const std::string_view list = phc->fields[1];
  const auto n = number(list, "n");
  const auto r = number(list, "r");
  const auto p = number(list, "p");
  const auto length = number(list, "kl");
  if (!n || !r || !p || !length || parameters(list) != 4 || *r < 1 || *p < 1) {
    return expected("scrypt", kForm);
  }
  if (*n < 2 || !std::has_single_bit(static_cast<std::uint64_t>(*n))) {
    return "password_hash has an n that is not a power of two; n is the cost itself (16384), not "
           "its "
           "logarithm (14)";
  }
  const auto digest = from_base64(phc->fields[3], Padding::none);
  if (!is_unpadded(phc->fields[2]) || !digest) return expected("scrypt", kForm);
  if (static_cast<std::int64_t>(digest->size()) != *length) {
    return fmt::format("password_hash says kl={} but its hash has {} bytes", *length,
                       digest->size());
  }
  return {};
}

Problem check_pbkdf2(std::string_view hash) {
  constexpr std::string_view kForm =
      "$pbkdf2$i=<iterations>,d=<sha256|sha512>$<salt>$<hash>, base64 without padding";
  const auto phc = split_phc(hash);
  if (!phc || phc->id != "pbkdf2" || phc->fields.size() != 3 || parameters(phc->fields[0]) != 2) {
    return expected("pbkdf2", kForm);
  }
  const auto iterations = number(phc->fields[0], "i");
  const auto digest = parameter(phc->fields[0], "d");
  if (!iterations || !digest || !is_unpadded(phc->fields[1]) || !is_unpadded(phc->fields[2])) {
    return expected("pbkdf2", kForm);
  }
  if (*digest != "sha256" && *digest != "sha512") {
    return "password_hash has a digest that WorkOS does not take for pbkdf2 (only sha256 and "
           "sha512); "
           "leave the hash out and let the person reset the password";
  }
  const std::int64_t least = *digest == "sha256" ? 600'000 : 210'000;
  constexpr std::int64_t kMost = 1'000'000;
  if (*iterations < least || *iterations > kMost) {
    return out_of_range(fmt::format("pbkdf2 with {}", *digest), "iterations", least, kMost);
  }
  return {};
}

struct Range {
  std::string_view name;
  std::int64_t low = 0;
  std::int64_t high = 0;
};

Problem check_argon2(std::string_view hash) {
  constexpr std::string_view kForm =
      "$argon2id$v=19$m=<KiB>,t=<iterations>,p=<lanes>$<salt>$<hash>, base64 without padding";
  const auto phc = split_phc(hash);
  const bool known = phc && (phc->id == "argon2id" || phc->id == "argon2i" || phc->id == "argon2d");
  if (!known || phc->fields.size() != 4 || phc->fields[0] != "v=19" ||
      parameters(phc->fields[1]) != 3) {
    return expected("argon2", kForm);
  }
  const std::int64_t least_time = phc->id == "argon2i" ? 3 : 1;
  for (const auto& [name, low, high] :
       {Range{"m", 4096, 262'144}, Range{"t", least_time, 5}, Range{"p", 1, 8}}) {
    const auto value = number(phc->fields[1], name);
    if (!value) return expected("argon2", kForm);
    if (*value < low || *value > high) return out_of_range(phc->id, name, low, high);
  }
  if (!is_unpadded(phc->fields[2]) || !is_unpadded(phc->fields[3]))
    return expected("argon2", kForm);
  return {};
}

Problem check_envelope(std::string_view hash, std::string_view type, std::string_view label,
                       std::size_t digest) {
  if (hash.starts_with(label)) {
    const auto bytes = from_base64(hash.substr(label.size()), Padding::required);
    if (bytes && bytes->size() > digest) return {};
  }
  return expected(type, fmt::format("{} and the base64 of digest and salt", label));
}

Problem check_ssha(std::string_view hash) {
  return check_envelope(hash, "ssha", "{SSHA}", 20);
}

Problem check_ssha256(std::string_view hash) {
  return check_envelope(hash, "ssha256", "{SSHA256}", 32);
}

// Padding::any, since the two layouts in use differ in it.
bool is_base64(std::optional<std::string_view> text) {
  return text && !text->empty() && from_base64(*text, Padding::any).has_value();
}

Problem check_firebase(std::string_view hash) {
  constexpr std::string_view kForm =
      "$firebase-scrypt$r=<rounds>,m=<memory>,sk=<signer key>,ss=<separator>$<salt>$<hash>";
  const auto phc = split_phc(hash);
  if (!phc || phc->id != "firebase-scrypt") return expected("firebase-scrypt", kForm);
  // The vendor's own tool writes $hash=..$salt=..$sk=..$ss=..$r=..$m=..; both are let through.
  std::string list;
  const bool named = phc->fields.size() == 6;
  if (named) {
    list = fmt::format("{}", fmt::join(phc->fields, ","));
  } else if (phc->fields.size() == 3) {
    list = fmt::format("{},hash={},salt={}", phc->fields[0], phc->fields[2], phc->fields[1]);
  }
  if (parameters(list) != 6 || !is_base64(parameter(list, "hash")) ||
      !is_base64(parameter(list, "salt")) || !is_base64(parameter(list, "sk")) ||
      !is_base64(parameter(list, "ss"))) {
    return expected("firebase-scrypt", kForm);
  }
  if (number(list, "r").value_or(0) < 1 || number(list, "m").value_or(0) < 1) {
    return expected("firebase-scrypt", kForm);
  }
  return {};
}

struct Type {
  std::string_view name;
  Problem (*check)(std::string_view hash);
};

constexpr std::array<Type, 7> kTypes = {{{"bcrypt", check_bcrypt},
                                         {"scrypt", check_scrypt},
                                         {"pbkdf2", check_pbkdf2},
                                         {"argon2", check_argon2},
                                         {"ssha", check_ssha},
                                         {"ssha256", check_ssha256},
                                         {"firebase-scrypt", check_firebase}}};

std::string unknown_type(std::string_view type) {
  const std::string lower = lower_ascii(type);
  if (lower == "okta-bcrypt" || lower == "auth0") {
    return fmt::format(
        "password_hash_type \"{}\" is not one that WorkOS knows; its hashes are bcrypt: "
        "write bcrypt",
        lower);
  }
  if (lower == "md5" || lower == "sha1" || lower == "sha256" || lower == "sha512") {
    return fmt::format(
        "password_hash_type \"{}\": WorkOS imports no such hashes; leave the hash out "
        "and let the person reset the password",
        lower);
  }
  for (const Type& known : kTypes) {
    if (lower == known.name || lower.starts_with("argon2")) {
      return fmt::format("password_hash_type \"{}\" has to be written \"{}\"", printable(type, 40),
                         lower.starts_with("argon2") ? "argon2" : known.name);
    }
  }
  return fmt::format(
      "password_hash_type \"{}\" is not one that WorkOS knows: bcrypt, scrypt, pbkdf2, "
      "argon2, ssha, ssha256, firebase-scrypt",
      printable(type, 40));
}

}  // namespace

std::optional<std::string> hash_problem(std::string_view type, std::string_view hash) {
  for (const Type& known : kTypes) {
    if (type == known.name) return known.check(hash);
  }
  return unknown_type(type);
}

}  // namespace usher::workos
