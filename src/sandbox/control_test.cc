// SPDX-License-Identifier: Apache-2.0
#include "sandbox/control.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sandbox/trial.h"

namespace usher::sandbox {
namespace {

using testing::HasSubstr;

TEST(Control, NeedsNoKeyAndIsNotCounted) {
  Trial trial({.limits = {.rate = Limiter::Options::Rate::flat, .flat_per_second = 1},
               .faults = FaultPlan({{.kind = FaultKind::error_json}}, 1)});
  trial.key = "";
  for (int i = 0; i < 5; ++i) EXPECT_EQ(trial.get("/_sandbox/state").status, 200);
  EXPECT_EQ(trial.count("requests/total"), "0");
}

TEST(Control, CountsWhatIsThereAndWhatWasAsked) {
  Trial trial;
  const std::string user = trial.user("ada@example.test");
  trial.user("ada@example.test");
  trial.user("nope");
  trial.join(user, trial.organization("Blue"));
  trial.get("/user_management/users/" + user);
  trial.get("/user_management/users/user_x");
  const Answer state = trial.get("/_sandbox/state");
  EXPECT_EQ(state.at("/users"), "1");
  EXPECT_EQ(state.at("/organizations"), "1");
  EXPECT_EQ(state.at("/organization_memberships"), "1");
  EXPECT_EQ(state.at("/requests/total"), "7");
  EXPECT_EQ(state.at("/requests/by_status"), R"({"200":1,"201":3,"400":1,"404":1,"422":1})");
  EXPECT_EQ(state.at("/requests/writes_accepted"), "3");
  EXPECT_EQ(state.at("/requests/writes_refused"), "2");
  EXPECT_EQ(state.at("/requests/busiest_second"), "7");
  const auto& routes = state.body.at("routes").as_object();
  EXPECT_EQ(routes.at("POST /user_management/users").as_int64(), 3);
  EXPECT_EQ(routes.at("GET /user_management/users/{id}").as_int64(), 2);
}

TEST(Control, TheDumpIsSortedAndNamesNoIds) {
  Trial trial;
  trial.post("/organizations", R"({"name":"Blue","external_id":"acct-1","domains":["b.test"]})");
  const std::string org = trial.get("/organizations").at("/data/0/id");
  const std::string zoe = trial
                              .post(Trial::kUsers, R"({"email":"zoe@example.test",)"
                                                   R"("metadata":{"b":"2","a":"1"}})")
                              .id();
  trial.post(Trial::kUsers,
             R"({"email":"ada@example.test","first_name":"Ada","external_id":"x",)"
             R"("password_hash":"$2b$10$abcdefghijklmnopqrstuuqXCvI/S4l7068zk4cYJFACTYFHXwsSS",)"
             R"("password_hash_type":"bcrypt"})");
  trial.join(zoe, org);
  const Answer dump = trial.get("/_sandbox/dump");
  EXPECT_EQ(dump.reply.body,
            R"({"type":"membership","email":"zoe@example.test","organization":"acct-1",)"
            R"("roles":["member"],"status":"active"})"
            "\n"
            R"({"type":"organization","external_id":"acct-1","name":"Blue","metadata":{},)"
            R"("domains":["b.test"]})"
            "\n"
            R"({"type":"user","email":"ada@example.test","external_id":"x","first_name":"Ada",)"
            R"("last_name":null,"name":null,"email_verified":false,"metadata":{},)"
            R"("password_hash_type":"bcrypt","factors":0})"
            "\n"
            R"({"type":"user","email":"zoe@example.test","external_id":null,"first_name":null,)"
            R"("last_name":null,"name":null,"email_verified":false,"metadata":{"a":"1","b":"2"},)"
            R"("password_hash_type":null,"factors":0})"
            "\n");
}

TEST(Control, ResetBringsBackTheBeginning) {
  Trial trial({.faults = FaultPlan({{.kind = FaultKind::error_json, .count = 1}}, 1)});
  trial.user("ada@example.test");
  trial.user("ada@example.test");
  trial.ask("DELETE", "/_sandbox/faults");
  const Answer state = trial.post("/_sandbox/reset");
  EXPECT_EQ(state.at("/users"), "0");
  EXPECT_EQ(state.at("/events"), "0");
  EXPECT_EQ(state.at("/requests/total"), "0");
  EXPECT_EQ(state.at("/faults/0/fired"), "0");
  EXPECT_EQ(trial.get("/authorization/roles").status, 503);
  EXPECT_THAT(trial.get("/authorization/roles").column("slug"), testing::ElementsAre("member"));
}

TEST(Control, FaultsAreAddedListedAndRemoved) {
  Trial trial;
  const Answer one =
      trial.post("/_sandbox/faults", R"({"kind":"error_json","status":500,"count":1})");
  EXPECT_EQ(one.status, 200);
  EXPECT_EQ(one.at("/faults/0/kind"), "error_json");
  EXPECT_EQ(trial.get(Trial::kUsers).status, 500);
  EXPECT_EQ(trial.get(Trial::kUsers).status, 200);
  trial.post("/_sandbox/faults",
             R"({"faults":[{"kind":"throttle","method":"GET","path":"/events"}]})");
  EXPECT_EQ(trial.get("/_sandbox/faults").at("/faults/1/kind"), "throttle");
  EXPECT_EQ(trial.get("/events").status, 429);
  EXPECT_EQ(trial.del("/_sandbox/faults").at("/faults"), "[]");
  EXPECT_EQ(trial.get("/events").status, 400);
  const Answer wrong = trial.post("/_sandbox/faults", R"({"kind":"odd"})");
  EXPECT_EQ(wrong.status, 422);
  EXPECT_THAT(wrong.at("/message"), HasSubstr("odd"));
  EXPECT_EQ(trial.post("/_sandbox/faults", "nonsense").status, 422);
}

}  // namespace
}  // namespace usher::sandbox
