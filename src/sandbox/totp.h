// SPDX-License-Identifier: Apache-2.0
// Time-based one-time passwords (RFC 6238, SHA-1, 6 digits, 30 s) for imported second factors.
// Tested by totp_test.cc with the RFC's vectors.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace usher::sandbox {

[[nodiscard]] std::optional<std::string> from_base32(
    std::string_view text);                                   // RFC 4648; padding optional
[[nodiscard]] std::string to_base32(std::string_view bytes);  // no padding
[[nodiscard]] std::string totp_code(std::string_view secret_bytes, std::int64_t unix_seconds);

}  // namespace usher::sandbox
