// SPDX-License-Identifier: Apache-2.0
// The customer API as published: endpoints, tokens, results of items, refusals of requests.
#include "sandbox/customers/customer_api.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/hash.h"
#include "sandbox/customers/customer_trial.h"

namespace usher::sandbox::customers {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(CustomerApi, ServesTheImportPathsOfBothPlatformsAndEveryPathThatEndsSo) {
  CustomerTrial trial;
  int id = 0;
  for (const char* path :
       {"/customer-profile-service/tenants/001/services/rest/customers-import/v1/customers",
        kCustomers, "/customers", "/v1/customers?x=1"}) {
    EXPECT_EQ(trial.send(path, "data", person(std::to_string(++id))).status, 201) << path;
  }
  for (const char* path : {kHouseholds, "/a/households"}) {
    EXPECT_EQ(trial.send(path, "households", household(std::to_string(++id))).status, 201) << path;
  }
  for (const char* path : {"/", "/customers/1", "/persons", "/xcustomers"}) {
    EXPECT_EQ(trial.send(path, "data", "").status, 404) << path;
  }
  EXPECT_EQ(trial.ask("GET", kCustomers, "", {{"Authorization", "Bearer token_1"}}).status, 405);
  EXPECT_EQ(trial.state("/customers"), "4");
  EXPECT_EQ(trial.state("/households"), "2");
}

TEST(CustomerApi, AnswersEachItemWithThePublishedFieldsAlone) {
  CustomerTrial trial;
  const Answer answer = trial.post(
      person("1") + "," +
      person("2", R"(,"username":"emma","password":"secret","emails":[{"email":"e@example.com",)"
                  R"("contactPurposeTypeCode":"DEFAULT","contactMethodTypeCode":"HOMEEMAIL"}])"));
  EXPECT_EQ(answer.reply.body,
            R"({"data":[{"changeType":"CREATE","result":"SUCCESS","customerId":"1"},)"
            R"({"changeType":"CREATE","result":"SUCCESS","customerId":"2","username":"emma",)"
            R"("email":"e@example.com"}]})");
}

TEST(CustomerApi, TellsCreatesUpdatesUpsertsAndDeletesApart) {
  CustomerTrial trial;
  const auto say = [&](const char* id, const char* change) {
    return trial.post(person(id, "", change)).at("/data/0/result");
  };
  EXPECT_EQ(say("1", "UPDATE"), "NOT_FOUND");
  EXPECT_EQ(say("1", "DELETE"), "NOT_FOUND");
  EXPECT_EQ(say("1", "CREATE"), "SUCCESS");
  EXPECT_EQ(say("1", "CREATE"), "CONFLICT");
  EXPECT_EQ(say("1", "UPDATE"), "SUCCESS");
  EXPECT_EQ(say("1", "UPSERT"), "SUCCESS");
  EXPECT_EQ(say("2", "UPSERT"), "SUCCESS");
  EXPECT_EQ(say("1", "DELETE"), "SUCCESS");
  EXPECT_EQ(say("1", "DELETE"), "NOT_FOUND");
  EXPECT_EQ(say("1", "REPLACE"), "ERROR");
  EXPECT_EQ(trial.state("/customers"), "1");
  EXPECT_EQ(trial.dumped("1", "received"), "9");
  EXPECT_EQ(trial.dumped("1", "created"), "1");
  EXPECT_EQ(trial.dumped("1", "updated"), "2");
  EXPECT_EQ(trial.dumped("1", "deleted"), "1");
  EXPECT_EQ(trial.dumped("1", "there"), "false");
  EXPECT_EQ(trial.state("/items/by_result/SUCCESS"), "5");
  EXPECT_EQ(trial.state("/items/by_result/NOT_FOUND"), "3");
}

TEST(CustomerApi, HoldsHouseholdsApartFromCustomersAndAnswersThemAsSet) {
  CustomerTrial plain;
  EXPECT_EQ(plain.post(person("7")).at("/data/0/result"), "SUCCESS");
  EXPECT_EQ(plain.post_households(household("7")).reply.body,
            R"({"data":[{"changeType":"CREATE","result":"SUCCESS"}]})");
  EXPECT_EQ(plain.post_households(household("7")).at("/data/0/result"), "CONFLICT");
  CustomerOptions options;
  options.household_answer = "households";
  options.household_ids = true;
  CustomerTrial other(options);
  EXPECT_EQ(other.post_households(household("7")).reply.body,
            R"({"households":[{"changeType":"CREATE","result":"SUCCESS","householdId":"7"}]})");
  EXPECT_EQ(other.post(person("7")).at("/data/0/customerId"), "7");
}

TEST(CustomerApi, KeepsTheBytesOfEachItemAsTheyCame) {
  CustomerTrial trial;
  const std::string odd =
      "{ \"person\" : {\"lastName\":\"SJ\\u00d6BERG\\n\", \"firstName\":\"E\xC3\x96\",\n\t"
      "\"customerId\":\"00700\", \"unknown\": [1.50, {\"a]}\":\"\\\"}\"}], \"z\":1e3} ,"
      "\"type\":\"PERSON\",\"changeType\":\"CREATE\"}";
  ASSERT_EQ(trial.post("  " + odd + " ,\n " + person("2")).at("/data/0/result"), "SUCCESS");
  EXPECT_EQ(trial.dumped("00700", "text"), odd);
  EXPECT_EQ(trial.dumped("2", "text"), person("2"));
}

TEST(CustomerApi, KeepsDigestsWhenAskedAndTellsThemInsteadOfTexts) {
  Sha256 digest;
  digest.add(person("1"));
  const std::string expected = digest.hex();
  CustomerOptions options;
  options.keep_texts = false;
  CustomerTrial trial(options);
  trial.post(person("1"));
  EXPECT_EQ(trial.dumped("1", "sha256"), expected);
  EXPECT_EQ(trial.dumped("1", "text"), "");
  CustomerTrial texts;
  texts.post(person("1"));
  EXPECT_THAT(texts.ask("GET", "/_sandbox/dump?texts=no").reply.body, HasSubstr(expected));
}

TEST(CustomerApi, TakesAtMostAHundredItems) {
  CustomerTrial trial;
  EXPECT_EQ(trial.post("").reply.body, R"({"data":[]})");
  EXPECT_EQ(trial.post(people(100)).size(), 100U);
  const Answer refused = trial.post(people(101, 1000));
  EXPECT_EQ(refused.status, 400);
  EXPECT_EQ(refused.reply.content_type, "application/problem+json");
  EXPECT_EQ(refused.at("/status"), "400");
  EXPECT_EQ(refused.at("/title"), "Bad Request");
  EXPECT_EQ(refused.at("/detail"), "data has 101 items, at most 100 are taken.");
  EXPECT_EQ(trial.state("/customers"), "100");
}

TEST(CustomerApi, RefusesBodiesOfAnotherShapeWhole) {
  CustomerTrial trial;
  for (const char* body : {"", "{", "[]", "{}", R"({"data":{}})", R"({"households":[]})",
                           R"({"d\u0061ta":[{}]})", "\xff"}) {
    const Answer answer =
        trial.ask("POST", kCustomers, body, {{"Authorization", "Bearer token_1"}});
    EXPECT_EQ(answer.status, 400) << body;
    EXPECT_EQ(answer.at("/title"), "Bad Request") << body;
  }
}

TEST(CustomerApi, AnswersAnItemThatBreaksTheSchemaWithErrorAndTheOthersAsUsual) {
  CustomerTrial trial;
  const Answer answer =
      trial.post(person("1", R"(,"gender":"OTHER")") + ",17," + person("3") + "," + person("") +
                 R"(,{"changeType":"CREATE","type":"PERSON","person":{"customerId":5,)"
                 R"("firstName":"A","lastName":"B"}})");
  EXPECT_THAT(answer.column("result"), ElementsAre("ERROR", "ERROR", "SUCCESS", "ERROR", "ERROR"));
  EXPECT_EQ(answer.at("/data/4/customerId"), "5");
  EXPECT_EQ(trial.state("/customers"), "1");
  EXPECT_EQ(trial.dumped("1", "there"), "false");
}

TEST(CustomerApi, AnswersTwoHundredWhereItIsSet) {
  CustomerOptions options;
  options.success_status = 200;
  CustomerTrial trial(options);
  EXPECT_EQ(trial.post(person("1")).status, 200);
}

TEST(CustomerApi, AnswersAMissingUnknownOrEndedTokenWith401) {
  CustomerOptions options;
  options.tokens.lifetime = std::chrono::seconds(30);
  CustomerTrial trial(options);
  EXPECT_EQ(trial.ask("POST", kCustomers, R"({"data":[]})").status, 401);
  trial.token = "tok";
  EXPECT_EQ(trial.post("").status, 401);
  trial.token = trial.log_in().at("/access_token");
  EXPECT_EQ(trial.post("").status, 201);
  trial.now.steady += std::chrono::seconds(29);
  EXPECT_EQ(trial.post("").status, 201);
  trial.now.steady += std::chrono::seconds(1);
  const Answer ended = trial.post(person("1"));
  EXPECT_EQ(ended.status, 401);
  EXPECT_EQ(ended.reply.content_type, "application/problem+json");
  EXPECT_THAT(ended.header("WWW-Authenticate"), HasSubstr("invalid_token"));
  EXPECT_EQ(trial.state("/tokens_refused"), "3");
  EXPECT_EQ(trial.state("/customers"), "0");
}

TEST(CustomerApi, CountsThePassportAndDoesNotNeedIt) {
  CustomerTrial trial;
  trial.post("");
  trial.ask("POST", kCustomers, R"({"data":[]})",
            {{"Authorization", "Bearer token_1"}, {"gk-passport", "made-up"}});
  EXPECT_EQ(trial.state("/passports"), "1");
}

TEST(CustomerApi, LimitsTheRateWhenAsked) {
  CustomerOptions options;
  options.limits.rate = Limiter::Options::Rate::flat;
  options.limits.flat_per_second = 2;
  CustomerTrial trial(options);
  EXPECT_EQ(trial.post("").status, 201);
  EXPECT_EQ(trial.post("").status, 201);
  const Answer refused = trial.post(person("1"));
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(refused.header("Retry-After"), "1");
  EXPECT_EQ(refused.reply.content_type, "application/problem+json");
  EXPECT_EQ(trial.state("/requests/throttled"), "1");
  trial.now.steady += std::chrono::seconds(1);
  EXPECT_EQ(trial.post(person("1")).status, 201);
}

TEST(CustomerApi, IsAsJustStartedAfterAReset) {
  CustomerTrial trial;
  trial.post(person("1"));
  trial.fault(R"({"kind":"throttle"})");
  EXPECT_EQ(trial.ask("POST", "/_sandbox/reset").at("/customers"), "0");
  EXPECT_EQ(trial.post(person("1")).at("/data/0/result"), "SUCCESS");
  EXPECT_EQ(trial.ask("GET", "/_sandbox/nothing").status, 404);
  EXPECT_EQ(trial.ask("GET", "/_sandbox/faults").reply.body, R"({"faults":[]})");
}

}  // namespace
}  // namespace usher::sandbox::customers
