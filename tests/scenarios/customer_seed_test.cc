// SPDX-License-Identifier: Apache-2.0
// The guide's example: 1,000 customers in 20 batches, 2 of them fail, and what is left is exactly
// that, can be imported as it is, and is used up then.

#include <boost/json.hpp>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "scenarios/customer_scene.h"
#include "source/customers/inputs.h"

namespace usher::scenarios {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::MatchesRegex;

// The 5th and the 13th batch fail, in whichever way a whole batch can.
struct SeedExample : CustomerScene {
  SeedExample() : CustomerScene(1'000) {
    add_fault(api, R"({"faults":[{"kind":"error_json","status":500,"after":4,"count":1},)"
                   R"({"kind":"reset_before","after":12,"count":1}]})");
  }

  void expect_files_of_two_batches(const RetryFiles& retry) const {
    EXPECT_THAT(retry.name, MatchesRegex("retry_batches_[0-9]{8}_[0-9]{6}"));
    EXPECT_THAT(retry.files,
                ElementsAre("retry_batch_01_failed.json", "retry_batch_02_failed.json"));
    EXPECT_EQ(retry.items.size(), 100U);
    for (std::size_t i = 0; i < items.size(); ++i) {
      const auto kept = retry.items.find(items[i].id);
      const bool fifth = i >= 200 && i < 250;
      const bool thirteenth = i >= 600 && i < 650;
      ASSERT_EQ(kept != retry.items.end(), fifth || thirteenth) << i;
      if (!fifth && !thirteenth) continue;
      EXPECT_EQ(kept->second.file, retry.files[fifth ? 0 : 1]) << i;
    }
  }

  static void expect_summary(const RetryFiles& retry) {
    const auto summary = boost::json::parse(retry.summary).as_object();
    EXPECT_EQ(summary.at("import_type"), "customers");
    EXPECT_EQ(summary.at("total_failed_batches"), 2);
    EXPECT_EQ(summary.at("total_failed_customers"), 100);
    EXPECT_EQ(summary.at("retry_files").as_array().size(), 2U);
    const auto& details = summary.at("error_details").as_array();
    ASSERT_EQ(details.size(), 2U);
    for (const std::size_t i : {0U, 1U}) {
      const auto& detail = details[i].as_object();
      EXPECT_EQ(detail.at("batch_id"), i == 0 ? 5 : 13);
      EXPECT_EQ(detail.at("customer_count"), 50);
      EXPECT_EQ(std::string(detail.at("retry_file").as_string()), retry.files[i]);
    }
    EXPECT_EQ(details[0].as_object().at("status_code"), 500);
    EXPECT_TRUE(details[1].as_object().at("status_code").is_null());
  }

  static void expect_instructions(const RetryFiles& retry) {
    EXPECT_THAT(retry.instructions, HasSubstr("usher import-customers"));
    EXPECT_THAT(retry.instructions, HasSubstr(retry.name));
    EXPECT_THAT(retry.instructions, HasSubstr("100"));
    for (const std::string& file : retry.files) EXPECT_THAT(retry.instructions, HasSubstr(file));
  }

  void expect_played(const CustomerRun& run) {
    EXPECT_EQ(run.code(), 1) << run.err();
    EXPECT_THAT(run.counts(), ElementsAre(900, 50, 50, 0)) << run.out();
    EXPECT_EQ(run.number("batches"), 20);
    EXPECT_EQ(run.number("retryFiles"), 2);
    const RetryFiles retry = retry_files();
    EXPECT_THAT(run.text("retryFolder"), HasSubstr(retry.name));
    expect_files_of_two_batches(retry);
    expect_summary(retry);
    expect_instructions(retry);
    scenarios::expect_everybody_once(api, items, retry);

    const CustomerRun again = this->retry(retry);
    EXPECT_EQ(again.code(), 0) << again.out() << again.err();
    EXPECT_THAT(again.counts(), ElementsAre(100, 0, 0, 0));
    EXPECT_EQ(again.number("batches"), 2);
    EXPECT_EQ(retry_folders(folder.path()).size(), 1U);
    scenarios::expect_everybody_once(api, items);
    expect_used(retry);
  }

  void expect_used(const RetryFiles& retry) const {
    const auto origin = customers::read_retry_folder(retry.path).value_or(std::nullopt);
    EXPECT_NE(origin ? origin->used : "", "");
    const auto before = api.count("requests.total");
    const CustomerRun refused = this->retry(retry);
    EXPECT_EQ(refused.code(), 2);
    EXPECT_THAT(refused.out() + refused.err(), HasSubstr("has been used"));
    EXPECT_EQ(api.count("requests.total"), before);
  }
};

TEST(CustomerSeed, OneThousandInTwentyFilesOfWhichTwoFail) {
  SeedExample scene;
  for (std::size_t i = 0; i < 20; ++i) {
    scene.folder.write(fmt::format("batches_{:02}.json", i + 1),
                       file_of(part_of(scene.items, i * 50, i * 50 + 50)));
  }
  std::vector<std::string> words;
  for (int i = 1; i <= 20; ++i) words.push_back(fmt::format("batches_{:02}.json", i));
  words.insert(words.end(), {"--batch-size", "70"});  // batches never span files
  scene.expect_played(scene.import(words));
}

TEST(CustomerSeed, OneThousandInOneFileOfWhichTwoBatchesFail) {
  SeedExample scene;
  scene.expect_played(scene.import({"--batch-size", "50"}));
}

TEST(CustomerSeed, SingleRetryFilesCanBeChosen) {
  SeedExample scene;
  EXPECT_EQ(scene.import({"--batch-size", "50"}).code(), 1);
  const RetryFiles retry = scene.retry_files();
  for (const char* name : {"/retry_batch_02_failed.json", "/retry_batch_01_failed.json"}) {
    const CustomerRun one = scene.import({retry.name + name, "--batch-size", "100"});
    EXPECT_EQ(one.code(), 0) << one.err();
    EXPECT_THAT(one.counts(), ElementsAre(50, 0, 0, 0));
  }
  expect_everybody_once(scene.api, scene.items);
}

TEST(CustomerSeed, LeavesNoRetryFilesWhenNothingFails) {
  const CustomerScene scene(100);
  EXPECT_EQ(scene.import().code(), 0);
  EXPECT_THAT(retry_folders(scene.folder.path()), IsEmpty());
  expect_everybody_once(scene.api, scene.items);
}

}  // namespace
}  // namespace usher::scenarios
