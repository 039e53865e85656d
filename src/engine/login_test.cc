// SPDX-License-Identifier: Apache-2.0
#include "engine/login.h"

#include <chrono>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "engine/batch_machine_test.h"
#include "engine/pacer.h"

namespace usher {
namespace {

using std::chrono::seconds;
using Refusal = Login::Refusal;

class Logins : public testing::Test {
 protected:
  Logins() {
    now_.steady = Instant{seconds{1'000}};
    endpoint_.auth_url = "https://login.example.test/token";
    credentials_.user = "till";
    credentials_.password = Secret(std::string_view("hush"));
  }
  Login& login() {
    if (!login_) login_.emplace(endpoint_, credentials_, 1);
    return *login_;
  }
  void pass(Duration span) { now_.steady += span; }
  std::string token() {
    const auto token = login().token(now_.steady);
    return token ? std::string(token->text->reveal()) : "none";
  }
  bool asks() { return login().pump(now_).has_value(); }
  void hear(const net::Response& response) { login().answered(response, now_); }
  void log_in(const std::string& text, int life = 3'600) {
    ASSERT_TRUE(asks());
    hear(token_reply(text, life));
    ASSERT_EQ(token(), text);
  }
  std::uint64_t number() {
    const auto token = login().token(now_.steady);
    return token ? token->number : 0;
  }

  Now now_;
  customers::Endpoint endpoint_;
  customers::Credentials credentials_;

 private:
  std::optional<Login> login_;
};

TEST_F(Logins, ATokenByHandServesForEverAndIsNeverAskedFor) {
  credentials_.token = Secret(std::string_view("by hand"));
  EXPECT_EQ(token(), "by hand");
  EXPECT_FALSE(asks());
  EXPECT_EQ(login().wake(now_.steady), Pacer::kFarFuture);
  pass(std::chrono::hours{24 * 400});
  EXPECT_EQ(token(), "by hand");
  EXPECT_FALSE(asks());
  login().taken(number());
  EXPECT_EQ(login().refused(number()), Refusal::final) << "there is no other";
}

TEST_F(Logins, OneLoginAtATime) {
  EXPECT_EQ(token(), "none");
  EXPECT_EQ(login().wake(now_.steady), now_.steady);
  EXPECT_TRUE(asks());
  EXPECT_TRUE(login().asking());
  EXPECT_FALSE(asks());
  EXPECT_EQ(login().wake(now_.steady), Pacer::kFarFuture);
  EXPECT_EQ(login().waiting(now_.steady), "logging in");
  hear(token_reply("a"));
  EXPECT_EQ(token(), "a");
  EXPECT_EQ(login().waiting(now_.steady), "");
  EXPECT_FALSE(asks());
}

TEST_F(Logins, RenewsBeforeTheEndWhileTheOldOneStillServes) {
  struct Row {
    int life;
    int renewed_after;
  };
  for (const Row& row : {Row{3'600, 3'540}, Row{30, 25}, Row{360, 300}, Row{300, 250}, Row{6, 5}}) {
    log_in("old", row.life);
    EXPECT_EQ(login().wake(now_.steady), now_.steady + seconds{row.renewed_after});
    pass(seconds{row.renewed_after} - Duration{1});
    EXPECT_FALSE(asks());
    pass(Duration{1});
    EXPECT_EQ(token(), "old");
    EXPECT_TRUE(asks());
    pass(seconds{row.life - row.renewed_after} - Duration{1});
    EXPECT_EQ(token(), "old") << "while the next one is asked for";
    pass(Duration{1});
    EXPECT_EQ(token(), "none");
    hear(token_reply("new", row.life));
    EXPECT_EQ(token(), "new");
    pass(seconds{row.life});
  }
}

TEST_F(Logins, ATokenThatEndsAtOnceServesForAMomentAllTheSame) {
  log_in("short", 1);
  pass(Login::kLeastLife - Duration{1});
  EXPECT_EQ(token(), "short");
  pass(Duration{1});
  EXPECT_EQ(token(), "none");
}

TEST_F(Logins, ManyRefusalsOfOneTokenCauseOneRenewal) {
  log_in("first");
  const std::uint64_t first = number();
  login().taken(first);
  EXPECT_EQ(login().refused(first), Refusal::renewed);
  for (int i = 0; i < 5; ++i) EXPECT_EQ(login().refused(first), Refusal::outdated);
  EXPECT_EQ(token(), "none");
  log_in("second");
  const std::uint64_t second = number();
  EXPECT_NE(second, first);
  EXPECT_EQ(login().refused(first), Refusal::outdated) << "of a request that had left before";
  login().taken(first);
  EXPECT_EQ(token(), "second");
  EXPECT_FALSE(asks());
  EXPECT_EQ(login().refused(second), Refusal::final) << "nobody ever took it";
}

TEST_F(Logins, ARefusalWhileTheNextIsAskedForAsksForNoThird) {
  log_in("old", 360);
  login().taken(number());
  const std::uint64_t old = number();
  pass(seconds{300});
  EXPECT_TRUE(asks());
  EXPECT_EQ(login().refused(old), Refusal::renewed);
  EXPECT_EQ(token(), "none");
  EXPECT_FALSE(asks());
  hear(token_reply("new", 360));
  EXPECT_EQ(token(), "new");
}

TEST_F(Logins, ARejectedLoginIsTheEndAndNeverRepeated) {
  for (const int status : {400, 401, 403, 404, 302}) {
    Login login(endpoint_, credentials_, 1);
    ASSERT_TRUE(login.pump(now_));
    login.answered(reply(status, R"({"error":"invalid_grant"})"), now_);
    EXPECT_EQ(login.halt(), Login::Halt::denied);
    EXPECT_EQ(login.halt_reason().what,
              fmt::format("the login was rejected: HTTP {} invalid_grant", status));
    EXPECT_FALSE(login.halt_reason().next.empty());
    EXPECT_FALSE(login.pump(now_));
    EXPECT_EQ(login.wake(now_.steady), Pacer::kFarFuture);
  }
  Login login(endpoint_, credentials_, 1);
  ASSERT_TRUE(login.pump(now_));
  login.answered(reply(200, "<html>"), now_);
  EXPECT_EQ(login.halt(), Login::Halt::denied);
}

TEST_F(Logins, WhatComesToNothingIsRepeatedFurtherAndFurtherApartAndNotForEver) {
  for (const net::Response& response :
       {reply(503), reply(408), reply(429), lost(), unreachable()}) {
    Login login(endpoint_, credentials_, 1);
    Duration before{0};
    for (int attempt = 1; attempt <= Login::kMostAttempts; ++attempt) {
      ASSERT_EQ(login.halt(), Login::Halt::none);
      ASSERT_TRUE(login.pump(now_));
      login.answered(response, now_);
      if (attempt == Login::kMostAttempts) break;
      const Duration wait = login.wake(now_.steady) - now_.steady;
      EXPECT_GE(wait, before) << attempt;
      EXPECT_LE(wait, seconds{30});
      EXPECT_NE(login.waiting(now_.steady).find("logging in again in"), std::string::npos);
      before = wait;
      pass(wait - Duration{1});
      ASSERT_FALSE(login.pump(now_));
      pass(Duration{1});
    }
    EXPECT_EQ(login.halt(), Login::Halt::unreachable);
    EXPECT_EQ(login.halt_reason().what.find("the login cannot be reached: "), 0U);
  }
}

TEST_F(Logins, WaitsAsLongAsItIsAskedTo) {
  ASSERT_TRUE(asks());
  hear(reply(429, "", "90"));
  EXPECT_EQ(login().wake(now_.steady), now_.steady + seconds{90});
}

TEST_F(Logins, IsPatientWhileTheOldTokenServes) {
  log_in("old", 3'600);
  pass(seconds{3'540});
  int asked = 0;
  while (token() == "old") {
    ASSERT_LT(asked, 100);
    if (asks()) {
      ++asked;
      hear(reply(503));
    }
    EXPECT_EQ(login().halt(), Login::Halt::none);
    pass(login().wake(now_.steady) - now_.steady);
  }
  while (login().halt() == Login::Halt::none) {
    ASSERT_LT(++asked, 100);
    ASSERT_TRUE(asks());
    hear(reply(503));
    pass(seconds{60});
  }
  EXPECT_EQ(login().halt(), Login::Halt::unreachable);
}

TEST_F(Logins, WhatCannotMendItselfEndsAtOnceUnlessThereHasBeenALogin) {
  net::Response hopeless = unreachable();
  hopeless.hopeless = true;
  Login fresh(endpoint_, credentials_, 1);
  ASSERT_TRUE(fresh.pump(now_));
  fresh.answered(hopeless, now_);
  EXPECT_EQ(fresh.halt(), Login::Halt::unreachable);

  log_in("old", 360);
  pass(seconds{300});
  ASSERT_TRUE(asks());
  hear(hopeless);
  EXPECT_EQ(login().halt(), Login::Halt::none);
}

}  // namespace
}  // namespace usher
