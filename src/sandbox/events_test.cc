// SPDX-License-Identifier: Apache-2.0
// The log of events. Numbers are the contract's statements.
#include "sandbox/events.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sandbox/trial.h"

namespace usher::sandbox {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

TEST(Events, TellWhatWasMadeWithTheObject) {  // 95
  Trial trial;
  const std::string user = trial.user("ada@example.test");
  const std::string org = trial.organization("Blue");
  const Answer membership = trial.join(user, org);
  const Answer list = trial.get(
      "/events?events=user.created%2Corganization.created%2Corganization_membership.created");
  EXPECT_EQ(list.status, 200);
  EXPECT_THAT(list.column("event"), ElementsAre("user.created", "organization.created",
                                                "organization_membership.created"));
  EXPECT_THAT(list.at("/data/0/id"), StartsWith("event_"));
  EXPECT_EQ(list.at("/data/0/object"), "event");
  EXPECT_EQ(list.at("/data/0/data/id"), user);
  EXPECT_EQ(list.at("/data/2/data"), membership.reply.body);
  EXPECT_EQ(trial.get("/events?events=user.created&events=organization.created").size(), 2U);
}

TEST(Events, MustBeNamed) {  // 95
  Trial trial;
  const Answer refused = trial.get("/events");
  EXPECT_EQ(refused.status, 400);
  EXPECT_EQ(refused.code(), "invalid_events_request");
}

TEST(Events, PageWithAfterAlone) {  // 108
  Trial trial;
  for (int i = 0; i < 12; ++i) trial.user(fmt::format("u{}@example.test", i));
  const Answer first = trial.get("/events?events=user.created");
  EXPECT_EQ(first.size(), 10U);
  EXPECT_THAT(first.reply.body, Not(HasSubstr("\"before\"")));
  const Answer second =
      trial.get("/events?events=user.created&after=" + first.at("/list_metadata/after"));
  EXPECT_EQ(second.size(), 2U);
  EXPECT_EQ(second.at("/list_metadata/after"), "null");
  EXPECT_EQ(second.at("/data/1/data/email"), "u11@example.test");
}

TEST(Events, AreFilteredByTimeAndOrganization) {
  Trial trial;
  const std::string org = trial.organization("Blue");
  trial.pass(std::chrono::hours(1));
  trial.organization("Red");
  const std::string all = "/events?events=organization.created";
  EXPECT_EQ(trial.get(all).size(), 2U);
  EXPECT_EQ(trial.get(all + "&organization_id=" + org).size(), 1U);
  EXPECT_EQ(trial.get(all + "&range_start=2026-03-02T10:00:00Z").size(), 1U);
  EXPECT_EQ(trial.get(all + "&range_end=2026-03-02T10:00:00.000Z").size(), 1U);
  EXPECT_EQ(trial.get(all + "&range_end=yesterday").status, 422);
}

TEST(Events, OfChangesAndDeletionsAreToldAndRefusalsAreNot) {
  Trial trial;
  const std::string user = trial.user("ada@example.test");
  trial.put("/user_management/users/" + user, R"({"first_name":"A"})");
  trial.put("/user_management/users/" + user, R"({"email":"nope"})");
  trial.user("ada@example.test");
  trial.del("/user_management/users/" + user);
  EXPECT_THAT(trial.get("/events?events=user.created,user.updated,user.deleted").column("event"),
              ElementsAre("user.created", "user.updated", "user.deleted"));
}

TEST(Events, TheOldestAreForgotten) {
  Trial trial({.events_kept = 3});
  for (int i = 0; i < 5; ++i) trial.user(fmt::format("u{}@example.test", i));
  const Answer list = trial.get("/events?events=user.created");
  EXPECT_EQ(list.size(), 3U);
  EXPECT_EQ(list.at("/data/0/data/email"), "u2@example.test");
}

}  // namespace
}  // namespace usher::sandbox
