// SPDX-License-Identifier: Apache-2.0
// Users that a row made are taken back when --require-membership is set and the membership failed.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "engine/imports_test.h"
#include "engine/responses_test.h"

namespace usher {
namespace {

using How = RowEnd::How;
using net::Method;

class TakingBack : public Imports {
 protected:
  TakingBack() { options_.require_membership = true; }
};

TEST_F(TakingBack, AUserOfThisRowWithoutAMembershipIsTakenBack) {
  run({person("p0", "one", {"ghost"}), person("p1", "one")});
  EXPECT_EQ(hows(), "fc");
  EXPECT_EQ(failure(1).at, FailedAt::membership_create);
  EXPECT_EQ(failure(1).code, "invalid_role");
  EXPECT_EQ(failure(1).user_id, "") << "there is none any more";
  EXPECT_EQ(api_.users.size(), 1U);
  EXPECT_EQ(tally().users.created, 1U);
  EXPECT_EQ(tally().users.failed, 1U);
  EXPECT_EQ(tally().memberships.failed, 1U);
  EXPECT_EQ(machine().user_record(person("p0")).state, StepState::removed);
  EXPECT_EQ(machine().user_record(person("p0")).id, "");
}

// Killed with the removal on its way, nobody knows whether it was carried out.
TEST_F(TakingBack, AUserWhoseRemovalIsOnItsWayIsInDoubt) {
  StepState then = StepState::absent;
  instead_ = [&](const net::Request& request) -> std::optional<net::Response> {
    if (request.method == Method::del) then = machine().user_record(person("p0")).state;
    return std::nullopt;
  };
  run({person("p0", "one", {"ghost"})});
  EXPECT_EQ(then, StepState::begun);
}

TEST_F(TakingBack, WithoutTheOptionTheUserStays) {
  options_.require_membership = false;
  run({person("p0", "one", {"ghost"})});
  EXPECT_EQ(hows(), "f");
  EXPECT_EQ(failure(1).user_id, "user_1");
  EXPECT_EQ(api_.users.size(), 1U);
  EXPECT_EQ(tally().users.created, 1U);
}

TEST_F(TakingBack, AUserWithAnotherMembershipIsKept) {
  instead_ = [this](const net::Request& request) -> std::optional<net::Response> {
    if (request.method == Method::post && request.path == kMemberships) {
      api_.memberships[{"user_1", "org_elsewhere"}] = {};  // somebody was quicker
    }
    return std::nullopt;
  };
  run({person("p0", "one", {"ghost"})});
  EXPECT_EQ(hows(), "f");
  EXPECT_EQ(machine().count(Method::del, kUsers), 0U);
  EXPECT_EQ(failure(1).user_id, "user_1");
  EXPECT_EQ(tally().users.created, 1U);
  EXPECT_EQ(machine().user_record(person("p0")).state, StepState::created);
}

TEST_F(TakingBack, AUserThatAnEarlierRowMadeIsKept) {
  run({person("p0", "one"), person("p0", "two", {"ghost"})});
  EXPECT_EQ(hows(), "cf");
  EXPECT_EQ(machine().count(Method::del, kUsers), 0U);
}

TEST_F(TakingBack, AUserThatWasThereBeforeIsKept) {
  api_.add_user("p0@example.com");
  run({person("p0", "one", {"ghost"})});
  EXPECT_EQ(hows(), "f");
  EXPECT_EQ(machine().count(Method::del, kUsers), 0U);
  EXPECT_EQ(tally().users.already_there, 1U);
}

TEST_F(TakingBack, NobodyIsTakenBackForTroubleThatMayPass) {
  options_.retry.attempts = 2;
  for (const net::Response& trouble : {reply(500), lost(), unreachable(), reply(425)}) {
    SCOPED_TRACE(trouble.status);
    SmallApi api;
    Machine machine(options_, [&](const net::Request& request) {
      // The membership and its look-up; who is about to take the user back would be answered.
      const bool membership =
          request.path.starts_with(kMemberships) &&
          (request.method == Method::post || request.path.contains("organization_id="));
      return membership ? trouble : api(request);
    });
    machine.run({person("p0", "one")});
    EXPECT_EQ(machine.ends.at(1).how, How::failed);
    EXPECT_EQ(machine.count(Method::del, kUsers), 0U);
    EXPECT_EQ(api.users.size(), 1U);
    EXPECT_EQ(machine.import.tally().users.created, 1U);
    EXPECT_EQ(machine.import.tally().memberships.failed, 1U);
  }
}

TEST_F(TakingBack, ThePersonsNextRowMakesTheUserAgain) {
  run({person("p0", "one", {"ghost"}), person("p0", "one", {"editor"})});
  EXPECT_EQ(hows(), "fc");
  EXPECT_EQ(machine().count(Method::post, kUsers), 2U);
  EXPECT_EQ(api_.users.size(), 1U);
  EXPECT_EQ(tally().users.created, 1U);
  EXPECT_EQ(tally().users.failed, 0U);
  EXPECT_EQ(tally().memberships.created, 1U);
  EXPECT_EQ(tally().memberships.failed, 0U);
  std::set<std::string> keys;
  for (const net::Request& request : machine().asked) {
    if (request.method == Method::post) keys.insert(request.idempotency_key);
  }
  EXPECT_EQ(keys.size(), 5U) << "an API that repeats its answers would tell of the old user";
}

TEST_F(TakingBack, AUserThatCannotBeRemovedStaysWithAWarning) {
  instead_ = [](const net::Request& request) -> std::optional<net::Response> {
    if (request.method != Method::del) return std::nullopt;
    return reply(409, R"({"code":"user_deletion_not_allowed","message":"Not allowed."})");
  };
  run({person("p0", "one", {"ghost"})});
  EXPECT_EQ(hows(), "f");
  EXPECT_EQ(failure(1).code, "invalid_role") << "the row's own failure, not the removal's";
  EXPECT_EQ(failure(1).user_id, "user_1");
  ASSERT_EQ(machine().warnings.size(), 1U);
  EXPECT_NE(machine().warnings[0].find("user_1"), std::string::npos);
  EXPECT_NE(machine().warnings[0].find("Not allowed."), std::string::npos);
  EXPECT_EQ(tally().users.created, 1U);
  EXPECT_EQ(machine().user_record(person("p0")).state, StepState::created);
}

TEST_F(TakingBack, AfterAHaltNobodyIsTakenBackAndTheRowHasFailed) {
  Machine& here = machine();
  here.take({person("p0", "one", {"ghost"}), person("p1", "one")});
  while (here.count(Method::post, kMemberships) == 0) here.happen();
  ASSERT_EQ(here.flights.size(), 2U);  // p1's user, p0's membership
  here.answer(0, reply(401));
  here.answer(0, api_(here.asked.back()));
  here.obey();
  EXPECT_EQ(hows(), "fn");
  EXPECT_EQ(machine().count(Method::del, kUsers), 0U);
  EXPECT_TRUE(here.import.idle());
}

TEST_F(TakingBack, ARowWithoutAnOrganizationFailsBeforeAnythingIsAsked) {
  run({person("p0")});
  EXPECT_EQ(hows(), "f");
  EXPECT_TRUE(machine().asked.empty());
  EXPECT_NE(failure(1).message.find("--require-membership"), std::string::npos);
}

}  // namespace
}  // namespace usher
