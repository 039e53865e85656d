// SPDX-License-Identifier: Apache-2.0
// Logging in, on both platforms: what is sent, and tokens that end while an import runs.
#include <filesystem>
#include <string>
#include <system_error>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "scenarios/customer_scene.h"

namespace usher::scenarios {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(CustomerLogin, IsOneForManyBatches) {
  CustomerScene scene(100, {"--login", "operator:made", "--client", "importer"});
  Launch launch =
      log_in_and_import(scene.api, scene.folder.path(), CustomerScene::typed({"--workers", "4"}));
  launch.variables["USHER_CUSTOMER_PASSWORD"] = "made";
  const CustomerRun run(launch);
  EXPECT_EQ(run.code(), 0) << run.out() << run.err();
  EXPECT_EQ(scene.api.count("logins.granted"), 1);
  EXPECT_EQ(scene.api.count("passports"), 0);
  expect_everybody_once(scene.api, scene.items);
}

TEST(CustomerLogin, OnTheOtherPlatformIsBasicAndSendsThePassport) {
  CustomerScene scene(20, {"--login", "operator:made", "--client", "importer:quiet"});
  Launch launch = import_customers(scene.api, scene.folder.path(), CustomerScene::typed({}));
  launch.variables = {{"USHER_CUSTOMER_USER", "operator"},
                      {"USHER_CUSTOMER_PASSWORD", "made"},
                      {"USHER_CUSTOMER_CLIENT_ID", "importer"},
                      {"USHER_CUSTOMER_CLIENT_SECRET", "quiet"},
                      {"USHER_CUSTOMER_PASSPORT", "made-up-passport"}};
  for (std::string& word : launch.arguments) {
    if (word == "engage") word = "c4r";
  }
  launch.arguments.insert(
      launch.arguments.end(),
      {"--auth-url", scene.api.url() + "/auth-service/tenants/001/oauth/token"});
  const CustomerRun run(launch);
  EXPECT_EQ(run.code(), 0) << run.out() << run.err();
  EXPECT_EQ(scene.api.count("logins.granted"), 1);
  EXPECT_EQ(scene.api.count("passports"), 2);
  expect_everybody_once(scene.api, scene.items);
}

TEST(CustomerLogin, IsRenewedWhenTheTokenEndsDuringTheRun) {
  CustomerScene scene(200, {"--token-lifetime", "1", "--latency", "100"});
  const CustomerRun run = scene.log_in_and_import();
  EXPECT_EQ(run.code(), 0) << run.out() << run.err();
  EXPECT_GE(scene.api.count("logins.granted"), 2);
  EXPECT_LE(scene.api.count("logins.granted"), 10);
  expect_everybody_once(scene.api, scene.items);
}

TEST(CustomerLogin, IsRenewedOnceWhenATokenIsRefusedBeforeItsEnd) {
  CustomerScene scene(200);
  add_fault(scene.api, R"({"kind":"expire_tokens","path":"/v1/customers","after":5,"count":1})");
  const CustomerRun run = scene.log_in_and_import({"--workers", "4"});
  EXPECT_EQ(run.code(), 0) << run.out() << run.err();
  EXPECT_EQ(scene.api.count("logins.granted"), 2);
  expect_everybody_once(scene.api, scene.items);
}

TEST(CustomerLogin, ThatNeverHelpsStopsTheRunWithEverythingKept) {
  CustomerScene scene(100);
  add_fault(scene.api, R"({"kind":"expire_tokens","path":"/v1/customers","after":2})");
  const CustomerRun run = scene.log_in_and_import({"--max-retries", "3"});
  EXPECT_EQ(run.code(), 2) << run.out();
  EXPECT_LE(scene.api.count("logins.granted"), 3);
  EXPECT_EQ(run.counts()[0], 20);
  scene.expect_everybody_once();
}

TEST(CustomerLogin, ATokenByHandThatIsRefusedStopsTheRunWithEverythingKept) {
  CustomerScene scene(50, {"--token", "another"});
  const CustomerRun run = scene.import({"--workers", "1", "--max-retries", "3"});
  EXPECT_EQ(run.code(), 2);
  EXPECT_EQ(scene.api.count("requests.total"), 1);
  EXPECT_EQ(scene.retry_files().items.size(), 50U);
  EXPECT_THAT(run.out() + run.err(), Not(HasSubstr(kCustomerToken)));
  Launch launch = import_customers(scene.api, scene.folder.path(), {scene.retry_files().name});
  launch.variables["USHER_CUSTOMER_TOKEN"] = "another";
  EXPECT_EQ(CustomerRun(launch).code(), 0);
  expect_everybody_once(scene.api, scene.items);
}

TEST(CustomerLogin, SecretsAreNowhereAfterwards) {
  CustomerScene scene(20, {"--login", "operator:hush-hush-1", "--client", "importer:hush-hush-2"});
  add_fault(scene.api, R"({"kind":"error_json","status":403,"after":1,"path":"/v1/customers"})");
  Launch launch = log_in_and_import(scene.api, scene.folder.path(), CustomerScene::typed({}));
  launch.variables["USHER_CUSTOMER_PASSWORD"] = "hush-hush-1";
  launch.variables["USHER_CUSTOMER_CLIENT_SECRET"] = "hush-hush-2";
  const CustomerRun run(launch);
  EXPECT_EQ(run.code(), 2) << run.out() << run.err();
  std::string everything = run.out() + run.err();
  std::error_code error;
  for (std::filesystem::recursive_directory_iterator entry(scene.folder.path(), error), end;
       !error && entry != end; entry.increment(error)) {
    if (entry->is_regular_file(error)) {
      everything += read_file(entry->path().string(), 64 << 20).value_or("");
    }
  }
  EXPECT_THAT(everything, Not(HasSubstr("hush-hush")));
  EXPECT_THAT(everything, Not(HasSubstr("sandbox.")));  // tokens that were given out
}

}  // namespace
}  // namespace usher::scenarios
