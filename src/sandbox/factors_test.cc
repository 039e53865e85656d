// SPDX-License-Identifier: Apache-2.0
// Second factors. Numbers are the contract's statements.
#include "sandbox/factors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sandbox/totp.h"
#include "sandbox/trial.h"

namespace usher::sandbox {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr const char* kSecret = "KRSXG5CTMVRXEZLU";

std::string factors_of(std::string_view user) {
  return fmt::format("/user_management/users/{}/auth_factors", user);
}

Answer enroll(Trial& trial, std::string_view user, std::string_view more = "") {
  return trial.post(factors_of(user), fmt::format(R"({{"type":"totp"{}}})", more));
}

std::string code_now(const Trial& trial) {
  const auto seconds =
      std::chrono::floor<std::chrono::seconds>(trial.now.wall.time_since_epoch()).count();
  return totp_code(from_base32(kSecret).value_or(""), seconds);
}

TEST(Factors, AnImportedSecretIsEchoedOnce) {  // 90
  Trial trial;
  const std::string user = trial.user("ada@example.test");
  const Answer made = enroll(
      trial, user,
      R"(,"totp_secret":"KRSXG5CTMVRXEZLU","totp_issuer":"Blue Fern","totp_user":"ada@x.test")");
  EXPECT_EQ(made.status, 201);
  EXPECT_THAT(made.at("/authentication_factor/id"), StartsWith("auth_factor_"));
  EXPECT_EQ(made.at("/authentication_factor/type"), "totp");
  EXPECT_EQ(made.at("/authentication_factor/user_id"), user);
  EXPECT_EQ(made.at("/authentication_factor/totp/secret"), kSecret);
  EXPECT_THAT(
      made.at("/authentication_factor/totp/uri"),
      AllOf(StartsWith("otpauth://totp/Blue%20Fern:ada%40x.test?"),
            HasSubstr("secret=KRSXG5CTMVRXEZLU"), HasSubstr("algorithm=SHA1&digits=6&period=30")));
  EXPECT_THAT(made.at("/authentication_factor/totp/qr_code"), StartsWith("data:image/png;base64,"));
  EXPECT_THAT(made.at("/authentication_challenge/id"), StartsWith("auth_challenge_"));
  EXPECT_EQ(made.at("/authentication_challenge/authentication_factor_id"),
            made.at("/authentication_factor/id"));
  EXPECT_EQ(made.at("/authentication_challenge/expires_at"), "2026-03-02T09:25:07.042Z");
}

TEST(Factors, AWrongSecretOrUserIsRefusedAndNoSecretMakesOne) {  // 91
  Trial trial;
  const std::string user = trial.user("ada@example.test");
  EXPECT_EQ(enroll(trial, user, R"(,"totp_secret":"not base32!")").status, 422);
  EXPECT_EQ(enroll(trial, user, R"(,"totp_secret":"")").status, 422);
  EXPECT_EQ(trial.post(factors_of(user), R"({"type":"sms"})").status, 422);
  EXPECT_EQ(trial.post(factors_of(user), "{}").status, 422);
  EXPECT_EQ(enroll(trial, "user_x").code(), "entity_not_found");
  EXPECT_EQ(trial.count("authentication_factors"), "0");
  const Answer made = enroll(trial, user);
  const std::string secret = made.at("/authentication_factor/totp/secret");
  EXPECT_GE(secret.size(), 16U);
  EXPECT_TRUE(from_base32(secret));
  EXPECT_EQ(made.at("/authentication_factor/totp/user"), "ada@example.test");
}

TEST(Factors, AListHidesTheSecretAndADeletionEmptiesIt) {  // 92
  Trial trial;
  const std::string user = trial.user("ada@example.test");
  const std::string id = enroll(trial, user).at("/authentication_factor/id");
  const Answer list = trial.get(factors_of(user));
  EXPECT_EQ(list.size(), 1U);
  EXPECT_THAT(list.reply.body, AllOf(Not(HasSubstr("secret")), Not(HasSubstr("qr_code")),
                                     Not(HasSubstr("otpauth"))));
  EXPECT_EQ(trial.get("/auth/factors/" + id).id(), id);
  EXPECT_EQ(trial.del("/auth/factors/" + id).status, 204);
  EXPECT_EQ(trial.get("/auth/factors/" + id).status, 404);
  EXPECT_EQ(trial.get(factors_of(user)).size(), 0U);
}

TEST(Factors, TheCodeOfTheImportedSecretIsValid) {  // 93
  Trial trial;
  const std::string user = trial.user("ada@example.test");
  const std::string id =
      enroll(trial, user, R"(,"totp_secret":"KRSXG5CTMVRXEZLU")").at("/authentication_factor/id");
  const std::string challenge = trial.post(fmt::format("/auth/factors/{}/challenge", id)).id();
  const std::string path = fmt::format("/auth/challenges/{}/verify", challenge);
  const Answer wrong = trial.post(path, R"({"code":"000000"})");
  EXPECT_EQ(wrong.status, 201);
  EXPECT_EQ(wrong.at("/valid"), "false");
  const Answer right = trial.post(path, fmt::format(R"({{"code":"{}"}})", code_now(trial)));
  EXPECT_EQ(right.status, 201);
  EXPECT_EQ(right.at("/valid"), "true");
  EXPECT_EQ(right.at("/challenge/id"), challenge);
  EXPECT_EQ(trial.post(path, R"({"code":"000000"})").code(),
            "authentication_challenge_previously_verified");
}

TEST(Factors, AChallengeExpiresAndEndsAfterTooManyGuesses) {
  Trial trial;
  const std::string user = trial.user("ada@example.test");
  const Answer made = enroll(trial, user, R"(,"totp_secret":"KRSXG5CTMVRXEZLU")");
  const std::string path =
      fmt::format("/auth/challenges/{}/verify", made.at("/authentication_challenge/id"));
  for (int i = 0; i < 10; ++i) EXPECT_EQ(trial.post(path, R"({"code":"x"})").status, 201);
  EXPECT_EQ(trial.post(path, R"({"code":"x"})").code(), "one_time_code_too_many_attempts");
  trial.pass(std::chrono::minutes(11));
  EXPECT_EQ(trial.post(path, R"({"code":"x"})").code(), "authentication_challenge_expired");
  EXPECT_EQ(trial.post("/auth/challenges/auth_challenge_x/verify", R"({"code":"1"})").status, 404);
}

TEST(Factors, ASecondOneIsTakenUnlessSingle) {
  Trial trial;
  const std::string user = trial.user("ada@example.test");
  enroll(trial, user);
  EXPECT_EQ(enroll(trial, user).status, 201);
  Trial single({.single_totp = true});
  const std::string bob = single.user("bob@example.test");
  enroll(single, bob);
  EXPECT_EQ(enroll(single, bob).status, 409);
}

TEST(Factors, GoWithTheirUser) {
  Trial trial;
  const std::string user = trial.user("ada@example.test");
  const std::string id = enroll(trial, user).at("/authentication_factor/id");
  trial.del("/user_management/users/" + user);
  EXPECT_EQ(trial.get("/auth/factors/" + id).status, 404);
}

}  // namespace
}  // namespace usher::sandbox
