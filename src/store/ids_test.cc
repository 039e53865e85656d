// SPDX-License-Identifier: Apache-2.0
#include "store/ids.h"

#include <vector>

#include <gtest/gtest.h>

#include "base/random.h"

namespace usher {
namespace {

constexpr std::string_view kDigits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

std::string random_ulid(Random& random) {
  std::string ulid(1, kDigits[random.below(8)]);
  while (ulid.size() < 26) ulid += kDigits[random.below(32)];
  return ulid;
}

TEST(Ids, ThatAreAKnownPrefixAndAUlidArePackedAndComeBackTheSame) {
  Random random(1);
  for (int i = 0; i < 10'000; ++i) {
    for (const char* prefix : {"user_", "om_", "org_"}) {
      const std::string id = prefix + random_ulid(random);
      const auto packed = pack_id(id);
      ASSERT_TRUE(packed) << id;
      EXPECT_EQ(unpack_id(packed.value_or(PackedId{})), id);
    }
  }
}

TEST(Ids, AreDifferentWhenPackedWhenTheyDiffer) {
  EXPECT_NE(pack_id("user_01H5JQDV7R7ATEYZDEG0W5PRYS"), pack_id("org_01H5JQDV7R7ATEYZDEG0W5PRYS"));
  EXPECT_NE(pack_id("user_01H5JQDV7R7ATEYZDEG0W5PRYS"), pack_id("user_01H5JQDV7R7ATEYZDEG0W5PRYT"));
}

TEST(Ids, OfTheLowestAndTheHighestUlidFit) {
  for (const std::string& id : {"org_" + std::string(26, '0'), "om_7" + std::string(25, 'Z')}) {
    const auto packed = pack_id(id);
    ASSERT_TRUE(packed) << id;
    EXPECT_EQ(unpack_id(packed.value_or(PackedId{})), id);
  }
}

TEST(Ids, OfAnyOtherFormAreNotPacked) {
  const std::string ulid = "01H5JQDV7R7ATEYZDEG0W5PRYS";
  std::vector<std::string> ids = {"",
                                  "user_",
                                  ulid,
                                  "User_" + ulid,
                                  "users_" + ulid,
                                  "user-" + ulid,
                                  "user_" + ulid.substr(1),
                                  "user_" + ulid + "0",
                                  "user_8" + ulid.substr(1),  // more than 128 bits
                                  "user_Z" + ulid.substr(1),
                                  "user_" + std::string(25, '0') + " ",
                                  "user_" + std::string(25, '0') + std::string(1, '\0'),
                                  " user_" + ulid};
  // Crockford reads I and L as 1 and O as 0, and small letters as large ones; they must come back.
  for (const char c : {'I', 'L', 'O', 'U', 'a', 'z', '-', '/', ':', '@', '[', '\xFF'}) {
    for (std::size_t at = 0; at < ulid.size(); ++at) {
      std::string other = ulid;
      other[at] = c;
      ids.push_back("user_" + other);
    }
  }
  for (const std::string& id : ids) EXPECT_FALSE(pack_id(id)) << id;
}

TEST(Ids, OfDamagedBytesAreNothing) {
  PackedId packed{};
  EXPECT_FALSE(unpack_id(packed));  // prefix 0
  packed[0] = 4;
  EXPECT_FALSE(unpack_id(packed));
  packed[0] = 1;
  EXPECT_TRUE(unpack_id(packed));
  EXPECT_FALSE(unpack_id(std::span(packed).first(16)));
  EXPECT_FALSE(unpack_id({}));
}

}  // namespace
}  // namespace usher
