// SPDX-License-Identifier: Apache-2.0
// usher import-customers: what flags ask for, what is refused, what is told, and the exit codes.
#include <chrono>

#include <gtest/gtest.h>

#include "base/scratch.h"
#include "cli/stage.h"

namespace usher::cli {
namespace {

using customers::Environment;
using customers::ImportType;
using customers::Platform;
using customers::Report;
using std::chrono::milliseconds;

Report all_arrived() {
  Report report;
  report.job = "customers-1";
  report.items = 1'000;
  report.batches = 20;
  report.counts.arrived = 1'000;
  return report;
}

Report some_failed() {
  Report report = all_arrived();
  report.counts.arrived = 900;
  report.counts.failed = 100;
  report.retry_folder = "/data/retry_batches_20250703_143022";
  report.retry_files = 2;
  return report;
}

class CustomerCommand : public ::testing::Test {
 protected:
  CustomerCommand() {
    stage_.environment["USHER_CUSTOMER_TOKEN"] = "t-123";
    stage_.checked.items = 1'000;
    stage_.checked.batches = 20;
  }

  int import(std::initializer_list<std::string> more) {
    std::vector<std::string> words = {"import-customers",    "c.json", "--api-url",
                                      "https://api.test/v1", "--mode", "engage"};
    words.insert(words.end(), more.begin(), more.end());
    return run_program(words, stage_.around);
  }
  customers::Plan plan() {
    EXPECT_FALSE(stage_.customer_imports.empty()) << stage_.err.text;
    return stage_.customer_imports.empty() ? customers::Plan{}
                                           : stage_.customer_imports.back().plan;
  }

