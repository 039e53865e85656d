// SPDX-License-Identifier: Apache-2.0
#include "run/customers/spill.h"

#include <gtest/gtest.h>

#include "base/random.h"

namespace usher::customers {
namespace {

std::string all_of(const Spill& spill) {
  std::string text;
  EXPECT_TRUE(spill.each([&](std::string_view piece) -> Status {
    text += piece;
    return {};
  }));
  return text;
}

TEST(Spills, GiveBackWhatWasAddedHoweverLong) {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    Spill spill;
    EXPECT_TRUE(spill.empty());
    std::string wanted;
    for (std::uint64_t i = random.below(40); i > 0; --i) {
      const std::string piece(random.below(60'000), static_cast<char>('a' + i % 26));
      ASSERT_TRUE(spill.add(piece));
      wanted += piece;
    }
    EXPECT_EQ(all_of(spill), wanted);
    EXPECT_EQ(all_of(spill), wanted) << "again";
    EXPECT_EQ(spill.empty(), wanted.empty());
  }
}

}  // namespace
}  // namespace usher::customers
