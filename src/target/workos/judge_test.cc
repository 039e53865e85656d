// SPDX-License-Identifier: Apache-2.0
#include "target/workos/judge.h"

#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace usher::workos {
namespace {

using Kind = Answer::Kind;
using net::Method;
using net::Transport;
using ::testing::HasSubstr;

struct Line {
  const char* what;
  net::Response response;
  Kind read;
  Kind write;
};

net::Response answered(int status, std::string body = "{}", std::string retry_after = "") {
  net::Response response;
  response.status = status;
  response.body = std::move(body);
  response.request_id = "8d8f";
  response.retry_after = std::move(retry_after);
  return response;
}

net::Response broken(Transport transport) {
  net::Response response;
  response.transport = transport;
  response.detail = "connection reset by peer";
  return response;
}

// The table at the top of judge.h, row by row.
TEST(Judge, VerdictTable) {
  const std::string html = "<html>Bad gateway</html>";
  const std::string coded = R"({"code":"entity_not_found","message":"User not found: 'x'."})";
  const std::vector<Line> table = {
      {"unreachable", broken(Transport::unreachable), Kind::unavailable, Kind::unavailable},
      {"lost", broken(Transport::lost), Kind::unavailable, Kind::in_doubt},
      {"200 JSON", answered(200), Kind::ok, Kind::ok},
      {"201 JSON, white space around", answered(201, " {\"id\":1}\n"), Kind::ok, Kind::ok},
      {"200 HTML", answered(200, html), Kind::unavailable, Kind::in_doubt},
      {"200 empty", answered(200, ""), Kind::unavailable, Kind::in_doubt},
      {"301", answered(301, html), Kind::denied, Kind::denied},
      {"401", answered(401, R"({"message":"Unauthorized"})"), Kind::denied, Kind::denied},
      {"403", answered(403, R"({"message":"Forbidden"})"), Kind::denied, Kind::denied},
      {"403 HTML", answered(403, html), Kind::denied, Kind::denied},
      {"404 of a thing", answered(404, coded), Kind::refused, Kind::refused},
      {"404 HTML", answered(404, html), Kind::denied, Kind::denied},
      {"404 without a code", answered(404, R"({"message":"Not Found"})"), Kind::refused,
       Kind::denied},
      {"400", answered(400, R"({"code":"x"})"), Kind::refused, Kind::refused},
      {"408", answered(408), Kind::unavailable, Kind::in_doubt},
      {"409", answered(409), Kind::refused, Kind::refused},
      {"422", answered(422), Kind::refused, Kind::refused},
      {"425", answered(425), Kind::unavailable, Kind::unavailable},
      {"429", answered(429), Kind::throttled, Kind::throttled},
      {"429 HTML", answered(429, html), Kind::throttled, Kind::throttled},
      {"414", answered(414, html), Kind::refused, Kind::refused},
      {"431", answered(431), Kind::denied, Kind::denied},
      {"431 HTML", answered(431, html), Kind::denied, Kind::denied},
      {"494", answered(494, html), Kind::denied, Kind::denied},
      {"500", answered(500), Kind::unavailable, Kind::in_doubt},
      {"501", answered(501), Kind::refused, Kind::refused},
      {"502 HTML", answered(502, html), Kind::unavailable, Kind::in_doubt},
      {"503 Retry-After", answered(503, html, "3"), Kind::unavailable, Kind::in_doubt},
      {"505", answered(505), Kind::refused, Kind::refused},
      {"520", answered(520, html), Kind::unavailable, Kind::in_doubt},
  };
  for (const Line& line : table) {
    EXPECT_EQ(judge(Method::get, line.response, {}).kind, line.read) << line.what;
    EXPECT_EQ(judge(Method::post, line.response, {}).kind, line.write) << line.what;
    EXPECT_EQ(judge(Method::put, line.response, {}).kind, line.write == Kind::denied &&
                                                                  line.response.status == 404 &&
                                                                  line.response.body[0] == '{'
                                                              ? Kind::refused
                                                              : line.write)
        << line.what;
  }
}

TEST(Judge, ADenialSaysWhatToCheck) {
  const auto advice = [](int status) {
    return judge(Method::post, answered(status, ""), {}).advice;
  };
  EXPECT_THAT(advice(401), HasSubstr("must be a valid key"));
  EXPECT_THAT(advice(403), HasSubstr("must be a valid key"));
  EXPECT_THAT(advice(431), HasSubstr("length of WORKOS_SECRET_KEY"));
  EXPECT_THAT(advice(494), HasSubstr("length of WORKOS_SECRET_KEY"));
  EXPECT_EQ(advice(404), "check --api-url");
  EXPECT_EQ(advice(301), "check --api-url");
  EXPECT_EQ(advice(400), "");
}

TEST(Judge, WhatCannotMendItselfIsSaid) {
  net::Response response = broken(Transport::unreachable);
  EXPECT_FALSE(judge(Method::post, response, {}).hopeless);
  response.hopeless = true;
  EXPECT_TRUE(judge(Method::post, response, {}).hopeless);
}

TEST(Judge, ADeleteNeedsNoBody) {
  EXPECT_EQ(judge(Method::del, answered(200, ""), {}).kind, Kind::ok);
  EXPECT_EQ(judge(Method::del, answered(202, "Accepted"), {}).kind, Kind::ok);
  EXPECT_EQ(judge(Method::del, answered(204, ""), {}).kind, Kind::ok);
}

TEST(Judge, ReadsEveryShapeOfError) {
  const Answer nested = judge(
      Method::post,
      answered(400, R"({"message":"Could not create user.","code":"user_creation_error","extra":1,
        "errors":[{"code":"email_not_available","message":"This email is not available."}]})"),
      {});
  EXPECT_EQ(nested.code, "user_creation_error");
  EXPECT_TRUE(nested.says("email_not_available"));
  EXPECT_TRUE(nested.says("user_creation_error"));
  EXPECT_FALSE(nested.says("email"));
  EXPECT_EQ(nested.message, "Could not create user. This email is not available.");
  EXPECT_EQ(nested.request_id, "8d8f");
  EXPECT_EQ(nested.status, 400);

  const Answer fields = judge(
      Method::post,
      answered(422,
               R"({"message":"Validation failed","errors":[{"field":"name","code":"required"}]})"),
      {});
  EXPECT_EQ(fields.errors.at(0).field, "name");
  EXPECT_EQ(fields.message, "Validation failed required");

  const Answer words =
      judge(Method::post, answered(422, R"({"errors":["too long",7,null,{}]})"), {});
  EXPECT_EQ(words.errors.at(0).message, "too long");
  EXPECT_EQ(words.errors.size(), 4U);

  const Answer oauth = judge(
      Method::post, answered(400, R"({"error":"invalid_grant","error_description":"No."})"), {});
  EXPECT_EQ(oauth.code, "invalid_grant");
  EXPECT_EQ(oauth.message, "No.");
}

TEST(Judge, NeverFailsOnABody) {
  for (const char* body :
       {"", "null", "[]", "\"x\"", "{", "{\"code\":5,\"errors\":{}}", "\xFF\xFE"}) {
    const Answer answer = judge(Method::post, answered(400, body), {});
    EXPECT_EQ(answer.kind, Kind::refused) << body;
    EXPECT_FALSE(answer.message.empty()) << body;
  }
}

TEST(Judge, TellsHowLongItIsAskedToWait) {
  EXPECT_EQ(judge(Method::get, answered(429, "{}", "7"), {}).retry_after, std::chrono::seconds{7});
}

}  // namespace
}  // namespace usher::workos