  Stage stage_;
};

TEST_F(CustomerCommand, StartsBalancedAndInDevelopment) {
  EXPECT_EQ(import({}), 0) << stage_.err.text;
  const customers::Plan asked = plan();
  EXPECT_EQ(asked.pace.batch_size, 70U);
  EXPECT_EQ(asked.pace.workers, 3);
  EXPECT_EQ(asked.pace.delay, milliseconds{500});
  EXPECT_EQ(asked.pace.attempts, 3);
  EXPECT_EQ(asked.endpoint.environment, Environment::development);
  EXPECT_EQ(asked.endpoint.platform, Platform::engage);
  EXPECT_EQ(asked.endpoint.api_url, "https://api.test/v1/customers");
  EXPECT_EQ(stage_.customer_wishes.back().paths, std::vector<std::string>{"c.json"});
  EXPECT_EQ(stage_.customer_wishes.back().batch_size, 70U);
  EXPECT_EQ(stage_.customer_imports.back().credentials.token.reveal(), "t-123");
}

TEST_F(CustomerCommand, PresetsHaveTheKnownFiguresAndEachCanBeOverridden) {
  struct Case {
    const char* preset;
    customers::Pace pace;
  };
  const Case cases[] = {{"conservative", {50, 2, milliseconds{1000}, 5}},
                        {"Balanced", {70, 3, milliseconds{500}, 3}},
                        {"AGGRESSIVE", {100, 5, milliseconds{200}, 2}}};
  for (const Case& each : cases) {
    SCOPED_TRACE(each.preset);
    EXPECT_EQ(import({"--preset", each.preset}), 0) << stage_.err.text;
    EXPECT_EQ(plan().pace.batch_size, each.pace.batch_size);
    EXPECT_EQ(plan().pace.workers, each.pace.workers);
    EXPECT_EQ(plan().pace.delay, each.pace.delay);
    EXPECT_EQ(plan().pace.attempts, each.pace.attempts);
  }
  EXPECT_EQ(import({"--batch-size", "9", "--delay", "0", "--workers", "7", "--max-retries", "1",
                    "--preset", "conservative"}),
            0);
  EXPECT_EQ(plan().pace.batch_size, 9U);
  EXPECT_EQ(plan().pace.workers, 7);
  EXPECT_EQ(plan().pace.delay, Duration{0});
  EXPECT_EQ(plan().pace.attempts, 1);
}

TEST_F(CustomerCommand, WhatCannotBeMeantIsRefusedByName) {
  for (const auto& words : std::vector<std::vector<std::string>>{{"--max-retries", "0"},
                                                                 {"--batch-size", "0"},
                                                                 {"--batch-size", "101"},
                                                                 {"--workers", "many"},
                                                                 {"--delay", "-1"},
                                                                 {"--delay", "nan"},
                                                                 {"--mode", "cloud"},
                                                                 {"--environment", "live"},
                                                                 {"--type", "people"},
                                                                 {"--preset", "fast"},
                                                                 {"--api-url", ""}}) {
    SCOPED_TRACE(words.front() + " " + words.back());
    stage_.err.text.clear();
    EXPECT_EQ(import({words.front(), words.back()}), 2);
    EXPECT_NE(stage_.err.text.find(words.front()), std::string::npos) << stage_.err.text;
    EXPECT_TRUE(stage_.customer_imports.empty());
  }
}

TEST_F(CustomerCommand, ExitCodesTellWhatArrived) {
  stage_.play_customers([](customers::Face&) { return all_arrived(); });
  EXPECT_EQ(import({}), 0);
  stage_.play_customers([](customers::Face&) { return some_failed(); });
  EXPECT_EQ(import({}), 1);
  stage_.play_customers([](customers::Face&) -> Result<Report> { return fail("it is gone"); });
  EXPECT_EQ(import({}), 2);
  stage_.play_customers([](customers::Face&) {
    Report report = some_failed();
    report.end = Report::End::denied;
    report.reason = {"the login was rejected", "check the user"};
    return report;
  });
  stage_.err.text.clear();
  EXPECT_EQ(import({}), 2);
  EXPECT_NE(stage_.err.text.find("Stopped: the login was rejected"), std::string::npos);
}

TEST_F(CustomerCommand, WhatIsLeftIsSaidWithLinesToPaste) {
  stage_.play_customers([](customers::Face&) { return some_failed(); });
  EXPECT_EQ(import({"--environment", "production", "--checkpoint-dir", "my jobs"}), 1);
  EXPECT_NE(
      stage_.err.text.find(
          "Retry files created: /data/retry_batches_20250703_143022 (2 files, 100 customers)"),
      std::string::npos)
      << stage_.err.text;
  EXPECT_NE(stage_.err.text.find("usher import-customers /data/retry_batches_20250703_143022 "
                                 "--environment production --checkpoint-dir 'my jobs'"),
            std::string::npos)
      << stage_.err.text;
  EXPECT_NE(stage_.err.text.find(
                "usher import-customers --resume customers-1 --checkpoint-dir 'my jobs'"),
            std::string::npos);
}

TEST_F(CustomerCommand, JsonIsOneObjectAndNothingElse) {
  stage_.play_customers([](customers::Face&) { return some_failed(); });
  EXPECT_EQ(import({"--json"}), 1);
  EXPECT_EQ(stage_.err.text, "");
  EXPECT_EQ(stage_.out.text.find('\n'), stage_.out.text.size() - 1);
  EXPECT_NE(stage_.out.text.find(R"("arrived":900)"), std::string::npos) << stage_.out.text;
}

TEST_F(CustomerCommand, ACheckNeedsNoTargetAndSendsNothing) {
  stage_.environment.clear();
  EXPECT_EQ(stage_.run({"customers", "a.json", "b", "--check"}), 0) << stage_.err.text;
  EXPECT_EQ(stage_.customer_wishes.back().paths, (std::vector<std::string>{"a.json", "b"}));
  EXPECT_TRUE(stage_.customer_imports.empty());
  stage_.checked.report.errors = 3;
  EXPECT_EQ(stage_.run({"customers", "a.json", "--check"}), 1);
}

TEST_F(CustomerCommand, WithoutFilesItSaysSo) {
  EXPECT_EQ(stage_.run({"import-customers"}), 2);
  EXPECT_NE(stage_.err.text.find("no file is named"), std::string::npos) << stage_.err.text;
}

TEST_F(CustomerCommand, AResumeKnowsItsPlanAndTakesAnotherPace) {
  stage_.resumable.id = "customers-1";
  stage_.resumable.plan.endpoint.platform = Platform::engage;
  stage_.resumable.plan.endpoint.environment = Environment::production;
  stage_.resumable.plan.endpoint.api_url = "https://api.test/v1/customers";
  stage_.resumable.plan.pace.batch_size = 33;
  EXPECT_EQ(stage_.run({"import-customers", "--resume", "--workers", "9"}), 0) << stage_.err.text;
  EXPECT_TRUE(stage_.customer_imports.back().resume);
  EXPECT_EQ(stage_.customer_imports.back().id, "customers-1");
  EXPECT_EQ(plan().pace.batch_size, 33U);
  EXPECT_EQ(plan().pace.workers, 9);
  EXPECT_EQ(plan().endpoint.environment, Environment::production);
  EXPECT_EQ(stage_.run({"import-customers", "--resume", "--preset", "aggressive"}), 0);
  EXPECT_EQ(plan().pace.batch_size, 33U) << "its batches are what they are";
  EXPECT_EQ(plan().pace.workers, 5);
  // What the job refuses, it must be told: typed values reach it.
  EXPECT_EQ(stage_.run({"import-customers", "--resume", "--batch-size", "9", "--mode", "c4r"}), 0)
      << stage_.err.text;
  EXPECT_EQ(plan().pace.batch_size, 9U);
  EXPECT_EQ(plan().endpoint.platform, Platform::c4r);
  EXPECT_TRUE(stage_.customer_imports.back().given.contains("--mode"));
  for (const char* settled : {"--out", "--csv-mapping", "--job-id"}) {
    SCOPED_TRACE(settled);
    EXPECT_EQ(stage_.run({"import-customers", "--resume", "--quiet", settled, "9"}), 2);
  }
  EXPECT_EQ(stage_.run({"import-customers", "c.json", "--resume"}), 2);
}

TEST_F(CustomerCommand, AResumeSendsNoTokenToAnAddressThatTheEnvironmentContradicts) {
  stage_.resumable.id = "customers-1";
  stage_.resumable.plan.endpoint.api_url = "https://api.test/v1/customers";
  stage_.environment["USHER_CUSTOMER_API_URL"] = "https://elsewhere.test/v1";
  EXPECT_EQ(stage_.run({"import-customers", "--resume"}), 2);
  EXPECT_NE(stage_.err.text.find("USHER_CUSTOMER_API_URL is of another address"), std::string::npos)
      << stage_.err.text;
  EXPECT_TRUE(stage_.customer_imports.empty());
  EXPECT_EQ(
      stage_.run({"import-customers", "--resume", "--api-url", "https://api.test/v1/customers"}), 0)
      << stage_.err.text;
}

TEST_F(CustomerCommand, NoSecretIsEverPrinted) {
  stage_.environment = {{"USHER_CUSTOMER_USER", "op"},
                        {"USHER_CUSTOMER_PASSWORD", "hush-pw"},
                        {"USHER_CUSTOMER_CLIENT_ID", "till"},
                        {"USHER_CUSTOMER_CLIENT_SECRET", "hush-client"},
                        {"USHER_CUSTOMER_PASSPORT", "hush-passport"}};
  stage_.play_customers([](customers::Face&) { return some_failed(); });
  EXPECT_EQ(import({"--auth-url", "https://auth.test/token"}), 1) << stage_.err.text;
  EXPECT_EQ(import({"--auth-url", "https://auth.test/token", "--mode", "c4r"}), 2);
  EXPECT_EQ(import({}), 2);
  EXPECT_EQ((stage_.out.text + stage_.err.text).find("hush"), std::string::npos);
}

}  // namespace
}  // namespace usher::cli
