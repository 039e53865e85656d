// SPDX-License-Identifier: Apache-2.0
#include "cli/wrapped.h"

#include <gtest/gtest.h>

namespace usher::cli {
namespace {

TEST(Wrapped, BreaksBetweenWordsAndIndentsWhatFollows) {
  EXPECT_EQ(wrapped("one two three four", 2, 10), "one two\n  three\n  four");
  EXPECT_EQ(wrapped("one", 5, 20), "one");
  EXPECT_EQ(wrapped("", 5, 20), "");
}

TEST(Wrapped, KeepsAWordThatIsLongerThanALine) {
  EXPECT_EQ(wrapped("a 0123456789 b", 0, 6), "a\n0123456789\nb");
}

TEST(Wrapped, CountsLettersNotBytes) {
  EXPECT_EQ(wrapped("üüü üüü", 0, 7), "üüü üüü");
}

}  // namespace
}  // namespace usher::cli
