// SPDX-License-Identifier: Apache-2.0
// The batch machine with everything around it that tests need: a store in memory, requests under
// way, a clock cranked by hand. Obeys as a driver does (engine/batch_import.h), and fails a test
// when something leaves that was not begun, or ends that was not settled.
#pragma once

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "engine/batch_import.h"
#include "engine/pacer.h"
#include "engine/responses_test.h"

namespace usher {

inline BatchImport::Options batch_options() {
  BatchImport::Options options;
  options.endpoint.api_url = "https://api.example.test/v1/customers";
  options.endpoint.auth_url = "https://login.example.test/token";
  options.credentials.token = Secret(std::string_view("by-hand"));
  options.retry.attempts = 3;
  return options;
}

inline net::Response token_reply(const std::string& token, int life = 3600) {
  return reply(200, fmt::format(R"({{"access_token":"{}","expires_in":{}}})", token, life));
}

class BatchMachine {
 public:
  using Place = std::pair<std::uint64_t, std::uint32_t>;  // batch, item

  explicit BatchMachine(BatchImport::Options options = batch_options())
      : import(std::move(options)) {
    now.steady = Instant{std::chrono::seconds{1'000}};
    now.wall = WallTime{std::chrono::seconds{1'772'442'907}};
  }

  void feed(std::uint64_t number, std::uint32_t items, bool maybe = false) {
    OpenBatch batch;
    batch.number = number;
    for (std::uint32_t i = 0; i < items; ++i) {
      batch.items.push_back({i, maybe});
      fed[{number, i}] = customers::Change::create;
    }
    import.feed(std::move(batch), now);
    obey();
  }

  static std::string id_of(std::uint64_t batch, std::uint32_t item) {
    return fmt::format("{}-{}", batch, item);
  }
  [[nodiscard]] std::vector<customers::Identity> people(const BatchTurn::Send& send) const {
    std::vector<customers::Identity> sent;
    for (const std::uint32_t item : send.items) {
      const auto change = fed.find({send.batch, item});
      sent.push_back({change == fed.end() ? customers::Change::create : change->second,
                      id_of(send.batch, item), "", ""});
    }
    return sent;
  }
  // 201 with a result for each item, by `code`.
  template <class Code>
  [[nodiscard]] static net::Response results(const BatchTurn::Send& send, Code code) {
    std::string body;
    for (const std::uint32_t item : send.items) {
      body += fmt::format(R"({}{{"customerId":"{}","result":"{}"}})", body.empty() ? "" : ",",
                          id_of(send.batch, item), code(item));
    }
    return reply(201, R"({"data":[)" + body + "]}");
  }
  [[nodiscard]] static net::Response success(const BatchTurn::Send& send) {
    return results(send, [](std::uint32_t) { return "SUCCESS"; });
  }

  void answer(const BatchTurn::Send& send, const net::Response& response) {
    const std::uint64_t ticket = send.ticket;
    const auto sent = people(send);
    std::erase_if(flights, [&](const auto& flight) { return flight.ticket == ticket; });
    import.answered(ticket, response, sent, now);
    obey();
  }
  // The request that was first under way, after the time until there is one.
  BatchTurn::Send next() {
    for (int i = 0; flights.empty() && i < 100; ++i) pass_to_wake();
    if (flights.empty()) {
      ADD_FAILURE() << "nothing leaves";
      return {};
    }
    return flights.front();
  }
  void pass_to_wake() {
    const Instant wake = import.wake(now);
    if (wake == Pacer::kFarFuture) return;
    pass(std::max(wake - now.steady, Duration{0}));
    obey();
  }
  void pass(Duration span) {
    now.steady += span;
    now.wall += std::chrono::duration_cast<std::chrono::milliseconds>(span);
  }
  void obey() {
    BatchTurn turn = import.turn(now);
    for (BatchTurn::Write& write : turn.writes) {
      EXPECT_FALSE(settled(write.batch, write.item)) << "settled twice";
      disk[{write.batch, write.item}] = std::move(write.state);
    }
    for (BatchTurn::Send& send : turn.sends) {
      for (const std::uint32_t item : send.items) {
        EXPECT_TRUE((disk[{send.batch, item}].begun)) << "I1";
      }
      flights.push_back(send);
      asked.push_back(std::move(send));
    }
    for (const BatchTurn::End& end : turn.ends) {
      for (const auto& [place, state] : disk) {
        if (place.first == end.batch) {
          EXPECT_NE(state.outcome, customers::Outcome::pending) << "I2";
        }
      }
      EXPECT_TRUE(ends.emplace(end.batch, end).second) << "a batch ended twice";
    }
    for (std::string& warning : turn.warnings) warnings.push_back(std::move(warning));
  }
  [[nodiscard]] bool settled(std::uint64_t batch, std::uint32_t item) {
    return disk[{batch, item}].outcome != customers::Outcome::pending;
  }
  [[nodiscard]] customers::ItemState state(std::uint64_t batch, std::uint32_t item) {
    return disk[{batch, item}];
  }

  BatchImport import;
  Now now;
  std::map<Place, customers::ItemState> disk;
  std::map<Place, customers::Change> fed;
  std::vector<BatchTurn::Send> flights;
  std::vector<BatchTurn::Send> asked;
  std::map<std::uint64_t, BatchTurn::End> ends;
  std::vector<std::string> warnings;
};

}  // namespace usher
