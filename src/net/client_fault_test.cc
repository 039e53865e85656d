// SPDX-License-Identifier: Apache-2.0
// Invariant I6 and the line between `unreachable` and `lost`, against peers that misbehave:
// whatever happens, no request arrives twice, and `unreachable` means that no byte of it arrived.
#include <algorithm>
#include <array>
#include <atomic>
#include <map>
#include <random>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/random.h"
#include "base/text.h"
#include "net/client.h"
#include "net/client_trial_test.h"
#include "net/scripted_server_test.h"

namespace usher::net {
namespace {

using std::chrono::milliseconds;
using testing::AnyOf;
using testing::HasSubstr;
using testing::StartsWith;

// The ways a connection can end on a client that has sent its request.
enum class Death { close, reset, close_after_some_bytes, reset_after_some_bytes };
constexpr std::array kDeaths{Death::close, Death::reset, Death::close_after_some_bytes,
                             Death::reset_after_some_bytes};

void die(Visit& visit, Death how, std::string_view bytes = "HTTP/1.1 201 Cre") {
  if (how == Death::close_after_some_bytes || how == Death::reset_after_some_bytes) {
    visit.send(bytes);
  }
  if (how == Death::reset || how == Death::reset_after_some_bytes) visit.reset();
  visit.close();
}

// libcurl repeats such a request by itself; this is the duplicate nobody would ever see.
TEST(ClientFaults, I6ARequestOnAReusedConnectionThatDiesIsSentOnceAndLost) {
  for (const Death how : kDeaths) {
    ScriptedServer server([&](Visit& visit) {
      if (!visit.request() || !visit.send(answer(201, "{}"))) return;
      if (visit.request()) die(visit, how);
    });
    Client client = open_client(server.url());
    std::size_t sent = 0;
    for (int round = 0; round < 100; ++round) {
      ASSERT_EQ(outcome(exchange(client, post(std::to_string(sent++)))), "answered 201");
      const Response response = exchange(client, post(std::to_string(sent++)));
      ASSERT_EQ(outcome(response), "lost 0");
      ASSERT_FALSE(response.detail.empty());
    }
    std::map<std::string, int> seen;
    for (const auto& request : server.requests()) ++seen[std::string(body_of(request))];
    EXPECT_EQ(seen.size(), sent);
    for (const auto& [body, times] : seen) EXPECT_EQ(times, 1) << body;
  }
}

// On its way to the repetition libcurl fails to connect: the request was delivered all the same.
TEST(ClientFaults, ADeliveredRequestIsLostEvenWhenNobodyListensAnyMore) {
  ScriptedServer* self = nullptr;
  ScriptedServer server([&](Visit& visit) {
    if (!visit.request() || !visit.send(answer(201, "{}"))) return;
    if (!visit.request()) return;
    self->stop_listening();
    visit.reset();
  });
  self = &server;
  Client client = open_client(server.url());
  ASSERT_EQ(outcome(exchange(client, post("1"))), "answered 201");
  const Response response = exchange(client, post("2"));
  EXPECT_EQ(outcome(response), "lost 0");
  EXPECT_EQ(response.detail, "the connection was closed before the answer");
  EXPECT_FALSE(response.timed_out);
  EXPECT_EQ(server.requests().size(), 2U);
  EXPECT_EQ(outcome(exchange(client, post("3"))), "unreachable 0");
}

// A connection that has ended while it was idle is replaced without anybody noticing.
TEST(ClientFaults, AnIdleConnectionThatEndedCostsNothing) {
  std::atomic<int> ended = 0;
  ScriptedServer server([&](Visit& visit) {
    visit.request();
    visit.send(answer(201, "{}"));
    visit.close();
    ++ended;
  });
  Client client = open_client(server.url());
  for (int i = 0; i < 100; ++i) {
    const Response response = exchange(client, post(std::to_string(i)));
    ASSERT_EQ(outcome(response), "answered 201") << response.detail;
    while (ended <= i) std::this_thread::yield();
  }
  EXPECT_EQ(server.requests().size(), 100U);
}

TEST(ClientFaults, ARequestOnAFreshConnectionThatDiesIsSentOnceAndLost) {
  for (const Death how : kDeaths) {
    ScriptedServer server([&](Visit& visit) {
      if (visit.request()) die(visit, how);
    });
    Client client = open_client(server.url());
    for (int i = 0; i < 50; ++i) ASSERT_EQ(outcome(exchange(client, post("{}"))), "lost 0");
    EXPECT_EQ(server.requests().size(), 50U);
  }
}

TEST(ClientFaults, ARequestThatWasReadInPartIsLost) {
  ScriptedServer server([&](Visit& visit) {
    visit.receive();
    visit.reset();
  });
  Client client = open_client(server.url());
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(outcome(exchange(client, post(std::string(2'000'000, 'x')))), "lost 0");
  }
}

// What arrived, counted per ticket, against what the client says of it.
TEST(ClientFaults, I6NoRequestArrivesTwiceAndNoneArrivesThatIsCalledUnreachable) {
  const std::uint64_t seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  constexpr std::uint64_t kAll = 3000;
  ScriptedServer server([&](Visit& visit) {
    Random random(seed + static_cast<std::uint64_t>(visit.number()));
    while (const auto request = visit.request()) {
      if (random.chance(0.8)) {
        if (!visit.send(answer(201, body_of(*request)))) return;
        if (random.chance(0.05)) return;  // an orderly end after an answer
        continue;
      }
      if (random.chance(0.1)) return visit.until_client_leaves();
      const std::string half = answer(201, "{\"half\":");
      return die(visit, kDeaths.at(random.below(4)), half.substr(0, random.below(half.size())));
    }
  });
  auto options = trial_options(server.url());
  options.timeout = milliseconds{300};
  Client client = open_client(std::move(options));
  std::map<std::uint64_t, Response> responses;
  std::uint64_t sent = 0;
  while (responses.size() < kAll) {
    for (; client.in_flight() < 32 && sent < kAll; ++sent) {
      client.send(sent, post("\"" + std::to_string(sent) + "\""));
    }
    responses.merge(await(client, 1));
    ASSERT_FALSE(testing::Test::HasFailure());
  }
  std::map<std::string, int> arrived;
  for (const auto& request : server.requests()) ++arrived[std::string(body_of(request))];
  std::map<Transport, int> outcomes;
  for (const auto& [ticket, response] : responses) {
    const std::string body = "\"" + std::to_string(ticket) + "\"";
    const int times = arrived[body];
    ++outcomes[response.transport];
    ASSERT_LE(times, 1) << body;
    if (response.transport == Transport::unreachable) {
      ASSERT_EQ(times, 0) << response.detail;
    }
    if (response.transport == Transport::answered) {
      ASSERT_EQ(times, 1);
      ASSERT_EQ(response.body, body);
    } else {
      ASSERT_EQ(response.status, 0);
      ASSERT_TRUE(response.body.empty() && !response.detail.empty());
    }
  }
  EXPECT_GT(outcomes[Transport::answered], 1000);
  EXPECT_GT(outcomes[Transport::lost], 100);
}

// --- cut, oversized and senseless answers
// ------------------------------------------------------------

TEST(ClientFaults, AnAnswerCutAtAnyByteIsLost) {
  const std::vector<std::string> answers{
      answer(201, R"({"id":"user_1"})", "X-Request-Id: req_1\r\n"),
      "HTTP/1.1 100 Continue\r\n\r\n" + answer(201, "{}"),
      "HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n{\"id\r\n5\r\n\":12}\r\n"
      "0\r\n\r\n"};
  for (const auto& whole : answers) {
    // The last byte of a chunked answer says nothing more: the body has ended before it.
    const std::size_t end = whole.ends_with("0\r\n\r\n") ? whole.size() - 1 : whole.size();
    for (std::size_t cut = 0; cut < end; ++cut) {
      ScriptedServer server([&](Visit& visit) {
        if (visit.request()) visit.send(std::string_view(whole).substr(0, cut));
      });
      Client client = open_client(server.url());
      const Response response = exchange(client, post("{}"));
      ASSERT_EQ(outcome(response), "lost 0") << "cut at " << cut << " of " << whole;
      ASSERT_TRUE(response.body.empty());
      ASSERT_EQ(server.requests().size(), 1U);
    }
  }
}

TEST(ClientFaults, AnAnswerIsReadUpToItsBoundAndLostBeyondIt) {
  const auto chunked = [](const std::string& body) {
    return "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" +
           fmt::format("{:x}", body.size()) + "\r\n" + body + "\r\n0\r\n\r\n";
  };
  const auto until_end = [](const std::string& body) {
    return "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + body;
  };
  const auto sized = [](const std::string& body) { return answer(200, body); };
  const std::vector<std::function<std::string(const std::string&)>> framings{chunked, until_end,
                                                                             sized};
  for (const auto& framing : framings) {
    for (const std::size_t size : {0UL, 1UL, 99'999UL, 100'000UL, 100'001UL, 1'000'000UL}) {
      ScriptedServer server([&](Visit& visit) {
        if (visit.request()) visit.send(framing(std::string(size, 'b')));
      });
      auto options = trial_options(server.url());
      options.max_answer = 100'000;
      Client client = open_client(std::move(options));
      const Response response = exchange(client, post("{}"));
      if (size <= 100'000) {
        EXPECT_EQ(outcome(response), "answered 200") << size << response.detail;
        EXPECT_EQ(response.body.size(), size);
      } else {
        EXPECT_EQ(outcome(response), "lost 0") << size;
        EXPECT_EQ(response.detail, "the answer is larger than 100000 bytes");
      }
    }
  }
}

// 64 KiB of zeros: nobody asked for gzip, so nothing is inflated.
TEST(ClientFaults, ACompressedAnswerIsNotInflated) {
  const std::string bomb =
      from_hex("1f8b0800000000000203edc101010000008090feafee080a").value_or("") +
      std::string(63, '\0') + from_hex("6aeb8e97d700000100").value_or("");
  ScriptedServer server(answering(
      [&](const std::string&) { return answer(200, bomb, "Content-Encoding: gzip\r\n"); }));
  Client client = open_client(server.url());
  const Response response = exchange(client, post("{}"));
  EXPECT_EQ(outcome(response), "answered 200") << response.detail;
  EXPECT_EQ(response.body, bomb);
}

TEST(ClientFaults, WhatIsNoHttpAnswerIsLost) {
  const std::vector<std::string> nonsense{
      "SSH-2.0-OpenSSH_9.2\r\n",
      "\r\n\r\n\r\n",
      "hello",
      std::string(1000, '\0'),
      "HTTP/1.1\r\n\r\n",
      "HTTP/1.1 abc\r\n\r\n",
      "HTTP/1.1 20\r\n\r\n",
      "HTTP/9.9 200 OK\r\nContent-Length: 2\r\n\r\n{}",
      "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n{}",
      "HTTP/1.1 200 OK\r\nContent-Length: abc\r\n\r\n{}",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n{}",
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n",
      "HTTP/1.1 000 Nothing\r\nContent-Length: 0\r\n\r\n",
      "HTTP/1.1 200 OK\r\nX: " + std::string(400'000, 'h') + "\r\n\r\n{}",
  };
  for (const auto& bytes : nonsense) {
    ScriptedServer server([&](Visit& visit) {
      if (visit.request()) visit.send(bytes);
    });
    Client client = open_client(server.url());
    const Response response = exchange(client, post("{}"));
    EXPECT_EQ(outcome(response), "lost 0") << bytes.substr(0, 100);
    EXPECT_FALSE(response.detail.empty());
    EXPECT_LE(server.requests().size(), 1U);
  }
}

TEST(ClientFaults, HeadersWithoutEndAreLostAndBounded) {
  for (const char* endless : {"X-Filler: 0123456789012345678901234567890123456789\r\n",
                              "HTTP/1.1 100 Continue\r\n\r\n"}) {
    ScriptedServer server([&](Visit& visit) {
      if (!visit.request()) return;
      visit.send("HTTP/1.1 200 OK\r\n");
      std::string many;
      for (int i = 0; i < 1000; ++i) many += endless;
      while (visit.send(many)) {
      }
    });
    auto options = trial_options(server.url());
    options.timeout = milliseconds{1500};
    Client client = open_client(std::move(options));
    EXPECT_EQ(outcome(exchange(client, post("{}"))), "lost 0");
  }
}

TEST(ClientFaults, AnAnswerNobodyAskedForGoesToNobody) {
  ScriptedServer server([](Visit& visit) {
    while (const auto request = visit.request()) {
      visit.send(answer(201, body_of(*request)) + answer(201, "\"stray\""));
    }
  });
  Client client = open_client(server.url());
  for (int i = 0; i < 50; ++i) {
    const std::string body = std::to_string(i);
    EXPECT_EQ(exchange(client, post(body)).body, body);
  }
  EXPECT_EQ(server.requests().size(), 50U);
}

// --- time-outs
// ----------------------------------------------------------------------------------------

TEST(ClientFaults, AnExchangeThatTakesTooLongIsLost) {
  const std::vector<std::pair<std::string, std::string>> beginnings{
      {"", "silence"},
      {"HTTP/1.1 2", "half a status line"},
      {"HTTP/1.1 100 Continue\r\n\r\n", "an interim answer"},
      {"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{", "half a body"}};
  for (const auto& [beginning, name] : beginnings) {
    ScriptedServer server([&](Visit& visit) {
      visit.request();
      visit.send(beginning);
      visit.until_client_leaves();
    });
    auto options = trial_options(server.url());
    options.timeout = milliseconds{200};
    Client client = open_client(std::move(options));
    const Response response = exchange(client, post("{}"));
    EXPECT_EQ(outcome(response), "lost 0") << name;
    EXPECT_EQ(response.detail, "no answer within 200 ms");
    EXPECT_TRUE(response.timed_out);
    EXPECT_EQ(server.requests().size(), 1U);
  }
}

TEST(ClientFaults, ABodyThatTricklesPastTheTimeIsLost) {
  ScriptedServer server([](Visit& visit) {
    visit.request();
    visit.send("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n");
    while (visit.send("x")) std::this_thread::sleep_for(milliseconds{1});
  });
  auto options = trial_options(server.url());
  options.timeout = milliseconds{200};
  Client client = open_client(std::move(options));
  EXPECT_EQ(exchange(client, post("{}")).detail, "no answer within 200 ms");
}

TEST(ClientFaults, ALateAnswerIsNotGivenToTheNextRequest) {
  ScriptedServer server([](Visit& visit) {
    while (const auto request = visit.request()) {
      if (body_of(*request) == "\"late\"") visit.until_client_leaves();
      visit.send(answer(201, body_of(*request)));
    }
  });
  auto options = trial_options(server.url());
  options.timeout = milliseconds{100};
  Client client = open_client(std::move(options));
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(outcome(exchange(client, post("\"late\""))), "lost 0");
    EXPECT_EQ(exchange(client, post("\"next\"")).body, "\"next\"");
  }
}

TEST(ClientFaults, TimeOutsComeInTheOrderOfSendingWhateverElseCompletes) {
  ScriptedServer server([](Visit& visit) {
    while (const auto request = visit.request()) {
      if (body_of(*request) == "\"hang\"") return visit.until_client_leaves();
      visit.send(answer(201, "{}"));
    }
  });
  auto options = trial_options(server.url());
  options.timeout = milliseconds{300};
  Client client = open_client(std::move(options));
  for (std::uint64_t i = 0; i < 20; ++i) {
    client.send(i, post(i % 3 == 0 ? "\"hang\"" : "\"go\""));
  }
  for (const auto& [ticket, response] : await(client, 20)) {
    EXPECT_EQ(outcome(response), ticket % 3 == 0 ? "lost 0" : "answered 201");
  }
}

// --- before anything is sent
// ---------------------------------------------------------------------------

TEST(ClientFaults, ARefusedConnectionIsUnreachable) {
  ScriptedServer server(answering([](const std::string&) { return answer(201, "{}"); }));
  server.stop_listening();
  Client client = open_client(server.url());
  const Response response = exchange(client, post("{}"));
  EXPECT_EQ(outcome(response), "unreachable 0");
  EXPECT_THAT(response.detail, StartsWith("cannot connect to 127.0.0.1:"));
  EXPECT_THAT(response.detail, HasSubstr("Connection refused"));
  EXPECT_FALSE(response.hopeless);
}

TEST(ClientFaults, ANameThatDoesNotResolveIsUnreachable) {
  for (const char* name : {"http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"}) {
    ::unsetenv(name);
  }
  Client client = open_client("https://nonexistent.invalid");
  const Response response = exchange(client, post("{}"));
  EXPECT_EQ(outcome(response), "unreachable 0");
  EXPECT_THAT(response.detail, AnyOf("cannot resolve the name nonexistent.invalid",
                                     "no connection to nonexistent.invalid within 10 s"));
}

// A listener whose queue is full lets connections hang.
TEST(ClientFaults, AConnectionThatDoesNotComeIsUnreachable) {
  Listener listener(0);
  std::vector<Fd> fillers;
  for (int i = 0; i < 8; ++i) {
    fillers.emplace_back(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    (void)::connect(fillers.back().get(), reinterpret_cast<sockaddr*>(&listener.address),
                    sizeof listener.address);
  }
  auto options = trial_options(listener.url());
  options.connect_timeout = milliseconds{150};
  Client impatient = open_client(options);
  EXPECT_THAT(exchange(impatient, post("{}")).detail, HasSubstr("within 150 ms"));
  EXPECT_EQ(outcome(exchange(impatient, post("{}"))), "unreachable 0");

  options.connect_timeout = milliseconds{10'000};
  options.timeout = milliseconds{150};
  Client hasty = open_client(options);
  const Response response = exchange(hasty, post("{}"));
  EXPECT_EQ(outcome(response), "unreachable 0");
  EXPECT_EQ(response.detail, "no connection within 150 ms");
  EXPECT_TRUE(response.timed_out);
}

// Requests that wait for a connection to become free have not been sent.
TEST(ClientFaults, ARequestThatWaitsForAConnectionIsUnreachableWhenTimeIsUp) {
  ScriptedServer server([](Visit& visit) {
    visit.request();
    visit.until_client_leaves();
  });
  auto options = trial_options(server.url());
  options.timeout = milliseconds{300};
  options.max_connections = 1;
  Client client = open_client(std::move(options));
  for (std::uint64_t i = 0; i < 4; ++i) client.send(i, post(std::to_string(i)));
  const auto responses = await(client, 4);
  const auto arrived = server.requests();
  for (const auto& [ticket, response] : responses) {
    const bool seen = std::ranges::any_of(
        arrived, [&](const auto& request) { return body_of(request) == std::to_string(ticket); });
    EXPECT_NE(response.transport, Transport::answered);
    if (response.transport == Transport::unreachable) {
      EXPECT_FALSE(seen) << ticket;
    }
  }
  EXPECT_EQ(outcome(responses.at(0)), "lost 0");
}

}  // namespace
}  // namespace usher::net
