// SPDX-License-Identifier: Apache-2.0
// Invariants of ARCHITECTURE.md by their names, of real jobs: I5, I8 and I9. I3 is in
// job_kill_test.cc, I7 in job_rate_test.cc; I1 to I4 and I9 are also in tests/world.
#include <algorithm>
#include <csignal>
#include <fstream>
#include <set>
#include <sstream>

#include <boost/json.hpp>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/random.h"
#include "base/scratch.h"
#include "base/text.h"
#include "scenarios/job_trial.h"
#include "scenarios/oracle.h"

namespace usher::scenarios {
namespace {

namespace json = boost::json;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::string_view kKey = "sk_test_scenario";  // of import_into()

std::string in_job(const std::string& name) {
  return std::string(kJobs) + "/spring/" + name;
}

std::string command_line_of(pid_t process) {
  std::ostringstream text;
  text << std::ifstream(fmt::format("/proc/{}/cmdline", process)).rdbuf();
  return text.str();
}

// Messages to people may quote the one cell that makes a row unusable, and nothing else. Killed in
// its middle, so that what a crash leaves on the disk is looked at too.
TEST(JobInvariants, I5NoSecretAndNoCellIsInTheStoreOrALog) {
  const LocalApi api({"--latency", "3"});
  const ScratchFolder folder;
  std::string csv =
      "email,first_name,last_name,external_id,password,password_hash,password_hash_type,metadata,"
      "org_external_id,org_name\n";
  for (int i = 0; i < 600; ++i) {
    csv += fmt::format(
        "marlin{0}@example.com,Marlinfirst{0},Marlinlast{0},marlinid{0},{1},{2},{3},"
        "\"{{\"\"k\"\":\"\"marlinmeta{0}\"\"}}\",marlinorg{4},Marlinname{4}\n",
        i, i % 2 == 0 ? fmt::format("marlinpass{}-A1b2", i) : "",
        i % 2 == 1 ? "$2b$10$CwTycUXWue0Thq9StjUM0uJ8bWz1aHf3kQ5e7y9mB2n4c6v8x0zMa" : "",
        i % 2 == 1 ? "bcrypt" : "", i % 9);
  }
  csv += "marlin5@example.com,,,marlinother,,,,,marlinorg1,Marlinname1\n";  // refused by the API
  csv += ",Marlinfirst,,,,,,,,\n";                                          // unusable
  folder.write("users.csv", csv);
  Process job(import_into(api, folder.path(),
                          {"--csv", "users.csv", "--job-id", "spring", "--workers", "2",
                           "--rate-limit", "off", "--chunk-size", "100"}));
  const auto workers = wait_for_workers(job, 2);
  ASSERT_EQ(workers.size(), 2U) << job.err();
  api.wait_for("users", 150);
  for (const pid_t worker : workers) EXPECT_THAT(command_line_of(worker), Not(HasSubstr(kKey)));
  job.signal(SIGKILL);
  for (const pid_t worker : workers) EXPECT_TRUE(is_gone_soon(worker));
  EXPECT_EQ(job.wait(), -SIGKILL);
  ASSERT_TRUE(folder.has(in_job("job.db-wal")));

  const auto expect_silent = [](const std::string& where, const std::string& text) {
    EXPECT_EQ(lower_ascii(text).find("marlin"), std::string::npos)
        << where << (where == "stderr" ? text : "");
    EXPECT_EQ(text.find(kKey), std::string::npos) << where;
    EXPECT_EQ(text.find("CwTycUXWue0"), std::string::npos) << where;
  };
  const auto expect_silent_files = [&] {
    for (const char* name :
         {"job.db", "job.db-wal", "job.db-shm", "checkpoint.json", "lock", "rate"}) {
      if (folder.has(in_job(name))) expect_silent(name, folder.read(in_job(name)));
    }
  };
  expect_silent_files();
  expect_silent("stderr", job.err());
  const Ran last = run(import_into(api, folder.path(), {"--resume"}));
  EXPECT_EQ(last.code, 1) << last.out;
  EXPECT_EQ(api.count("users"), 600);
  expect_silent_files();
  expect_silent("stderr", last.err);
  const std::string errors = folder.read(in_job("errors.jsonl"));  // names people, but no secret
  EXPECT_THAT(errors, Not(HasSubstr("marlinpass")));
  EXPECT_THAT(errors, Not(HasSubstr("CwTycUXWue0")));
  EXPECT_THAT(errors, Not(HasSubstr(kKey)));
}

// The largest of the coordinator and its workers, in kilobytes.
long peak_of(const LocalApi& api, int rows) {
  const ScratchFolder folder;
  folder.write("users.csv", people(static_cast<std::size_t>(rows)));
  Process job(import_into(api, folder.path(),
                          {"--csv", "users.csv", "--job-id", "spring", "--workers", "2",
                           "--rate-limit", "off", "--concurrency", "20", "--quiet"}));
  EXPECT_EQ(job.wait(), 0) << job.err();
  return job.peak_kilobytes();
}

TEST(JobInvariants, I8MemoryOfAJobDoesNotGrowWithItsInput) {
  const LocalApi api({"--stub"});
  const long small = peak_of(api, 10'000);
  const long large = peak_of(api, 100'000);
  constexpr long kMargin = 16L * 1024;  // the store's caches fill; 180 bytes a row would be beyond
  EXPECT_LT(large, small * (kSanitized ? 3 : 1) + kMargin);
}

// Rows that succeed, that the API refuses, that are unusable; stopped once on the way.
TEST(JobInvariants, I9EveryRowEndsInExactlyOneCount) {
  constexpr std::uint64_t kSeed = 9;
  SCOPED_TRACE(fmt::format("seed {}", kSeed));
  Random random(kSeed);
  const LocalApi api({"--latency", "2"});
  const ScratchFolder folder;
  std::string csv = "email,external_id,org_external_id,org_name,role_slugs\n";
  std::set<std::uint64_t> failing;
  constexpr std::uint64_t kRows = 1'000;
  for (std::uint64_t row = 1; row <= kRows; ++row) {
    const std::uint64_t kind = random.below(20);
    const auto org = random.below(10);
    if (kind == 0) csv += fmt::format("nobody{},,,,\n", row);
    if (kind == 1) csv += fmt::format("u{0}@example.com,c{0},acct-{1},Org {1},nosuch\n", row, org);
    if (kind == 2) csv += fmt::format("u{0}@example.com,c{0},missing-{0},,\n", row);
    if (kind > 2) csv += fmt::format("u{0}@example.com,c{0},acct-{1},Org {1},\n", row, org);
    if (kind <= 2) failing.insert(row);
  }
  folder.write("users.csv", csv);
  Process first(import_into(api, folder.path(),
                            {"--csv", "users.csv", "--job-id", "spring", "--workers", "3",
                             "--rate-limit", "off", "--chunk-size", "100"}));
  api.wait_for("users", 200);
  first.signal(SIGINT);
  EXPECT_EQ(first.wait(), 130) << first.err();
  for (const bool ended : {false, true}) {
    if (ended) {
      EXPECT_EQ(run(import_into(api, folder.path(), {"--resume"})).code, 1);
    }
    const JobSheet sheet(folder.path(), "spring");
    EXPECT_EQ(sheet.number("rows.total"), std::int64_t{kRows});
    EXPECT_EQ(sheet.number("rows.created") + sheet.number("rows.alreadyThere") +
                  sheet.number("rows.failed") + sheet.number("rows.toDo"),
              std::int64_t{kRows});
    EXPECT_EQ(sheet.number("rows.toDo") > 0, !ended);
  }
  const JobSheet sheet(folder.path(), "spring");
  EXPECT_EQ(sheet.number("rows.toDo"), 0);
  EXPECT_EQ(static_cast<std::size_t>(sheet.number("rows.failed")), failing.size());
  std::multiset<std::uint64_t> told;
  const std::string errors = folder.read(in_job("errors.jsonl"));
  for (const auto line : split(errors, '\n')) {
    if (line.empty()) continue;
    boost::system::error_code error;
    const json::value record = json::parse(json::string_view(line.data(), line.size()), error);
    ASSERT_FALSE(error) << "no JSON: " << line;
    told.insert(record.at("recordNumber").to_number<std::uint64_t>());
  }
  EXPECT_TRUE(std::ranges::equal(told, failing)) << told.size() << " of " << failing.size();
  const json::value checkpoint = json::parse(folder.read(in_job("checkpoint.json")));
  std::uint64_t counted = 0;
  for (const json::value& chunk : checkpoint.at("chunks").as_array()) {
    counted += chunk.at("successes").to_number<std::uint64_t>() +
               chunk.at("failures").to_number<std::uint64_t>();
  }
  EXPECT_EQ(counted, kRows);
}

}  // namespace
}  // namespace usher::scenarios
