// SPDX-License-Identifier: Apache-2.0
#include "run/job/words.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/random.h"
#include "model/tally_sum.h"
#include "run/sample_failure.h"

namespace usher::job {
namespace {

Tally random_tally(Random& random) {
  Tally tally;
  each_count(tally, [&](std::uint64_t& count) { count = random.next(); });
  return tally;
}

std::vector<std::uint64_t> counts_of(const Tally& tally) {
  std::vector<std::uint64_t> counts;
  each_count(tally, [&](const std::uint64_t& count) { counts.push_back(count); });
  return counts;
}

// A line of the report, back as a report, back as a line.
std::string there_and_back(const Report& report) {
  const auto read = parse_report(to_line(report));
  EXPECT_TRUE(read) << read.error().line();
  return read ? to_line(*read) : "";
}

TEST(Reports, ArriveAsTheyWereSent) {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    SCOPED_TRACE(fmt::format("seed {}", seed));
    Random random(seed);
    ProgressReport progress{random_tally(random), static_cast<int>(random.below(100)),
                            "rate \"limit\"\n"};
    const auto heard = parse_report(to_line(progress));
    ASSERT_TRUE(heard && std::holds_alternative<ProgressReport>(*heard));
    EXPECT_EQ(counts_of(std::get<ProgressReport>(*heard).tally), counts_of(progress.tally));

    ChunkChanges changes;
    changes[random.below(1000)] = {3, 1, 1, -1, 2, 0};
    const EndReport end{UserImportReport::End::denied, {"no", "key"}, random_tally(random)};
    for (const Report& report :
         {Report(progress), Report(changes), Report(WarningReport{"ü\t"}), Report(end)}) {
      EXPECT_EQ(there_and_back(report), to_line(report));
    }
  }
}

TEST(Reports, OfAFailureKeepItsCellsAndItsReasons) {
  SampleRow sample;
  sample.failure.errors = {{"code", "field", "message"}};
  sample.failure.passing = true;
  sample.cells[1] = "quotes \" and\nlines, and ü";
  const FailedRow row = sample.row();
  const FailureReport report{row.record, row.line,    row.cells, row.org,
                             row.email,  row.failure, row.at};
  const auto heard = parse_report(to_line(report));
  ASSERT_TRUE(heard && std::holds_alternative<FailureReport>(*heard));
  const auto& got = std::get<FailureReport>(*heard);
  EXPECT_EQ(got.cells, sample.cells);
  EXPECT_EQ(got.failure.message, sample.failure.message);
  EXPECT_EQ(got.failure.errors.at(0).field, "field");
  EXPECT_TRUE(got.failure.passing);
  EXPECT_EQ(got.at, kSampleMoment);
  EXPECT_EQ(to_line(got), to_line(report));
}

TEST(Reports, ThatAreCutOrStrangeAreRefusedAndBreakNothing) {
  const std::string line = to_line(EndReport{});
  for (std::size_t size = 0; size + 1 < line.size(); ++size) {
    EXPECT_FALSE(parse_report(line.substr(0, size))) << size;
  }
  for (const char* text : {"[]", "{}", "{\"is\":7}", "{\"is\":\"progress\"}",
                           "{\"is\":\"progress\",\"tally\":[1],\"in_flight\":0,\"waiting\":\"\"}",
                           "{\"is\":\"chunks\",\"changes\":[[1,2]]}"}) {
    EXPECT_FALSE(parse_report(text)) << text;
  }
}

TEST(Orders, CarryThePlanAndTheKey) {
  Orders orders;
  orders.root = "jobs";
  orders.id = "spring";
  orders.run = 3;
  orders.partitions = 0x8000'0000'0000'0001ULL;
  orders.coordinator = 42;
  orders.plan.id = "spring";
  orders.plan.options.concurrency = 7;
  orders.api_key = Secret(std::string("sk_test_1"));
  const auto heard = parse_orders(to_line(orders));
  ASSERT_TRUE(heard) << heard.error().line();
  EXPECT_EQ(heard->partitions, orders.partitions);
  EXPECT_EQ(heard->plan.options.concurrency, 7);
  EXPECT_EQ(heard->api_key.reveal(), "sk_test_1");
  EXPECT_EQ(to_line(*heard), to_line(orders));
}

TEST(Tallies, AddUpCountByCount) {
  Random random(7);
  Tally sum;
  std::vector<std::uint64_t> wanted(counts_of(sum).size());
  for (int i = 0; i < 5; ++i) {
    const Tally more = random_tally(random);
    add(sum, more);
    for (std::size_t k = 0; k < wanted.size(); ++k) wanted[k] += counts_of(more)[k];
  }
  EXPECT_EQ(counts_of(sum), wanted);
}

}  // namespace
}  // namespace usher::job
