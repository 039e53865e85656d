// SPDX-License-Identifier: Apache-2.0
#include "base/time.h"

#include <gtest/gtest.h>

#include "base/random.h"

namespace usher {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(Time, Iso8601RoundTrips) {
  Random random(3);
  for (int i = 0; i < 2000; ++i) {
    const WallTime time{milliseconds{static_cast<std::int64_t>(random.below(4'102'444'800'000))}};
    ASSERT_EQ(parse_iso8601(to_iso8601(time)), time) << time.time_since_epoch().count();
    const WallTime whole = std::chrono::floor<seconds>(time);
    ASSERT_EQ(parse_http_date(to_http_date(whole)), whole);
  }
  EXPECT_EQ(to_iso8601(WallTime{milliseconds{1'772'442'907'042}}), "2026-03-02T09:15:07.042Z");
  EXPECT_EQ(to_http_date(WallTime{seconds{784111777}}), "Sun, 06 Nov 1994 08:49:37 GMT");
}

TEST(Time, RefusesWhatIsNoDate) {
  for (const char* bad :
       {"", "2026-02-30T00:00:00Z", "2026-13-01T00:00:00Z", "2026-01-01T24:00:00Z",
        "2026-01-01T00:00:00", "2026-01-01T00:00:00.Z", "2026-01-01T00:00:00.xZ"}) {
    EXPECT_FALSE(parse_iso8601(bad)) << bad;
  }
  for (const char* bad :
       {"", "1", "Sun, 06 Foo 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 CET"}) {
    EXPECT_FALSE(parse_http_date(bad)) << bad;
  }
  EXPECT_EQ(parse_iso8601("2026-01-01T00:00:00.5Z"), parse_iso8601("2026-01-01T00:00:00.500Z"));
}

TEST(Time, SaysSpansInWords) {
  EXPECT_EQ(to_words(milliseconds{850}), "850 ms");
  EXPECT_EQ(to_words(milliseconds{12'440}), "12.4 s");
  EXPECT_EQ(to_words(seconds{2650}), "44m 10s");
  EXPECT_EQ(to_words(seconds{7985}), "2h 13m 05s");
}

}  // namespace
}  // namespace usher
