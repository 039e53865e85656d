// SPDX-License-Identifier: Apache-2.0
#include "run/error_groups.h"

#include <gtest/gtest.h>

#include "run/sample_failure.h"

namespace usher {
namespace {

TEST(ErrorGroups, AreFewForManyRowsOfOneMistake) {
  ErrorGroups groups;
  int firsts = 0;
  for (std::uint64_t record = 1; record <= 205; ++record) {
    Failure failure = sample_failure(FailedAt::org_resolution,
                                     "Organization not found: o" + std::to_string(record), 404);
    if (record % 100 == 50) {
      failure = sample_failure(FailedAt::user_create, "Could not create user.", 400,
                               "user_creation_error");
    }
    if (groups.add(record, failure)) ++firsts;
  }
  EXPECT_EQ(firsts, 2);
  const auto largest = groups.largest(5);
  ASSERT_EQ(largest.size(), 2U);
  EXPECT_EQ(largest[0].count, 203U);
  EXPECT_EQ(largest[0].message, "Organization not found: <NAME>");
  EXPECT_EQ(largest[0].first_record, 1U);
  EXPECT_EQ(largest[1].count, 2U);
  EXPECT_EQ(largest[1].message, "Could not create user.");
  EXPECT_EQ(largest[1].first_record, 50U);
}

TEST(ErrorGroups, StayBoundedWhenEveryFailureIsAnother) {
  ErrorGroups groups;
  for (std::uint64_t record = 1; record <= 5000; ++record) {
    std::string word(1 + record / 26, 'a');
    word += static_cast<char>('a' + record % 26);
    groups.add(record, sample_failure(FailedAt::user_create, word + " is wrong"));
  }
  EXPECT_EQ(groups.kinds(), ErrorGroups::kMostKinds + 1);
  EXPECT_EQ(groups.largest(3).size(), 3U);
}

}  // namespace
}  // namespace usher
