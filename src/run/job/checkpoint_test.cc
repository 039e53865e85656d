// SPDX-License-Identifier: Apache-2.0
#include "run/job/checkpoint.h"

#include <boost/json.hpp>
#include <gtest/gtest.h>

#include "run/sample_failure.h"

namespace usher::job {
namespace {

namespace json = boost::json;

std::string sample_checkpoint() {
  Plan plan;
  plan.id = "spring";
  plan.created = kSampleMoment;
  plan.csv = {"/data/users.csv", "9f2c", 1234};
  plan.mode = Mode::multi_org;
  RowCounts first;
  first.total = 1000;
  first.created = 990;
  first.unchanged = 8;
  first.failed = 2;
  first.made_users = 980;
  first.made_memberships = 985;
  first.members = 1000;
  first.members_done = 998;
  RowCounts second;
  second.total = 500;
  return to_checkpoint(plan, Chunks({first, second}, 1000), kSampleMoment);
}

TEST(Checkpoint, HasTheFieldsThatScriptsRead) {
  const json::object object = json::parse(sample_checkpoint()).as_object();
  for (const char* name : {"jobId", "csvPath", "csvHash", "createdAt", "updatedAt", "chunkSize",
                           "concurrency", "totalRows", "chunks", "summary", "mode", "orgId"}) {
    EXPECT_TRUE(object.contains(name)) << name;
  }
  EXPECT_EQ(object.at("totalRows").to_number<int>(), 1500);
  EXPECT_EQ(object.at("mode").as_string(), "multi-org");
  const json::object& summary = object.at("summary").as_object();
  EXPECT_EQ(summary.at("total").to_number<int>(), 1000);
  EXPECT_EQ(summary.at("successes").to_number<int>(), 998);
  EXPECT_EQ(summary.at("failures").to_number<int>(), 2);
  EXPECT_EQ(summary.at("usersCreated").to_number<int>(), 980);
  EXPECT_EQ(summary.at("membershipsCreated").to_number<int>(), 985);
  EXPECT_EQ(summary.at("duplicateUsers").to_number<int>(), 18);
  EXPECT_TRUE(summary.at("endedAt").is_null());
}

TEST(Checkpoint, NumbersItsChunksAndTheirRows) {
  const json::object object = json::parse(sample_checkpoint()).as_object();
  const json::array& chunks = object.at("chunks").as_array();
  ASSERT_EQ(chunks.size(), 2U);
  const json::object& second = chunks[1].as_object();
  EXPECT_EQ(second.at("chunkId").to_number<int>(), 1);
  EXPECT_EQ(second.at("startRow").to_number<int>(), 1001);
  EXPECT_EQ(second.at("endRow").to_number<int>(), 1500);
  EXPECT_EQ(second.at("status").as_string(), "pending");
  EXPECT_EQ(chunks[0].as_object().at("status").as_string(), "completed");
}

TEST(ForeignCheckpoint, IsReadAsTheExistingToolkitWritesIt) {
  const auto job = parse_foreign(
      R"({"jobId":"spring","csvPath":"users.csv","csvHash":"9f2c","totalRows":1500,"chunkSize":1000,
          "concurrency":20,"chunks":[{"chunkId":0,"status":"completed"},{"chunkId":1,
          "status":"pending"}],"summary":{"total":1000},"mode":"single-org","orgId":null})");
  ASSERT_TRUE(job) << job.error().line();
  EXPECT_EQ(job->csv, "users.csv");
  EXPECT_EQ(job->mode, "single-org");
  EXPECT_EQ(job->org_id, "");
  EXPECT_EQ(job->chunks, 2U);
  EXPECT_EQ(job->chunks_done, 1U);
  EXPECT_EQ(job->concurrency, 20);
}

TEST(ForeignCheckpoint, OfEveryTruncationIsRefusedAndOfWildNumbersIsBounded) {
  const std::string whole = sample_checkpoint();
  for (std::size_t size = 0; size + 2 < whole.size(); size += 7) {
    EXPECT_FALSE(parse_foreign(whole.substr(0, size))) << size;
  }
  const auto wild = parse_foreign(
      R"({"csvPath":"u.csv","chunkSize":-5,"concurrency":1e300,"chunks":{},"mode":7})");
  ASSERT_TRUE(wild);
  EXPECT_GE(wild->chunk_size, 1U);
  EXPECT_LE(wild->concurrency, 100);
  EXPECT_GE(wild->concurrency, 1);
}

}  // namespace
}  // namespace usher::job
