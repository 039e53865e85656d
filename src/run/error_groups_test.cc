// SPDX-License-Identifier: Apache-2.0
#include "run/error_groups.h"

#include <gtest/gtest.h>

#include "base/random.h"
#include "run/sample_failure.h"

namespace usher {
namespace {

TEST(ErrorPattern, TakesOutWhatNamesOneThing) {
  const struct {
    std::string_view message;
    std::string_view pattern;
  } cases[] = {
      {"Could not create user.", "Could not create user."},
      {"Invalid email: \"ida\" has no @", "Invalid email: … has no @"},
      {"Organization not found: north", "Organization not found: …"},
      {"Organization not found: org_01HX.", "Organization not found: …."},
      {"Email already exists (ida@north.example is user_01ABC)", "Email already exists (… is …)"},
      {"Organization with external_id \"north 1\" is taken",
       "Organization with external_id … is taken"},
      {"line 123456: 3 cells instead of 4", "line …: 3 cells instead of 4"},
      {"metadata: `a` and \"b\"", "metadata: … and …"},
      {"an \"open quote", "an \"open quote"},
      {"external_id is too long", "external_id is too long"},
      {"", ""},
  };
  for (const auto& one : cases) EXPECT_EQ(pattern_of(one.message), one.pattern);
}

TEST(ErrorPattern, EndsForRandomText) {
  constexpr std::string_view kLikely = "ab12 _@\"`.:(),\n";
  for (std::uint64_t seed = 1; seed <= 2000; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    std::string text;
    for (std::uint64_t left = random.below(60); left > 0; --left) {
      text += kLikely[random.below(kLikely.size())];
    }
    EXPECT_LE(pattern_of(text).size(), 3 * text.size());
  }
}

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
  EXPECT_EQ(largest[0].message, "Organization not found: …");
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
