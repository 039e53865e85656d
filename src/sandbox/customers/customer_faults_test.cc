// SPDX-License-Identifier: Apache-2.0
// Faults of the customer API from outside: what is answered, and what was carried out all the same.
#include <set>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sandbox/customers/customer_trial.h"

namespace usher::sandbox::customers {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Cut = net::Delivery::Cut;

struct FaultyApi : CustomerTrial {
  explicit FaultyApi(const std::string& text) {
    const Answer answer = fault(text);
    EXPECT_EQ(answer.status, 200) << answer.reply.body;
  }
  [[nodiscard]] std::string there() { return state("/customers"); }
};

TEST(CustomerFaults, RefuseWholeRequestsWithProblems) {
  FaultyApi api(R"({"kind":"error_json","status":500})");
  const Answer answer = api.post(people(2));
  EXPECT_EQ(answer.status, 500);
  EXPECT_EQ(answer.reply.content_type, "application/problem+json");
  EXPECT_EQ(answer.at("/status"), "500");
  EXPECT_EQ(api.there(), "0");
  EXPECT_EQ(api.dumped("1", "received"), "1");

  FaultyApi after(R"({"kind":"commit_then_error","status":502})");
  EXPECT_EQ(after.post(people(2)).at("/title"), "Bad Gateway");
  EXPECT_EQ(after.there(), "2");

  FaultyApi odd(R"({"kind":"error_json","status":500,"body":"[\"no\"]"})");
  EXPECT_EQ(odd.post(people(1)).reply.body, R"(["no"])");
}

TEST(CustomerFaults, TellToComeLater) {
  FaultyApi api(R"({"kind":"throttle","retry_after":"7"})");
  const Answer answer = api.post(people(1));
  EXPECT_EQ(answer.status, 429);
  EXPECT_EQ(answer.header("Retry-After"), "7");
  EXPECT_EQ(api.there(), "0");
}

TEST(CustomerFaults, TimeOutOnLargeBatchesAlone) {
  for (const auto& [commit, there] :
       std::vector<std::pair<std::string, std::string>>{{"0", "0"}, {"0.5", "26"}, {"1", "51"}}) {
    FaultyApi api(R"({"kind":"gateway_timeout","items_over":50,"commit":)" + commit + "}");
    const Answer answer = api.post(people(51));
    EXPECT_EQ(answer.status, 504);
    EXPECT_THAT(answer.reply.body, HasSubstr("504 Gateway Timeout"));
    EXPECT_EQ(answer.reply.content_type, "text/html");
    EXPECT_EQ(api.there(), there);
    EXPECT_EQ(api.post(people(50, 100)).status, 201);
  }
}

TEST(CustomerFaults, LoseTheAnswerAfterCarryingOutTheShareThatIsSet) {
  FaultyApi cut(R"({"kind":"commit_then_cut"})");
  EXPECT_EQ(cut.post(people(4)).reply.delivery.cut, Cut::before_answer);
  EXPECT_EQ(cut.there(), "4");
  FaultyApi hang(R"({"kind":"commit_then_hang","commit":0.25})");
  EXPECT_EQ(hang.post(people(4)).reply.delivery.cut, Cut::hang);
  EXPECT_EQ(hang.there(), "1");
  FaultyApi reset(R"({"kind":"reset_before"})");
  EXPECT_EQ(reset.post(people(4)).reply.delivery.cut, Cut::before_answer);
  EXPECT_EQ(reset.there(), "0");
  FaultyApi body(R"({"kind":"cut_body"})");
  EXPECT_EQ(body.post(people(4)).reply.delivery.cut, Cut::mid_answer);
  EXPECT_EQ(body.there(), "4");
}

TEST(CustomerFaults, EndTokensThatWereGivenOutButNotThoseByHand) {
  FaultyApi api(R"({"kind":"expire_tokens","count":1})");
  api.token =
      api.log_in_c4r("a:b", "grant_type=password&username=u&password=p").at("/access_token");
  ASSERT_EQ(api.token, "");  // it meets whatever comes first
  api.token = api.log_in().at("/access_token");
  EXPECT_EQ(api.post(people(1)).status, 201);
  api.fault(R"({"kind":"expire_tokens","path":")" + std::string(kCustomers) + R"(","count":1})");
  EXPECT_EQ(api.post(people(1, 2)).status, 401);
  EXPECT_EQ(api.post(people(1, 2)).status, 401);
  EXPECT_EQ(api.there(), "1");
  api.token = api.log_in().at("/access_token");
  EXPECT_EQ(api.post(people(1, 2)).status, 201);
}

TEST(CustomerFaults, AnswerItemsOtherwise) {
  FaultyApi failed(R"({"kind":"result","once":true,"id":"2"})");
  EXPECT_THAT(failed.post(people(3)).column("result"), ElementsAre("SUCCESS", "FAILED", "SUCCESS"));
  EXPECT_EQ(failed.there(), "2");
  EXPECT_THAT(failed.post(person("2")).column("result"), ElementsAre("SUCCESS"));

  FaultyApi both(R"({"kind":"result","result":"FAILED","commit":1})");
  EXPECT_THAT(both.post(people(2)).column("result"), Each("FAILED"));
  EXPECT_EQ(both.there(), "2");

  FaultyApi odd(R"({"faults":[{"kind":"result","result":"LATER","id":"1"},)"
                R"({"kind":"result","result":"","id":"2*"}]})");
  EXPECT_EQ(odd.post(people(2)).reply.body,
            R"({"data":[{"changeType":"CREATE","result":"LATER","customerId":"1"},)"
            R"({"changeType":"CREATE","customerId":"2"}]})");
}

TEST(CustomerFaults, LeaveResultsOut) {
  FaultyApi api(R"({"kind":"drop_result","id":"2"})");
  EXPECT_THAT(api.post(people(3)).column("customerId"), ElementsAre("1", "3"));
  EXPECT_EQ(api.there(), "3");
  FaultyApi lost(R"({"kind":"drop_result","id":"2","commit":0})");
  lost.post(people(3));
  EXPECT_EQ(lost.there(), "2");
}

TEST(CustomerFaults, GiveResultsAnotherForm) {
  FaultyApi shuffled(R"({"kind":"shuffle_results"})");
  auto ids = shuffled.post(people(50)).column("customerId");
  EXPECT_NE(ids.front() + ids.back(), "150");
  EXPECT_EQ(ids.size(), 50U);
  EXPECT_EQ(std::set<std::string>(ids.begin(), ids.end()).size(), 50U);

  EXPECT_EQ(FaultyApi(R"({"kind":"no_ids"})").post(people(1)).reply.body,
            R"({"data":[{"changeType":"CREATE","result":"SUCCESS"}]})");
  EXPECT_THAT(FaultyApi(R"({"kind":"lower_case"})").post(people(1)).column("result"),
              ElementsAre("success"));
  EXPECT_EQ(FaultyApi(R"({"kind":"extra_result"})").post(people(3)).size(), 4U);
  const Answer empty = FaultyApi(R"({"kind":"empty_body"})").post(people(3));
  EXPECT_EQ(empty.status, 201);
  EXPECT_EQ(empty.reply.body, "");
  const Answer page = FaultyApi(R"({"kind":"html_page"})").post(people(3));
  EXPECT_EQ(page.status, 201);
  EXPECT_THAT(page.reply.body, HasSubstr("<html>"));
  const Answer other = FaultyApi(R"({"kind":"other_answer","status":202,"body":"[]",)"
                                 R"("content_type":"text/plain"})")
                           .post(people(3));
  EXPECT_EQ(other.status, 202);
  EXPECT_EQ(other.reply.body, "[]");
  EXPECT_EQ(other.reply.content_type, "text/plain");
}

TEST(CustomerFaults, MeetLogins) {
  FaultyApi api(R"({"kind":"error_html","status":503,"path":"/auth/*","count":1})");
  EXPECT_EQ(api.log_in().status, 503);
  EXPECT_EQ(api.log_in().status, 200);
  EXPECT_EQ(api.state("/logins/granted"), "1");
  api.fault(R"({"kind":"commit_then_cut","path":"/auth/*","count":1})");
  EXPECT_EQ(api.log_in().reply.delivery.cut, Cut::before_answer);
  EXPECT_EQ(api.state("/logins/granted"), "2");
}

TEST(CustomerFaults, OfTheCustomerApiAreUnknownToTheOther) {
  Trial users;
  for (const char* text : {R"({"kind":"result"})", R"({"kind":"throttle","items_over":3})"}) {
    EXPECT_EQ(users.post("/_sandbox/faults", text).status, 422) << text;
  }
}

}  // namespace
}  // namespace usher::sandbox::customers
