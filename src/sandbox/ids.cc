// SPDX-License-Identifier: Apache-2.0
#include "sandbox/ids.h"

#include <array>
#include <random>

#include "base/text.h"

namespace usher::sandbox {

namespace {

constexpr std::string_view kCrockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
constexpr std::string_view kAlphanumeric =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
constexpr std::size_t kLength = 26;
constexpr std::uint64_t kSeededStart = 1'704'067'200'000;  // 2024-01-01

constexpr std::array<signed char, 256> decoding_table() {
  std::array<signed char, 256> table{};
  table.fill(-1);
  for (std::size_t i = 0; i < kCrockford.size(); ++i) {
    table[static_cast<unsigned char>(kCrockford[i])] = static_cast<signed char>(i);
  }
  return table;
}
constexpr auto kDecoding = decoding_table();

std::uint64_t start_of(std::uint64_t seed) {
  if (seed != 0) return seed;
  std::random_device device;
  return (std::uint64_t{device()} << 32) | device();
}

}  // namespace

std::string to_id(std::string_view prefix, Ulid ulid) {
  std::string id(prefix.size() + kLength, '0');
  prefix.copy(id.data(), prefix.size());
  for (std::size_t at = id.size(); at-- > prefix.size();) {
    id[at] = kCrockford[ulid.low & 31];
    ulid.low = (ulid.low >> 5) | (ulid.high << 59);
    ulid.high >>= 5;
  }
  return id;
}

std::optional<Ulid> parse_id(std::string_view prefix, std::string_view text) {
  if (!text.starts_with(prefix) || text.size() != prefix.size() + kLength) return {};
  text.remove_prefix(prefix.size());
  if (text.front() > '7') return {};  // 26 letters hold 130 bits
  Ulid ulid;
  for (const char letter : text) {
    const signed char five = kDecoding[static_cast<unsigned char>(letter)];
    if (five < 0) return {};
    ulid.high = (ulid.high << 5) | (ulid.low >> 59);
    ulid.low = (ulid.low << 5) | static_cast<std::uint64_t>(five);
  }
  return ulid;
}

IdMaker::IdMaker(std::uint64_t seed)
    : seeded_(seed != 0), random_(start_of(seed)), random_of_uuids_(random_.next()) {}

std::uint64_t IdMaker::milliseconds(WallTime now) {
  if (seeded_) return kSeededStart + made_++;
  return static_cast<std::uint64_t>(now.time_since_epoch().count());
}

Ulid IdMaker::next(WallTime now) {
  const Ulid fresh{.high = (milliseconds(now) << 16) | (random_.next() & 0x7fff),
                   .low = random_.next()};
  if (fresh > last_ && (fresh.high >> 16) > (last_.high >> 16)) {
    last_ = fresh;
  } else {  // the same millisecond, or a clock set back
    const std::uint64_t before = last_.low;
    last_.low += 1 + (random_.next() >> 16);
    if (last_.low < before) ++last_.high;
  }
  if (first_ == Ulid{}) first_ = last_;
  return last_;
}

bool IdMaker::may_have_issued(Ulid ulid) const {
  return first_ <= ulid && ulid <= last_;
}

std::string IdMaker::uuid() {
  constexpr std::string_view kHex = "0123456789abcdef";
  std::uint64_t high = random_of_uuids_.next();
  std::uint64_t low = random_of_uuids_.next();
  high = (high & ~0xf000ULL) | 0x4000ULL;
  low = (low & ~(3ULL << 62)) | (2ULL << 62);
  std::string text(36, '-');
  std::size_t at = 0;
  for (int digit = 0; digit < 32; ++digit) {
    if (at == 8 || at == 13 || at == 18 || at == 23) ++at;
    std::uint64_t& from = digit < 16 ? high : low;
    text[at++] = kHex[from >> 60];
    from <<= 4;
  }
  return text;
}

std::string IdMaker::token(std::size_t length) {
  std::string text(length, '\0');
  for (char& letter : text) letter = kAlphanumeric[random_.below(kAlphanumeric.size())];
  return text;
}

}  // namespace usher::sandbox
