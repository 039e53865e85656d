// SPDX-License-Identifier: Apache-2.0
#include "run/customers/causes.h"

#include <gmock/gmock.h>

#include "run/customers/jobs_test.h"

namespace usher::customers {
namespace {

using testing::HasSubstr;
using Kind = Cause::Kind;

TEST(Labels, AreTheCodesOfTheApiOrOurs) {
  EXPECT_EQ(label_of(ended(Outcome::failed, why(Kind::result, 201, "Conflict"))), "Conflict");
  EXPECT_EQ(label_of(ended(Outcome::failed, why(Kind::result, 201))), "UNKNOWN");
  EXPECT_EQ(label_of(ended(Outcome::failed, why(Kind::invalid, 0))), "INVALID");
  EXPECT_EQ(label_of(ended(Outcome::failed, why(Kind::refused, 400))), "REFUSED");
  EXPECT_EQ(label_of(ended(Outcome::failed, why(Kind::unanswered, 503))), "NO_ANSWER");
  EXPECT_EQ(label_of(ended(Outcome::unconfirmed, why(Kind::unanswered, 0))), "UNCONFIRMED");
  EXPECT_EQ(label_of(ended(Outcome::unconfirmed, why(Kind::no_result, 200))), "UNCONFIRMED");
  EXPECT_EQ(label_of(ended(Outcome::pending)), "NOT_SENT");
}

TEST(CausesInWords, AreOneLineWhateverTheApiSays) {
  EXPECT_EQ(in_words(*why(Kind::refused, 400, "", "data[3] is\nwrong")),
            "HTTP 400: data[3] is\\x0awrong");
  EXPECT_EQ(in_words(*why(Kind::result, 201, "CONFLICT")), "result CONFLICT");
  EXPECT_EQ(in_words(*why(Kind::unanswered, 0, "", "timeout")), "no answer: timeout");
  EXPECT_EQ(in_words(*why(Kind::unanswered, 503)), "HTTP 503");
  EXPECT_EQ(in_words(*why(Kind::no_result, 200)), "HTTP 200: the answer says nothing of it");
  EXPECT_EQ(in_words(*why(Kind::invalid, 0, "", "person is missing")), "person is missing");
}

TEST(Advice, TellsWhatIsTemporaryFromWhatMustBeCorrected) {
  EXPECT_THAT(std::string(advice_for("FAILED", 0).act), HasSubstr("Temporary"));
  EXPECT_THAT(std::string(advice_for("failed", 0).act), HasSubstr("Temporary"));
  EXPECT_THAT(std::string(advice_for("ERROR", 0).act), HasSubstr("Correct the data"));
  EXPECT_THAT(std::string(advice_for(kRefused, 413).act), HasSubstr("--batch-size"));
  EXPECT_THAT(std::string(advice_for("WHATEVER", 0).means), HasSubstr("not in its published list"));
}

TEST(CauseCounts, GroupWhatIsTheSameAndSortByFrequency) {
  CauseCounts counts;
  for (int i = 0; i < 10; ++i) {
    counts.add(ended(Outcome::failed, why(Kind::refused, 400, "", fmt::format("id {}", i))));
    if (i % 2 == 0) counts.add(ended(Outcome::failed, why(Kind::invalid, 0, "", "a")));
    if (i % 5 == 0) counts.add(ended(Outcome::failed, why(Kind::invalid, 0, "", "b")));
    counts.add(ended(Outcome::pending));
    counts.add(ended(Outcome::arrived));
  }
  const auto sorted = counts.sorted();
  ASSERT_EQ(sorted.size(), 3U);
  EXPECT_EQ(sorted[0].items, 10);
  EXPECT_EQ(sorted[1].items, 5);
  EXPECT_EQ(sorted[1].cause.message, "a");
  EXPECT_EQ(sorted[2].items, 2);
}

TEST(CauseCounts, OfVeryManyDifferentCausesAreBounded) {
  CauseCounts counts;
  for (int i = 0; i < 5'000; ++i) {
    counts.add(ended(Outcome::failed, why(Kind::result, 200, fmt::format("CODE_{}", i))));
  }
  EXPECT_EQ(counts.sorted().size(), Report::kMostCauses);
}

}  // namespace
}  // namespace usher::customers
