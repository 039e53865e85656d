// SPDX-License-Identifier: Apache-2.0
// What holds for every address: keys, bodies, limits, faults, and serving on a port. Numbers are
// the contract's statements.
#include "sandbox/sandbox.h"

#include <csignal>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/random.h"
#include "sandbox/trial.h"

namespace usher::sandbox {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;
using testing::MatchesRegex;
using testing::StartsWith;
using Rate = Limiter::Options::Rate;

Answer create(Trial& trial) {
  static int number = 0;
  return trial.post(Trial::kUsers, fmt::format(R"({{"email":"u{}@example.test"}})", ++number));
}

TEST(Keys, AnySecretKeyIsTakenUnlessSomeAreNamed) {  // 1, 2
  Trial trial;
  EXPECT_EQ(trial.get(Trial::kUsers).status, 200);
  for (const char* key : {"", "pk_live", "Sk_test", "nonsense"}) {
    trial.key = key;
    const Answer refused = trial.get(Trial::kUsers);
    EXPECT_EQ(refused.status, 401);
    EXPECT_EQ(refused.reply.body, R"({"message":"Unauthorized"})");
  }
  Trial named({.api_keys = {"sk_a", "sk_b"}});
  named.key = "sk_c";
  EXPECT_EQ(named.get(Trial::kUsers).status, 401);
  for (const char* key : {"sk_a", "sk_b"}) {
    named.key = key;
    EXPECT_EQ(named.get(Trial::kUsers).status, 200);
  }
}

TEST(Keys, OfOneEnvironmentShareItsData) {
  Trial trial;
  const std::string id = trial.user("ada@example.test");
  trial.key = "sk_other";
  EXPECT_EQ(trial.get("/user_management/users/" + id).status, 200);
}

TEST(Answers, AllHaveARequestIdAndJson) {  // 3, 4
  Trial trial({.limits = {.rate = Rate::flat, .flat_per_second = 3}});
  std::set<std::string> ids;
  const auto check = [&](const Answer& answer, int status) {
    EXPECT_EQ(answer.status, status);
    EXPECT_THAT(
        answer.header("X-Request-Id"),
        MatchesRegex("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"));
    EXPECT_TRUE(ids.insert(answer.header("X-Request-Id")).second);
    EXPECT_THAT(answer.reply.content_type, StartsWith("application/json"));
    EXPECT_TRUE(answer.body.is_object());
  };
  check(trial.get(Trial::kUsers), 200);
  check(trial.get("/user_management/users/user_x"), 404);
  check(trial.get("/nope"), 404);
  check(trial.get(Trial::kUsers), 429);
  trial.key = "";
  check(trial.get(Trial::kUsers), 401);
}

TEST(Bodies, MustBeJsonObjects) {  // 7, 8
  Trial trial;
  for (const std::string body : {R"({"email":)", "[]", R"("x")", "7", "null", "{", "\xff", "{} {}",
                                 R"({"email":"\xff@example.test"})"}) {
    const Answer refused = trial.post(Trial::kUsers, body);
    EXPECT_EQ(refused.status, 400) << body;
    EXPECT_NE(refused.at("/message"), "");
  }
  EXPECT_EQ(trial.post(Trial::kUsers, std::string(1000, '[') + std::string(1000, ']')).status, 400);
  EXPECT_EQ(trial.count("users"), "0");
}

TEST(Bodies, MayBeEmptyWhereNothingIsNeeded) {  // 5
  Trial trial;
  EXPECT_EQ(trial.get(Trial::kUsers).status, 200);
  EXPECT_EQ(trial.post(Trial::kUsers).status, 422);
}

TEST(Bodies, BrokenAnywhereChangeNothing) {
  Trial trial;
  const std::string whole = R"({"email":"ada@example.test","metadata":{"a":"ü"}})";
  for (std::size_t size = 1; size < whole.size(); ++size) {
    EXPECT_EQ(trial.post(Trial::kUsers, whole.substr(0, size)).status, 400) << size;
  }
  EXPECT_EQ(trial.count("users"), "0");
  EXPECT_EQ(trial.count("events"), "0");
}

TEST(Addresses, UnknownOnesAndWrongMethodsAre404) {  // 9, 10
  Trial trial;
  const std::string id = trial.user("ada@example.test");
  for (const auto& [method, path] : {std::pair<std::string, std::string>{"GET", "/nope"},
                                     {"GET", "/"},
                                     {"GET", ""},
                                     {"GET", "nope"},
                                     {"GET", "/user_management/users/"},
                                     {"GET", "/user_management//users"},
                                     {"GET", "/user_management/users/external_id/"},
                                     {"PATCH", "/user_management/users/" + id},
                                     {"BREW", "/user_management/users"},
                                     {"GET", "/_sandbox/nope"},
                                     {"GET", "/_sandbox"}}) {
    const Answer answer = trial.ask(method, path);
    EXPECT_EQ(answer.status, 404) << path;
    EXPECT_TRUE(answer.body.is_object());
  }
}

// Whatever comes, the answer is one of the API's, never a 5xx.
TEST(Addresses, SurviveRandomRequests) {
  constexpr std::uint64_t kSeed = 4711;
  SCOPED_TRACE(kSeed);
  Random random(kSeed);
  Trial trial({.multiple_roles = true});
  std::vector<std::string> words{"user_management",
                                 "users",
                                 "organizations",
                                 "external_id",
                                 "%2F",
                                 "%",
                                 "%zz",
                                 "organization_memberships",
                                 "?limit=",
                                 "?email=&&==",
                                 "authorization",
                                 "roles",
                                 "permissions",
                                 "member",
                                 "auth",
                                 "factors",
                                 "invitations",
                                 "events",
                                 "?events=",
                                 "identities",
                                 "auth_factors",
                                 trial.user("ada@example.test"),
                                 trial.organization("Blue")};
  const std::vector<std::string> methods{"GET", "POST", "PUT", "PATCH", "DELETE"};
  const std::vector<std::string> values{"null", "1",        "\"\"", "\"x\"",        "[]",
                                        "{}",   "[null]",   "true", "\"a@b.test\"", "{\"a\":\"b\"}",
                                        "1e99", "\"org-x\""};
  const std::vector<std::string> names{"email",
                                       "name",
                                       "slug",
                                       "permissions",
                                       "metadata",
                                       "user_id",
                                       "organization_id",
                                       "role_slugs",
                                       "role_slug",
                                       "domain_data",
                                       "external_id",
                                       "type",
                                       "password",
                                       "password_hash_type"};
  const auto pick = [&](const auto& from) { return from[random.below(from.size())]; };
  for (int round = 0; round < 20'000; ++round) {
    std::string target;
    for (std::uint64_t i = random.below(6) + 1; i > 0; --i) target += "/" + pick(words);
    std::string body = "{";
    for (std::uint64_t i = random.below(4); i > 0; --i) {
      body += fmt::format("\"{}\":{}{}", pick(names), pick(values), i > 1 ? "," : "");
    }
    const std::string method = pick(methods);
    const Answer answer = trial.ask(method, target, method == "GET" ? "" : body + "}");
    ASSERT_LT(answer.status, 500) << method << " " << target << " " << body;
    ASSERT_GE(answer.status, 200);
    const std::string id = answer.body.is_object() ? answer.id() : "";
    if (!id.empty() && words.size() < 200) words.push_back(id);
  }
}

TEST(Limits, UserManagementWritesAre500In10Seconds) {  // 104
  Trial trial({.limits = {.rate = Rate::real}});
  for (int i = 0; i < 500; ++i) ASSERT_EQ(create(trial).status, 201);
  const Answer refused = create(trial);
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(refused.code(), "rate_limit_exceeded");
  EXPECT_EQ(refused.header("Retry-After"), "10");
  EXPECT_EQ(trial.count("users"), "500");
  EXPECT_EQ(trial.post("/organizations", R"({"name":"A"})").status, 201);
  EXPECT_EQ(trial.get(Trial::kUsers).status, 200);
  EXPECT_EQ(trial.count("requests/throttled"), "1");
  trial.pass(std::chrono::seconds(10));
  EXPECT_EQ(create(trial).status, 201);
}

TEST(Limits, OrganizationDeletionsAre50AMinute) {  // 105
  Trial trial({.limits = {.rate = Rate::real}});
  for (int i = 0; i < 50; ++i) {
    ASSERT_EQ(trial.del("/organizations/" + trial.organization("A")).status, 202);
  }
  const std::string org = trial.organization("A");
  EXPECT_EQ(trial.del("/organizations/" + org).status, 429);
  EXPECT_EQ(trial.get("/organizations/" + org).status, 200);
}

TEST(Limits, ASecondKeySharesTheEnvironmentsWrites) {  // 105
  Trial trial({.limits = {.rate = Rate::real, .scale = 0.01}});
  for (int i = 0; i < 5; ++i) ASSERT_EQ(create(trial).status, 201);
  trial.key = "sk_other";
  EXPECT_EQ(create(trial).status, 429);
}

TEST(Limits, ARefusedKeyIsNotCounted) {
  Trial trial({.limits = {.rate = Rate::flat, .flat_per_second = 1}});
  trial.key = "";
  for (int i = 0; i < 10; ++i) trial.get(Trial::kUsers);
  trial.key = "sk_x";
  EXPECT_EQ(trial.get(Trial::kUsers).status, 200);
}

TEST(Limits, RetryAfterHasThreeForms) {
  const auto header = [](RetryAfter form) {
    Trial trial({.limits = {.rate = Rate::flat, .flat_per_second = 1}, .retry_after = form});
    create(trial);
    return create(trial).header("Retry-After");
  };
  EXPECT_EQ(header(RetryAfter::seconds), "1");
  EXPECT_EQ(header(RetryAfter::http_date), "Mon, 02 Mar 2026 09:15:09 GMT");
  EXPECT_EQ(header(RetryAfter::absent), "");
}

TEST(FaultAnswers, RefusalsCommitNothing) {
  for (const FaultKind kind : {FaultKind::throttle, FaultKind::error_json, FaultKind::error_html,
                               FaultKind::reset_before}) {
    SCOPED_TRACE(std::string(to_string(kind)));
    Trial trial({.faults = FaultPlan({{.kind = kind, .retry_after = "7", .count = 1}}, 1)});
    const Answer refused = create(trial);
    EXPECT_EQ(trial.count("users"), "0");
    EXPECT_EQ(trial.count("faults/0/fired"), "1");
    const bool reset = kind == FaultKind::reset_before;
    EXPECT_EQ(refused.header("Retry-After"), reset ? "" : "7");
    EXPECT_EQ(refused.reply.delivery.cut == net::Delivery::Cut::before_answer, reset);
    EXPECT_EQ(create(trial).status, 201);
  }
}

TEST(FaultAnswers, SpoiltAnswersAreCommitted) {
  using Cut = net::Delivery::Cut;
  const auto spoilt = [](FaultKind kind) {
    Trial trial(
        {.faults = FaultPlan({{.kind = kind, .status = 502, .delay = milliseconds(40)}}, 1)});
    Answer answer = create(trial);
    EXPECT_EQ(trial.count("users"), "1") << to_string(kind);
    EXPECT_EQ(trial.count("requests/writes_accepted"), "1");
    return answer;
  };
  EXPECT_EQ(spoilt(FaultKind::commit_then_cut).reply.delivery.cut, Cut::before_answer);
  EXPECT_EQ(spoilt(FaultKind::commit_then_hang).reply.delivery.cut, Cut::hang);
  EXPECT_EQ(spoilt(FaultKind::commit_then_error).status, 502);
  EXPECT_EQ(spoilt(FaultKind::cut_body).reply.delivery.cut, Cut::mid_answer);
  EXPECT_EQ(spoilt(FaultKind::slow_body).reply.delivery.slow_body, milliseconds(40));
  EXPECT_EQ(spoilt(FaultKind::wrong_content_type).reply.content_type, "text/html");
  EXPECT_EQ(spoilt(FaultKind::wrong_content_type).status, 201);
}

TEST(FaultAnswers, LatencyGoesWithAnyOther) {
  Trial trial({.faults = FaultPlan({{.kind = FaultKind::latency, .delay = milliseconds(30)},
                                    {.kind = FaultKind::error_html, .status = 502}},
                                   1)});
  const Answer answer = create(trial);
  EXPECT_EQ(answer.reply.delivery.delay, milliseconds(30));
  EXPECT_EQ(answer.status, 502);
  EXPECT_EQ(answer.reply.content_type, "text/html");
  EXPECT_THAT(answer.reply.body, HasSubstr("502 Bad Gateway"));
}

TEST(FaultAnswers, ComeAfterKeysAndLimits) {
  Trial trial({.limits = {.rate = Rate::flat, .flat_per_second = 1},
               .faults = FaultPlan({{.kind = FaultKind::error_json, .status = 500}}, 1)});
  EXPECT_EQ(create(trial).status, 500);
  EXPECT_EQ(create(trial).status, 429);
  trial.key = "";
  EXPECT_EQ(create(trial).status, 401);
}

TEST(Serving, SaysWhichPortCannotBeHad) {
  const auto served = serve({}, {.address = "nowhere"});
  ASSERT_FALSE(served);
  EXPECT_THAT(served.error().what, HasSubstr("nowhere"));
}

TEST(Serving, TellsItsPortAndEndsOnASignal) {
  std::uint16_t port = 0;
  const auto served = serve({}, {.port = 0, .on_ready = [&](std::uint16_t chosen) {
                                   port = chosen;
                                   std::raise(SIGTERM);
                                 }});
  EXPECT_TRUE(served);
  EXPECT_NE(port, 0);
}

}  // namespace
}  // namespace usher::sandbox
