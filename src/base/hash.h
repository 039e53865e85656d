// SPDX-License-Identifier: Apache-2.0
// Keyed 128-bit hashes that name what a step makes, without telling anybody who it is: SipHash-2-4
// with 128 bits out of OpenSSL, under a key of the job. Also SHA-256 of inputs. Tested by
// hash_test.cc.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>

namespace usher {

struct Hash128 {
  std::array<unsigned char, 16> bytes{};

  // The first eight bytes as a number: partitions, hash tables, digests.
  [[nodiscard]] std::uint64_t head() const {
    std::uint64_t number = 0;
    std::memcpy(&number, bytes.data(), sizeof number);
    return number;
  }
  friend auto operator<=>(const Hash128&, const Hash128&) = default;
};

struct Hash128Hasher {
  std::size_t operator()(const Hash128& hash) const { return hash.head(); }
};

class Hasher {
 public:
  static constexpr std::size_t kKeySize = 16;
  // A key of 16 bytes is used as it is, any other through SHA-256.
  explicit Hasher(std::string_view key);
  ~Hasher();
  Hasher(Hasher&&) noexcept;
  Hasher& operator=(Hasher&&) noexcept;

  [[nodiscard]] Hash128 operator()(std::string_view text) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// Streaming SHA-256, for the identity of an input.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;
  void add(std::string_view bytes);
  [[nodiscard]] std::string hex();  // ends the stream

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// `count` bytes from the operating system's random generator, as lower-case hex.
[[nodiscard]] std::string random_hex(std::size_t count);

}  // namespace usher
