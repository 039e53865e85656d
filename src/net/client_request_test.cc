// SPDX-License-Identifier: Apache-2.0
// What one request may bring along: headers, another type of body, an address of its own.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "net/client.h"
#include "net/client_trial_test.h"
#include "net/scripted_server_test.h"

namespace usher::net {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

std::string created(const std::string&) {
  return answer(201, R"({"id":"user_1"})");
}

Request to_elsewhere(std::string url) {
  Request request;
  request.method = Method::post;
  request.url = std::move(url);
  request.body = "grant_type=password&username=a%40b";
  request.content_type = "application/x-www-form-urlencoded";
  request.headers = {{"Authorization", Secret(std::string_view("Basic Zm9v"))}};
  return request;
}

TEST(ClientRequest, SendsTheHeadersOfARequestAndItsAuthorizationInsteadOfItsOwn) {
  ScriptedServer server(answering(created));
  Client client = open_client(server.url());
  Request request = post("{}");
  request.headers = {{"authorization", Secret(std::string_view("Bearer of this request"))},
                     {"GK-Passport", Secret(std::string_view("{\"a\": \"b c\"}"))}};
  ASSERT_EQ(outcome(exchange(client, request)), "answered 201");
  const std::string sent = server.requests().at(0);
  EXPECT_THAT(sent, HasSubstr("\r\nauthorization: Bearer of this request\r\n"));
  EXPECT_THAT(sent, HasSubstr("\r\nGK-Passport: {\"a\": \"b c\"}\r\n"));
  EXPECT_THAT(sent, HasSubstr("\r\nContent-Type: application/json\r\n"));
  EXPECT_THAT(sent, Not(HasSubstr(std::string(kTrialKey))));
  ASSERT_EQ(outcome(exchange(client, post("{}"))), "answered 201");
  EXPECT_THAT(server.requests().at(1), HasSubstr(std::string(kTrialKey)));
  EXPECT_THAT(server.requests().at(1), Not(HasSubstr("GK-Passport")));
}

TEST(ClientRequest, PostsAFormToAnotherHostWithoutItsOwnKeyAndComesBack) {
  ScriptedServer api(answering(created));
  ScriptedServer login(answering(created));
  Client client = open_client(api.url() + "/a/rather/long/base/path/of/the/api");
  Request bare = to_elsewhere(login.url() + "/realms/x/token/");
  bare.headers.clear();
  for (int i = 0; i < 3; ++i) {
    ASSERT_EQ(outcome(exchange(client, to_elsewhere(login.url() + "/t"))), "answered 201");
    ASSERT_EQ(outcome(exchange(client, post("{}", "/x"))), "answered 201");
    ASSERT_EQ(outcome(exchange(client, bare)), "answered 201");
  }
  ASSERT_EQ(login.requests().size(), 6U);
  const std::string form = login.requests()[0];
  EXPECT_THAT(form, StartsWith("POST /t HTTP/1.1\r\nHost: 127.0.0.1:"));
  EXPECT_THAT(form, HasSubstr("\r\nContent-Type: application/x-www-form-urlencoded\r\n"));
  EXPECT_THAT(form, Not(HasSubstr("application/json\r\nContent")));
  EXPECT_THAT(form, HasSubstr("\r\nAuthorization: Basic Zm9v\r\n"));
  EXPECT_EQ(body_of(form), "grant_type=password&username=a%40b");
  EXPECT_THAT(login.requests()[1], StartsWith("POST /realms/x/token/ HTTP/1.1\r\n"));
  EXPECT_THAT(login.requests()[1], Not(HasSubstr("Authorization")));
  for (const std::string& request : login.requests()) {
    EXPECT_THAT(request, Not(HasSubstr(std::string(kTrialKey))));
  }
  ASSERT_EQ(api.requests().size(), 3U);
  for (const std::string& request : api.requests()) {
    EXPECT_THAT(request, StartsWith("POST /a/rather/long/base/path/of/the/api/x HTTP/1.1\r\n"));
    EXPECT_THAT(request, HasSubstr(std::string(kTrialKey)));
  }
}

TEST(ClientRequest, SendsNothingToAnAddressThatItWouldNotHaveTakenAsItsOwn) {
  ScriptedServer server(answering(created));
  Client client = open_client(server.url());
  for (const char* url :
       {"http://login.example.com/token", "ftp://login.example.com/token", "token",
        "https://u:p@login.example.com/t", "https://login.example.com/t?a=b",
        "https://login.example.com/t#a", "https://login.example.com/a b",
        "https://login.example.com/t\r\nX: y", "https://", " "}) {
    const Response response = exchange(client, to_elsewhere(url));
    EXPECT_EQ(outcome(response), "unreachable 0") << url;
    EXPECT_TRUE(response.hopeless);
    EXPECT_THAT(response.detail, AllOf(StartsWith("not sent: "), Not(HasSubstr("\n"))));
  }
  // Once refused is not forgotten because something else was fine in between.
  EXPECT_EQ(outcome(exchange(client, to_elsewhere(server.url() + "/t"))), "answered 201");
  EXPECT_EQ(outcome(exchange(client, to_elsewhere("http://login.example.com/token"))),
            "unreachable 0");
  EXPECT_EQ(server.requests().size(), 1U);
}

}  // namespace
}  // namespace usher::net
