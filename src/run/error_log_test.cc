// SPDX-License-Identifier: Apache-2.0
#include "run/error_log.h"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "base/random.h"
#include "base/scratch.h"
#include "base/secret.h"
#include "base/text.h"
#include "run/sample_failure.h"

namespace usher {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

struct Sample : SampleRow {
  Sample() { failure.request_id = "req_1"; }
  [[nodiscard]] std::string json(bool include_secrets = false) const {
    std::string out;
    append_json_line(out, row(), include_secrets);
    return out;
  }
};

TEST(ErrorRecord, HasTheFieldsOfTheSeedsInTheirOrder) {
  EXPECT_EQ(
      Sample{}.json(),
      R"({"recordNumber":12,"email":"ida@north.example","errorType":"org_resolution",)"
      R"("errorMessage":"Organization not found: north","httpStatus":404,)"
      R"("workosCode":"entity_not_found","workosRequestId":"req_1","retryable":false,)"
      R"("orgExternalId":"north","timestamp":"2026-03-02T09:15:07.042Z","rawRow":{"email":"ida@north.example",)"
      R"("first_name":"Ida","password":"••••••","org_external_id":"north"}})"
      "\n");
}

TEST(ErrorRecord, OmitsWhatIsNotKnown) {
  Sample sample;
  sample.org = {};
  sample.failure = sample_failure(FailedAt::user_create, "Missing required email");
  EXPECT_THAT(sample.json(), Not(HasSubstr("httpStatus")));
  EXPECT_THAT(sample.json(), Not(HasSubstr("workos")));
  EXPECT_THAT(sample.json(), Not(HasSubstr("orgId")));
  EXPECT_THAT(sample.json(), Not(HasSubstr("userId")));
  EXPECT_THAT(sample.json(), Not(HasSubstr("csvPath")));
}

TEST(ErrorRecord, SaysWhetherTheSameAgainMaySucceedAndWhereTheRowIsFrom) {
  Sample sample;
  sample.failure.passing = true;
  FailedRow row = sample.row();
  row.csv_path = "/home/ida/users.csv";
  std::string line;
  append_json_line(line, row, false);
  EXPECT_THAT(line, HasSubstr(R"("retryable":true,"orgExternalId":"north")"));
  EXPECT_THAT(line, HasSubstr(R"(Z","csvPath":"/home/ida/users.csv","rawRow":{)"));
}

TEST(ErrorRecord, ListsTheProblemsOfTheApi) {
  Sample sample;
  sample.org = {OrgRef::By::id, "org_1", "", false};
  sample.failure.user_id = "user_1";
  sample.failure.errors = {{"email_required", "email", "is needed"}, {"other", "", ""}};
  EXPECT_THAT(sample.json(), HasSubstr(R"("workosErrors":[{"code":"email_required","field":)"
                                       R"("email","message":"is needed"},{"code":"other"}],)"));
  EXPECT_THAT(sample.json(), HasSubstr(R"("userId":"user_1","errorType")"));
  EXPECT_THAT(sample.json(), HasSubstr(R"("orgId":"org_1","timestamp")"));
}

TEST(ErrorRecord, ShowsSecretsOnlyWhenAsked) {
  Sample sample;
  sample.header = {"email", "Password_Hash", "old_password", "totp_secret"};
  sample.cells = {"ida@north.example", "swordfish-1", "swordfish-2", "swordfish-3"};
  EXPECT_THAT(sample.json(), Not(HasSubstr("swordfish")));
  EXPECT_THAT(sample.json(true), HasSubstr("swordfish-3"));
}

TEST(ErrorRecord, HidesEveryCellThatMayHaveSlippedIntoAnotherColumn) {
  for (const std::size_t count : {0UL, 1UL, 2UL, 3UL, 5UL, 6UL}) {
    SCOPED_TRACE(count);
    Sample sample;
    sample.cells.assign(count, "swordfish");
    if (count > 0) sample.cells[0] = "ida@north.example";
    const std::string line = sample.json();
    EXPECT_THAT(line, Not(HasSubstr("swordfish")));
    EXPECT_EQ(line.contains("_extra"), count > sample.header.size());
  }
}

TEST(ErrorRecord, ShowsARaggedRecordWholeWhenNoColumnIsSecret) {
  Sample sample;
  sample.header = {"email", "first_name"};
  sample.cells = {"ida@north.example", "Ida", "more", "still more"};
  EXPECT_THAT(sample.json(), HasSubstr(R"("first_name":"Ida","_extra":["more","still more"]})"));
}

TEST(ErrorRecord, IsOneLineOfJsonWhateverTheCellsHold) {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    Sample sample;
    for (std::string& cell : sample.cells) {
      for (std::uint64_t left = random.below(30); left > 0; --left) {
        cell += static_cast<char>(random.below(256));
      }
    }
    sample.failure.message = sample.cells[1];
    const std::string line = sample.json();
    EXPECT_EQ(line.find('\n'), line.size() - 1);
    EXPECT_FALSE(find_invalid_utf8(line));
    boost::system::error_code problem;
    const auto parsed = boost::json::parse(line, problem);
    ASSERT_FALSE(problem);
    EXPECT_EQ(parsed.at("rawRow").as_object().size(), 4U);
  }
}

TEST(ErrorRecord, QuotesCsvCellsAsRfc4180Asks) {
  Sample sample;
  sample.failure = sample_failure(FailedAt::user_create, "said \"no\",\nthen left");
  std::string line;
  append_csv_line(line, sample.row(), false);
  EXPECT_EQ(line,
            "12,ida@north.example,,user_create,\"said \"\"no\"\",\nthen left\",,,,"
            "2026-03-02T09:15:07.042Z,\"{\"\"email\"\":\"\"ida@north.example\"\","
            "\"\"first_name\"\":\"\"Ida\"\",\"\"password\"\":\"\"••••••\"\","
            "\"\"org_external_id\"\":\"\"north\"\"}\"\n");
  EXPECT_EQ(csv_header(),
            "recordNumber,email,userId,errorType,errorMessage,httpStatus,workosCode,"
            "workosRequestId,timestamp,rawRow\n");
}

class ErrorLogFile : public ::testing::Test {
 protected:
  [[nodiscard]] std::string at(const std::string& name) const { return folder_.at(name); }
  static ErrorLog prepared(const std::string& path) {
    auto log = ErrorLog::prepare({.path = path});
    EXPECT_TRUE(log) << log.error().line();
    return std::move(*log);
  }
  ScratchFolder folder_;
};

TEST_F(ErrorLogFile, IsNamedByItsExtension) {
  EXPECT_EQ(prepared(at("e.jsonl")).path(), at("e.jsonl"));
  EXPECT_EQ(prepared(at("e.csv")).path(), at("e.csv"));
  EXPECT_EQ(prepared(at("e.log")).path(), at("e.log"));
  EXPECT_EQ(prepared(at("e")).path(), at("e.jsonl"));
  EXPECT_EQ(prepared(at("e.json")).path(), at("e.jsonl"));
  EXPECT_TRUE(prepared(at("e.json")).renamed());
  EXPECT_FALSE(prepared(at("e.jsonl")).renamed());
  EXPECT_EQ(prepared("/dev/null").path(), "/dev/null");
}

TEST_F(ErrorLogFile, AppearsWithTheFirstFailureOnlyForItsOwner) {
  ErrorLog log = prepared(at("e.jsonl"));
  ASSERT_TRUE(log.begin());
  EXPECT_FALSE(folder_.has("e.jsonl"));
  const Sample sample;
  ASSERT_TRUE(log.add(sample.row()));
  EXPECT_EQ(folder_.read("e.jsonl"), sample.json()) << "the first failure is on the disk at once";
  struct stat info{};
  ASSERT_EQ(::stat(log.path().c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777U, 0600U);
  ASSERT_TRUE(log.add(sample.row()));
  ASSERT_TRUE(log.close());
  EXPECT_EQ(folder_.read("e.jsonl"), sample.json() + sample.json());
}

TEST_F(ErrorLogFile, RemovesWhatAnEarlierRunLeftWhenTheNextBegins) {
  folder_.write("e.jsonl", Sample{}.json());
  ErrorLog log = prepared(at("e.jsonl"));
  EXPECT_TRUE(folder_.has("e.jsonl")) << "preparing changes nothing";
  ASSERT_TRUE(log.begin());
  EXPECT_FALSE(folder_.has("e.jsonl"));
}

TEST_F(ErrorLogFile, HoldsRecordsBackUntilAnEarlierFileMayGo) {
  const std::string earlier = Sample{}.json() + "{}\n";
  folder_.write("e.jsonl", earlier);
  ErrorLog log = prepared(at("e.jsonl"));
  const Sample sample;
  ASSERT_TRUE(log.add(sample.row()));
  EXPECT_EQ(folder_.read("e.jsonl"), earlier);
  EXPECT_TRUE(log.untouched());
  ASSERT_TRUE(log.begin());
  ASSERT_TRUE(log.add(sample.row()));
  ASSERT_TRUE(log.close());
  EXPECT_FALSE(log.untouched());
  EXPECT_EQ(folder_.read("e.jsonl"), sample.json() + sample.json());
}

TEST_F(ErrorLogFile, IsItsOwnOnceItIsWritten) {
  ErrorLog log = prepared(at("e.jsonl"));
  const Sample sample;
  ASSERT_TRUE(log.add(sample.row()));
  ASSERT_TRUE(log.begin());
  ASSERT_TRUE(log.add(sample.row()));
  ASSERT_TRUE(log.close());
  EXPECT_EQ(folder_.read("e.jsonl"), sample.json() + sample.json());
}

TEST_F(ErrorLogFile, KeepsAnEarlierFileWhenARunNeverBegan) {
  folder_.write("e.csv", std::string(csv_header()));
  {
    ErrorLog log = prepared(at("e.csv"));
    ASSERT_TRUE(log.add(Sample{}.row()));
    ASSERT_TRUE(log.close());
    EXPECT_FALSE(log.written());
  }
  EXPECT_EQ(folder_.read("e.csv"), csv_header());
}

TEST_F(ErrorLogFile, HoldsBackABoundedNumberOfRecords) {
  folder_.write("e.jsonl", Sample{}.json());
  ErrorLog log = prepared(at("e.jsonl"));
  Sample sample;
  sample.failure.message.assign(100'000, 'x');
  for (int i = 0; i < 11; ++i) ASSERT_TRUE(log.add(sample.row()));
  EXPECT_FALSE(log.untouched());
  ASSERT_TRUE(log.close());
  EXPECT_GT(folder_.read("e.jsonl").size(), 1'100'000U);
}

TEST_F(ErrorLogFile, OfADryRunStandsBesideThatOfARealOne) {
  const auto path = [&](const std::string& name) {
    return ErrorLog::prepare({.path = at(name), .dry_run = true}).value().path();
  };
  EXPECT_EQ(path("e.jsonl"), at("e.jsonl"));
  folder_.write("e.jsonl", Sample{}.json());
  EXPECT_EQ(path("e.jsonl"), at("e.dry-run.jsonl"));
  EXPECT_EQ(path("e"), at("e.dry-run.jsonl"));
  folder_.write("e.csv", std::string(csv_header()));
  EXPECT_EQ(path("e.csv"), at("e.dry-run.csv"));
}

TEST_F(ErrorLogFile, IsNeverTheInputWhateverItIsCalled) {
  const std::string input = folder_.write("u.jsonl", Sample{}.json());
  std::filesystem::create_symlink(input, at("symbolic.jsonl"));
  std::filesystem::create_hard_link(input, at("hard.jsonl"));
  for (const std::string name : {"u.jsonl", "u", "symbolic.jsonl", "hard.jsonl"}) {
    const auto log = ErrorLog::prepare({.path = at(name), .inputs = {"", "no such", input}});
    ASSERT_FALSE(log) << name;
    EXPECT_THAT(log.error().what, HasSubstr("is read by this run"));
    EXPECT_THAT(log.error().line(), Not(HasSubstr("remove")));
  }
}

// As /dev/stdout is one: what would take the link away would take it from everybody.
TEST_F(ErrorLogFile, LeavesALinkWhereItIs) {
  folder_.write("file.jsonl", Sample{}.json());
  std::filesystem::create_symlink(at("file.jsonl"), at("link.jsonl"));
  ErrorLog log = prepared(at("link.jsonl"));
  ASSERT_TRUE(log.begin());
  EXPECT_TRUE(std::filesystem::is_symlink(at("link.jsonl")));
  EXPECT_EQ(folder_.read("file.jsonl"), "");
}

TEST_F(ErrorLogFile, LeavesAFileAloneThatItDidNotWrite) {
  folder_.write("users.csv", "email\nida@north.example\n");
  const auto log = ErrorLog::prepare({.path = at("users.csv")});
  ASSERT_FALSE(log);
  EXPECT_THAT(log.error().what, HasSubstr("left alone"));
}

TEST_F(ErrorLogFile, TellsWhatIsWrongWithAPathBeforeTheRun) {
  EXPECT_THAT(ErrorLog::prepare({.path = folder_.path()}).error().what, HasSubstr("is a folder"));
  EXPECT_THAT(ErrorLog::prepare({.path = at("no/such/e.jsonl")}).error().what,
              HasSubstr("cannot create"));
  EXPECT_EQ(ErrorLog::prepare({.path = at("no/such/e.jsonl")}).error().next,
            "create the folder " + at("no/such"));
  EXPECT_THAT(ErrorLog::prepare({.path = ""}).error().what, HasSubstr("needs the name"));
  EXPECT_THAT(ErrorLog::prepare({.path = "-"}).error().what, HasSubstr("needs the name"));
}

TEST_F(ErrorLogFile, ReportsAFullDiskAtTheFirstFailure) {
  ErrorLog log = prepared("/dev/full");
  ASSERT_TRUE(log.begin());
  const Sample sample;
  const Status added = log.add(sample.row());
  ASSERT_FALSE(added);
  EXPECT_THAT(added.error().what, StartsWith("/dev/full: cannot write"));
}

TEST_F(ErrorLogFile, WritesTheCsvHeaderOnce) {
  ErrorLog log = prepared(at("e.csv"));
  const Sample sample;
  ASSERT_TRUE(log.add(sample.row(1)));
  ASSERT_TRUE(log.add(sample.row(2)));
  ASSERT_TRUE(log.close());
  std::string line;
  append_csv_line(line, sample.row(1), false);
  EXPECT_THAT(folder_.read("e.csv"), StartsWith(std::string(csv_header()) + line + "2,"));
  ASSERT_TRUE(ErrorLog::prepare({.path = log.path()})) << "its own file may be replaced";
}

}  // namespace
}  // namespace usher
