// SPDX-License-Identifier: Apache-2.0
// The server as a peer with a bare socket sees it, misbehaving peers and misbehaving deliveries
// included.
#include "net/server.h"

#include <algorithm>
#include <atomic>
#include <thread>

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/file.h"
#include "base/random.h"
#include "base/text.h"

namespace usher::net {
namespace {

using std::chrono::milliseconds;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

// A server in a thread of its own, stopped at the end of the test.
class Running {
 public:
  explicit Running(Server::Handler handler, Server::Options options = {})
      : server_(Server::listen(std::move(options), std::move(handler)).value()),
        thread_([this] { server_.run(); }) {}
  ~Running() {
    server_.stop();
    thread_.join();
  }
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;

  [[nodiscard]] std::uint16_t port() const { return server_.port(); }
  Server& server() { return server_; }

 private:
  Server server_;
  std::thread thread_;
};

// A blocking socket; every wait ends after 20 s, so that a failure fails instead of hanging.
class Peer {
 public:
  explicit Peer(std::uint16_t port) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const timeval most{.tv_sec = 20, .tv_usec = 0};
    ::setsockopt(fd_.get(), SOL_SOCKET, SO_RCVTIMEO, &most, sizeof most);
    ::setsockopt(fd_.get(), SOL_SOCKET, SO_SNDTIMEO, &most, sizeof most);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connected_ = ::connect(fd_.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  }

  [[nodiscard]] bool connected() const { return connected_; }

  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      const auto sent = ::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }

  // One answer with a Content-Length, or what came before the connection ended.
  std::string answer() {
    while (!complete() && more()) {
    }
    const std::size_t size = complete().value_or(received_.size());
    std::string first = received_.substr(0, size);
    received_.erase(0, size);
    return first;
  }

  // Everything until the end of the connection; `error()` is 0 when the end was orderly.
  std::string rest() {
    while (more()) {
    }
    return std::exchange(received_, {});
  }
  [[nodiscard]] int error() const { return error_; }

  void half_close() { ::shutdown(fd_.get(), SHUT_WR); }
  void close() { fd_.reset(); }
  void reset() {
    const linger now{.l_onoff = 1, .l_linger = 0};
    ::setsockopt(fd_.get(), SOL_SOCKET, SO_LINGER, &now, sizeof now);
    fd_.reset();
  }

 private:
  bool more() {
    char bytes[4096];
    const auto count = ::recv(fd_.get(), bytes, sizeof bytes, 0);
    if (count < 0) error_ = errno;
    if (count > 0) received_.append(bytes, static_cast<std::size_t>(count));
    return count > 0;
  }

  [[nodiscard]] std::optional<std::size_t> complete() const {
    const auto head = received_.find("\r\n\r\n");
    if (head == std::string::npos) return {};
    const auto length = received_.find("Content-Length: ");
    std::size_t body = 0;
    if (length < head) body = static_cast<std::size_t>(std::atoi(received_.c_str() + length + 16));
    const std::size_t size = head + 4 + body;
    return received_.size() >= size ? std::optional(size) : std::nullopt;
  }

