// SPDX-License-Identifier: Apache-2.0
// Base32 and the code of the moment. Secrets come from other systems' exports, so both letter cases
// are taken; lengths that no encoder produces are not. The HMAC is OpenSSL's.
// Tested by totp_test.cc.
#include "sandbox/totp.h"

#include <array>

#include <openssl/evp.h>
#include <openssl/hmac.h>

namespace usher::sandbox {

namespace {

constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
constexpr std::size_t kGroup = 8;  // characters that stand for five bytes
constexpr int kPeriodSeconds = 30;
constexpr std::uint32_t kSixDigits = 1'000'000;

int value_of(char letter) {
  if (letter >= 'A' && letter <= 'Z') return letter - 'A';
  if (letter >= 'a' && letter <= 'z') return letter - 'a';
  if (letter >= '2' && letter <= '7') return letter - '2' + 26;
  return -1;
}

// The text without its padding, or nothing when the padding is not what completes the last group.
std::optional<std::string_view> without_padding(std::string_view text) {
  const auto last = text.find_last_not_of('=');
  const auto content = text.substr(0, last == std::string_view::npos ? 0 : last + 1);
  const auto padding = text.size() - content.size();
  if (padding > 0 && (text.size() % kGroup != 0 || padding >= kGroup)) return std::nullopt;
  return content;
}

}  // namespace

std::optional<std::string> from_base32(std::string_view text) {
  const auto content = without_padding(text);
  if (!content) return std::nullopt;
  const auto rest = content->size() % kGroup;
  if (rest == 1 || rest == 3 || rest == 6) return std::nullopt;
  std::string bytes;
  bytes.reserve(content->size() * 5 / kGroup);
  std::uint32_t bits = 0;
  int held = 0;
  for (const char letter : *content) {
    const int value = value_of(letter);
    if (value < 0) return std::nullopt;
    bits = (bits << 5) | static_cast<std::uint32_t>(value);
    held += 5;
    if (held >= 8) {
      held -= 8;
      bytes.push_back(static_cast<char>((bits >> held) & 0xff));
      bits &= (1u << held) - 1;
    }
  }
  return bytes;
}

std::string to_base32(std::string_view bytes) {
  std::string text;
  text.reserve((bytes.size() * kGroup + 4) / 5);
  std::uint32_t bits = 0;
  int held = 0;
  for (const char byte : bytes) {
    bits = (bits << 8) | static_cast<unsigned char>(byte);
    held += 8;
    while (held >= 5) {
      held -= 5;
      text.push_back(kAlphabet[(bits >> held) & 31]);
    }
    bits &= (1u << held) - 1;
  }
  if (held > 0) text.push_back(kAlphabet[(bits << (5 - held)) & 31]);
  return text;
}

std::string totp_code(std::string_view secret_bytes, std::int64_t unix_seconds) {
  const auto step =
      static_cast<std::uint64_t>(unix_seconds < 0 ? 0 : unix_seconds / kPeriodSeconds);
  std::array<unsigned char, 8> counter{};
  for (std::size_t i = 0; i < counter.size(); ++i) {
    counter[i] = static_cast<unsigned char>(step >> (8 * (counter.size() - 1 - i)));
  }
  std::array<unsigned char, EVP_MAX_MD_SIZE> mac{};
  unsigned int size = 0;
  HMAC(EVP_sha1(), secret_bytes.data(), static_cast<int>(secret_bytes.size()), counter.data(),
       counter.size(), mac.data(), &size);
  const std::size_t at = mac[size - 1] & 0x0f;  // RFC 4226, 5.3: dynamic truncation
  const auto number = (static_cast<std::uint32_t>(mac[at] & 0x7f) << 24) |
                      (static_cast<std::uint32_t>(mac[at + 1]) << 16) |
                      (static_cast<std::uint32_t>(mac[at + 2]) << 8) | mac[at + 3];
  std::string code = std::to_string(number % kSixDigits);
  return std::string(6 - code.size(), '0') + code;
}

}  // namespace usher::sandbox
