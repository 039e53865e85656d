// SPDX-License-Identifier: Apache-2.0
// Text as bytes: ASCII case, trimming, UTF-8 checks, base64, hex, percent-encoding, numbers for
// people. Nothing here depends on a locale. Tested by text_test.cc.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace usher {

[[nodiscard]] std::string_view trim(std::string_view text);  // space, tab, CR, LF, VT, FF
[[nodiscard]] std::string lower_ascii(std::string_view text);
[[nodiscard]] bool equal_ignoring_case(std::string_view a, std::string_view b);  // ASCII
[[nodiscard]] std::vector<std::string_view> split(std::string_view text, char separator);
[[nodiscard]] bool is_ascii(std::string_view text);

// Offset of the first byte that is not well-formed UTF-8 (RFC 3629), or nothing when all is well.
[[nodiscard]] std::optional<std::size_t> find_invalid_utf8(std::string_view text);
[[nodiscard]] std::size_t utf8_length(std::string_view text);  // code points of well-formed text
void append_utf8(std::string& out, unsigned point);            // any code point but a surrogate

[[nodiscard]] std::string to_hex(std::string_view bytes);
[[nodiscard]] std::optional<std::string> from_hex(std::string_view text);

enum class Padding { required, none, any };
[[nodiscard]] std::string to_base64(std::string_view bytes, Padding padding = Padding::required);
[[nodiscard]] std::optional<std::string> from_base64(std::string_view text,
                                                     Padding padding = Padding::required);

// Every byte outside A-Z a-z 0-9 - . _ ~ as %XX (RFC 3986, unreserved).
[[nodiscard]] std::string percent_encode(std::string_view text);
[[nodiscard]] std::string percent_decode(std::string_view text, bool plus_is_space = false);

[[nodiscard]] std::string with_commas(std::uint64_t number);                 // 1,234,567
[[nodiscard]] std::optional<std::int64_t> parse_int(std::string_view text);  // the whole text

// A name from outside inside a message: control characters and invalid UTF-8 escaped, cut to
// `most` bytes with an ellipsis, so that no input can draw on the terminal.
[[nodiscard]] std::string printable(std::string_view text, std::size_t most = 120);

}  // namespace usher
