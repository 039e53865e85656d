// SPDX-License-Identifier: Apache-2.0
// Base32 against RFC 4648's vectors and a round trip of every length; codes against RFC 6238,
// appendix B (the last six of its eight digits).
#include "sandbox/totp.h"

#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "base/random.h"

namespace usher::sandbox {
namespace {

TEST(Base32, MatchesTheVectorsOfRfc4648) {
  const std::vector<std::pair<std::string, std::string>> vectors = {{"", ""},
                                                                    {"f", "MY======"},
                                                                    {"fo", "MZXQ===="},
                                                                    {"foo", "MZXW6==="},
                                                                    {"foob", "MZXW6YQ="},
                                                                    {"fooba", "MZXW6YTB"},
                                                                    {"foobar", "MZXW6YTBOI======"}};
  for (const auto& [bytes, text] : vectors) {
    const auto bare = text.substr(0, text.find('='));
    EXPECT_EQ(to_base32(bytes), bare);
    EXPECT_EQ(from_base32(text), bytes);
    EXPECT_EQ(from_base32(bare), bytes);
  }
}

TEST(Base32, ReadsBothLetterCases) {
  EXPECT_EQ(from_base32("mzxw6ytboi"), "foobar");
  EXPECT_EQ(from_base32("MzXw6yTbOi======"), "foobar");
}

TEST(Base32, RefusesForeignLettersEverywhere) {
  const std::string good = "KRSXG5CTMVRXEZLU";
  ASSERT_TRUE(from_base32(good));
  for (std::size_t at = 0; at < good.size(); ++at) {
    for (const char letter : {'0', '1', '8', '9', ' ', '-', '!', '\0', '\n', '\xc3'}) {
      std::string bad = good;
      bad[at] = letter;
      SCOPED_TRACE(bad);
      EXPECT_FALSE(from_base32(bad));
    }
  }
  EXPECT_FALSE(from_base32("not base32!"));
}

TEST(Base32, RefusesLengthsAndPaddingThatNoEncoderMakes) {
  for (const std::string text : {"A", "AAA", "AAAAAA", "MY=", "MY=====", "MY=======", "========",
                                 "=", "MZXW6YTB=", "MZXW6YTB========", "M=Y====="}) {
    SCOPED_TRACE(text);
    EXPECT_FALSE(from_base32(text));
  }
}

TEST(Base32, GivesBackWhatItWasGiven) {
  Random random(11);
  for (std::size_t length = 0; length < 200; ++length) {
    std::string bytes;
    for (std::size_t i = 0; i < length; ++i) bytes.push_back(static_cast<char>(random.below(256)));
    SCOPED_TRACE(length);
    EXPECT_EQ(from_base32(to_base32(bytes)), bytes);
  }
}

TEST(Totp, MatchesTheVectorsOfRfc6238) {
  const std::string secret = "12345678901234567890";
  EXPECT_EQ(totp_code(secret, 59), "287082");
  EXPECT_EQ(totp_code(secret, 1111111109), "081804");
  EXPECT_EQ(totp_code(secret, 1111111111), "050471");
  EXPECT_EQ(totp_code(secret, 1234567890), "005924");
  EXPECT_EQ(totp_code(secret, 2000000000), "279037");
  EXPECT_EQ(totp_code(secret, 20000000000), "353130");
}

TEST(Totp, HoldsForThirtySecondsAndThenChanges) {
  const std::string secret = "12345678901234567890";
  for (std::int64_t start = 0; start < 3000; start += 30) {
    SCOPED_TRACE(start);
    EXPECT_EQ(totp_code(secret, start), totp_code(secret, start + 29));
    EXPECT_NE(totp_code(secret, start), totp_code(secret, start + 30));
  }
}

TEST(Totp, TakesSecretsOfAnyLength) {
  for (std::size_t length : {0u, 1u, 10u, 64u, 65u, 1000u}) {
    EXPECT_EQ(totp_code(std::string(length, 'k'), 0).size(), 6u);
  }
}

}  // namespace
}  // namespace usher::sandbox
