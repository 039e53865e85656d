// SPDX-License-Identifier: Apache-2.0
#include "sandbox/stub.h"

#include <gtest/gtest.h>

#include "sandbox/trial.h"

namespace usher::sandbox {
namespace {

TEST(Stub, EveryCreateSucceedsAndNothingIsKept) {
  Trial trial({.stub = true});
  for (int i = 0; i < 2; ++i) {
    const Answer user = trial.post(Trial::kUsers, R"({"email":"ada@example.test"})");
    EXPECT_EQ(user.status, 201);
    EXPECT_EQ(user.at("/email"), "ada@example.test");
    EXPECT_EQ(user.id().size(), 31U);
  }
  const Answer org = trial.post("/organizations", R"({"name":"Blue","external_id":"x"})");
  EXPECT_EQ(org.status, 201);
  EXPECT_EQ(org.at("/name"), "Blue");
  const std::string user = trial.user("ada@example.test");
  const Answer membership = trial.join(user, org.id(), R"(,"role_slug":"editor")");
  EXPECT_EQ(membership.status, 201);
  EXPECT_EQ(membership.at("/user_id"), user);
  EXPECT_EQ(membership.at("/organization_id"), org.id());
  EXPECT_EQ(membership.at("/role/slug"), "editor");
  EXPECT_EQ(trial.get("/user_management/users?email=ada@example.test").size(), 0U);
  EXPECT_EQ(trial.count("users"), "0");
  EXPECT_EQ(trial.count("organizations"), "0");
}

TEST(Stub, ReadsFindSomethingPlausible) {
  Trial trial({.stub = true});
  EXPECT_EQ(trial.get("/organizations/external_id/x").at("/object"), "organization");
  EXPECT_EQ(trial.get("/organizations/org_x").status, 200);
  EXPECT_EQ(trial.get("/authorization/roles").status, 200);
  EXPECT_EQ(trial.del("/user_management/users/user_x").status, 200);
}

TEST(Stub, KeysLimitsAndFaultsStillHold) {
  Trial trial(
      {.limits = {.rate = Limiter::Options::Rate::flat, .flat_per_second = 1}, .stub = true});
  EXPECT_EQ(trial.get(Trial::kUsers).status, 200);
  EXPECT_EQ(trial.get(Trial::kUsers).status, 429);
  trial.key = "";
  EXPECT_EQ(trial.get(Trial::kUsers).status, 401);
  EXPECT_EQ(trial.get("/nope").status, 401);
}

}  // namespace
}  // namespace usher::sandbox
