// SPDX-License-Identifier: Apache-2.0
// Jobs whose disk or files are in trouble: each is told in words, sends nothing it cannot remember,
// and loses nothing. Also jobs of the existing toolkit, which have no store at all.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <system_error>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "base/hash.h"
#include "base/scratch.h"
#include "scenarios/job_trial.h"
#include "scenarios/oracle.h"

namespace usher::scenarios {
namespace {

using ::testing::AnyOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr int kPeople = 200;

class JobTrouble : public ::testing::Test {
 protected:
  JobTrouble() {
    folder.write("users.csv", people(kPeople) + "not an address,Nobody\n");
    for (int i = 1; i <= kPeople; ++i) wanted.person(fmt::format("p{}@example.com", i), "");
  }
  [[nodiscard]] Launch command(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), {"--rate-limit", "off"});
    return import_into(api, folder.path(), std::move(arguments));
  }
  [[nodiscard]] Ran import(std::vector<std::string> arguments) const {
    return run(command(std::move(arguments)));
  }
  // Ended, but for its one impossible row: a resume has something to do.
  void make_job() const {
    const Ran made = import({"--csv", "users.csv", "--job-id", "spring"});
    ASSERT_EQ(made.code, 1) << made.err;
  }
  [[nodiscard]] std::string store() const {
    return folder.at(std::string(kJobs) + "/spring/job.db");
  }
  // Refused in words, before a single request.
  void expect_refused(const std::string& why) const {
    const std::int64_t requests = api.count("requests.total");
    const Ran refused = import({"--resume", "spring"});
    EXPECT_EQ(refused.code, 2) << refused.out << refused.err;
    EXPECT_THAT(refused.err, HasSubstr(why));
    EXPECT_EQ(std::ranges::count(refused.err, '\n'), 2) << refused.err;  // what, and what to do
    EXPECT_EQ(api.count("requests.total"), requests);
  }

  LocalApi api;
  ScratchFolder folder;
  Wanted wanted;
};

void write_at(const std::string& path, std::streamoff offset, const std::string& bytes) {
  std::fstream file(path, std::ios::binary | std::ios::in | std::ios::out);
  file.seekp(offset);
  file << bytes;
}

TEST_F(JobTrouble, RefusesAStoreOfANewerVersion) {
  make_job();
  constexpr std::streamoff kUserVersion = 60;  // of SQLite's header, big-endian
  write_at(store(), kUserVersion, std::string{'\0', '\0', '\x7f', '\x01'});
  expect_refused("newer usher");
}

TEST_F(JobTrouble, RefusesAStoreThatIsNoStore) {
  make_job();
  write_at(store(), 0, std::string(4096, 'x'));
  expect_refused("job.db");
}

TEST_F(JobTrouble, RefusesAStoreThatIsCutShort) {
  make_job();
  std::error_code error;
  const auto size = std::filesystem::file_size(store(), error);
  std::filesystem::resize_file(store(), size / 2, error);
  ASSERT_FALSE(error);
  expect_refused("damaged");
}

TEST_F(JobTrouble, RefusesAFolderThatCannotBeWritten) {
  make_job();
  const std::string spring = folder.at(std::string(kJobs) + "/spring");
  const auto with_mode = [&](const std::string& path, mode_t mode) {
    ASSERT_EQ(::chmod(path.c_str(), mode), 0);
  };
  with_mode(spring, 0500);
  with_mode(store(), 0400);
  with_mode(folder.at(kJobs), 0500);
  const std::int64_t requests = api.count("requests.total");
  for (const std::vector<std::string>& words : {std::vector<std::string>{"--resume", "spring"},
                                                {"--csv", "users.csv", "--job-id", "new"}}) {
    Launch launch = command(words);
    launch.minds_modes = true;
    const Ran refused = run(launch);
    EXPECT_EQ(refused.code, 2) << refused.out << refused.err;
    EXPECT_THAT(refused.err, AnyOf(HasSubstr("Permission denied"), HasSubstr("read-only")));
  }
  EXPECT_EQ(api.count("requests.total"), requests);
  with_mode(folder.at(kJobs), 0700);
  with_mode(spring, 0700);
  with_mode(store(), 0600);
  EXPECT_EQ(import({"--resume", "spring"}).code, 1);
  expect_holds_exactly(api, wanted);
}

TEST_F(JobTrouble, MakesNoJobWhereItsFolderCannotBe) {
  folder.write("file", "");
  const Ran refused =
      import({"--csv", "users.csv", "--job-id", "spring", "--checkpoint-dir", "file"});
  EXPECT_EQ(refused.code, 2) << refused.err;
  EXPECT_THAT(refused.err, HasSubstr("Not a directory"));
  EXPECT_EQ(api.count("requests.total"), 0);
}

// Files may not grow beyond a limit that is met at its making, at its beginning, in its middle.
TEST_F(JobTrouble, StopsWhenTheDiskIsFullAndGoesOnWhenItIsNot) {
  constexpr int kMany = 3'000;
  folder.write("users.csv", people(kMany));
  for (int i = kPeople + 1; i <= kMany; ++i) wanted.person(fmt::format("p{}@example.com", i), "");
  bool made = false;
  std::uint64_t stopped = 0;
  for (std::uint64_t limit = 4'096; limit < 2'000'000; limit = limit * 3 / 2) {
    SCOPED_TRACE(fmt::format("{} bytes", limit));
    Launch launch = made ? command({"--resume", "spring"})
                         : command({"--csv", "users.csv", "--job-id", "spring"});
    launch.largest_file = limit;
    const Ran full = run(launch);
    made = made || rows_of(folder.path(), "spring").total > 0;
    if (full.code == 0) break;
    ASSERT_EQ(full.code, 2) << full.out << full.err;
    EXPECT_THAT(full.out + full.err,
                AnyOf(HasSubstr("disk"), HasSubstr("space"), HasSubstr("File too large")));
    EXPECT_THAT(full.out, Not(HasSubstr("Success")));
    ++stopped;
  }
  EXPECT_GT(stopped, 0U);
  const Ran last =
      made ? import({"--resume", "spring"}) : import({"--csv", "users.csv", "--job-id", "spring"});
  EXPECT_EQ(last.code, 0) << last.out << last.err;
  expect_holds_exactly(api, wanted);
}

