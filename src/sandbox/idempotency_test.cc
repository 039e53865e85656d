// SPDX-License-Identifier: Apache-2.0
// Idempotency keys. Numbers are the contract's statements.
#include "sandbox/idempotency.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sandbox/trial.h"

namespace usher::sandbox {
namespace {

using testing::StartsWith;

Answer create(Trial& trial, std::string_view name) {
  return trial.post("/organizations", fmt::format(R"({{"name":"{}"}})", name));
}

Answer user(Trial& trial) {
  return trial.post(Trial::kUsers, R"({"email":"a@example.test"})");
}

TEST(Idempotency, TheSameKeyAndBodyGetTheSameAnswer) {  // 100
  Trial trial;
  trial.idempotency_key = "k";
  const Answer first = create(trial, "Blue");
  const Answer second = create(trial, "Blue");
  EXPECT_EQ(second.status, 201);
  EXPECT_EQ(second.reply.body, first.reply.body);
  EXPECT_NE(second.header("X-Request-Id"), first.header("X-Request-Id"));
  EXPECT_EQ(trial.count("organizations"), "1");
}

TEST(Idempotency, TheSameKeyWithAnotherBodyIsRefused) {  // 100
  Trial trial;
  trial.idempotency_key = "k";
  create(trial, "Blue");
  const Answer refused = create(trial, "Red");
  EXPECT_EQ(refused.status, 400);
  EXPECT_EQ(refused.at("/message"),
            "Another idempotency key (k) with different request parameters was found. Please use a "
            "different idempotency key.");
  EXPECT_EQ(refused.code(), "");
  EXPECT_EQ(trial.count("organizations"), "1");
}

TEST(Idempotency, ALostAnswerIsRepeatedAndWithoutKeysTheUserIsTaken) {  // 101
  for (const bool honoured : {true, false}) {
    Trial trial({.faults = FaultPlan({{.kind = FaultKind::commit_then_cut, .count = 1}}, 1),
                 .idempotency = honoured ? Idempotency::all : Idempotency::off});
    trial.idempotency_key = "retry-1";
    EXPECT_EQ(user(trial).reply.delivery.cut, net::Delivery::Cut::before_answer);
    const Answer again = user(trial);
    EXPECT_EQ(again.status, honoured ? 201 : 400);
    EXPECT_EQ(again.inner_code(), honoured ? "" : "email_not_available");
    EXPECT_EQ(trial.count("users"), "1");
  }
}

TEST(Idempotency, MayBeHonouredForOrganizationsOnly) {
  Trial trial({.idempotency = Idempotency::organizations_only});
  trial.idempotency_key = "k";
  EXPECT_EQ(create(trial, "Blue").id(), create(trial, "Blue").id());
  EXPECT_EQ(user(trial).status, 201);
  EXPECT_EQ(user(trial).status, 400);
}

TEST(Idempotency, KeysBelongToAnApiKeyAndAnAddress) {
  Trial trial;
  trial.idempotency_key = "k";
  const std::string first = create(trial, "Blue").id();
  EXPECT_EQ(user(trial).status, 201);
  trial.key = "sk_other";
  EXPECT_NE(create(trial, "Blue").id(), first);
}

TEST(Idempotency, RefusalsOfTheRulesAreKeptAndThoseOfLimitsAreNot) {
  Trial trial({.limits = {.rate = Limiter::Options::Rate::flat, .flat_per_second = 1}});
  trial.idempotency_key = "k";
  trial.post("/organizations", R"({"name":""})");
  EXPECT_EQ(create(trial, "Blue").status, 429);
  trial.pass(std::chrono::seconds(2));
  EXPECT_THAT(create(trial, "Blue").at("/message"), StartsWith("Another idempotency key"));
  trial.pass(std::chrono::seconds(2));
  EXPECT_EQ(trial.post("/organizations", R"({"name":""})").status, 422);
}

TEST(Idempotency, KeysAreForgottenAfterADayAndBeyondTheBound) {
  Trial trial({.idempotency_kept = 2});
  trial.idempotency_key = "k1";
  const std::string first = create(trial, "Blue").id();
  trial.pass(std::chrono::hours(23));
  EXPECT_EQ(create(trial, "Blue").id(), first);
  trial.pass(std::chrono::hours(2));
  const std::string second = create(trial, "Blue").id();
  EXPECT_NE(second, first);
  for (const char* key : {"k2", "k3", "k4"}) {
    trial.idempotency_key = key;
    create(trial, "Blue");
  }
  trial.idempotency_key = "k1";
  EXPECT_NE(create(trial, "Blue").id(), second);
}

}  // namespace
}  // namespace usher::sandbox