  Fd fd_;
  bool connected_ = false;
  int error_ = 0;
  std::string received_;
};

constexpr std::string_view kGet = "GET /a HTTP/1.1\r\nHost: h\r\n\r\n";

Reply echo(const ServerRequest& request) {
  return Reply{.body = request.method + " " + request.target + " " + request.body};
}

std::string post(std::string_view body) {
  return fmt::format("POST /p HTTP/1.1\r\nHost: h\r\nContent-Length: {}\r\n\r\n{}", body.size(),
                     body);
}

Server::Handler with_delivery(Delivery delivery, const std::string& body = "0123456789") {
  return
      [delivery, body](const ServerRequest&) { return Reply{.body = body, .delivery = delivery}; };
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

TEST(Delivery, ADelayedAnswerIsWholeAndLate) {
  Running running(with_delivery({.delay = milliseconds(60)}));
  Peer peer(running.port());
  for (int i = 0; i < 3; ++i) {
    const auto start = std::chrono::steady_clock::now();
    peer.send(kGet);
    EXPECT_THAT(peer.answer(), EndsWith("\r\n\r\n0123456789"));
    EXPECT_GE(std::chrono::steady_clock::now() - start, milliseconds(60));
  }
}

TEST(Delivery, HundredsOfDelayedAnswersAllArrive) {
  Running running(with_delivery({.delay = milliseconds(100)}));
  std::vector<Peer> peers;
  for (int i = 0; i < 400; ++i) peers.emplace_back(running.port()).send(kGet);
  for (Peer& peer : peers) ASSERT_THAT(peer.answer(), EndsWith("0123456789"));
}

TEST(Delivery, HundredsOfAnswersAreDueAtOnceAndCounted) {
  std::atomic<std::size_t> seen = 0;
  Server* server = nullptr;
  std::atomic<bool> ready = false;
  Running running([&](const ServerRequest&) {
    while (!ready) std::this_thread::yield();
    seen = server->in_flight();
    return Reply{.delivery = {.cut = Delivery::Cut::hang}};
  });
  server = &running.server();
  ready = true;
  std::vector<Peer> peers;
  for (int i = 0; i < 400; ++i) peers.emplace_back(running.port()).send(kGet);
  while (seen != 400) std::this_thread::yield();
}

TEST(Delivery, ADelayedAnswerReachesAPeerThatHalfClosed) {
  Running running(with_delivery({.delay = milliseconds(30)}));
  Peer peer(running.port());
  peer.send(kGet);
  peer.half_close();
  EXPECT_THAT(peer.rest(), EndsWith("0123456789"));
}

TEST(Delivery, ASlowBodyArrivesWholeInPieces) {
  for (const std::size_t size : {1U, 2U, 7U, 1000U}) {
    SCOPED_TRACE(size);
    const std::string body(size, 'b');
    Running running(with_delivery({.slow_body = milliseconds(60)}, body));
    Peer peer(running.port());
    const auto start = std::chrono::steady_clock::now();
    peer.send(kGet);
    EXPECT_THAT(peer.answer(), EndsWith("\r\n\r\n" + body));
    EXPECT_GE(std::chrono::steady_clock::now() - start, milliseconds(59));
    peer.send(kGet);
    EXPECT_THAT(peer.answer(), EndsWith("\r\n\r\n" + body));
  }
}

TEST(Delivery, ACutBeforeTheAnswerIsAResetWithoutAByte) {
  Running running(with_delivery({.cut = Delivery::Cut::before_answer}));
  Peer peer(running.port());
  peer.send(kGet);
  EXPECT_EQ(peer.rest(), "");
  EXPECT_EQ(peer.error(), ECONNRESET);
}

TEST(Delivery, ACutInTheMiddleLeavesHalfABody) {
  Running running(with_delivery({.cut = Delivery::Cut::mid_answer}));
  Peer peer(running.port());
  peer.send(kGet);
  const std::string answer = peer.rest();
  if (!answer.empty()) {  // a reset may overtake what was sent
    EXPECT_THAT(answer, EndsWith("\r\n\r\n01234"));
  }
  EXPECT_EQ(peer.error(), ECONNRESET);
}

TEST(Delivery, AHangingAnswerNeverComesAndEndsAfterItsTime) {
  Running running(with_delivery({.hang_for = milliseconds(80), .cut = Delivery::Cut::hang}));
  Peer peer(running.port());
  const auto start = std::chrono::steady_clock::now();
  peer.send(kGet);
  EXPECT_EQ(peer.rest(), "");
  EXPECT_GE(std::chrono::steady_clock::now() - start, milliseconds(80));
}

// A peer that gives up must not stay counted: the next request sees itself alone.
TEST(Delivery, APeerThatGivesUpIsNoLongerInFlight) {
  for (const Delivery delivery :
       {Delivery{.delay = milliseconds(600'000)}, Delivery{.cut = Delivery::Cut::hang}}) {
    std::atomic<std::size_t> seen = 0;
    Server* server = nullptr;
    std::atomic<bool> ready = false;
    Running running([&](const ServerRequest& request) {
      while (!ready) std::this_thread::yield();
      seen = server->in_flight();
      return request.target == "/a" ? Reply{.delivery = delivery} : Reply{};
    });
    server = &running.server();
    ready = true;
    for (const bool rudely : {false, true}) {
      Peer peer(running.port());
      peer.send(kGet);
      while (seen != 1) std::this_thread::yield();
      rudely ? peer.reset() : peer.close();
      Peer other(running.port());
      do {
        other.send("GET /b HTTP/1.1\r\nHost: h\r\n\r\n");
        ASSERT_THAT(other.answer(), StartsWith("HTTP/1.1 200"));
      } while (seen != 1);
      seen = 0;
    }
  }
}

TEST(Delivery, APeerThatVanishesInASlowBodyHarmsNobody) {
  Running running(with_delivery({.slow_body = milliseconds(200)}, std::string(100'000, 'x')));
  for (int i = 0; i < 20; ++i) {
    Peer peer(running.port());
    peer.send(kGet);
    peer.reset();
  }
  Peer peer(running.port());
  peer.send(kGet);
  EXPECT_THAT(peer.answer(), StartsWith("HTTP/1.1 200"));
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