// --- jobs of the existing toolkit --------------------------------------------------------------

constexpr int kTheirs = 300;

// What it leaves: two of three chunks are said to be done, and half of the memberships of one of
// them were lost on the way.
class TheirJob : public JobTrouble {
 protected:
  TheirJob() {
    wanted = {};
    std::string done = kHeader;
    std::string all = kHeader;
    wanted.organization("acct-1");
    for (int i = 1; i <= kTheirs; ++i) {
      const std::string email = fmt::format("t{}@example.com", i);
      const std::string row = fmt::format("{},crm-{},acct-1,Account\n", email, i);
      all += row;
      if (i <= 150) done += row;
      if (i > 150 && i <= 200) done += fmt::format("{},crm-{},,\n", email, i);
      wanted.person(email, fmt::format("crm-{}", i));
      wanted.membership(email, "acct-1", {});
    }
    folder.write("users.csv", all);
    folder.write("done.csv", done);
    EXPECT_EQ(import({"--csv", "done.csv"}).code, 0);
    std::filesystem::create_directories(folder.at(std::string(kJobs) + "/theirs"));
    Sha256 sha;
    sha.add(all);
    folder.write(checkpoint(), fmt::format(R"({{
  "jobId": "theirs", "csvPath": "{}", "csvHash": "{}",
  "createdAt": 1705312800000, "updatedAt": 1705312900000,
  "chunkSize": 100, "concurrency": 5, "totalRows": {},
  "chunks": [
    {{"chunkId": 0, "startRow": 1, "endRow": 100, "status": "completed", "successes": 100,
      "failures": 0, "membershipsCreated": 100, "usersCreated": 100, "duplicateUsers": 0,
      "duplicateMemberships": 0, "durationMs": 41000}},
    {{"chunkId": 1, "startRow": 101, "endRow": 200, "status": "completed", "successes": 100,
      "failures": 0, "membershipsCreated": 50, "usersCreated": 100, "duplicateUsers": 0,
      "duplicateMemberships": 0, "durationMs": 40000}},
    {{"chunkId": 2, "startRow": 201, "endRow": 300, "status": "pending", "successes": 0,
      "failures": 0}}],
  "summary": {{"total": 200, "successes": 200, "failures": 0, "membershipsCreated": 150,
    "usersCreated": 200, "duplicateUsers": 0, "duplicateMemberships": 0,
    "startedAt": 1705312800000, "endedAt": null, "warnings": []}},
  "mode": "multi-org", "orgId": null
}})",
                                           folder.at("users.csv"), sha.hex(), kTheirs));
  }
  static constexpr const char* kHeader = "email,external_id,org_external_id,org_name\n";
  [[nodiscard]] static std::string checkpoint() {
    return std::string(kJobs) + "/theirs/checkpoint.json";
  }
};

TEST_F(TheirJob, IsTakenOverAndItsCompletedChunksAreNotBelieved) {
  const std::int64_t writes = api.count("requests.writes_accepted");
  const Ran taken = import({"--resume", "theirs", "--workers", "2"});
  EXPECT_EQ(taken.code, 0) << taken.out << taken.err;
  EXPECT_THAT(taken.err, HasSubstr("Resuming job: theirs\n"));
  EXPECT_THAT(taken.err, HasSubstr("looked up in the API first"));
  expect_holds_exactly(api, wanted);
  // 100 people of the third chunk, and the memberships of these and of the 50.
  EXPECT_EQ(api.count("requests.writes_accepted") - writes, 100 + 100 + 50);
  EXPECT_TRUE(folder.has(checkpoint() + ".old"));
  const JobSheet sheet(folder.path(), "theirs");
  EXPECT_EQ(sheet.number("chunks.size"), 100);
  EXPECT_EQ(sheet.number("rows.alreadyThere"), 150);
  EXPECT_EQ(sheet.number("rows.created"), 150);
}

TEST_F(TheirJob, WhoseFileIsGoneIsLeftAsItIs) {
  ASSERT_EQ(std::rename(folder.at("users.csv").c_str(), folder.at("moved.csv").c_str()), 0);
  const std::string before = folder.read(checkpoint());
  const Ran refused = import({"--resume", "theirs"});
  EXPECT_EQ(refused.code, 2) << refused.err;
  EXPECT_THAT(refused.err, HasSubstr("--csv FILE"));
  EXPECT_EQ(folder.read(checkpoint()), before);
  const Ran taken = import({"--resume", "theirs", "--csv", "moved.csv"});
  EXPECT_EQ(taken.code, 0) << taken.err;
  expect_holds_exactly(api, wanted);
}

TEST_F(TheirJob, IsNotOverwrittenByANewJobOfItsName) {
  const std::string before = folder.read(checkpoint());
  const Ran refused = import({"--csv", "users.csv", "--job-id", "theirs"});
  EXPECT_EQ(refused.code, 2);
  EXPECT_THAT(refused.err, HasSubstr("existing toolkit"));
  EXPECT_THAT(refused.err, HasSubstr("--resume theirs"));
  EXPECT_EQ(folder.read(checkpoint()), before);
}

}  // namespace
}  // namespace usher::scenarios
