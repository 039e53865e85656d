// SPDX-License-Identifier: Apache-2.0
// A stop while the API does not answer: nobody waits for it, and nothing is lost.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "engine/imports_test.h"
#include "engine/responses_test.h"

namespace usher {
namespace {

using net::Method;
using std::chrono::milliseconds;
using std::chrono::seconds;

class StoppedImports : public Imports {
 protected:
  // Goes on until the next attempt is that far away, and stops.
  void stop_in_a_wait_of(Duration least) {
    Machine& here = machine();
    while (!here.flights.empty() || here.import.wake(here.now) < here.now.steady + least) {
      ASSERT_FALSE(here.import.idle());
      here.happen();
    }
    here.import.stop();
    here.obey();
  }
  bool trouble(const net::Request& request, Method method, const std::string& path) {
    return request.method == method && request.path.starts_with(path);
  }
};

TEST_F(StoppedImports, ARowThatHasOnlyLookedEndsAtOnce) {
  instead_ = [&](const net::Request& request) -> std::optional<net::Response> {
    if (!trouble(request, Method::get, kUsers)) return std::nullopt;
    return reply(500);
  };
  api_.add_organization("one");
  machine().take({person("p0", "one"), person("p0", "two")});
  stop_in_a_wait_of(seconds{5});
  EXPECT_TRUE(machine().import.idle());
  EXPECT_EQ(hows(), "nn");
  machine().expect_accounted(2);
}

TEST_F(StoppedImports, ARowInDoubtStaysBegunAndTheNextRunLooksItUp) {
  bool down = false;
  instead_ = [&](const net::Request& request) -> std::optional<net::Response> {
    if (request.path.starts_with("/organizations")) return std::nullopt;
    if (down) return reply(503, "<html>");
    if (request.method == Method::get) return std::nullopt;
    down = true;
    static_cast<void>(api_(request));
    return lost();
  };
  const std::vector<UserRow> rows = {person("p0", "one")};
  machine().take(rows);
  stop_in_a_wait_of(seconds{3});
  EXPECT_TRUE(machine().import.idle());
  EXPECT_EQ(hows(), "n");
  EXPECT_EQ(tally().users.created, 0U) << "nobody knows";
  machine().expect_accounted(1);
  EXPECT_EQ(machine().user_record(rows[0]).state, StepState::begun);

  Machine next(options_, [&](const net::Request& request) { return api_(request); });
  next.disk = machine().disk;
  next.run(rows);
  EXPECT_EQ(next.ends.at(1).how, RowEnd::How::created) << "its membership";
  EXPECT_EQ(api_.users.size(), 1U);
  EXPECT_EQ(next.count(Method::post, kUsers), 0U);
  EXPECT_EQ(api_.memberships.size(), 1U);
}

TEST_F(StoppedImports, ARowThatHasMadeItsUserIsNotTriedToItsEndAndTheUserCounts) {
  options_.concurrency = 30;
  instead_ = [&](const net::Request& request) -> std::optional<net::Response> {
    if (!trouble(request, Method::post, kMemberships)) return std::nullopt;
    return unreachable();
  };
  api_.add_organization("one");
  machine().take(people(30, "one"));
  while (machine().import.waiting(machine().now).find("does not answer") == std::string::npos) {
    machine().happen();
    machine().take(people(30, "one"));
  }
  machine().import.stop();
  machine().obey();
  const Instant stopped = machine().now.steady;
  while (!machine().import.idle()) machine().happen();
  EXPECT_LE(machine().now.steady - stopped, seconds{1}) << "the answers that were due";
  EXPECT_EQ(hows(), std::string(30, 'n'));
  EXPECT_EQ(tally().users.created, api_.users.size());
  EXPECT_GE(api_.users.size(), 20U);
  machine().expect_accounted(30);
}

TEST_F(StoppedImports, WhileTheApiAnswersWhatIsBegunIsFinishedAfterAShortWait) {
  int refusals = 0;
  instead_ = [&](const net::Request& request) -> std::optional<net::Response> {
    if (!trouble(request, Method::post, kMemberships) || ++refusals > 2) return std::nullopt;
    return reply(425);
  };
  machine().take({person("p0", "one"), person("p0", "two")});
  while (refusals == 0) machine().happen();
  machine().import.stop();
  while (!machine().import.idle()) machine().happen();
  EXPECT_EQ(hows(), "cn");
  EXPECT_EQ(api_.memberships.size(), 1U);
}

TEST_F(StoppedImports, AnOrganizationInDoubtIsLeftBegun) {
  instead_ = [](const net::Request& request) -> std::optional<net::Response> {
    if (request.method == Method::get && !request.path.contains("external_id")) return std::nullopt;
    if (request.method == Method::post) return lost();
    return std::nullopt;
  };
  machine().take({person("p0", "one"), person("p1", "one")});
  while (machine().count(Method::post, "/organizations") == 0) machine().happen();
  instead_ = [](const net::Request&) { return lost(); };
  stop_in_a_wait_of(seconds{3});
  EXPECT_EQ(hows(), "nn");
  EXPECT_TRUE(machine().import.idle());
  EXPECT_EQ(tally().organizations.created + tally().organizations.failed, 0U);
}

TEST_F(StoppedImports, AnOrganizationThatIsMissingIsNotMadeForRowsThatAreNotTried) {
  machine().take({person("p0", "one")});
  machine().import.stop();
  while (!machine().import.idle()) machine().happen();
  EXPECT_EQ(hows(), "n");
  EXPECT_EQ(machine().count(Method::post, "/organizations"), 0U);
}

TEST_F(StoppedImports, ARowWhoseUserCannotBeTakenBackInTimeHasFailed) {
  options_.require_membership = true;
  instead_ = [&](const net::Request& request) -> std::optional<net::Response> {
    const bool going = request.method == Method::get && request.path.starts_with(kMemberships);
    if (request.method != Method::del && !going) return std::nullopt;
    return reply(503, "<html>");
  };
  machine().take({person("p0", "one", {"ghost"}), person("p0", "two")});
  stop_in_a_wait_of(seconds{3});
  EXPECT_TRUE(machine().import.idle());
  EXPECT_EQ(hows(), "fn");
  EXPECT_EQ(failure(1).code, "invalid_role");
  EXPECT_EQ(failure(1).user_id, "user_1");
  ASSERT_EQ(machine().warnings.size(), 1U);
  EXPECT_NE(machine().warnings[0].find("user_1"), std::string::npos);
  EXPECT_EQ(tally().users.created, 1U);
  machine().expect_accounted(2);
}

}  // namespace
}  // namespace usher
