// SPDX-License-Identifier: Apache-2.0
#include "target/workos/removal_step.h"

#include <gtest/gtest.h>

#include "target/workos/step_talk_test.h"

namespace usher::workos {
namespace {

using Kind = Move::Kind;

const std::string kLook =
    "GET /user_management/organization_memberships"
    "?limit=1&statuses=active,inactive,pending&user_id=user_1";
const std::string kDelete = "DELETE /user_management/users/user_1";
const std::string kMembership =
    R"({"id":"om_1","user_id":"user_1","organization_id":"org_2","status":"inactive"})";

class RemovalSteps : public testing::Test {
 protected:
  RemovalSteps() { step_.start({}); }
  RemovalStep step_{"user_1"};
};

TEST_F(RemovalSteps, RemovesAUserWithoutAnyMembership) {
  EXPECT_EQ(asked(step_), kLook);
  EXPECT_EQ(tell(step_, 200, page("")).kind, Kind::ask);
  EXPECT_EQ(asked(step_), kDelete);
  EXPECT_FALSE(step_.creates());
  EXPECT_EQ(tell(step_, 200, "").kind, Kind::created);
}

TEST_F(RemovalSteps, KeepsAUserWithAMembershipOfAnyStatus) {
  const Move move = tell(step_, 200, page(kMembership));
  EXPECT_EQ(move.kind, Kind::already_there);
  EXPECT_EQ(move.id, "user_1");
}

TEST_F(RemovalSteps, KeepsTheUserWhenTheListCannotBeRead) {
  for (const char* body : {"{}", R"({"data":[{}]})"}) {
    RemovalStep step("user_1");
    step.start({});
    const Move move = tell(step, 200, body);
    EXPECT_EQ(move.kind, Kind::failed) << body;
    EXPECT_FALSE(move.failure.message.empty()) << body;
  }
  EXPECT_EQ(tell(step_, 422, R"({"message":"no"})").kind, Kind::failed);
}

TEST_F(RemovalSteps, AUserWhoIsGoneIsRemoved) {
  tell(step_, 200, page(""));
  EXPECT_EQ(tell(step_, 404, R"({"code":"entity_not_found","message":"gone"})").kind,
            Kind::created);
}

TEST_F(RemovalSteps, ADoubtfulRemovalIsSentAgain) {
  tell(step_, 200, page(""));
  step_.doubted();
  EXPECT_EQ(asked(step_), kDelete);
}

TEST_F(RemovalSteps, ARefusedRemovalSaysWhy) {
  tell(step_, 200, page(""));
  const Move move =
      tell(step_, 409, R"({"code":"user_deletion_not_allowed","message":"Not allowed."})");
  EXPECT_EQ(move.kind, Kind::failed);
  EXPECT_EQ(move.failure.message, "Not allowed.");
  EXPECT_EQ(move.failure.http_status, 409);
}

TEST_F(RemovalSteps, EncodesTheId) {
  RemovalStep step("user/1?x");
  step.start({});
  EXPECT_TRUE(asked(step).ends_with("user_id=user%2F1%3Fx"));
  tell(step, 200, page(""));
  EXPECT_EQ(asked(step), "DELETE /user_management/users/user%2F1%3Fx");
}

}  // namespace
}  // namespace usher::workos
