// SPDX-License-Identifier: Apache-2.0
#include "analysis/error_record.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "analysis/sample_errors_test.h"
#include "base/random.h"
#include "base/text.h"

namespace usher::analysis {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(ErrorRecord, HasEveryFieldOfALine) {
  ErrorRecord record;
  const std::string line =
      R"({"recordNumber":12,"email":"ida@north.example","userId":"user_1","errorType":)"
      R"("org_resolution","errorMessage":"not \"found\"","httpStatus":404,"workosCode":"c",)"
      R"("workosRequestId":"r","workosErrors":[{"code":"a","field":"f"},"text",{"code":"b"}],)"
      R"("retryable":false,"orgId":"org_1","orgExternalId":"north","timestamp":"2026",)"
      R"("csvPath":"/a b.csv","rawRow":{"email":"ida@north.example","n":7}})";
  ASSERT_EQ(read_error(line, record), std::nullopt);
  EXPECT_EQ(record.number, 12U);
  EXPECT_EQ(record.email, "ida@north.example");
  EXPECT_EQ(record.user_id, "user_1");
  EXPECT_EQ(record.type, "org_resolution");
  EXPECT_EQ(record.message, "not \"found\"");
  EXPECT_EQ(record.status, 404);
  EXPECT_EQ(record.code, "c");
  EXPECT_THAT(record.inner_codes, ElementsAre("a", "b"));
  EXPECT_EQ(record.retryable, false);
  EXPECT_EQ(record.org_id, "org_1");
  EXPECT_EQ(record.org_external_id, "north");
  EXPECT_EQ(record.csv_path, "/a b.csv");
  EXPECT_EQ(record.raw_row, R"({"email":"ida@north.example","n":7})");
}

TEST(ErrorRecord, NeedsNoFieldAtAll) {
  ErrorRecord record;
  record.message = "of the line before";
  record.retryable = true;
  ASSERT_EQ(read_error(" {} \r", record), std::nullopt);
  EXPECT_EQ(record.number, 0U);
  EXPECT_EQ(record.message, "");
  EXPECT_EQ(record.retryable, std::nullopt);
}

TEST(ErrorRecord, TakesAFieldOfAnotherKindAsAbsent) {
  ErrorRecord record;
  for (const char* line :
       {R"({"recordNumber":"12","email":null,"httpStatus":"400","retryable":"true","rawRow":[1]})",
        R"({"recordNumber":-1,"email":{},"httpStatus":7e2,"retryable":1,"rawRow":"{}"})",
        R"({"recordNumber":99999999999999999999999,"email":[],"httpStatus":99999999999,)"
        R"("workosErrors":{"code":"x"},"retryable":null,"rawRow":null})"}) {
    ASSERT_EQ(read_error(line, record), std::nullopt) << line;
    EXPECT_EQ(record.number, 0U) << line;
    EXPECT_EQ(record.email, "") << line;
    EXPECT_EQ(record.status, 0) << line;
    EXPECT_EQ(record.retryable, std::nullopt) << line;
    EXPECT_TRUE(record.raw_row.empty()) << line;
    EXPECT_TRUE(record.inner_codes.empty()) << line;
  }
}

TEST(ErrorRecord, IsRefusedWhenTheLineIsCutAnywhere) {
  const std::string line =
      SampleError{.status = 400, .code = "c", .inner = {"a"}, .retryable = false, .org_id = "o"}
          .line();
  ErrorRecord record;
  for (std::size_t size = 0; size < line.size(); ++size) {
    EXPECT_TRUE(read_error(line.substr(0, size), record)) << size;
  }
  EXPECT_FALSE(read_error(line, record));
  for (const char* bad : {"[]", "7", "\"x\"", "{}{}", "{'a':1}", "{\"a\":}", "x"}) {
    EXPECT_TRUE(read_error(bad, record)) << bad;
  }
}

TEST(RawRow, KeepsTheOrderOfItsColumnsAndTheTextOfItsCells) {
  RawRow row;
  ASSERT_TRUE(read_raw_row(R"({"b":"x\ny","a":1.10,"n":null,"t":true,"o":{"k": [1]}})", row));
  ASSERT_EQ(row.cells.size(), 5U);
  EXPECT_EQ(row.cells[0], (std::pair<std::string, std::string>("b", "x\ny")));
  EXPECT_EQ(*row.find("a"), "1.10");
  EXPECT_EQ(*row.find("n"), "");
  EXPECT_EQ(*row.find("t"), "true");
  EXPECT_EQ(*row.find("o"), R"({"k":[1]})");
  EXPECT_EQ(row.find("c"), nullptr);
  EXPECT_FALSE(row.ragged);
  ASSERT_TRUE(read_raw_row(R"({"a":"1","_extra":["2"]})", row));
  EXPECT_EQ(row.cells.size(), 1U);
  EXPECT_TRUE(row.ragged);
}

TEST(RawRow, OfMoreCellsThanARecordCanHaveIsRefused) {
  std::string json = "{";
  for (int i = 0; i < 5000; ++i) json += (i > 0 ? ",\"c" : "\"c") + std::to_string(i) + "\":\"\"";
  RawRow row;
  EXPECT_FALSE(read_raw_row(json + "}", row));
}

TEST(Example, HidesSecretsOfTheExistingToolkitToo) {
  const std::string line = SampleError{
      .row = {
          {"email", "a@example.com"},
          {"password", "swordfish-1"},
          {"Old_Password", "swordfish-2"},
          {"totp_secret", ""}}}.line();
  const std::string example = as_example(line);
  EXPECT_THAT(example, Not(HasSubstr("swordfish")));
  EXPECT_THAT(example,
              HasSubstr(R"("password":"••••••","Old_Password":"••••••","totp_secret":"")"));
}

TEST(Example, StaysSmallAndJsonWhateverTheLineHolds) {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    SampleError error;
    for (std::uint64_t left = random.below(200); left > 0; --left) {
      error.row.emplace_back("c" + std::to_string(left), std::string(random.below(500), 'x'));
    }
    error.message = std::string(random.below(100'000), '\n');
    const std::string example = as_example(error.line());
    EXPECT_LE(example.size(), 16U << 10U);
    EXPECT_FALSE(find_invalid_utf8(example));
    ErrorRecord again;
    EXPECT_FALSE(read_error(example, again));
    EXPECT_EQ(again.number, 1U);
  }
}

}  // namespace
}  // namespace usher::analysis
