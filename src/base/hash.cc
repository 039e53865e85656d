// SPDX-License-Identifier: Apache-2.0
#include "base/hash.h"

#include <algorithm>
#include <cstdlib>
#include <string>

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/rand.h>

#include "base/text.h"

namespace usher {
namespace {

// OpenSSL fails here only when it cannot allocate or is built without the algorithm: a bug or the
// end.
void must(bool ok) {
  if (!ok) std::abort();
}

}  // namespace

struct Hasher::Impl {
  EVP_MAC* mac = EVP_MAC_fetch(nullptr, "SIPHASH", nullptr);
  EVP_MAC_CTX* context = nullptr;
  std::string key;
  Impl() = default;
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;
  ~Impl() {
    EVP_MAC_CTX_free(context);
    EVP_MAC_free(mac);
  }
};

Hasher::Hasher(std::string_view key) : impl_(std::make_unique<Impl>()) {
  must(impl_->mac != nullptr);
  impl_->context = EVP_MAC_CTX_new(impl_->mac);
  must(impl_->context != nullptr);
  std::size_t size = sizeof(Hash128::bytes);
  const std::array<OSSL_PARAM, 2> params = {OSSL_PARAM_construct_size_t(OSSL_MAC_PARAM_SIZE, &size),
                                            OSSL_PARAM_construct_end()};
  must(EVP_MAC_CTX_set_params(impl_->context, params.data()) == 1);
  if (key.size() == kKeySize) {
    impl_->key = key;
    return;
  }
  Sha256 digest;
  digest.add(key);
  impl_->key = from_hex(digest.hex()).value_or("").substr(0, kKeySize);
}

Hasher::~Hasher() = default;
Hasher::Hasher(Hasher&&) noexcept = default;
Hasher& Hasher::operator=(Hasher&&) noexcept = default;

Hash128 Hasher::operator()(std::string_view text) const {
  Hash128 result;
  EVP_MAC_CTX* const context = impl_->context;
  const auto* key = reinterpret_cast<const unsigned char*>(impl_->key.data());
  const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
  std::size_t written = 0;
  must(EVP_MAC_init(context, key, impl_->key.size(), nullptr) == 1 &&
       EVP_MAC_update(context, bytes, text.size()) == 1 &&
       EVP_MAC_final(context, result.bytes.data(), &written, result.bytes.size()) == 1 &&
       written == result.bytes.size());
  return result;
}

struct Sha256::Impl {
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  Impl() = default;
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;
  ~Impl() { EVP_MD_CTX_free(context); }
};

Sha256::Sha256() : impl_(std::make_unique<Impl>()) {
  must(impl_->context != nullptr && EVP_DigestInit_ex(impl_->context, EVP_sha256(), nullptr) == 1);
}

Sha256::~Sha256() = default;
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;

void Sha256::add(std::string_view bytes) {
  must(EVP_DigestUpdate(impl_->context, bytes.data(), bytes.size()) == 1);
}

std::string Sha256::hex() {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  must(EVP_DigestFinal_ex(impl_->context, digest.data(), &size) == 1);
  return to_hex({reinterpret_cast<const char*>(digest.data()), size});
}

std::string random_hex(std::size_t count) {
  std::string bytes(count, '\0');
  must(RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(count)) == 1);
  return to_hex(bytes);
}

}  // namespace usher
