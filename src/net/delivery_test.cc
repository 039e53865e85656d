// SPDX-License-Identifier: Apache-2.0
// Answers that travel badly on purpose: late, slow, cut or never, and peers that go away meanwhile.
#include <atomic>
#include <cerrno>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "net/raw_peer.h"

namespace usher::net {
namespace {

using std::chrono::milliseconds;
using testing::EndsWith;
using testing::StartsWith;

Server::Handler with_delivery(Delivery delivery, const std::string& body = "0123456789") {
  return
      [delivery, body](const ServerRequest&) { return Reply{.body = body, .delivery = delivery}; };
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

}  // namespace
}  // namespace usher::net
