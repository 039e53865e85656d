// SPDX-License-Identifier: Apache-2.0
#include "store/ids.h"

#include <cstddef>
#include <cstdint>

namespace usher {
namespace {

// The number of a prefix, 1 is the first, reaches the disk: never reorder, add at the end.
constexpr std::array<std::string_view, 3> kPrefixes = {"user_", "om_", "org_"};

constexpr std::string_view kDigits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";  // Crockford's base 32
constexpr std::size_t kUlid = 26;

constexpr std::array<signed char, 256> kValues = [] {
  std::array<signed char, 256> values{};
  values.fill(-1);
  for (std::size_t i = 0; i < kDigits.size(); ++i) {
    values.at(static_cast<unsigned char>(kDigits[i])) = static_cast<signed char>(i);
  }
  return values;
}();

// The 128 bits of a ULID.
struct Number {
  std::uint64_t high = 0;
  std::uint64_t low = 0;

  void push(unsigned bits, unsigned value) {
    high = high << bits | low >> (64U - bits);
    low = low << bits | value;
  }
  unsigned pop(unsigned bits) {
    const auto value = static_cast<unsigned>(low & ((1U << bits) - 1U));
    low = low >> bits | high << (64U - bits);
    high >>= bits;
    return value;
  }
};

// 26 digits of 5 bits are 130 bits: the first digit of a ULID is below 8.
std::optional<Number> number_of(std::string_view ulid) {
  if (ulid.size() != kUlid || ulid.front() > '7') return std::nullopt;
  Number number;
  for (const char c : ulid) {
    const signed char value = kValues.at(static_cast<unsigned char>(c));
    if (value < 0) return std::nullopt;
    number.push(5, static_cast<unsigned>(value));
  }
  return number;
}

}  // namespace

std::optional<PackedId> pack_id(std::string_view id) {
  for (std::size_t i = 0; i < kPrefixes.size(); ++i) {
    if (!id.starts_with(kPrefixes.at(i))) continue;
    auto number = number_of(id.substr(kPrefixes.at(i).size()));
    if (!number) return std::nullopt;
    PackedId packed{static_cast<unsigned char>(i + 1)};
    for (std::size_t at = packed.size(); --at > 0;) {
      packed.at(at) = static_cast<unsigned char>(number->pop(8));
    }
    return packed;
  }
  return std::nullopt;
}

std::optional<std::string> unpack_id(std::span<const unsigned char> bytes) {
  if (bytes.size() != PackedId{}.size() || bytes[0] < 1 || bytes[0] > kPrefixes.size()) {
    return std::nullopt;
  }
  const std::string_view prefix = kPrefixes.at(bytes[0] - 1U);
  Number number;
  for (const unsigned char byte : bytes.subspan(1)) number.push(8, byte);
  std::string id(prefix.size() + kUlid, '\0');
  prefix.copy(id.data(), prefix.size());
  for (std::size_t at = id.size(); at-- > prefix.size();) id[at] = kDigits[number.pop(5)];
  return id;
}

}  // namespace usher
