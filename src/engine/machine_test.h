// SPDX-License-Identifier: Apache-2.0
// The import machine with everything around it that tests need: a store in memory, requests under
// way, a clock cranked by hand, and whoever answers. Obeys as a driver does (engine/import.h).
#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "base/random.h"
#include "engine/count.h"
#include "engine/import.h"

namespace usher {

class Machine {
 public:
  using Answering = std::function<net::Response(const net::Request&)>;

  Machine(Import::Options options, Answering answering, std::uint64_t seed = 0)
      : import(std::move(options)), answering_(std::move(answering)), random_(seed), seed_(seed) {
    now.steady = Instant{std::chrono::seconds{1'000}};
    now.wall = WallTime{std::chrono::seconds{1'772'442'907}};
  }

  // Feeds rows while they are wanted, and obeys.
  void take(const std::vector<UserRow>& rows) {
    obey();
    while (next_ < rows.size() && import.wants_rows()) {
      Candidate candidate;
      candidate.record = ++next_;
      candidate.row = rows[candidate.record - 1];
      candidate.keys = make_keys(hasher_, candidate.row);
      candidate.user = disk[candidate.keys.user];
      if (!import.knows(candidate.keys.organization)) {
        candidate.organization = disk[candidate.keys.organization];
      }
      candidate.membership = disk[candidate.keys.membership];
      import.feed(std::move(candidate), now);
    }
    obey();
  }

  // One thing happens: an answer (the first asked, or any when there is a seed), or time passes.
  void happen() {
    const Instant wake = import.wake(now);
    const bool due = wake < Pacer::kFarFuture;
    if (!flights.empty() && (!due || seed_ == 0 || random_.chance(0.8))) {
      const std::size_t which = seed_ == 0 ? 0 : random_.below(flights.size());
      answer(which, answering_(flights[which].request));
    } else {
      ASSERT_TRUE(due) << "it would wait for ever";
      pass(std::max(wake - now.steady, Duration{0}));
    }
    obey();
  }
  void answer(std::size_t which, const net::Response& response) {
    const Turn::Send flight = flights.at(which);
    flights.erase(flights.begin() + static_cast<std::ptrdiff_t>(which));
    pass(std::chrono::milliseconds{20});
    import.answered(flight.ticket, response, now);
  }
  void pass(Duration span) {
    now.steady += span;
    now.wall += std::chrono::duration_cast<std::chrono::milliseconds>(span);
  }
  void obey() {
    Turn turn = import.turn(now);
    for (const StepWrite& write : turn.writes) {
      disk[write.key] = write.record;
      if (write.record.state != StepState::begun) settled_[write.key] = write.record;
    }
    for (Turn::Send& send : turn.sends) {
      asked.push_back(send.request);
      if (on_send) on_send(send.request);
      flights.push_back(std::move(send));
    }
    for (RowEnd& end : turn.ends) {
      order.push_back(end.record);
      EXPECT_TRUE(ends.emplace(end.record, std::move(end)).second) << "a row ended twice";
    }
    for (std::string& warning : turn.warnings) warnings.push_back(std::move(warning));
  }

  // To the end of all rows.
  void run(const std::vector<UserRow>& rows) {
    for (int rounds = 0;; ++rounds) {
      ASSERT_LT(rounds, 1'000'000) << "it goes on for ever";
      take(rows);
      const bool over = next_ == rows.size() || !import.wants_rows();
      if (import.idle() && over) break;
      happen();
      if (testing::Test::HasFatalFailure()) return;
    }
    EXPECT_EQ(import.in_flight(), 0);
    expect_accounted(next_);
  }

  // I9, and that each thing stands in the count of how it was settled last.
  void expect_accounted(std::uint64_t fed) {
    const Tally& tally = import.tally();
    const Tally::Rows& rows = tally.rows;
    EXPECT_EQ(rows.read, fed);
    EXPECT_EQ(rows.created + rows.unchanged + rows.failed + rows.not_tried, fed);
    EXPECT_EQ(ends.size(), fed);
    std::map<RowEnd::How, std::uint64_t> hows;
    for (const auto& [record, end] : ends) ++hows[end.how];
    EXPECT_EQ(rows.created, hows[RowEnd::How::created]);
    EXPECT_EQ(rows.unchanged, hows[RowEnd::How::unchanged]);
    EXPECT_EQ(rows.failed, hows[RowEnd::How::failed]);
    EXPECT_EQ(tally.warnings, warnings.size());
    std::map<StepKind, Tally::Things> things;
    for (const auto& [key, record] : settled_) {
      recount(things[record.kind], StepState::absent, record.state);
    }
    expect_same(tally.users, things[StepKind::user], "users");
    expect_same(tally.memberships, things[StepKind::membership], "memberships");
    expect_same(tally.organizations, things[StepKind::organization], "organizations");
  }

  static void expect_same(const Tally::Things& got, const Tally::Things& wanted, const char* what) {
    EXPECT_EQ(got.created, wanted.created) << what;
    EXPECT_EQ(got.already_there, wanted.already_there) << what;
    EXPECT_EQ(got.updated, wanted.updated) << what;
    EXPECT_EQ(got.failed, wanted.failed) << what;
  }

  [[nodiscard]] std::size_t count(net::Method method, const std::string& path) const {
    return static_cast<std::size_t>(
        std::count_if(asked.begin(), asked.end(), [&](const net::Request& request) {
          return request.method == method && request.path.starts_with(path);
        }));
  }
  [[nodiscard]] StepRecord user_record(const UserRow& row) {
    return disk[make_keys(hasher_, row).user];
  }
  [[nodiscard]] StepRecord membership_record(const UserRow& row) {
    return disk[make_keys(hasher_, row).membership];
  }

  Import import;
  Now now;
  std::map<Key, StepRecord> disk;
  std::vector<Turn::Send> flights;
  std::vector<net::Request> asked;
  std::function<void(const net::Request&)> on_send;
  std::map<std::uint64_t, RowEnd> ends;
  std::vector<std::uint64_t> order;  // of the ends
  std::vector<std::string> warnings;

 private:
  Answering answering_;
  Random random_;
  std::uint64_t seed_;
  std::map<Key, StepRecord> settled_;
  Hasher hasher_{"key of a test"};
  std::uint64_t next_ = 0;
};

}  // namespace usher
