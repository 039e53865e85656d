// SPDX-License-Identifier: Apache-2.0
// Derives what a password would hash to and compares. What one verification may cost is bounded,
// since the parameters come from whoever imports: beyond the bounds a password does not fit,
// however right. Tested by passwords_test.cc.
#include "sandbox/passwords.h"

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <set>
#include <utility>

#include <argon2.h>
#include <crypt.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>

#include "base/text.h"
#include "sandbox/hash_formats.h"

namespace usher::sandbox {

namespace {

// 256 MiB is what argon2 is allowed, by what is published. scrypt with N = 2^18 and r = 8 reaches
// it, in about a second; bcrypt of cost 15 takes two.
constexpr std::uint64_t kMostMemory = std::uint64_t{256} << 20;
constexpr std::uint64_t kMostScryptWork = kMostMemory / 128;  // N * r * p: a block has 128 bytes
constexpr std::uint64_t kMostBcryptCost = 15;
constexpr std::size_t kMostPassword = 4096;

constexpr std::array<std::pair<std::string_view, HashType>, 7> kTypes = {{
    {"bcrypt", HashType::bcrypt},
    {"scrypt", HashType::scrypt},
    {"pbkdf2", HashType::pbkdf2},
    {"argon2", HashType::argon2},
    {"ssha", HashType::ssha},
    {"ssha256", HashType::ssha256},
    {"firebase-scrypt", HashType::firebase_scrypt},
}};

std::optional<HashType> type_of(std::string_view name) {
  for (const auto& [known, type] : kTypes) {
    if (known == name) return type;
  }
  return std::nullopt;
}

bool equal(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

const unsigned char* raw(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* raw(std::string& text) {
  return reinterpret_cast<unsigned char*>(text.data());
}

template <auto release>
struct Releaser {
  template <class T>
  void operator()(T* held) const {
    release(held);
  }
};
template <class T, auto release>
using Held = std::unique_ptr<T, Releaser<release>>;

// OpenSSL reads its parameters through pointers to non-const and writes to none of them.
OSSL_PARAM octets(const char* name, std::string_view bytes) {
  return OSSL_PARAM_construct_octet_string(name, const_cast<char*>(bytes.data()), bytes.size());
}

std::optional<std::string> derive(const char* algorithm, const OSSL_PARAM* parameters,
                                  std::size_t size) {
  const Held<EVP_KDF, EVP_KDF_free> kdf(EVP_KDF_fetch(nullptr, algorithm, nullptr));
  if (!kdf) return std::nullopt;
  const Held<EVP_KDF_CTX, EVP_KDF_CTX_free> context(EVP_KDF_CTX_new(kdf.get()));
  std::string derived(size, '\0');
  if (!context || EVP_KDF_derive(context.get(), raw(derived), derived.size(), parameters) != 1) {
    return std::nullopt;
  }
  return derived;
}

std::optional<std::string> derive_scrypt(std::string_view password, std::string_view salt,
                                         std::uint64_t n, std::uint64_t r, std::uint64_t p,
                                         std::size_t size) {
  // Each factor is bounded first, so that no product below can wrap.
  if (n > kMostScryptWork || r > kMostScryptWork || p > kMostScryptWork) return std::nullopt;
  if (n * r > kMostScryptWork || n * r * p > kMostScryptWork) return std::nullopt;
  std::uint64_t room = kMostMemory * 3;  // N blocks and p blocks, and OpenSSL's own overhead
  const OSSL_PARAM parameters[] = {octets(OSSL_KDF_PARAM_PASSWORD, password),
                                   octets(OSSL_KDF_PARAM_SALT, salt),
                                   OSSL_PARAM_construct_uint64(OSSL_KDF_PARAM_SCRYPT_N, &n),
                                   OSSL_PARAM_construct_uint64(OSSL_KDF_PARAM_SCRYPT_R, &r),
                                   OSSL_PARAM_construct_uint64(OSSL_KDF_PARAM_SCRYPT_P, &p),
                                   OSSL_PARAM_construct_uint64(OSSL_KDF_PARAM_SCRYPT_MAXMEM, &room),
                                   OSSL_PARAM_construct_end()};
  return derive("SCRYPT", parameters, size);
}

bool verify_scrypt(const HashParts& parts, std::string_view password) {
  const auto derived = derive_scrypt(password, parts.salt, parts.cost, parts.memory, parts.lanes,
                                     parts.digest.size());
  return derived && equal(*derived, parts.digest);
}

bool verify_pbkdf2(const HashParts& parts, std::string_view password) {
  std::uint64_t iterations = parts.cost;
  std::string digest = parts.scheme;
  const OSSL_PARAM parameters[] = {
      octets(OSSL_KDF_PARAM_PASSWORD, password), octets(OSSL_KDF_PARAM_SALT, parts.salt),
      OSSL_PARAM_construct_uint64(OSSL_KDF_PARAM_ITER, &iterations),
      OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest.data(), 0),
      OSSL_PARAM_construct_end()};
  const auto derived = derive("PBKDF2", parameters, parts.digest.size());
  return derived && equal(*derived, parts.digest);
}

bool verify_argon2(const HashParts& parts, std::string_view password) {
  auto type = Argon2_id;
  if (parts.scheme == "argon2i") type = Argon2_i;
  if (parts.scheme == "argon2d") type = Argon2_d;
  return argon2_verify(parts.text.c_str(), password.data(), password.size(), type) == ARGON2_OK;
}

bool verify_bcrypt(const HashParts& parts, std::string_view password) {
  if (parts.cost > kMostBcryptCost) return false;
  auto work = std::make_unique<crypt_data>();  // 32 KiB
  std::string text(password);
  const char* made = crypt_r(text.c_str(), parts.text.c_str(), work.get());
  const bool fits = made != nullptr && equal(made, parts.text);
  OPENSSL_cleanse(work.get(), sizeof(crypt_data));
  OPENSSL_cleanse(text.data(), text.size());
  return fits;
}

bool verify_salted_sha(const EVP_MD* algorithm, const HashParts& parts, SaltPosition salt,
                       std::string_view password) {
  std::string text(salt == SaltPosition::prefix ? parts.salt : password);
  text += salt == SaltPosition::prefix ? password : parts.salt;
  std::string digest(EVP_MAX_MD_SIZE, '\0');
  unsigned int size = 0;
  if (EVP_Digest(text.data(), text.size(), raw(digest), &size, algorithm, nullptr) != 1)
    return false;
  digest.resize(size);
  OPENSSL_cleanse(text.data(), text.size());
  return equal(digest, parts.digest);
}

// Firebase does not keep the derived key: it encrypts its signer key with it (AES-256 in counter
// mode, counter 0) and keeps what comes out.
bool verify_firebase(const HashParts& parts, std::string_view password) {
  constexpr std::size_t kKeySize = 32;
  const auto key =
      derive_scrypt(password, parts.salt + parts.salt_separator, std::uint64_t{1} << parts.cost,
                    parts.memory, parts.lanes, kKeySize);
  if (!key) return false;
  const std::array<unsigned char, 16> zero{};
  const Held<EVP_CIPHER_CTX, EVP_CIPHER_CTX_free> context(EVP_CIPHER_CTX_new());
  std::string made(parts.signer_key.size(), '\0');
  int size = 0;
  const bool done =
      context &&
      EVP_EncryptInit_ex(context.get(), EVP_aes_256_ctr(), nullptr, raw(*key), zero.data()) == 1 &&
      EVP_EncryptUpdate(context.get(), raw(made), &size, raw(parts.signer_key),
                        static_cast<int>(parts.signer_key.size())) == 1;
  return done && static_cast<std::size_t>(size) == made.size() && equal(made, parts.digest);
}

// What everybody tries first. Production asks a list of breached passwords; these stand for it.
bool is_notorious(std::string_view password) {
  constexpr std::array<std::string_view, 10> kNotorious = {
      "password123", "password1234", "1234567890", "12345678910", "qwertyuiop",
      "qwerty12345", "iloveyou123",  "abcdefghij", "letmein1234", "administrator"};
  const auto lower = lower_ascii(password);
  return std::find(kNotorious.begin(), kNotorious.end(), lower) != kNotorious.end();
}

// bcrypt reads a password up to a NUL, and HMAC (so PBKDF2 and scrypt) cannot tell "x" from "x"
// with NULs behind it: a password that holds one would share its hash with others.
bool is_tried(std::string_view password) {
  return !password.empty() && password.size() <= kMostPassword &&
         password.find('\0') == std::string_view::npos;
}

}  // namespace

bool is_hash_type(std::string_view type) {
  return type_of(type).has_value();
}

std::string check_hash(std::string_view type, std::string_view hash) {
  const auto known = type_of(type);
  if (!known) return "the hash is of an unknown type";
  const auto parts = parse_hash(*known, hash);
  return parts ? "" : parts.error();
}

bool verify_password(std::string_view type, std::string_view hash, SaltPosition salt,
                     std::string_view password) {
  const auto known = type_of(type);
  if (!known || !is_tried(password)) return false;
  const auto parts = parse_hash(*known, hash);
  if (!parts) return false;
  switch (*known) {
    case HashType::bcrypt:
      return verify_bcrypt(*parts, password);
    case HashType::scrypt:
      return verify_scrypt(*parts, password);
    case HashType::pbkdf2:
      return verify_pbkdf2(*parts, password);
    case HashType::argon2:
      return verify_argon2(*parts, password);
    case HashType::ssha:
      return verify_salted_sha(EVP_sha1(), *parts, SaltPosition::suffix, password);
    case HashType::ssha256:
      return verify_salted_sha(EVP_sha256(), *parts, salt, password);
    case HashType::firebase_scrypt:
      return verify_firebase(*parts, password);
  }
  return false;
}

std::string hash_password(std::string_view password) {
  // The lowest cost: the sandbox guards nobody, and one sign-up must not hold up the others.
  constexpr unsigned long kCost = 4;
  if (!is_tried(password)) return {};
  std::array<char, CRYPT_GENSALT_OUTPUT_SIZE> setting{};
  auto work = std::make_unique<crypt_data>();
  std::string text(password);
  const char* made = nullptr;
  if (crypt_gensalt_rn("$2b$", kCost, nullptr, 0, setting.data(), setting.size()) != nullptr) {
    made = crypt_r(text.c_str(), setting.data(), work.get());
  }
  std::string hash(made == nullptr || *made == '*' ? "" : made);
  OPENSSL_cleanse(work.get(), sizeof(crypt_data));
  OPENSSL_cleanse(text.data(), text.size());
  return hash;
}

std::string weak_password(std::string_view password) {
  constexpr std::size_t kFewestLetters = 10;
  constexpr std::size_t kFewestDistinct = 5;
  std::string broken;
  const auto add = [&](std::string_view code) {
    if (!broken.empty()) broken += ' ';
    broken += code;
  };
  if (utf8_length(password) < kFewestLetters) add("password_too_short");
  if (std::set<char>(password.begin(), password.end()).size() < kFewestDistinct) {
    add("password_too_weak");
  }
  if (is_notorious(password)) add("password_pwned");
  return broken;
}

}  // namespace usher::sandbox
