// SPDX-License-Identifier: Apache-2.0
// The texts of password hashes taken apart: each of the seven types into its parameters, salt and
// digest, within the ranges that the user API publishes. Knows no cryptography; passwords.cc does
// the deriving. Tested by passwords_test.cc.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

namespace usher::sandbox {

enum class HashType { bcrypt, scrypt, pbkdf2, argon2, ssha, ssha256, firebase_scrypt };

struct HashParts {
  std::string text;        // as given; bcrypt and argon2 are verified from it
  std::string scheme;      // pbkdf2: sha256 or sha512; argon2: argon2id, argon2i or argon2d
  std::uint64_t cost = 0;  // bcrypt: log2; scrypt: N; pbkdf2, argon2: iterations; firebase: log2 N
  std::uint64_t memory = 0;  // scrypt, firebase: r; argon2: KiB
  std::uint64_t lanes = 0;   // scrypt, firebase, argon2: p
  std::string salt;
  std::string digest;
  std::string signer_key;      // firebase
  std::string salt_separator;  // firebase
};

// The error is what is wrong, without the hash in it.
[[nodiscard]] std::expected<HashParts, std::string> parse_hash(HashType type,
                                                               std::string_view hash);

}  // namespace usher::sandbox
