// SPDX-License-Identifier: Apache-2.0
// Parsers of the seven hash texts. Binary parts are base64 without padding as PHC strings have it,
// except in the {SSHA} family; Firebase hashes are met in two layouts, and both are read.
// Tested by passwords_test.cc.
#include "sandbox/hash_formats.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include <fmt/core.h>

#include "base/text.h"

namespace usher::sandbox {

namespace {

using Parts = std::expected<HashParts, std::string>;
using Settings = std::map<std::string_view, std::string_view>;

constexpr std::size_t kMostText = 4096;  // no real hash comes near

Parts wrong(std::string what) {
  return std::unexpected(std::move(what));
}

// Decimal digits only, and no leading zero: one text per number.
std::optional<std::uint64_t> number(std::string_view text) {
  const bool canonical = text.size() == 1 || !text.starts_with('0');
  const auto value = canonical ? parse_int(text) : std::nullopt;
  if (!value || *value < 0 || text.starts_with('-')) return std::nullopt;
  return static_cast<std::uint64_t>(*value);
}

// "a=1,b=2" into a map; nothing when a part has no "=" or a name comes twice.
std::optional<Settings> settings(std::string_view text) {
  Settings found;
  for (const auto part : split(text, ',')) {
    const auto equals = part.find('=');
    if (equals == std::string_view::npos) return std::nullopt;
    if (!found.emplace(part.substr(0, equals), part.substr(equals + 1)).second) return std::nullopt;
  }
  return found;
}

bool has_just(const Settings& found, std::initializer_list<std::string_view> names) {
  return found.size() == names.size() &&
         std::all_of(names.begin(), names.end(),
                     [&](std::string_view name) { return found.contains(name); });
}

// The named setting within [least, most].
std::optional<std::uint64_t> within(const Settings& found, std::string_view name,
                                    std::uint64_t least, std::uint64_t most) {
  const auto value = number(found.at(name));
  return value && *value >= least && *value <= most ? value : std::nullopt;
}

std::optional<std::string> bytes(std::string_view text, Padding padding = Padding::none) {
  auto decoded = from_base64(text, padding);
  if (!decoded || decoded->empty()) return std::nullopt;
  return decoded;
}

// Salt and digest of "…$<salt>$<digest>", into `parts`.
bool read_tail(std::string_view salt, std::string_view digest, HashParts& parts) {
  auto salt_bytes = bytes(salt);
  auto digest_bytes = bytes(digest);
  if (!salt_bytes || !digest_bytes) return false;
  parts.salt = std::move(*salt_bytes);
  parts.digest = std::move(*digest_bytes);
  return true;
}

constexpr const char* kBadTail = "salt and hash must be base64 without padding, and not empty";

Parts parse_bcrypt(std::string_view hash) {
  constexpr std::size_t kLength = 60;
  const bool shaped = hash.size() == kLength && hash.starts_with("$2") &&
                      std::string_view("aby").find(hash[2]) != std::string_view::npos &&
                      hash[3] == '$' && hash[6] == '$';
  if (!shaped)
    return wrong("a bcrypt hash is $2a$, $2b$ or $2y$, two digits of cost, $, 53 letters");
  const auto is_digit = [](char letter) { return letter >= '0' && letter <= '9'; };
  if (!is_digit(hash[4]) || !is_digit(hash[5])) return wrong("the bcrypt cost must be two digits");
  const int cost = (hash[4] - '0') * 10 + (hash[5] - '0');
  if (cost < 4 || cost > 31) return wrong("the bcrypt cost must be 04 to 31");
  const auto is_letter = [&](char letter) {
    return is_digit(letter) || (letter >= 'a' && letter <= 'z') ||
           (letter >= 'A' && letter <= 'Z') || letter == '.' || letter == '/';
  };
  if (!std::all_of(hash.begin() + 7, hash.end(), is_letter)) {
    return wrong("a bcrypt salt and digest have the letters ./A-Za-z0-9 only");
  }
  HashParts parts;
  parts.text = hash;
  parts.cost = static_cast<std::uint64_t>(cost);
  return parts;
}

Parts parse_scrypt(std::string_view hash) {
  const auto fields = split(hash, '$');
  if (fields.size() != 6 || !fields[0].empty() || fields[1] != "scrypt" || fields[2] != "v=1") {
    return wrong("a scrypt hash is $scrypt$v=1$n=..,r=..,p=..,kl=..$salt$hash");
  }
  const auto found = settings(fields[3]);
  if (!found || !has_just(*found, {"n", "r", "p", "kl"})) {
    return wrong("the scrypt parameters are n, r, p and kl, once each");
  }
  const auto n = within(*found, "n", 2, std::uint64_t{1} << 32);
  if (!n || (*n & (*n - 1)) != 0) return wrong("scrypt n must be a power of two above 1");
  const auto r = within(*found, "r", 1, 1u << 20);
  const auto p = within(*found, "p", 1, 1u << 20);
  if (!r || !p || *r * *p >= (std::uint64_t{1} << 30)) {  // RFC 7914, section 2
    return wrong("scrypt r and p must be at least 1, and r * p below 2^30");
  }
  HashParts parts;
  if (!read_tail(fields[4], fields[5], parts)) return wrong(kBadTail);
  if (within(*found, "kl", 1, kMostText) != parts.digest.size()) {
    return wrong("scrypt kl must be the length of the hash in bytes");
  }
  parts.cost = *n;
  parts.memory = *r;
  parts.lanes = *p;
  return parts;
}

Parts parse_pbkdf2(std::string_view hash) {
  const auto fields = split(hash, '$');
  if (fields.size() != 5 || !fields[0].empty() || fields[1] != "pbkdf2") {
    return wrong("a pbkdf2 hash is $pbkdf2$i=..,d=..$salt$hash");
  }
  const auto found = settings(fields[2]);
  if (!found || !has_just(*found, {"i", "d"})) {
    return wrong("the pbkdf2 parameters are i and d, once each");
  }
  const auto digest = found->at("d");
  if (digest != "sha256" && digest != "sha512") return wrong("pbkdf2 d must be sha256 or sha512");
  const std::uint64_t least = digest == "sha256" ? 600'000 : 210'000;
  const auto iterations = within(*found, "i", least, 1'000'000);
  if (!iterations) {
    return wrong(fmt::format("pbkdf2 i must be {} to 1000000 with d={}", least, digest));
  }
  HashParts parts;
  if (!read_tail(fields[3], fields[4], parts)) return wrong(kBadTail);
  parts.scheme = digest;
  parts.cost = *iterations;
  return parts;
}

Parts parse_argon2(std::string_view hash) {
  const auto fields = split(hash, '$');
  const bool shaped = fields.size() == 6 && fields[0].empty() &&
                      (fields[1] == "argon2id" || fields[1] == "argon2i" || fields[1] == "argon2d");
  if (!shaped) return wrong("an argon2 hash is $argon2id$v=19$m=..,t=..,p=..$salt$hash");
  if (fields[2] != "v=19") return wrong("the argon2 version must be v=19");
  const auto found = settings(fields[3]);
  // The order is part of the format: the reference decoder reads m, t, p and no other.
  if (!found || !has_just(*found, {"m", "t", "p"}) || !fields[3].starts_with("m=") ||
      fields[3].find(",t=") > fields[3].find(",p=")) {
    return wrong("the argon2 parameters are m, t and p, in this order");
  }
  const auto memory = within(*found, "m", 4096, 262'144);
  if (!memory) return wrong("argon2 m must be 4096 to 262144 KiB");
  const std::uint64_t least = fields[1] == "argon2i" ? 3 : 1;
  const auto passes = within(*found, "t", least, 5);
  if (!passes) return wrong(fmt::format("argon2 t must be {} to 5 with {}", least, fields[1]));
  const auto lanes = within(*found, "p", 1, 8);
  if (!lanes) return wrong("argon2 p must be 1 to 8");
  HashParts parts;
  if (!read_tail(fields[4], fields[5], parts)) return wrong(kBadTail);
  if (parts.salt.size() < 8 || parts.digest.size() < 4) {  // RFC 9106, section 3.1
    return wrong("an argon2 salt has at least 8 bytes, its hash at least 4");
  }
  parts.text = hash;
  parts.scheme = fields[1];
  parts.cost = *passes;
  parts.memory = *memory;
  parts.lanes = *lanes;
  return parts;
}

Parts parse_salted_sha(std::string_view hash, std::string_view label, std::size_t digest_size) {
  if (!hash.starts_with(label)) return wrong(fmt::format("the hash must begin with {}", label));
  const auto decoded = bytes(hash.substr(label.size()), Padding::required);
  if (!decoded) return wrong(fmt::format("what follows {} must be padded base64", label));
  if (decoded->size() <= digest_size) {
    return wrong(fmt::format("after the digest's {} bytes there must be a salt", digest_size));
  }
  HashParts parts;
  parts.digest = decoded->substr(0, digest_size);
  parts.salt = decoded->substr(digest_size);
  return parts;
}

// Both layouts as one map: "r=8,m=14,sk=..,ss=..$salt$hash" and "hash=..$salt=..$sk=..$r=8$m=14".
std::optional<Settings> firebase_settings(const std::vector<std::string_view>& fields) {
  if (fields.size() == 5 && fields[3].find('=') > fields[3].find_last_not_of('=')) {
    auto found = settings(fields[2]);
    if (!found || found->contains("salt") || found->contains("hash")) return std::nullopt;
    found->emplace("salt", fields[3]);
    found->emplace("hash", fields[4]);
    return found;
  }
  Settings found;
  for (std::size_t i = 2; i < fields.size(); ++i) {
    const auto single = settings(fields[i]);
    if (!single || single->size() != 1 || !found.insert(*single->begin()).second)
      return std::nullopt;
  }
  return found;
}

Parts parse_firebase(std::string_view hash) {
  const auto fields = split(hash, '$');
  if (fields.size() < 5 || !fields[0].empty() || fields[1] != "firebase-scrypt") {
    return wrong("a firebase-scrypt hash is $firebase-scrypt$r=..,m=..,sk=..,ss=..$salt$hash");
  }
  const auto found = firebase_settings(fields);
  if (!found || !has_just(*found, {"r", "m", "sk", "ss", "salt", "hash"})) {
    return wrong("the firebase-scrypt parameters are r, m, sk and ss, once each");
  }
  const auto rounds = within(*found, "r", 1, 8);
  const auto memory = within(*found, "m", 1, 14);
  if (!rounds) return wrong("firebase-scrypt r must be 1 to 8");
  if (!memory) return wrong("firebase-scrypt m must be 1 to 14");
  const auto salt = bytes(found->at("salt"), Padding::any);
  const auto digest = bytes(found->at("hash"), Padding::any);
  const auto signer_key = bytes(found->at("sk"), Padding::any);
  const auto separator = from_base64(found->at("ss"), Padding::any);
  if (!salt || !digest || !signer_key || !separator) {
    return wrong("firebase-scrypt salt, hash, sk and ss must be base64");
  }
  if (digest->size() != signer_key->size()) {
    return wrong("a firebase-scrypt hash is as long as its signer key");
  }
  HashParts parts;
  parts.cost = *memory;
  parts.memory = *rounds;
  parts.lanes = 1;
  parts.salt = *salt;
  parts.digest = *digest;
  parts.signer_key = *signer_key;
  parts.salt_separator = *separator;
  return parts;
}

}  // namespace

Parts parse_hash(HashType type, std::string_view hash) {
  if (hash.empty()) return wrong("the hash is empty");
  if (hash.size() > kMostText) {
    return wrong(fmt::format("the hash is longer than {} bytes", kMostText));
  }
  switch (type) {
    case HashType::bcrypt:
      return parse_bcrypt(hash);
    case HashType::scrypt:
      return parse_scrypt(hash);
    case HashType::pbkdf2:
      return parse_pbkdf2(hash);
    case HashType::argon2:
      return parse_argon2(hash);
    case HashType::ssha:
      return parse_salted_sha(hash, "{SSHA}", 20);
    case HashType::ssha256:
      return parse_salted_sha(hash, "{SSHA256}", 32);
    case HashType::firebase_scrypt:
      return parse_firebase(hash);
  }
  return wrong("the hash is of an unknown type");
}

}  // namespace usher::sandbox
