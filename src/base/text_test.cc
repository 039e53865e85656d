// SPDX-License-Identifier: Apache-2.0
#include "base/text.h"

#include <gtest/gtest.h>

#include "base/random.h"

namespace usher {
namespace {

TEST(Text, TrimsAsciiSpaceOnly) {
  EXPECT_EQ(trim(" \t\r\n a b \v\f"), "a b");
  EXPECT_EQ(trim("   "), "");
  EXPECT_EQ(trim("\xC2\xA0x"), "\xC2\xA0x");
}

TEST(Text, SplitKeepsEmptyParts) {
  EXPECT_EQ(split("a,,b,", ','), (std::vector<std::string_view>{"a", "", "b", ""}));
  EXPECT_EQ(split("", ',').size(), 1U);
}

// Every lead and second byte: what is accepted is exactly what encodes a code point.
TEST(Text, Utf8AcceptsExactlyTheEncodedCodePoints) {
  auto encode = [](unsigned point) {
    std::string out;
    if (point < 0x80) return out += static_cast<char>(point);
    if (point < 0x800) {
      out += static_cast<char>(0xC0 | (point >> 6));
    } else if (point < 0x10000) {
      out += static_cast<char>(0xE0 | (point >> 12));
      out += static_cast<char>(0x80 | ((point >> 6) & 63));
    } else {
      out += static_cast<char>(0xF0 | (point >> 18));
      out += static_cast<char>(0x80 | ((point >> 12) & 63));
      out += static_cast<char>(0x80 | ((point >> 6) & 63));
    }
    return out += static_cast<char>(0x80 | (point & 63));
  };
  for (unsigned point = 0; point < 0x110000; point += point < 0x3000 ? 1 : 13) {
    const bool surrogate = point >= 0xD800 && point <= 0xDFFF;
    const std::string text = encode(point);
    ASSERT_EQ(find_invalid_utf8(text).has_value(), surrogate) << point;
    if (surrogate) continue;
    ASSERT_EQ(utf8_length(text), 1U);
    for (std::size_t cut = 1; cut < text.size(); ++cut) {
      ASSERT_EQ(find_invalid_utf8(std::string_view(text).substr(0, cut)), 0U) << point;
    }
  }
  for (const char* bad : {"\xC0\x80", "\xC1\xBF", "\xE0\x80\x80", "\xF0\x80\x80\x80",
                          "\xF4\x90\x80\x80", "\xF8\x88\x80\x80\x80", "\x80", "\xFF"}) {
    EXPECT_EQ(find_invalid_utf8(bad), 0U);
  }
}

TEST(Text, Base64AndHexRoundTripEveryLength) {
  Random random(11);
  std::string bytes;
  for (int length = 0; length < 200; ++length) {
    EXPECT_EQ(from_base64(to_base64(bytes)), bytes);
    EXPECT_EQ(from_base64(to_base64(bytes, Padding::none), Padding::none), bytes);
    EXPECT_EQ(from_base64(to_base64(bytes, Padding::none), Padding::any), bytes);
    EXPECT_EQ(from_base64(to_base64(bytes), Padding::any), bytes);
    EXPECT_EQ(from_hex(to_hex(bytes)), bytes);
    EXPECT_EQ(percent_decode(percent_encode(bytes)), bytes);
    if (length % 3 != 0) {
      EXPECT_FALSE(from_base64(to_base64(bytes), Padding::none));
      EXPECT_FALSE(from_base64(to_base64(bytes, Padding::none)));
    }
    bytes += static_cast<char>(random.below(256));
  }
}

TEST(Text, Base64RefusesWhatIsNotCanonical) {
  for (const char* bad : {"A", "AB==C", "A===", "AB=", "AC==", "A B=", "AA\n="}) {
    EXPECT_FALSE(from_base64(bad)) << bad;
  }
  EXPECT_EQ(to_base64("foobar"), "Zm9vYmFy");  // RFC 4648, 10
}

TEST(Text, PercentEncodesAllButUnreserved) {
  EXPECT_EQ(percent_encode("auth0|a/b c?ü-._~"), "auth0%7Ca%2Fb%20c%3F%C3%BC-._~");
  EXPECT_EQ(percent_decode("a%252Fb+%zz%4", true), "a%2Fb %zz%4");
}

TEST(Text, NumbersForPeople) {
  EXPECT_EQ(with_commas(0), "0");
  EXPECT_EQ(with_commas(999), "999");
  EXPECT_EQ(with_commas(1000), "1,000");
  EXPECT_EQ(with_commas(1234567), "1,234,567");
  EXPECT_EQ(parse_int("12x"), std::nullopt);
  EXPECT_EQ(parse_int("-7"), -7);
  EXPECT_EQ(parse_int(""), std::nullopt);
}

TEST(Text, PrintableCannotDrawOnATerminal) {
  EXPECT_EQ(printable("a\x1b[31mb\nc"), "a\\x1b[31mb\\x0ac");
  EXPECT_EQ(printable("\xC2\x9B"
                      "31m\xFFü"),
            "\\xc2\\x9b31m\\xffü");
  EXPECT_EQ(printable("abcdef", 3), "abc…");
}

}  // namespace
}  // namespace usher
