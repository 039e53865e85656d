// SPDX-License-Identifier: Apache-2.0
// What the client asks and what it makes of answers. Peers that misbehave: client_fault_test.cc.
#include "net/client.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "base/random.h"
#include "net/client_trial_test.h"
#include "net/scripted_server_test.h"

namespace usher::net {
namespace {

using std::chrono::milliseconds;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

std::string created(const std::string&) {
  return answer(201, R"({"id":"user_1"})");
}

TEST(Client, SendsAPostWithEverythingItNeedsAndNothingElse) {
  ScriptedServer server(answering(created));
  Client client = open_client(server.url() + "/v1/");
  Request request = post(R"({"email":"noor@example.com"})", "/users?limit=1&after=a%20b");
  request.idempotency_key = "4f1c";
  const Response response = exchange(client, request);
  EXPECT_EQ(outcome(response), "answered 201") << response.detail;
  EXPECT_EQ(response.body, R"({"id":"user_1"})");
  ASSERT_EQ(server.requests().size(), 1U);
  const std::string sent = server.requests()[0];
  EXPECT_THAT(sent, StartsWith("POST /v1/users?limit=1&after=a%20b HTTP/1.1\r\nHost: 127.0.0.1:"));
  std::string head = sent.substr(sent.find("\r\n", sent.find("Host:")) + 2);
  EXPECT_EQ(head,
            "Idempotency-Key: 4f1c\r\nContent-Type: application/json\r\n"
            "Accept: application/json\r\nUser-Agent: usher/test\r\n"
            "Authorization: Bearer sk_test_trial\r\nContent-Length: 28\r\n\r\n"
            R"({"email":"noor@example.com"})");
}

TEST(Client, SendsNoKeyAndNoAgentWhenThereIsNone) {
  ScriptedServer server(answering(created));
  auto options = trial_options(server.url());
  options.bearer = {};
  options.user_agent.clear();
  Client client = open_client(std::move(options));
  exchange(client, post("{}"));
  EXPECT_THAT(server.requests().at(0), Not(HasSubstr("Authorization")));
  EXPECT_THAT(server.requests().at(0), Not(HasSubstr("User-Agent")));
}

// One handle serves everything in turn: nothing of one request may cling to the next.
TEST(Client, ARequestOwesNothingToTheOneBefore) {
  const std::uint64_t seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  Random random(seed);
  ScriptedServer server(answering(created));
  Client client = open_client(server.url());
  constexpr std::array kMethods{Method::get, Method::post, Method::put, Method::patch, Method::del};
  std::vector<Request> asked;
  for (int i = 0; i < 400; ++i) {
    Request request{.method = kMethods.at(random.below(5)),
                    .path = "/things/" + std::to_string(random.below(3)),
                    .body = {},
                    .idempotency_key = {}};
    if (request.method != Method::get && random.chance(0.6)) {
      request.body =
          "\"" + std::string(random.below(random.chance(0.1) ? 100'000 : 50), 'x') + "\"";
    }
    if (random.chance(0.5)) request.idempotency_key = std::to_string(random.next());
    ASSERT_EQ(outcome(exchange(client, request)), "answered 201");
    asked.push_back(std::move(request));
  }
  const auto sent = server.requests();
  ASSERT_EQ(sent.size(), asked.size());
  for (std::size_t i = 0; i < asked.size(); ++i) {
    const Request& request = asked[i];
    const std::string head = sent[i].substr(0, sent[i].find("\r\n\r\n") + 4);
    const auto has = [&](const std::string& line) { return head.find(line) != head.npos; };
    ASSERT_THAT(head, StartsWith(std::string(to_string(request.method)) + " " + request.path +
                                 " HTTP/1.1\r\n"));
    ASSERT_EQ(body_of(sent[i]), request.body) << head;
    ASSERT_EQ(has("Content-Type: application/json\r\n"), !request.body.empty()) << head;
    ASSERT_EQ(has("Content-Type:"), !request.body.empty()) << head;
    const bool bodiless =
        request.body.empty() && (request.method == Method::get || request.method == Method::del);
    ASSERT_EQ(has("Content-Length: "), !bodiless) << head;
    ASSERT_EQ(has("Idempotency-Key: "), !request.idempotency_key.empty()) << head;
    ASSERT_TRUE(request.idempotency_key.empty() ||
                has("\r\nIdempotency-Key: " + request.idempotency_key + "\r\n"));
    ASSERT_FALSE(has("Expect") || has("Accept-Encoding") || has("Transfer-Encoding")) << head;
  }
  EXPECT_EQ(server.visits(), 1U);
}

TEST(Client, KeepsAConnectionForRequestsOneAfterAnother) {
  ScriptedServer server(answering(created));
  Client client = open_client(server.url());
  for (int i = 0; i < 200; ++i) ASSERT_EQ(outcome(exchange(client, post("{}"))), "answered 201");
  EXPECT_EQ(server.requests().size(), 200U);
  EXPECT_EQ(server.visits(), 1U);
}

std::string echo(const std::string& request) {
  return answer(200, body_of(request));
}

TEST(Client, BringsEveryAnswerToItsOwnTicketWith64InFlight) {
  ScriptedServer server(answering(echo));
  Client client = open_client(server.url());
  std::map<std::uint64_t, Response> responses;
  std::uint64_t sent = 0;
  while (responses.size() < 3000) {
    while (client.in_flight() < 64 && sent < 3000) {
      client.send(sent, post("\"" + std::to_string(sent) + "\""));
      ++sent;
    }
    responses.merge(await(client, 1));
    ASSERT_FALSE(testing::Test::HasFailure());
  }
  for (const auto& [ticket, response] : responses) {
    ASSERT_EQ(outcome(response), "answered 200") << response.detail;
    ASSERT_EQ(response.body, "\"" + std::to_string(ticket) + "\"");
  }
  EXPECT_EQ(server.requests().size(), 3000U);
  EXPECT_LE(server.visits(), 64U);
}

TEST(Client, OpensNoMoreConnectionsThanAllowed) {
  ScriptedServer server(answering(echo));
  auto options = trial_options(server.url());
  options.max_connections = 3;
  Client client = open_client(std::move(options));
  for (std::uint64_t i = 0; i < 64; ++i) client.send(i, post(std::to_string(i)));
  EXPECT_EQ(client.in_flight(), 64U);
  for (const auto& [ticket, response] : await(client, 64)) {
    EXPECT_EQ(response.body, std::to_string(ticket));
  }
  EXPECT_LE(server.visits(), 3U);
}

TEST(Client, TellsTheHeadersOfTheFinalAnswerOnly) {
  ScriptedServer server(answering([](const std::string&) {
    return std::string(
        "HTTP/1.1 103 Early Hints\r\nX-Request-Id: early\r\nRetry-After: 9\r\n\r\n"
        "HTTP/1.1 429 Too Many Requests\r\ncontent-TYPE:  text/html; charset=utf-8 \r\n"
        "x-REQUEST-id: req_01\r\nX-Request-Id-Of-Another: other\r\nRetry-After: "
        "Wed, 21 Oct 2026 07:28:00 GMT\r\nTransfer-Encoding: chunked\r\nTrailer: X-Request-Id\r\n"
        "\r\n5\r\nHello\r\n0\r\nX-Request-Id: late\r\n\r\n");
  }));
  Client client = open_client(server.url());
  const Response response = exchange(client, post("{}"));
  EXPECT_EQ(outcome(response), "answered 429") << response.detail;
  EXPECT_EQ(response.content_type, "text/html; charset=utf-8");
  EXPECT_EQ(response.request_id, "req_01");
  EXPECT_EQ(response.retry_after, "Wed, 21 Oct 2026 07:28:00 GMT");
  EXPECT_EQ(response.body, "Hello");
}

TEST(Client, ForgetsTheHeadersOfTheAnswerBefore) {
  ScriptedServer server([](Visit& visit) {
    visit.request();
    visit.send(answer(429, "{}", "Retry-After: 3\r\nX-Request-Id: req_1\r\n"));
    visit.request();
    visit.send("HTTP/1.1 204 No Content\r\n\r\n");
    visit.until_client_leaves();
  });
  Client client = open_client(server.url());
  EXPECT_EQ(exchange(client, post("{}")).retry_after, "3");
  const Response response = exchange(client, post("{}"));
  EXPECT_EQ(outcome(response), "answered 204");
  EXPECT_EQ(response.retry_after + response.request_id + response.content_type + response.body, "");
}

TEST(Client, BoundsTheHeadersItKeeps) {
  ScriptedServer server(answering([](const std::string&) {
    return answer(200, "{}", "X-Request-Id: " + std::string(50'000, 'r') + "\r\n");
  }));
  Client client = open_client(server.url());
  EXPECT_EQ(exchange(client, post("{}")).request_id, std::string(1024, 'r'));
}

TEST(Client, ReadsAnAnswerHoweverItIsCutIntoPieces) {
  const std::string plain = answer(201, R"({"id":"user_1"})");
  const std::string chunked =
      "HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n{\"id\r\n"
      "B;note=x\r\n\":\"user_1\"}\r\n0\r\n\r\n";
  for (const std::string& whole : {plain, chunked}) {
    for (std::size_t cut = 1; cut < whole.size(); ++cut) {
      ScriptedServer server([&](Visit& visit) {
        visit.request();
        visit.send(std::string_view(whole).substr(0, cut));
        visit.send(std::string_view(whole).substr(cut));
        visit.until_client_leaves();
      });
      Client client = open_client(server.url());
      const Response response = exchange(client, post("{}"));
      ASSERT_EQ(outcome(response), "answered 201") << cut << response.detail;
      ASSERT_EQ(response.body, R"({"id":"user_1"})") << cut;
    }
  }
}

TEST(Client, ReadsAnAnswerThatEndsWithItsConnection) {
  for (const char* version : {"HTTP/1.0", "HTTP/1.1"}) {
    ScriptedServer server([&](Visit& visit) {
      visit.request();
      visit.send(version + std::string(" 200 OK\r\nConnection: close\r\n\r\n{\"a\":1}"));
    });
    Client client = open_client(server.url());
    for (int i = 0; i < 3; ++i) {
      const Response response = exchange(client, post("{}"));
      EXPECT_EQ(outcome(response), "answered 200") << response.detail;
      EXPECT_EQ(response.body, "{\"a\":1}");
    }
    EXPECT_EQ(server.requests().size(), 3U);
  }
}

TEST(Client, AnswersOfEveryKindOfStatusAreAnswers) {
  for (const int status : {200, 204, 299, 304, 400, 401, 404, 408, 417, 422, 429, 500, 503, 599}) {
    ScriptedServer server([&](Visit& visit) {
      while (visit.request()) {
        visit.send("HTTP/1.1 " + std::to_string(status) + " X\r\nContent-Length: 0\r\n\r\n");
      }
    });
    Client client = open_client(server.url());
    EXPECT_EQ(outcome(exchange(client, post("{}"))), "answered " + std::to_string(status));
    EXPECT_EQ(server.requests().size(), 1U);
  }
}

TEST(Client, FollowsNoRedirectAndAnswersNoChallenge) {
  for (const char* headers :
       {"Location: /elsewhere\r\n", "WWW-Authenticate: Basic realm=\"x\"\r\n", "Refresh: 0\r\n"}) {
    for (const int status : {301, 302, 303, 307, 308, 401, 407}) {
      ScriptedServer server(
          answering([&](const std::string&) { return answer(status, "{}", headers); }));
      Client client = open_client(server.url());
      EXPECT_EQ(outcome(exchange(client, post("{}"))), "answered " + std::to_string(status));
      EXPECT_EQ(server.requests().size(), 1U);
    }
  }
}

TEST(Client, SendsAndReadsBodiesOfMegabytes) {
  ScriptedServer server(answering(echo));
  Client client = open_client(server.url());
  const std::string body(3'000'000, 'm');
  const Response response = exchange(client, post(body));
  EXPECT_EQ(outcome(response), "answered 200") << response.detail;
  EXPECT_TRUE(response.body == body);
}

TEST(Client, TakesNoProxyToThisMachine) {
  for (const char* name : {"http_proxy", "all_proxy", "ALL_PROXY"}) {
    ::setenv(name, "http://127.0.0.1:9", 1);
  }
  ScriptedServer server(answering(created));
  Client client = open_client(server.url());
  const Response response = exchange(client, post("{}"));
  for (const char* name : {"http_proxy", "all_proxy", "ALL_PROXY"}) ::unsetenv(name);
  EXPECT_EQ(outcome(response), "answered 201") << response.detail;
}

TEST(Client, SendsNothingForAPathOrKeyThatCouldBendTheRequest) {
  ScriptedServer server(answering(created));
  Client client = open_client(server.url());
  std::vector<Request> bent;
  for (const char* path : {"", "users", "@example.com/", ".example.com/", ":1/", "/a b",
                           "/a\r\nX: y", "/a\n", "/a#b", "/\x7f", "/\xc3\xa9"}) {
    bent.push_back(post("{}", path));
  }
  for (const char* key : {"a b", "a\r\nX: y", "\n", "\xc3\xa9"}) {
    bent.push_back(post("{}"));
    bent.back().idempotency_key = key;
  }
  const auto with_header = [&](const char* name, std::string_view value) {
    bent.push_back(post("{}"));
    bent.back().headers = {{name, Secret(value)}};
  };
  for (const char* name : {"", "A b", "A:", "A\r\nX", "\xc3\xa9", "Host", "content-length",
                           "Transfer-Encoding", "Content-Type", "idempotency-key"}) {
    with_header(name, "x");
  }
  for (const char* value : {"", " ", " x", "x\t", "x\r\nY: z", "x\n", "\xc3\xa9", "\x7f"}) {
    with_header("GK-Passport", value);
  }
  bent.push_back(post("{}"));
  bent.back().content_type = "text/plain\r\nX: y";
  for (const auto& request : bent) {
    const Response response = exchange(client, request);
    EXPECT_EQ(outcome(response), "unreachable 0") << request.path;
    EXPECT_THAT(response.detail, AllOf(StartsWith("not sent: "), Not(HasSubstr("\n"))));
  }
  EXPECT_EQ(outcome(exchange(client, post("{}", "/a/../b/./%2e%2e/"))), "answered 201");
  ASSERT_EQ(server.requests().size(), 1U);
  EXPECT_THAT(server.requests()[0], StartsWith("POST /a/../b/./%2e%2e/ HTTP/1.1\r\n"));
}

TEST(Client, OpensOnlyWithOptionsThatCanWork) {
  const auto refused = [](auto change) {
    auto options = trial_options("https://api.example.com");
    change(options);
    const auto client = Client::open(std::move(options));
    return client ? std::string("opened") : client.error().line();
  };
  using Options = Client::Options;
  EXPECT_EQ(refused([](Options&) {}), "opened");
  EXPECT_THAT(refused([](Options& o) { o.base_url = "http://api.example.com"; }),
              HasSubstr("unencrypted"));
  EXPECT_EQ(refused([](Options& o) {
              o.base_url = "http://api.example.com";
              o.allow_plaintext = true;
            }),
            "opened");
  for (const char* key : {"sk_test\n", " sk_test", "sk_te\"st\r\n", "sk_t\xc3\xa9st"}) {
    const std::string said = refused([&](Options& o) { o.bearer = Secret(std::string(key)); });
    EXPECT_THAT(said, HasSubstr("API key holds a character"));
    EXPECT_THAT(said, Not(HasSubstr("sk_t")));
  }
  EXPECT_THAT(refused([](Options& o) { o.user_agent = "a\r\nb"; }), HasSubstr("user agent"));
  EXPECT_THAT(refused([](Options& o) { o.timeout = milliseconds{0}; }), HasSubstr("time-out"));
  EXPECT_THAT(refused([](Options& o) { o.timeout = milliseconds::max(); }), HasSubstr("time-out"));
  EXPECT_THAT(refused([](Options& o) { o.connect_timeout = milliseconds{-1}; }),
              HasSubstr("time-out"));
  EXPECT_THAT(refused([](Options& o) { o.max_connections = 0; }), HasSubstr("connection"));
  EXPECT_THAT(refused([](Options& o) { o.ca_file = "/nonexistent/ca.pem"; }),
              HasSubstr("/nonexistent/ca.pem: No such file"));
}

// --- wait()
// -----------------------------------------------------------------------------------------

struct Pipe {
  Pipe() {
    std::array<int, 2> ends{};
    EXPECT_EQ(::pipe(ends.data()), 0);
    reader = Fd(ends[0]);
    writer = Fd(ends[1]);
  }
  Fd reader;
  Fd writer;
};

TEST(Client, WaitReturnsWhenADescriptorCanBeRead) {
  ScriptedServer silent([](Visit& visit) { visit.until_client_leaves(); });
  Pipe quiet;
  for (const bool in_flight : {false, true}) {
    for (const bool ended : {false, true}) {
      Client client = open_client(silent.url());
      if (in_flight) client.send(1, post("{}"));
      Pipe pipe;
      const std::array fds{quiet.reader.get(), pipe.reader.get()};
      std::thread later([&] {
        if (ended) {
          pipe.writer.reset();
        } else {
          EXPECT_EQ(::write(pipe.writer.get(), "x", 1), 1);
        }
      });
      client.wait(Duration::max(), fds);  // for ever, but for the pipe
      later.join();
      EXPECT_FALSE(client.next());
    }
  }
}

TEST(Client, WaitReturnsWhenADescriptorIsNoneAtAll) {
  Client client = open_client("http://127.0.0.1:9");
  int number = 0;
  {
    Pipe pipe;
    number = pipe.reader.get();
  }
  const std::array fds{number};
  client.wait(Duration::max(), fds);
}

TEST(Client, WaitBearsEveryLengthOfTime) {
  ScriptedServer server(answering(created));
  Client client = open_client(server.url());
  client.wait(Duration::zero());
  client.wait(Duration::min());
  client.wait(Duration{1});
  client.wait(milliseconds{2});
  for (const Duration at_most : {Duration::max(), Duration::max() - Duration{1},
                                 std::chrono::duration_cast<Duration>(std::chrono::hours(1))}) {
    client.send(1, post("{}"));
    client.wait(at_most);
    EXPECT_TRUE(client.next());
  }
  client.send(2, post("{}"));
  while (client.in_flight() > 0) client.wait(Duration::zero());
  EXPECT_TRUE(client.next());
}

TEST(Client, CanBeMovedAndDestroyedWithRequestsInFlight) {
  ScriptedServer server([](Visit& visit) {
    if (visit.number() == 0) {
      visit.request();
      visit.send(answer(201, "{}"));
    }
    visit.until_client_leaves();
  });
  Client first = open_client(server.url());
  ASSERT_EQ(outcome(exchange(first, post("{}"))), "answered 201");
  for (std::uint64_t i = 0; i < 10; ++i) first.send(i, post("{}"));
  first.wait(milliseconds{1});
  Client second = std::move(first);
  for (std::uint64_t i = 10; i < 20; ++i) second.send(i, post("{}"));
  EXPECT_EQ(second.in_flight(), 20U);
  second.wait(milliseconds{1});
  second = open_client("https://nonexistent.invalid");
  second.send(1, post("{}"));
  second.wait(milliseconds{1});
}

}  // namespace
}  // namespace usher::net
