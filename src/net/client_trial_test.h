// SPDX-License-Identifier: Apache-2.0
// What the client's tests share: a client with the usual options, and exchanges awaited to their
// end.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include "net/client.h"

namespace usher::net {

inline constexpr std::string_view kTrialKey = "sk_test_trial";

inline Client::Options trial_options(std::string url) {
  Client::Options options;
  options.base_url = std::move(url);
  options.user_agent = "usher/test";
  options.bearer = Secret(kTrialKey);
  options.timeout = std::chrono::seconds(30);
  return options;
}

inline Client open_client(Client::Options options) {
  auto client = Client::open(std::move(options));
  if (!client) {
    ADD_FAILURE() << client.error().line();
    std::abort();
  }
  return std::move(*client);
}
inline Client open_client(std::string url) {
  return open_client(trial_options(std::move(url)));
}

// Awaits `count` completions, or some more; fewer come back only when the client hangs.
inline std::map<std::uint64_t, Response> await(Client& client, std::size_t count) {
  std::map<std::uint64_t, Response> responses;
  const auto patience = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (responses.size() < count && std::chrono::steady_clock::now() < patience) {
    client.wait(std::chrono::seconds(1));
    while (auto completion = client.next()) {
      const auto [_, fresh] =
          responses.emplace(completion->ticket, std::move(completion->response));
      EXPECT_TRUE(fresh) << "ticket " << completion->ticket << " came back twice";
    }
  }
  EXPECT_GE(responses.size(), count);
  return responses;
}

inline Response exchange(Client& client, const Request& request) {
  client.send(7, request);
  auto responses = await(client, 1);
  EXPECT_EQ(client.in_flight(), 0U);
  return std::move(responses[7]);
}

inline Request post(std::string body, std::string path = "/user_management/users") {
  return {.method = Method::post,
          .path = std::move(path),
          .body = std::move(body),
          .idempotency_key = {}};
}

// For comparing: "answered 201", "lost 0".
inline std::string outcome(const Response& response) {
  const char* name = response.transport == Transport::answered ? "answered "
                     : response.transport == Transport::lost   ? "lost "
                                                               : "unreachable ";
  return name + std::to_string(response.status);
}

}  // namespace usher::net
