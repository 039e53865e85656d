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

TEST(Hash, IsBlake2b) {
  // BLAKE2b-128 keyed with "k" over "usher", as Python's hashlib.blake2b(digest_size=16) gives it.
  EXPECT_EQ(hex(Hasher("k")("usher")), "a34e5416bfdaa102f3444cff3ff13400");
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
