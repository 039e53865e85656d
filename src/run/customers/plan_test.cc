// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "run/customers/job.h"

namespace usher::customers {
namespace {

Plan sample() {
  Plan plan;
  plan.created = WallTime{std::chrono::milliseconds{1'772'442'907'042}};
  plan.paths = {"/data/a b.json", "/data/\"quoted\""};
  plan.csv_mapping = "/data/mapping.json";
  plan.csv_mapping_sha256 = "abc";
  plan.endpoint.platform = Platform::c4r;
  plan.endpoint.environment = Environment::production;
  plan.endpoint.type = ImportType::households;
  plan.endpoint.api_url = "https://api.example.test/households";
  plan.endpoint.auth_url = "https://login.example.test/token";
  plan.endpoint.allow_plaintext = true;
  plan.profile = "shop";
  plan.user = "importer";
  plan.pace = {50, 2, std::chrono::milliseconds{1'000}, 5};
  plan.timeout = std::chrono::milliseconds{90'000};
  plan.out = "/data/out";
  plan.files = {{"/data/a b.json", Shape::customers, 12, 3, 1, "0a"},
                {"/data/c.csv", Shape::csv, 5, 2, 4, "0b"}};
  plan.items = 5;
  plan.batches = 2;
  plan.retry_folder = "/data/out/retry_batches_20260302_091507";
  return plan;
}

TEST(CustomerPlans, SayAgainWhatTheyWereMadeOf) {
  const std::string text = to_json(sample());
  const auto plan = parse_plan(text);
  ASSERT_TRUE(plan) << plan.error().line();
  EXPECT_EQ(to_json(*plan), text);
  EXPECT_EQ(plan->files[1].shape, Shape::csv);
  EXPECT_EQ(plan->pace.delay, std::chrono::seconds{1});
  EXPECT_EQ(plan->endpoint.type, ImportType::households);
  EXPECT_EQ(plan->created, sample().created);
}

TEST(CustomerPlans, CutShortAnywhereAreRefused) {
  const std::string text = to_json(sample());
  for (std::size_t size = 0; size < text.size(); ++size) {
    EXPECT_FALSE(parse_plan(text.substr(0, size))) << size;
  }
}

TEST(CustomerPlans, WithAnyFieldMissingAreRefusedByItsName) {
  const std::string text = to_json(sample());
  for (const char* field : {"created", "paths", "platform", "environment", "type", "api_url",
                            "batch_size", "workers", "files", "batches", "retry_folder"}) {
    std::string other = text;
    other.replace(other.find('"' + std::string(field) + '"'), 2, "\"_");
    const auto plan = parse_plan(other);
    ASSERT_FALSE(plan) << field;
    EXPECT_NE(plan.error().what.find(field), std::string::npos) << plan.error().what;
  }
}

TEST(CustomerPlans, OfANewerVersionOrWithAPaceThatCannotBeAreRefused) {
  const auto with = [](const std::string& what, const std::string& instead) {
    std::string text = to_json(sample());
    text.replace(text.find(what), what.size(), instead);
    return parse_plan(text);
  };
  EXPECT_TRUE(with("\"workers\":2", "\"workers\":3"));
  EXPECT_FALSE(with("\"format\":1", "\"format\":2"));
  EXPECT_FALSE(with("\"workers\":2", "\"workers\":0"));
  EXPECT_FALSE(with("\"batch_size\":50", "\"batch_size\":101"));
  EXPECT_FALSE(with("\"batch_size\":50", "\"batch_size\":-1"));
  EXPECT_FALSE(with("\"attempts\":5", "\"attempts\":99999999999"));
}

}  // namespace
}  // namespace usher::customers
