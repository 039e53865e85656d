// SPDX-License-Identifier: Apache-2.0
#include "target/customers/token.h"

#include <chrono>

#include <gtest/gtest.h>

namespace usher::customers {
namespace {

using Kind = TokenAnswer::Kind;
using std::chrono::seconds;

Credentials credentials() {
  Credentials given;
  given.user = "till&1@example.test";
  given.password = Secret(std::string_view("p w=\xc3\xa9"));
  given.client_id = "shop:1";
  given.client_secret = Secret(std::string_view("hush/+"));
  return given;
}

Endpoint endpoint(Platform platform) {
  Endpoint there;
  there.platform = platform;
  there.auth_url = "https://login.example.test/token";
  return there;
}

TEST(Token, AsksC4rWithTheClientAsBasic) {
  const net::Request request = token_request(endpoint(Platform::c4r), credentials());
  EXPECT_EQ(request.method, net::Method::post);
  EXPECT_EQ(request.url, "https://login.example.test/token");
  EXPECT_EQ(request.content_type, "application/x-www-form-urlencoded");
  EXPECT_EQ(request.body,
            "username=till%261%40example.test&password=p%20w%3D%C3%A9&grant_type=password");
  ASSERT_EQ(request.headers.size(), 1U);
  EXPECT_EQ(request.headers[0].name, "Authorization");
  EXPECT_EQ(request.headers[0].value.reveal(), "Basic c2hvcDoxOmh1c2gvKw==");
}

TEST(Token, AsksEngageWithTheClientInTheForm) {
  Credentials given = credentials();
  net::Request request = token_request(endpoint(Platform::engage), given);
  EXPECT_EQ(request.body,
            "username=till%261%40example.test&password=p%20w%3D%C3%A9&grant_type=password"
            "&client_id=shop%3A1&client_secret=hush%2F%2B");
  EXPECT_TRUE(request.headers.empty());
  given.client_secret = {};
  request = token_request(endpoint(Platform::engage), given);
  EXPECT_EQ(request.body.find("client_secret"), std::string::npos);
}

TEST(Token, SendsNoClientWhenThereIsNone) {
  Credentials given = credentials();
  given.client_id.clear();
  EXPECT_TRUE(token_request(endpoint(Platform::c4r), given).headers.empty());
  EXPECT_EQ(token_request(endpoint(Platform::engage), given).body.find("client_id"),
            std::string::npos);
}

TokenAnswer judged(int status, std::string body, std::string retry_after = {}) {
  net::Response response;
  response.status = status;
  response.body = std::move(body);
  response.retry_after = std::move(retry_after);
  return judge_token(response, credentials(), {});
}

TEST(Token, IsGrantedWithItsLife) {
  for (const int status : {200, 201}) {
    const TokenAnswer answer =
        judged(status, R"({"access_token":"abc.def","expires_in":1800,"token_type":"bearer"})");
    EXPECT_EQ(answer.kind, Kind::granted);
    EXPECT_EQ(answer.token.reveal(), "abc.def");
    EXPECT_EQ(answer.life, seconds{1800});
    EXPECT_EQ(answer.message + answer.advice, "");
  }
}

TEST(Token, AnAbsentOrAbsurdLifeIsAnHourAndAnEndlessOneAYear) {
  const auto life = [](const std::string& text) {
    return judged(200, R"({"access_token":"t","expires_in":)" + text + "}").life;
  };
  EXPECT_EQ(judged(200, R"({"access_token":"t"})").life, seconds{3600});
  for (const char* absurd : {"0", "-1", "-9223372036854775808", "null", "{}", "\"soon\"", "\"\"",
                             "true", "0.5", "-1e300", "\"-5\""}) {
    EXPECT_EQ(life(absurd), seconds{3600}) << absurd;
  }
  EXPECT_EQ(life("\"90\""), seconds{90});
  EXPECT_EQ(life("90.9"), seconds{90});
  for (const char* endless : {"9223372036854775807", "18446744073709551615", "1e300"}) {
    EXPECT_EQ(life(endless), seconds{365L * 86'400}) << endless;
  }
}

TEST(Token, AnAnswerWithoutATokenThatCanBeSentMeansAWrongAddress) {
  for (const char* body :
       {"", "<html>login</html>", "{}", "[]", R"({"access_token":5})", R"({"access_token":null})",
        R"({"access_token":""})", R"({"access_token":"a b"})", "{\"access_token\":\"a\\r\\nX: y\"}",
        "{\"access_token\":\"\xc3\xa9\"}"}) {
    const TokenAnswer answer = judged(200, body);
    EXPECT_EQ(answer.kind, Kind::rejected) << body;
    EXPECT_FALSE(answer.message.empty());
    EXPECT_EQ(answer.advice, "check --auth-url");
  }
  const std::string huge(100'000, 'a');
  EXPECT_EQ(judged(200, R"({"access_token":")" + huge + R"("})").kind, Kind::rejected);
}

TEST(Token, JudgesEveryStatusAsTheTableSays) {
  for (int status = 300; status < 600; ++status) {
    const bool again = status == 408 || status == 425 || status == 429 || status >= 500;
    const TokenAnswer answer = judged(status, "<html>", "5");
    ASSERT_EQ(answer.kind, again ? Kind::again : Kind::rejected) << status;
    EXPECT_FALSE(answer.message.empty());
    EXPECT_FALSE(answer.advice.empty());
    EXPECT_EQ(answer.retry_after, seconds{5});
  }
}

TEST(Token, JudgesWhatWasNotAnswered) {
  for (const auto transport : {net::Transport::lost, net::Transport::unreachable}) {
    net::Response response;
    response.transport = transport;
    response.detail = "why";
    response.hopeless = true;
    const TokenAnswer answer = judge_token(response, credentials(), {});
    EXPECT_EQ(answer.kind, Kind::again);
    EXPECT_EQ(answer.message, "why");
    EXPECT_TRUE(answer.hopeless);
  }
}

TEST(Token, SaysWhyItWasRejectedWithoutThePassword) {
  EXPECT_EQ(judged(401, R"({"error":"invalid_grant","error_description":"Bad user"})").message,
            "HTTP 401 invalid_grant Bad user");
  EXPECT_EQ(judged(400, "{\"error\":\"hush/+\",\"error_description\":\"hush/+hush/+!\"}").message,
            "HTTP 400 •••••• ••••••••••••!");
  EXPECT_NE(judged(401, "").advice.find("USHER_CUSTOMER_PASSWORD"), std::string::npos);
  EXPECT_EQ(judged(404, "").advice, "check --auth-url");
}

}  // namespace
}  // namespace usher::customers
