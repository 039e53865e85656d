// SPDX-License-Identifier: Apache-2.0
#include "target/workos/user_step.h"

#include <gtest/gtest.h>

#include "target/workos/step_talk_test.h"

namespace usher::workos {
namespace {

using Kind = Move::Kind;

const std::string kTaken =
    R"({"message":"Could not create user.","code":"user_creation_error","errors":[{"code":"email_not_available","message":"This email is not available."}]})";
const std::string kExternalTaken =
    R"({"message":"Could not create user.","code":"user_creation_error","errors":[{"code":"external_id_already_used","message":"Taken."}]})";
const WallTime kNow{std::chrono::milliseconds{1'772'442'907'042}};  // 2026-03-02T09:15:07.042Z

std::string user(const std::string& external_id,
                 const std::string& created = "2026-03-01T00:00:00.000Z") {
  return R"({"object":"user","id":"user_1","email":"ada@example.com","email_verified":false,"first_name":"Ada","last_name":null,"metadata":{"a":"1"},"external_id":)" +
         (external_id.empty() ? "null" : "\"" + external_id + "\"") + R"(,"created_at":")" +
         created + "\"}";
}

UserRow ada() {
  UserRow row;
  row.email = "Ada@example.com";
  row.first_name = "Ada";
  row.external_id = "crm-1";
  return row;
}

class UserSteps : public testing::Test {
 protected:
  UserStep& begin(Existing existing = Existing::link, Start start = {.now = kNow}) {
    step_.emplace(row_, existing, "n");
    step_->start(start);
    return *step_;
  }
  UserRow row_ = ada();
  std::optional<UserStep> step_;
};

const std::string kLook = "GET /user_management/users?limit=2&email=Ada%40example.com";
const std::string kCreate =
    R"(POST /user_management/users {"email":"Ada@example.com","first_name":"Ada","external_id":"crm-1"})";

TEST_F(UserSteps, CreatesAtOnce) {
  UserStep& step = begin();
  EXPECT_EQ(asked(step), kCreate);
  EXPECT_TRUE(step.creates());
  const Move move = tell(step, 201, user("crm-1"));
  EXPECT_EQ(move.kind, Kind::created);
  EXPECT_EQ(move.id, "user_1");
}

TEST_F(UserSteps, ARefusalIsForGoodAndAnAnswerThatCannotBeReadIsNot) {
  EXPECT_FALSE(tell(begin(), 422, R"({"code":"invalid","message":"No."})").failure.passing);
  UserStep& step = begin();
  static_cast<void>(tell(step, 201, "{}"));
  for (int i = 0; i < 3; ++i) static_cast<void>(tell(step, 200, page("")));
  const Move move = tell(step, 201, "{}");
  EXPECT_EQ(move.failure.message, "the answer is not a user");
  EXPECT_TRUE(move.failure.passing);
  UserStep& look = begin(Existing::link, {.look_first = true});
  EXPECT_TRUE(tell(look, 200, R"({"rows":[]})").failure.passing);
}

TEST_F(UserSteps, LooksFirstWhenItIsLikelyThere) {
  UserStep& step = begin(Existing::link, {.look_first = true});
  EXPECT_EQ(asked(step), kLook);
  EXPECT_FALSE(step.creates());
  EXPECT_EQ(tell(step, 200, page(user("crm-1"))).kind, Kind::already_there);
  EXPECT_EQ(step.was_there, true);
}

TEST_F(UserSteps, ALookThatFindsNothingCreates) {
  UserStep& step = begin(Existing::link, {.look_first = true});
  EXPECT_EQ(tell(step, 200, page("")).kind, Kind::ask);
  EXPECT_EQ(asked(step), kCreate);
  EXPECT_EQ(step.was_there, false);
}

TEST_F(UserSteps, ALookThatIsRefusedCreates) {
  UserStep& step = begin(Existing::link, {.look_first = true});
  EXPECT_EQ(tell(step, 422, R"({"message":"no"})").kind, Kind::ask);
  EXPECT_EQ(asked(step), kCreate);
}

TEST_F(UserSteps, AdoptsWhoHasTheEmailAndTheSameOrNoExternalId) {
  for (const char* external_id : {"crm-1", ""}) {
    for (const int status : {400, 409}) {
      UserStep& step = begin();
      EXPECT_EQ(tell(step, status, kTaken).kind, Kind::ask);
      EXPECT_EQ(asked(step), kLook);
      const Move move = tell(step, 200, page(user(external_id)));
      EXPECT_EQ(move.kind, Kind::already_there);
      EXPECT_EQ(move.id, "user_1");
      EXPECT_EQ(step.was_there, true);
    }
  }
}

TEST_F(UserSteps, SomebodyElseHasTheEmail) {
  UserStep& step = begin();
  tell(step, 400, kTaken);
  const Move move = tell(step, 200, page(user("crm-2")));
  EXPECT_EQ(move.kind, Kind::failed);
  EXPECT_EQ(move.failure.at, FailedAt::user_create);
  EXPECT_TRUE(move.failure.message.starts_with("Email already exists"));
  EXPECT_NE(move.failure.message.find("crm-1"), std::string::npos);
  EXPECT_NE(move.failure.message.find("crm-2"), std::string::npos);
  EXPECT_EQ(move.failure.http_status, 400);
  EXPECT_EQ(move.failure.code, "user_creation_error");
  EXPECT_EQ(move.failure.request_id, "req-1");
  EXPECT_EQ(move.failure.user_id, "user_1");
}

// Nothing refused it: "HTTP 200" would tell nobody why.
TEST_F(UserSteps, SomebodyElseFoundBeforeAnythingWasWrittenHasNoStatus) {
  UserStep& step = begin(Existing::link, {.look_first = true});
  const Move move = tell(step, 200, page(user("crm-2")));
  EXPECT_EQ(move.kind, Kind::failed);
  EXPECT_EQ(move.failure.http_status, 0);
  EXPECT_EQ(move.failure.code, "");
  EXPECT_EQ(move.failure.request_id, "req-1");
  EXPECT_EQ(move.failure.user_id, "user_1");
}

TEST_F(UserSteps, ExistingFailTellsTheRefusalOfTheExternalId) {
  UserStep& step = begin(Existing::fail);
  tell(step, 400, kExternalTaken);
  const Move move = tell(step, 200, user("crm-1"));
  EXPECT_EQ(move.kind, Kind::failed);
  EXPECT_EQ(move.failure.http_status, 400);
  EXPECT_EQ(move.failure.user_id, "user_1");
}

TEST_F(UserSteps, ExistingFailRefusesWhoIsThere) {
  UserStep& step = begin(Existing::fail, {.look_first = true});
  EXPECT_EQ(asked(step), kCreate);  // a real refusal, with its status
  tell(step, 400, kTaken);
  const Move move = tell(step, 200, page(user("crm-1")));
  EXPECT_EQ(move.kind, Kind::failed);
  EXPECT_EQ(move.failure.http_status, 400);
}

TEST_F(UserSteps, ExistingUpdateWritesWhatDiffersAndNothingElse) {
  row_.last_name = "Lovelace";
  row_.metadata = {{"a", "1"}, {"b", "2"}};
  UserStep& step = begin(Existing::update, {.look_first = true});
  EXPECT_EQ(tell(step, 200, page(user(""))).kind, Kind::ask);
  EXPECT_EQ(
      asked(step),
      R"(PUT /user_management/users/user_1 {"last_name":"Lovelace","external_id":"crm-1","metadata":{"b":"2"}})");
  EXPECT_FALSE(step.creates());
  step.doubted();  // the same again
  EXPECT_EQ(step.request().method, net::Method::put);
  const Move move = tell(step, 200, user("crm-1"));
  EXPECT_EQ(move.kind, Kind::already_there);
  EXPECT_TRUE(move.updated);
}

TEST_F(UserSteps, ExistingUpdateWritesNothingWhenNothingDiffers) {
  UserStep& step = begin(Existing::update, {.look_first = true});
  const Move move = tell(step, 200, page(user("crm-1")));
  EXPECT_EQ(move.kind, Kind::already_there);
  EXPECT_FALSE(move.updated);
}

TEST_F(UserSteps, ATakenExternalIdNamesItsOwner) {
  UserStep& step = begin();
  EXPECT_EQ(tell(step, 400, kExternalTaken).kind, Kind::ask);
  EXPECT_EQ(asked(step), "GET /user_management/users/external_id/crm-1");
  const Move move =
      tell(step, 200, R"({"id":"user_9","email":"other@example.com","external_id":"crm-1"})");
  EXPECT_EQ(move.kind, Kind::failed);
  EXPECT_NE(move.failure.message.find("user_9"), std::string::npos);
  EXPECT_EQ(move.failure.http_status, 400);
}

TEST_F(UserSteps, OtherRefusalsFailWithWhatTheApiSaid) {
  UserStep& step = begin();
  const Move move = tell(step, 400, R"({"code":"invalid_metadata","message":"Bad metadata."})");
  EXPECT_EQ(move.kind, Kind::failed);
  EXPECT_EQ(move.failure.message, "Bad metadata.");
  EXPECT_EQ(move.failure.code, "invalid_metadata");
}

TEST_F(UserSteps, ADoubtIsLookedUpAndAYoungRecordIsOurEcho) {
  UserStep& step = begin();
  step.doubted();
  EXPECT_EQ(asked(step), kLook);
  EXPECT_EQ(tell(step, 200, page(user("crm-1", "2026-03-02T09:15:06.000Z"))).kind, Kind::created);
  EXPECT_EQ(step.was_there, std::nullopt);
}

TEST_F(UserSteps, ADoubtThatFindsAnOldRecordAdoptsIt) {
  UserStep& step = begin();
  step.doubted();
  EXPECT_EQ(tell(step, 200, page(user("crm-1"))).kind, Kind::already_there);
}

TEST_F(UserSteps, ADoubtThatFindsNothingThreeTimesCreatesAgain) {
  UserStep& step = begin();
  step.doubted();
  Move move = tell(step, 200, page(""));
  EXPECT_EQ(move.after, kLookUpLag);
  move = tell(step, 200, page(""));
  EXPECT_EQ(move.after, kLookUpLag * 2);
  move = tell(step, 200, page(""));
  EXPECT_EQ(move.kind, Kind::ask);
  EXPECT_EQ(asked(step), kCreate);
}

TEST_F(UserSteps, AnEarlierLifesDoubtIsLookedUpFirst) {
  EXPECT_EQ(asked(begin(Existing::fail, {.in_doubt = true})), kLook);
}

TEST_F(UserSteps, AConflictThatCannotBeFoundFails) {
  UserStep& step = begin();
  tell(step, 400, kTaken);
  tell(step, 200, page(""));
  tell(step, 200, page(""));
  EXPECT_EQ(tell(step, 200, page("")).kind, Kind::failed);
}

TEST_F(UserSteps, AnAnswerThatIsNoUserIsADoubtOnce) {
  UserStep& step = begin();
  EXPECT_EQ(tell(step, 201, R"({"hello":"world"})").kind, Kind::ask);
  EXPECT_EQ(asked(step), kLook);
  for (int i = 0; i < kLookUps; ++i) EXPECT_EQ(tell(step, 200, page("")).kind, Kind::ask);
  EXPECT_EQ(asked(step), kCreate);
  EXPECT_EQ(tell(step, 201, R"({"hello":"world"})").kind, Kind::failed)
      << "it would go on for ever";
}

// Reads may lag longer than we look: the conflict that follows is with ourselves.
TEST_F(UserSteps, AConflictWithOurOwnEchoIsACreation) {
  for (const Existing existing : {Existing::link, Existing::fail}) {
    UserStep& step = begin(existing);
    step.doubted();
    for (int i = 0; i < kLookUps; ++i) tell(step, 200, page(""));
    EXPECT_EQ(tell(step, 400, kTaken).kind, Kind::ask);
    EXPECT_EQ(tell(step, 200, page(user("crm-1", "2026-03-02T09:15:06.000Z"))).kind, Kind::created);
    EXPECT_EQ(step.was_there, std::nullopt);
  }
}

TEST_F(UserSteps, SendsEveryFieldAndTheHashRatherThanThePassword) {
  row_.last_name = "L\"ovelace";
  row_.email_verified = true;
  row_.password_hash = Secret(std::string("$2y$10$abc"));
  row_.password_hash_type = "bcrypt";
  row_.metadata = {{"k", "v"}};
  EXPECT_EQ(
      user_body(row_),
      R"({"email":"Ada@example.com","first_name":"Ada","last_name":"L\"ovelace","email_verified":true,"external_id":"crm-1","password_hash":"$2b$10$abc","password_hash_type":"bcrypt","metadata":{"k":"v"}})");
}

TEST_F(UserSteps, TwoWishesForOnePersonHaveTwoIdempotencyKeys) {
  const std::string key = begin().request().idempotency_key;
  EXPECT_EQ(begin().request().idempotency_key, key);
  row_.metadata = {{"k", "v"}};
  EXPECT_NE(begin().request().idempotency_key, key);
}

}  // namespace
}  // namespace usher::workos
