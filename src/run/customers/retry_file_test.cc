// SPDX-License-Identifier: Apache-2.0
#include "run/customers/retry_file.h"

#include <gmock/gmock.h>

#include "run/customers/jobs_test.h"

namespace usher::customers {
namespace {

using testing::ElementsAre;
using testing::Pair;

TEST(RetryNames, HaveTwoDigitsAtLeastAndSort) {
  EXPECT_EQ(retry_name(1, retry_width(1)), "retry_batch_01_failed.json");
  EXPECT_EQ(retry_name(99, retry_width(99)), "retry_batch_99_failed.json");
  EXPECT_EQ(retry_name(7, retry_width(100)), "retry_batch_007_failed.json");
  EXPECT_EQ(retry_width(123'456), 6);
}

TEST(RetryNames, AreKnownOfAnyWidthAndNothingElseIs) {
  for (const char* name : {"retry_batch_01_failed.json", "retry_batch_00001_failed.json",
                           "retry_batch_1_failed.json"}) {
    EXPECT_TRUE(is_retry_name(name)) << name;
  }
  for (const char* name : {"retry_batch__failed.json", "retry_batch_1x_failed.json",
                           "retry_summary.json", "retry_batch_01_failed.json.tmp", ""}) {
    EXPECT_FALSE(is_retry_name(name)) << name;
  }
}

TEST(RetryFiles, DescribeABatchByItsCausesAndWhoMayBeThere) {
  const ScratchFolder scratch;
  scratch.write("a.json", file_of(1, 20));
  TestJob test(scratch, {scratch.at("a.json")}, 10);
  test.set_all(2, ended(Outcome::arrived));
  test.set(2, 1, ended(Outcome::failed, why(Cause::Kind::result, 201, "ERROR")));
  test.set(2, 2, ended(Outcome::failed, why(Cause::Kind::result, 201, "ERROR"), true));
  test.set(2, 3, ended(Outcome::unconfirmed, why(Cause::Kind::no_result, 201)));
  test.set(2, 9, ended(Outcome::failed, why(Cause::Kind::result, 201, "CONFLICT")));
  std::string bytes;
  const auto rest = read_rest(*test.job->store, test.inputs, 2, bytes);
  ASSERT_TRUE(rest);
  const RetryFile file = describe(*rest, test.inputs);
  EXPECT_EQ(file.batch, 2);
  EXPECT_EQ(file.first_item, 11);
  EXPECT_EQ(file.last_item, 20);
  EXPECT_EQ(file.items, 4);
  EXPECT_THAT(file.results,
              ElementsAre(Pair("CONFLICT", 1), Pair("ERROR", 2), Pair("UNCONFIRMED", 1)));
  EXPECT_EQ(file.status, 201);
  EXPECT_EQ(file.error, "HTTP 201: 4 of 10 have not arrived: ERROR 2, UNCONFIRMED 1, CONFLICT 1");
  EXPECT_EQ(file.cause, "The API found the data of the item invalid.");
  EXPECT_THAT(file.maybe, ElementsAre(Pair(2, 3)));
  EXPECT_EQ(retry_text(*rest, ImportType::customers), "{\"data\":[\n" + customer(12) + ",\n" +
                                                          customer(13) + ",\n" + customer(14) +
                                                          ",\n" + customer(20) + "\n]}\n");
}

TEST(RetryFiles, SayOfTransportErrorsThatThereIsNoStatus) {
  const ScratchFolder scratch;
  scratch.write("a.json", file_of(1, 2));
  TestJob test(scratch, {scratch.at("a.json")}, 10);
  test.set_all(1, ended(Outcome::unconfirmed,
                        why(Cause::Kind::unanswered, 0, "", "connection reset"), true));
  std::string bytes;
  const auto rest = read_rest(*test.job->store, test.inputs, 1, bytes);
  ASSERT_TRUE(rest);
  const RetryFile file = describe(*rest, test.inputs);
  EXPECT_FALSE(file.status);
  EXPECT_EQ(file.error, "no answer: connection reset");
}

}  // namespace
}  // namespace usher::customers
