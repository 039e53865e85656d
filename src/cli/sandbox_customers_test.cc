// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/stage.h"

namespace usher::cli {
namespace {

using sandbox::customers::CustomerOptions;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

struct CustomerStage : Stage {
  std::vector<CustomerOptions> served;

  CustomerStage() {
    around.serve_customers = [this](CustomerOptions options,
                                    const sandbox::Serving& serving) -> Status {
      served.push_back(std::move(options));
      serving.on_ready(4711);
      return {};
    };
  }
  void expect_refused(std::initializer_list<std::string> words, const std::string& error) {
    SCOPED_TRACE(error);
    err.text.clear();
    EXPECT_EQ(run(words), 2);
    EXPECT_THAT(err.text, StartsWith("usher sandbox: " + error));
    EXPECT_TRUE(served.empty());
  }
};

TEST(SandboxCustomers, SayWhereTheyAreInTheirFirstLine) {
  CustomerStage stage;
  EXPECT_EQ(stage.run({"sandbox", "--customers"}), 0) << stage.err.text;
  EXPECT_THAT(
      stage.out.text,
      StartsWith("usher sandbox: http://127.0.0.1:4711  (customer API; token: any token_...)\n"));
  ASSERT_EQ(stage.served.size(), 1U);
  EXPECT_EQ(stage.served[0].limits.rate, sandbox::Limiter::Options::Rate::off);
  EXPECT_EQ(stage.served[0].success_status, 201);
}

TEST(SandboxCustomers, PassEveryFlagOn) {
  CustomerStage stage;
  EXPECT_EQ(stage.run({"sandbox",          "--customers",
                       "--token",          "one",
                       "--token",          "two",
                       "--login",          "operator:made:up",
                       "--client",         "importer:quiet",
                       "--token-lifetime", "60",
                       "--success-status", "200",
                       "--household-key",  "households",
                       "--household-ids",  "--digests",
                       "--rate-limit",     "5",
                       "--seed",           "7",
                       "--fault",          "FAILED=0.5",
                       "--fault",          "gateway_timeout=0.25"}),
            0)
      << stage.err.text;
  ASSERT_EQ(stage.served.size(), 1U);
  const CustomerOptions& options = stage.served[0];
  EXPECT_THAT(options.tokens.tokens, ElementsAre("one", "two"));
  EXPECT_EQ(options.tokens.user, "operator");
  EXPECT_EQ(options.tokens.password, "made:up");
  EXPECT_EQ(options.tokens.client_id, "importer");
  EXPECT_EQ(options.tokens.client_secret, "quiet");
  EXPECT_EQ(options.tokens.lifetime, std::chrono::seconds(60));
  EXPECT_EQ(options.success_status, 200);
  EXPECT_EQ(options.household_answer, "households");
  EXPECT_TRUE(options.household_ids);
  EXPECT_FALSE(options.keep_texts);
  EXPECT_EQ(options.limits.flat_per_second, 5U);
  EXPECT_EQ(options.seed, 7U);
  EXPECT_EQ(options.faults.faults().size(), 2U);
  EXPECT_THAT(stage.out.text, HasSubstr("USHER_CUSTOMER_TOKEN=one usher import-customers"));
  EXPECT_THAT(stage.out.text, ::testing::Not(HasSubstr("made:up")));
}

TEST(SandboxCustomers, KeepTheOptionsOfTheTwoApisApart) {
  CustomerStage stage;
  stage.expect_refused({"sandbox", "--customers", "--stub"},
                       "--stub does not go together with --customers\n");
  stage.expect_refused({"sandbox", "--household-ids"}, "--household-ids needs --customers\n");
  stage.expect_refused({"sandbox", "--customers", "--rate-limit", "real"},
                       "--rate-limit real: no limits of the customer API are published\n");
  stage.expect_refused({"sandbox", "--fault", "FAILED"}, "--fault: no fault is called \"FAILED\"");
}

TEST(SandboxCustomers, TellEveryMistakeInOneLine) {
  CustomerStage stage;
  stage.expect_refused({"sandbox", "--customers", "--token", "a b"},
                       "--token must be visible characters without spaces\n");
  stage.expect_refused({"sandbox", "--customers", "--login", "me"},
                       "--login must be NAME:PASSWORD, without spaces\n");
  stage.expect_refused({"sandbox", "--customers", "--client", ":x"},
                       "--client must be ID or ID:SECRET, without spaces\n");
  stage.expect_refused({"sandbox", "--customers", "--token-lifetime", "0"},
                       "--token-lifetime must be a whole number from 1 to");
  stage.expect_refused({"sandbox", "--customers", "--success-status", "204"},
                       "--success-status must be 200 or 201\n");
  stage.expect_refused({"sandbox", "--customers", "--household-key", "x"},
                       "--household-key must be data or households\n");
}

}  // namespace
}  // namespace usher::cli
