// SPDX-License-Identifier: Apache-2.0
#include "source/generate.h"

#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/random.h"
#include "base/text.h"
#include "source/bytes_in_hand.h"
#include "source/survey.h"

namespace usher {
namespace {

using testing::HasSubstr;

struct Output {
  explicit Output(const GenerateOptions& options) {
    const auto done = generate_users(options, [this](std::string_view piece) -> Status {
      text += piece;
      return {};
    });
    if (done) {
      made = *done;
    } else {
      error = done.error().line();
    }
  }
  std::string text;
  Generated made;
  std::string error;
};

TEST(Generate, TheSameSeedMakesTheSameBytes) {
  const GenerateOptions options{
      .rows = 500, .seed = 7, .bad = 0.1, .passwords = 0.5, .roles = true};
  EXPECT_EQ(Output(options).text, Output(options).text);
  GenerateOptions other = options;
  other.seed = 8;
  EXPECT_NE(Output(options).text, Output(other).text);
}

// One sandbox may take both: nobody of one seed stands in the way of somebody of another.
TEST(Generate, AnotherSeedMakesOtherPeople) {
  std::set<std::string> ids;
  std::set<std::string> addresses;
  for (const std::uint64_t seed : {0U, 1U, 2U, 22U}) {
    const Output output({.rows = 300, .seed = seed, .unusual = 0});
    for (const auto line : split(output.text, '\n')) {
      const auto cells = split(line, ',');
      if (cells.size() < 5 || cells[0] == "email") continue;
      EXPECT_TRUE(addresses.emplace(cells[0]).second) << line;
      EXPECT_TRUE(ids.emplace(cells[4]).second) << line;
    }
  }
  EXPECT_EQ(ids.size(), 1200U);
}

// Whatever the options, a survey finds exactly what the generator says it made.
TEST(Generate, MakesWhatItSays) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Random random(seed);
    GenerateOptions options;
    options.rows = random.below(3000);
    options.seed = seed;
    options.organizations = random.chance(0.2) ? 0 : 1 + random.below(300);
    options.orgs_per_person = 1 + random.unit() * 4;
    options.bad = random.chance(0.3) ? 0 : random.unit() * random.unit();
    options.passwords = random.chance(0.5) ? 0 : random.unit();
    options.unusual = random.unit();
    options.metadata = random.chance(0.7);
    options.roles = random.chance(0.5);
    const Output output(options);
    ASSERT_EQ(output.error, "");
    EXPECT_EQ(output.made.rows, options.rows);
    EXPECT_EQ(output.made.bytes, output.text.size());
    EXPECT_NEAR(static_cast<double>(output.made.bad),
                options.bad * static_cast<double>(options.rows), 1);
    auto reader = csv::Reader::over(csv::whole(output.text), "x", {}).value();
    const auto mapping = UserMapping::make(reader.header(), {}).value();
    const std::uint64_t late = output.made.bad - output.made.bad_form;
    const Survey seen = survey(reader, mapping, {}).value();
    EXPECT_EQ(seen.rows, output.made.rows);
    EXPECT_EQ(seen.failed, output.made.bad_form);
    EXPECT_EQ(seen.people, output.made.people + late);
    const bool orgs = options.organizations > 0;
    EXPECT_EQ(seen.memberships, orgs ? output.made.memberships + late : 0);
    // Roles are pointless without organizations, and that is said once.
    EXPECT_EQ(seen.warning_count, options.roles && options.organizations == 0 ? 1U : 0U);
  }
}

TEST(Generate, UsesEveryKindOfBadRow) {
  const Output output({.rows = 1000, .bad = 0.1, .passwords = 0.5, .roles = true});
  auto reader = csv::Reader::over(csv::whole(output.text), "x", {}).value();
  const auto mapping = UserMapping::make(reader.header(), {}).value();
  std::set<std::string> kinds;
  SurveyHooks hooks;
  hooks.failed = [&](const csv::Record&, const UserRow&, const Failure& failure) -> Status {
    for (const char* kind :
         {"Missing required email", "has no @", "cells, the header has", "quote inside",
          "Metadata is invalid JSON", "both org_id", "no password_hash_type"}) {
      if (failure.message.find(kind) != std::string::npos) kinds.insert(kind);
    }
    return {};
  };
  ASSERT_TRUE(survey(reader, mapping, hooks));
  EXPECT_EQ(kinds.size(), 7U);
  EXPECT_EQ(output.made.bad, 100U);
  EXPECT_EQ(output.made.bad_form, 70U);
}

TEST(Generate, RowsAreAsLongAsRealOnes) {
  const Output output({.rows = 20'000, .organizations = 500});
  EXPECT_GT(output.text.size(), 20'000U * 110);
  EXPECT_LT(output.text.size(), 20'000U * 150);
}

TEST(Generate, RefusesOptionsBeyondTheirRange) {
  EXPECT_THAT(Output({.bad = 1.5}).error, HasSubstr("between 0 and 1"));
  EXPECT_THAT(Output({.orgs_per_person = 0.5}).error, HasSubstr("between 1 and 10"));
  EXPECT_THAT(Output({.rows = 2'000'000'000}).error, HasSubstr("more than 1,000,000,000"));
  const auto full = generate_users({}, [](std::string_view) -> Status {
    return fail("users.csv: cannot write: No space left on device");
  });
  EXPECT_THAT(full.error().what, HasSubstr("No space left"));
}

}  // namespace
}  // namespace usher
