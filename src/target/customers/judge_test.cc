// SPDX-License-Identifier: Apache-2.0
#include "target/customers/judge.h"

#include <chrono>

#include <gtest/gtest.h>

namespace usher::customers {
namespace {

using Kind = Answer::Kind;

net::Response answered(int status, std::string body = {}, std::string retry_after = {}) {
  net::Response response;
  response.status = status;
  response.body = std::move(body);
  response.retry_after = std::move(retry_after);
  response.request_id = "req-1";
  return response;
}

Answer judged(int status, std::string body = {}) {
  return judge(answered(status, std::move(body)), Tokens::automatic, {});
}

// Every status there is, against the table in the header.
TEST(CustomerJudge, JudgesEveryStatusAsTheTableSays) {
  for (int status = 200; status < 600; ++status) {
    Kind kind = Kind::refused;
    if (status < 300) kind = Kind::ok;
    if (status >= 300 && status < 400) kind = Kind::denied;
    if (status == 401) kind = Kind::stale;
    for (const int denied : {403, 404, 405, 407, 431, 494}) {
      if (status == denied) kind = Kind::denied;
    }
    if (status == 408 || status >= 500) kind = Kind::in_doubt;
    if (status == 425) kind = Kind::unavailable;
    if (status == 429) kind = Kind::throttled;
    for (const char* body : {"", "<html>", "{}", R"({"title":"Said"})"}) {
      const Answer answer = judged(status, body);
      ASSERT_EQ(answer.kind, kind) << status;
      EXPECT_EQ(answer.status, status);
      EXPECT_EQ(answer.request_id, "req-1");
      EXPECT_EQ(answer.message.empty(), kind == Kind::ok) << status;
      EXPECT_EQ(answer.advice.empty(), kind != Kind::denied && kind != Kind::stale) << status;
      const bool too_much = status == 408 || status == 413 || status == 504 || status == 524;
      EXPECT_EQ(answer.too_much, too_much) << status;
      EXPECT_FALSE(answer.hopeless);
    }
  }
}

TEST(CustomerJudge, ATokenByHandThatIsRefusedIsDenied) {
  const Answer answer = judge(answered(401), Tokens::by_hand, {});
  EXPECT_EQ(answer.kind, Kind::denied);
  EXPECT_NE(answer.advice.find("USHER_CUSTOMER_TOKEN"), std::string::npos);
}

TEST(CustomerJudge, JudgesWhatWasNotAnswered) {
  struct Row {
    net::Transport transport;
    bool timed_out;
    Kind kind;
    bool too_much;
    std::string_view code;
  };
  using net::Transport;
  for (const Row& row :
       {Row{Transport::unreachable, false, Kind::unavailable, false, "unreachable"},
        Row{Transport::unreachable, true, Kind::unavailable, false, "timeout"},
        Row{Transport::lost, false, Kind::in_doubt, false, "lost"},
        Row{Transport::lost, true, Kind::in_doubt, true, "timeout"}}) {
    net::Response response;
    response.transport = row.transport;
    response.timed_out = row.timed_out;
    response.detail = "why";
    response.hopeless = true;
    const Answer answer = judge(response, Tokens::automatic, {});
    EXPECT_EQ(answer.kind, row.kind);
    EXPECT_EQ(answer.too_much, row.too_much);
    EXPECT_EQ(answer.code, row.code);
    EXPECT_EQ(answer.status, 0);
    EXPECT_EQ(answer.message, "why");
    EXPECT_TRUE(answer.hopeless);
  }
}

TEST(CustomerJudge, TakesTheWordsOfAnErrorBody) {
  struct Row {
    const char* body;
    const char* code;
    const char* message;
  };
  for (const Row& row : {
           Row{R"({"type":"urn:x:size","title":"Too many","status":400,"detail":"At most 100."})",
               "urn:x:size", "Too many: At most 100."},
           Row{R"({"type":"about:blank","title":"Bad Request","status":400})", "", "Bad Request"},
           Row{R"({"type":"about:blank","code":"E7","detail":"Only this"})", "E7", "Only this"},
           Row{R"({"title":"Same","detail":"Same"})", "", "Same"},
           Row{R"({"error":"invalid_token","error_description":"It has ended"})", "invalid_token",
               "It has ended"},
           Row{R"({"message":"Plain","code":"C"})", "C", "Plain"},
           Row{R"({"title":5,"detail":null,"type":{}})", "", "HTTP 400"},
           Row{R"(["title"])", "", "HTTP 400 without a JSON body"},
           Row{"<html>Bad</html>", "", "HTTP 400 without a JSON body"},
           Row{"", "", "HTTP 400 without a JSON body"},
           Row{"{\"title\":\"a\\u001b[31mb\"}", "", "a\\x1b[31mb"},
       }) {
    const Answer answer = judged(400, row.body);
    EXPECT_EQ(answer.code, row.code) << row.body;
    EXPECT_EQ(answer.message, row.message) << row.body;
  }
}

TEST(CustomerJudge, BoundsTheWordsOfAnErrorBody) {
  const std::string long_text(100'000, 'x');
  const Answer answer =
      judged(400, R"({"title":")" + long_text + R"(","detail":"y)" + long_text + R"("})");
  EXPECT_LE(answer.message.size(), 2'020U);
  EXPECT_FALSE(judged(400, std::string(100'000, '[')).message.empty());
}

TEST(CustomerJudge, TellsHowLongItIsAskedToWait) {
  for (const int status : {429, 503}) {
    EXPECT_EQ(judge(answered(status, "", "7"), Tokens::automatic, {}).retry_after,
              std::chrono::seconds{7});
  }
}

TEST(CustomerJudge, TheApiIsTheTableWithoutARate) {
  const Api api(Tokens::by_hand);
  EXPECT_EQ(api.judge(net::Method::post, answered(401), {}).kind, Kind::denied);
  EXPECT_EQ(api.windows_of(net::Method::post, "/customers"), 0U);
}

}  // namespace
}  // namespace usher::customers
