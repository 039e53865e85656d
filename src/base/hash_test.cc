// SPDX-License-Identifier: Apache-2.0
#include "base/hash.h"

#include <set>

#include <gtest/gtest.h>

#include "base/text.h"

namespace usher {
namespace {

std::string hex(const Hash128& hash) {
  return to_hex({reinterpret_cast<const char*>(hash.bytes.data()), hash.bytes.size()});
}

TEST(Hash, DependsOnKeyAndText) {
  const Hasher one("key one");
  const Hasher two("key two");
  EXPECT_EQ(one("a"), one("a"));
  EXPECT_NE(one("a"), one("b"));
  EXPECT_NE(one("a"), two("a"));
  EXPECT_EQ(one(""), one(""));
}

TEST(Hash, IsSipHash) {
  // The first two vectors of the authors' reference implementation, 128 bits: key 00 01 .. 0f.
  const Hasher hasher(from_hex("000102030405060708090a0b0c0d0e0f").value_or(""));
  EXPECT_EQ(hex(hasher("")), "a3817f04ba25a8e66df67214c7550293");
  EXPECT_EQ(hex(hasher(std::string_view("\0", 1))), "da87c1d86b99af44347659119b22fc45");
}

TEST(Hash, Sha256OfTheStandard) {
  Sha256 whole;
  whole.add("abc");  // FIPS 180-4, example B.1
  EXPECT_EQ(whole.hex(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  Sha256 parts;
  parts.add("a");
  parts.add("");
  parts.add("bc");
  EXPECT_EQ(parts.hex(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Hash, RandomHexDoesNotRepeat) {
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) EXPECT_TRUE(seen.insert(random_hex(16)).second);
  EXPECT_EQ(random_hex(5).size(), 10U);
}

}  // namespace
}  // namespace usher
