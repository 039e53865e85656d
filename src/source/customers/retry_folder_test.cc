// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/scratch.h"
#include "source/customers/inputs.h"

namespace usher::customers {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;

TEST(RetryFolder, IsKnownByItsSummary) {
  const ScratchFolder folder;
  const auto none = read_retry_folder(folder.path());
  ASSERT_TRUE(none);
  EXPECT_FALSE(none->has_value());
  folder.write(
      "retry_summary.json",
      R"({"timestamp":"20250703_143022","import_type":"households","total_failed_batches":2,
                   "retry_files":["retry_batch_01_failed.json"],"platform_mode":"c4r",
                   "environment":"production","api_url":"https://api.example.test/households",
                   "job":"customers-1","used":"all had arrived","retry_file_details":[
                   {"file":"retry_batch_01_failed.json","sha256":"ab","items":7,
                    "maybe":[[5,6],[1,2],["x",1],[3],[4,3]]},
                   {"file":"../elsewhere.json"},{"items":1},7]})");
  const auto found = read_retry_folder(folder.path());
  ASSERT_TRUE(found) << found.error().line();
  ASSERT_TRUE(found->has_value());
  const RetryOrigin origin = found->value_or(RetryOrigin());
  EXPECT_EQ(origin.folder, folder.path());
  EXPECT_EQ(origin.type, ImportType::households);
  EXPECT_EQ(origin.platform, Platform::c4r);
  EXPECT_EQ(origin.environment, Environment::production);
  EXPECT_EQ(origin.api_url, "https://api.example.test/households");
  EXPECT_EQ(origin.job, "customers-1");
  EXPECT_EQ(origin.used, "all had arrived");
  ASSERT_EQ(origin.files.size(), 1U);
  EXPECT_EQ(origin.files[0].items, 7U);
  EXPECT_THAT(origin.files[0].maybe, ElementsAre(Pair(1, 2), Pair(5, 6)));
}

TEST(RetryFolder, OfTheExistingToolSaysOnlyTheType) {
  const ScratchFolder folder;
  folder.write("retry_summary.json",
               R"({"timestamp":"2025-07-03T14:30:22","import_type":"Customers",
                   "total_failed_batches":1,"total_failed_customers":50,
                   "retry_files":["retry_batch_00001_failed.json"],"error_details":[{"batch_id":3,
                   "customer_count":50,"error":"HTTP 500: ","status_code":null}]})");
  const auto found = read_retry_folder(folder.path());
  ASSERT_TRUE(found);
  ASSERT_TRUE(found->has_value());
  const RetryOrigin origin = found->value_or(RetryOrigin());
  EXPECT_EQ(origin.type, ImportType::customers);
  EXPECT_FALSE(origin.platform.has_value());
  EXPECT_FALSE(origin.environment.has_value());
  EXPECT_THAT(origin.files, IsEmpty());
}

TEST(RetryFolder, WithASummaryThatCannotBeReadIsRefused) {
  const ScratchFolder folder;
  for (const char* text :
       {"", "{", "[]", "{}", R"({"import_type":"people"})", R"({"import_type":1})"}) {
    folder.write("retry_summary.json", text);
    const auto failed = read_retry_folder(folder.path());
    ASSERT_FALSE(failed) << text;
    EXPECT_THAT(failed.error().line(), HasSubstr("retry_summary.json: ")) << text;
    EXPECT_THAT(failed.error().next, HasSubstr("name the files retry_batch_")) << text;
  }
}

}  // namespace
}  // namespace usher::customers
