// SPDX-License-Identifier: Apache-2.0
// Where an import goes: who wins, what must be named, and what contradicts what.
#include "app/customers/target_choice.h"

#include <map>

#include <gtest/gtest.h>

namespace usher::customers {
namespace {

using Settings = std::map<std::string, std::string>;

Setting settings(const Settings& values) {
  return [values](const char* name) -> Result<Secret> {
    const auto found = values.find(name);
    return found == values.end() ? Secret() : Secret(found->second);
  };
}

const Settings kToken = {{"USHER_CUSTOMER_TOKEN", "t-123"}};
const Settings kLogin = {{"USHER_CUSTOMER_USER", "op"},
                         {"USHER_CUSTOMER_PASSWORD", "pw"},
                         {"USHER_CUSTOMER_CLIENT_ID", "till"},
                         {"USHER_CUSTOMER_AUTH_URL", "https://auth.test/token"}};

TargetWish typed() {
  TargetWish wish;
  wish.api_url = "https://api.test/import/v1";
  wish.platform = Platform::engage;
  return wish;
}

Profile profile(Environment environment) {
  Profile known;
  known.name = "shop";
  known.platform = Platform::c4r;
  known.environment = environment;
  known.api_url = "https://shop.test/customers";
  known.auth_url = "https://shop.test/token";
  known.credentials.user = "kept";
  known.credentials.password = Secret(std::string("kept-pw"));
  known.credentials.client_id = "kept-till";
  known.credentials.client_secret = Secret(std::string("kept-secret"));
  known.credentials.passport = Secret(std::string("kept-passport"));
  return known;
}

RetryOrigin origin() {
  RetryOrigin from;
  from.folder = "/r/retry_batches_20250703_143022";
  from.type = ImportType::households;
  from.platform = Platform::engage;
  from.environment = Environment::development;
  from.api_url = "https://first.test/v1/households";
  return from;
}

std::string refusal(const Result<TargetChoice>& choice) {
  return choice ? "" : choice.error().line();
}

TEST(TargetChoice, WhatIsTypedIsEnoughWithAToken) {
  const auto choice = choose_target(typed(), std::nullopt, {}, settings(kToken));
  ASSERT_TRUE(choice) << refusal(choice);
  EXPECT_EQ(choice->endpoint.api_url, "https://api.test/import/v1/customers");
  EXPECT_EQ(choice->endpoint.platform, Platform::engage);
  EXPECT_EQ(choice->endpoint.environment, Environment::development);
  EXPECT_FALSE(choice->credentials.automatic());
}

TEST(TargetChoice, ALoginNeedsAllOfItsParts) {
  EXPECT_TRUE(choose_target(typed(), std::nullopt, {}, settings(kLogin)));
  for (const auto& [name, value] : kLogin) {
    SCOPED_TRACE(name);
    Settings less = kLogin;
    less.erase(name);
    const auto choice = choose_target(typed(), std::nullopt, {}, settings(less));
    ASSERT_FALSE(choice);
    EXPECT_NE(choice.error().line().find(name), std::string::npos) << choice.error().line();
    EXPECT_EQ(choice.error().line().find("pw"), std::string::npos);
  }
  TargetWish c4r = typed();
  c4r.platform = Platform::c4r;
  const auto choice = choose_target(c4r, std::nullopt, {}, settings(kLogin));
  ASSERT_FALSE(choice);
  EXPECT_NE(choice.error().line().find("CLIENT_SECRET"), std::string::npos);
}

TEST(TargetChoice, AProfileSaysItAllAndWhatIsTypedWins) {
  const auto known = profile(Environment::development);
  const auto choice = choose_target({}, known, {}, settings({}));
  ASSERT_TRUE(choice) << refusal(choice);
  EXPECT_EQ(choice->endpoint.api_url, "https://shop.test/customers");
  EXPECT_EQ(choice->endpoint.platform, Platform::c4r);
  EXPECT_EQ(choice->credentials.user, "kept");
  EXPECT_EQ(choice->credentials.passport.reveal(), "kept-passport");
  const auto other = choose_target(typed(), known, {}, settings(kToken));
  ASSERT_TRUE(other) << refusal(other);
  EXPECT_EQ(other->endpoint.api_url, "https://api.test/import/v1/customers");
  EXPECT_EQ(other->endpoint.platform, Platform::engage);
  EXPECT_EQ(other->credentials.token.reveal(), "t-123");
  EXPECT_TRUE(other->credentials.passport.empty());  // c4r alone sends it
}

TEST(TargetChoice, ProductionMustBeNamed) {
  const auto known = profile(Environment::production);
  EXPECT_NE(refusal(choose_target({}, known, {}, settings({}))).find("--environment production"),
            std::string::npos);
  TargetWish named;
  named.environment = Environment::production;
  EXPECT_TRUE(choose_target(named, known, {}, settings({})));
  // And a profile of the other kind is not made one by naming it.
  EXPECT_FALSE(choose_target(named, profile(Environment::development), {}, settings({})));
  RetryOrigin from = origin();
  from.environment = Environment::production;
  EXPECT_FALSE(choose_target({}, std::nullopt, {from}, settings(kToken)));
  EXPECT_TRUE(choose_target(named, std::nullopt, {from}, settings(kToken)));
}

TEST(TargetChoice, RetryFilesBringTypeAndTarget) {
  const auto choice = choose_target({}, std::nullopt, {origin()}, settings(kToken));
  ASSERT_TRUE(choice) << refusal(choice);
  EXPECT_EQ(choice->endpoint.type, ImportType::households);
  EXPECT_EQ(choice->endpoint.api_url, "https://first.test/v1/households");
  EXPECT_EQ(choice->endpoint.platform, Platform::engage);
  EXPECT_TRUE(choice->notes.empty());
}

TEST(TargetChoice, RetryFilesOfTheExistingToolBringTheTypeAlone) {
  RetryOrigin old;
  old.folder = "/r/retry_batches_20250703_143022";
  old.type = ImportType::households;
  EXPECT_FALSE(choose_target({}, std::nullopt, {old}, settings(kToken)));
  const auto choice = choose_target(typed(), std::nullopt, {old}, settings(kToken));
  ASSERT_TRUE(choice) << refusal(choice);
  EXPECT_EQ(choice->endpoint.api_url, "https://api.test/import/v1/households");
}

TEST(TargetChoice, ATokenNeverGoesWhereTwoDisagree) {
  Settings elsewhere = kToken;
  elsewhere["USHER_CUSTOMER_API_URL"] = "https://second.test/v1";
  EXPECT_NE(
      refusal(choose_target({}, std::nullopt, {origin()}, settings(elsewhere))).find("--api-url"),
      std::string::npos);
  elsewhere["USHER_CUSTOMER_API_URL"] = "https://first.test/v1";
  EXPECT_TRUE(choose_target({}, std::nullopt, {origin()}, settings(elsewhere)));
  // Typed: meant, and said.
  const auto choice = choose_target(typed(), std::nullopt, {origin()}, settings(kToken));
  ASSERT_TRUE(choice) << refusal(choice);
  EXPECT_EQ(choice->notes.size(), 1U);
}

TEST(TargetChoice, FoldersOfDifferentImportsGoOneAfterTheOther) {
  RetryOrigin other = origin();
  other.api_url = "https://second.test/v1/households";
  EXPECT_FALSE(choose_target({}, std::nullopt, {origin(), other}, settings(kToken)));
  EXPECT_TRUE(choose_target({}, std::nullopt, {origin(), origin()}, settings(kToken)));
}

TEST(TargetChoice, AJobGoesOnToItsOwnAddressAlone) {
  Endpoint job;
  job.api_url = "https://shop.test/customers";
  EXPECT_TRUE(agree_on_target(job, std::nullopt, settings({})));
  EXPECT_TRUE(agree_on_target(job, profile(Environment::production), settings({})));
  Settings set = {{"USHER_CUSTOMER_API_URL", "https://shop.test"}};
  EXPECT_TRUE(agree_on_target(job, std::nullopt, settings(set)));
  set["USHER_CUSTOMER_API_URL"] = "https://second.test";
  const Status other = agree_on_target(job, std::nullopt, settings(set));
  ASSERT_FALSE(other);
  EXPECT_NE(other.error().line().find("--api-url https://shop.test/customers"), std::string::npos);
  job.api_url = "https://first.test/customers";
  const Status elsewhere = agree_on_target(job, profile(Environment::development), settings({}));
  ASSERT_FALSE(elsewhere);
  EXPECT_NE(elsewhere.error().what.find("the profile shop"), std::string::npos);
}

TEST(TargetChoice, NothingLeavesUnencryptedByAccident) {
  TargetWish wish = typed();
  wish.api_url = "http://api.test/import";
  EXPECT_NE(refusal(choose_target(wish, std::nullopt, {}, settings(kToken))).find("--allow-http"),
            std::string::npos);
  wish.allow_plaintext = true;
  EXPECT_TRUE(choose_target(wish, std::nullopt, {}, settings(kToken)));
  wish.allow_plaintext = false;
  wish.api_url = "http://127.0.0.1:4200/customers";
  EXPECT_TRUE(choose_target(wish, std::nullopt, {}, settings(kToken)));
  Settings login = kLogin;
  login["USHER_CUSTOMER_AUTH_URL"] = "http://auth.test/token";
  EXPECT_FALSE(choose_target(typed(), std::nullopt, {}, settings(login)));
}

TEST(TargetChoice, WithoutAnAddressOrAModeItSaysWhatToAdd) {
  TargetWish wish = typed();
  wish.api_url.clear();
  EXPECT_NE(refusal(choose_target(wish, std::nullopt, {}, settings(kToken))).find("--profile"),
            std::string::npos);
  wish = typed();
  wish.platform.reset();
  EXPECT_NE(refusal(choose_target(wish, std::nullopt, {}, settings(kToken))).find("--mode"),
            std::string::npos);
}

}  // namespace
}  // namespace usher::customers
