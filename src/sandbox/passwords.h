// SPDX-License-Identifier: Apache-2.0
// Password hashes as the user API takes them: what is well-formed and within range, and whether a
// password fits, which is how a sign-in proves that a migrated password works. All seven types:
// bcrypt scrypt pbkdf2 argon2 ssha ssha256 firebase-scrypt. The cryptography is OpenSSL's,
// libxcrypt's and libargon2's. Tested by passwords_test.cc.
#pragma once

#include <string>
#include <string_view>

namespace usher::sandbox {

enum class SaltPosition { suffix, prefix };  // ssha256 only

[[nodiscard]] bool is_hash_type(std::string_view type);

// Empty: acceptable. Else what is wrong, for the message of invalid_password_hash.
[[nodiscard]] std::string check_hash(std::string_view type, std::string_view hash);

// False also for a password with a NUL in it, for a hash that check_hash refuses, and for one that
// would cost too much to try: more than 256 MiB, scrypt's N * r * p above 2^21, bcrypt's cost
// above 15.
[[nodiscard]] bool verify_password(std::string_view type, std::string_view hash, SaltPosition salt,
                                   std::string_view password);

// The hash kept for a password that came in clear text (type bcrypt). Empty, which no password
// fits, when it is empty, holds a NUL or is longer than 4 KiB.
[[nodiscard]] std::string hash_password(std::string_view password);

// Broken strength rules, space separated: password_too_short password_too_weak password_pwned.
// Empty: strong enough.
[[nodiscard]] std::string weak_password(std::string_view password);

}  // namespace usher::sandbox
