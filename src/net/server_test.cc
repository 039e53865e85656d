// SPDX-License-Identifier: Apache-2.0
// The server as a peer with a bare socket sees it, misbehaving peers and misbehaving deliveries
// included.
#include "net/server.h"

#include <atomic>
#include <csignal>
#include <thread>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "base/random.h"
#include "net/raw_peer.h"

namespace usher::net {
namespace {

using std::chrono::milliseconds;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

Reply echo(const ServerRequest& request) {
  return Reply{.body = request.method + " " + request.target + " " + request.body};
}

std::string post(std::string_view body) {
  return fmt::format("POST /p HTTP/1.1\r\nHost: h\r\nContent-Length: {}\r\n\r\n{}", body.size(),
                     body);
}

TEST(Server, AnswersWithStatusTypeLengthAndBody) {
  Running running(echo);
  Peer peer(running.port());
  peer.send(kGet);
  const std::string answer = peer.answer();
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(answer, HasSubstr("\r\nContent-Type: application/json; charset=utf-8\r\n"));
  EXPECT_THAT(answer, HasSubstr("\r\nContent-Length: 7\r\n"));
  EXPECT_THAT(answer, HasSubstr("\r\nDate: "));
  EXPECT_THAT(answer, EndsWith("\r\n\r\nGET /a "));
}

TEST(Server, HandsOverMethodTargetHeadersAndBodyAsSent) {
  ServerRequest seen;
  Running running([&](const ServerRequest& request) {
    seen = request;
    return Reply{};
  });
  Peer peer(running.port());
  peer.send(
      "PATCH /a%2Fb|c?q=1%202 HTTP/1.1\r\nHost: h\r\nX-One: 1\r\nx-two:  2 \r\n"
      "Content-Length: 3\r\n\r\nabc");
  peer.answer();
  EXPECT_EQ(seen.method, "PATCH");
  EXPECT_EQ(seen.target, "/a%2Fb|c?q=1%202");
  EXPECT_EQ(seen.header("x-one"), "1");
  EXPECT_EQ(seen.header("X-TWO"), "2");
  EXPECT_EQ(seen.header("absent"), "");
  EXPECT_EQ(seen.body, "abc");
}

TEST(Server, KeepsTheConnectionForManyRequests) {
  Running running(echo);
  Peer peer(running.port());
  for (int i = 0; i < 500; ++i) {
    ASSERT_TRUE(peer.send(post(fmt::format("{}", i))));
    ASSERT_THAT(peer.answer(), EndsWith(fmt::format("POST /p {}", i)));
  }
}

TEST(Server, ReadsARequestHoweverItIsCutIntoPieces) {
  Running running(echo);
  const std::string whole = post("hello");
  for (std::size_t cut = 1; cut < whole.size(); ++cut) {
    SCOPED_TRACE(cut);
    Peer peer(running.port());
    peer.send(std::string_view(whole).substr(0, cut));
    peer.send(std::string_view(whole).substr(cut));
    ASSERT_THAT(peer.answer(), EndsWith("POST /p hello"));
  }
}

TEST(Server, ReadsChunkedBodies) {
  Running running(echo);
  Peer peer(running.port());
  peer.send(
      "POST /p HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
      "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");
  EXPECT_THAT(peer.answer(), EndsWith("POST /p abcde"));
}

TEST(Server, SaysContinueToAPeerThatAsksFirst) {
  Running running(echo);
  Peer peer(running.port());
  peer.send("POST /p HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
  EXPECT_EQ(peer.answer(), "HTTP/1.1 100 Continue\r\n\r\n");
  peer.send("ok");
  EXPECT_THAT(peer.answer(), EndsWith("POST /p ok"));
}

TEST(Server, CarriesLargeBodiesBothWays) {
  Running running([](const ServerRequest& request) { return Reply{.body = request.body}; });
  Peer peer(running.port());
  const std::string large(5'000'000, 'x');
  ASSERT_TRUE(peer.send(post(large)));
  EXPECT_THAT(peer.answer(), EndsWith("\r\n\r\n" + large));
}

TEST(Server, OmitsBodyAndLengthOf204) {
  Running running([](const ServerRequest&) { return Reply{.status = 204, .body = "never"}; });
  Peer peer(running.port());
  peer.send(kGet);
  const std::string answer = peer.answer();
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 204 No Content\r\n"));
  EXPECT_THAT(answer, Not(HasSubstr("Content-")));
  peer.send(kGet);
  EXPECT_THAT(peer.answer(), StartsWith("HTTP/1.1 204"));
}

TEST(Server, OmitsAnEmptyContentTypeAndAnsweringHeadHasNoBody) {
  Running running([](const ServerRequest&) { return Reply{.content_type = "", .body = "b"}; });
  Peer peer(running.port());
  peer.send("HEAD / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
  const std::string answer = peer.rest();
  EXPECT_THAT(answer, Not(HasSubstr("Content-Type")));
  EXPECT_THAT(answer, EndsWith("\r\n\r\n"));
}

TEST(Server, SendsTheHandlersHeadersButNeverASplitOne) {
  Running running([](const ServerRequest&) {
    return Reply{.headers = {{"X-Request-Id", "7"}, {"Retry-After", "1\r\nX-Evil: 1"}}};
  });
  Peer peer(running.port());
  peer.send(kGet);
  const std::string answer = peer.answer();
  EXPECT_THAT(answer, HasSubstr("\r\nX-Request-Id: 7\r\n"));
  EXPECT_THAT(answer, Not(HasSubstr("X-Evil")));
}

TEST(Server, ClosesAfterTheAnswerWhenAskedTo) {
  Running running(echo);
  for (const std::string_view request :
       {"GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n", "GET / HTTP/1.0\r\n\r\n"}) {
    Peer peer(running.port());
    peer.send(request);
    const std::string answer = peer.rest();
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 OK\r\n"));
    EXPECT_THAT(answer, HasSubstr("\r\nConnection: close\r\n"));
    EXPECT_EQ(peer.error(), 0);
  }
}

TEST(Server, KeepsAnOldConnectionThatAsksForIt) {
  Running running(echo);
  Peer peer(running.port());
  for (int i = 0; i < 3; ++i) {
    peer.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    EXPECT_THAT(peer.answer(), HasSubstr("\r\nConnection: keep-alive\r\n"));
  }
}

TEST(Server, AnswersMalformedRequestsWith400AndCloses) {
  Running running(echo);
  for (const std::string_view request :
       {"hello\r\n\r\n", "GET /\r\n\r\n", "GET / HTTP/9.9\r\n\r\n",
        "GET / HTTP/1.1\r\nbad header\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: x\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"}) {
    SCOPED_TRACE(std::string(request));
    Peer peer(running.port());
    peer.send(request);
    const std::string answer = peer.rest();
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 400 Bad Request\r\n"));
    EXPECT_THAT(answer, HasSubstr("application/json"));
    EXPECT_THAT(answer, HasSubstr(R"({"message":")"));
  }
}

TEST(Server, SurvivesRandomBytes) {
  Running running(echo);
  constexpr std::uint64_t kSeed = 20260302;
  SCOPED_TRACE(kSeed);
  Random random(kSeed);
  const std::string model = post("hello");
  for (int round = 0; round < 300; ++round) {
    std::string bytes = model;
    for (std::uint64_t i = random.below(6) + 1; i > 0; --i) {
      bytes[random.below(bytes.size())] = static_cast<char>(random.below(256));
    }
    Peer peer(running.port());
    peer.send(bytes);
    peer.half_close();
    peer.rest();
  }
  Peer peer(running.port());
  peer.send(kGet);
  EXPECT_THAT(peer.answer(), StartsWith("HTTP/1.1 200"));
}

TEST(Server, Answers413ToABodyBeyondTheBound) {
  Running running(echo, {.max_body = 100});
  for (const std::string& request :
       {post(std::string(101, 'x')),
        "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n65\r\n" +
            std::string(101, 'x') + "\r\n0\r\n\r\n"}) {
    Peer peer(running.port());
    peer.send(request);
    EXPECT_THAT(peer.rest(), StartsWith("HTTP/1.1 413 "));
  }
  Peer peer(running.port());
  peer.send(post(std::string(100, 'x')));
  EXPECT_THAT(peer.answer(), StartsWith("HTTP/1.1 200 "));
}

TEST(Server, TheRefusalOfALargeBodyArrivesWhileTheBodyIsStillSent) {
  Running running(echo, {.max_body = 100});
  Peer peer(running.port());
  peer.send(post(std::string(1'000'000, 'x')));
  EXPECT_THAT(peer.rest(), StartsWith("HTTP/1.1 413 "));
}

TEST(Server, Answers431ToAHeaderBeyondTheBound) {
  Running running(echo, {.max_header = 1000});
  Peer peer(running.port());
  peer.send("GET / HTTP/1.1\r\nHost: h\r\nX: " + std::string(2000, 'x') + "\r\n\r\n");
  EXPECT_THAT(peer.rest(), StartsWith("HTTP/1.1 431 "));
}

TEST(Server, ClosesConnectionsBeyondTheBound) {
  Running running(echo, {.max_connections = 2});
  Peer first(running.port());
  Peer second(running.port());
  first.send(kGet);
  first.answer();
  second.send(kGet);
  second.answer();
  Peer third(running.port());
  third.send(kGet);
  EXPECT_EQ(third.rest(), "");
  first.send(kGet);
  EXPECT_THAT(first.answer(), StartsWith("HTTP/1.1 200"));
}

TEST(Server, ClosesASilentConnectionAndOneThatNeverEndsItsRequest) {
  Running running(echo, {.idle = milliseconds(50)});
  Peer silent(running.port());
  Peer slow(running.port());
  slow.send("GET / HTTP/1.1\r\nHost:");
  EXPECT_EQ(silent.rest(), "");
  EXPECT_EQ(slow.rest(), "");
}

TEST(Server, AHandlerThatThrowsIsAnswered500) {
  Running running([](const ServerRequest&) -> Reply { throw std::runtime_error("bug"); });
  Peer peer(running.port());
  peer.send(kGet);
  EXPECT_THAT(peer.answer(), StartsWith("HTTP/1.1 500 "));
  peer.send(kGet);
  EXPECT_THAT(peer.answer(), StartsWith("HTTP/1.1 500 "));
}

TEST(Server, StopsFromAnotherThreadWhileAnswersAreDue) {
  std::atomic<bool> asked = false;
  Peer* peer = nullptr;
  {
    Running running([&](const ServerRequest&) {
      asked = true;
      return Reply{.delivery = {.delay = milliseconds(600'000)}};
    });
    peer = new Peer(running.port());
    peer->send(kGet);
    while (!asked) std::this_thread::yield();
  }
  EXPECT_EQ(peer->rest(), "");
  delete peer;
}

TEST(Server, StopsBeforeItRuns) {
  auto server = Server::listen({}, echo).value();
  server.stop();
  server.run();
}

TEST(Server, SaysWhichAddressItCannotHave) {
  auto first = Server::listen({}, echo).value();
  const auto second = Server::listen({.port = first.port()}, echo);
  ASSERT_FALSE(second);
  EXPECT_THAT(second.error().what, HasSubstr(fmt::format("127.0.0.1:{}", first.port())));
  EXPECT_FALSE(Server::listen({.address = "nowhere"}, echo));
}

TEST(Server, EndsOnASignalWhenToldTo) {
  for (const int signal : {SIGINT, SIGTERM}) {
    auto server = Server::listen({.stop_on_signals = true}, echo).value();
    std::thread thread([&] { server.run(); });
    ASSERT_EQ(::kill(::getpid(), signal), 0);
    thread.join();
  }
}

}  // namespace
}  // namespace usher::net
