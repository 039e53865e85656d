// SPDX-License-Identifier: Apache-2.0
// Which items a plan hits, and how faults of the customer API are written.
#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "sandbox/faults.h"

namespace usher::sandbox {
namespace {

FaultPlan plan_of(const std::string& fault, int seed = 1) {
  auto plan =
      FaultPlan::parse(fmt::format(R"({{"seed":{},"faults":[{}]}})", seed, fault), Api::customers);
  EXPECT_TRUE(plan) << plan.error().line();
  return plan ? std::move(*plan) : FaultPlan();
}

std::set<int> hits(FaultPlan& plan, const std::vector<int>& ids, std::uint64_t nth = 1) {
  std::set<int> hit;
  for (const int id : ids) {
    if (plan.next_item("/v1/customers", std::to_string(id), nth) != nullptr) hit.insert(id);
  }
  return hit;
}

std::vector<int> first(int count) {
  std::vector<int> ids;
  for (int id = 1; id <= count; ++id) ids.push_back(id);
  return ids;
}

TEST(ItemFaults, MeetTheSameItemsInAnyOrder) {
  const std::string fault = R"({"kind":"result","probability":0.1})";
  auto forwards = plan_of(fault);
  auto backwards = plan_of(fault);
  auto other = plan_of(fault, 2);
  auto ids = first(2000);
  const auto hit = hits(forwards, ids);
  EXPECT_GT(hit.size(), 150U);
  EXPECT_LT(hit.size(), 250U);
  EXPECT_NE(hit, hits(other, ids));
  EXPECT_NE(hit, hits(forwards, ids, 2));  // drawn anew when they come again
  std::reverse(ids.begin(), ids.end());
  EXPECT_EQ(hit, hits(backwards, ids));
}

TEST(ItemFaults, MeetWhomTheyAreFor) {
  EXPECT_EQ(plan_of(R"({"kind":"result","id":"1*"})").next_item("/c", "21", 1), nullptr);
  auto prefix = plan_of(R"({"kind":"result","id":"1*"})");
  EXPECT_EQ(hits(prefix, first(12)), (std::set<int>{1, 10, 11, 12}));
  auto exact = plan_of(R"({"kind":"drop_result","id":"7"})");
  EXPECT_EQ(hits(exact, first(80)), std::set<int>{7});
  auto elsewhere = plan_of(R"({"kind":"result","path":"/v2/*"})");
  EXPECT_EQ(hits(elsewhere, first(9)), std::set<int>{});
}

TEST(ItemFaults, CountAndSpareAndMeetNobodyTwice) {
  auto counted = plan_of(R"({"kind":"result","after":2,"every":3,"count":2})");
  EXPECT_EQ(hits(counted, first(20)), (std::set<int>{5, 8}));
  auto once = plan_of(R"({"kind":"result","once":true})");
  EXPECT_EQ(hits(once, {1, 2, 1}), (std::set<int>{1, 2}));
  EXPECT_EQ(hits(once, {1, 2, 3}), std::set<int>{3});
  EXPECT_EQ(once.fired().front(), 3U);
}

TEST(ItemFaults, MeetNoRequests) {
  auto plan = plan_of(R"({"kind":"result"},{"kind":"throttle","items_over":10})");
  EXPECT_EQ(plan.next("POST", "/v1/customers", 10).fault, nullptr);
  const auto* fault = plan.next("POST", "/v1/customers", 11).fault;
  ASSERT_NE(fault, nullptr);
  EXPECT_EQ(fault->kind, FaultKind::throttle);
}

TEST(ItemFaults, AreReadWithAllTheirFields) {
  const auto plan = plan_of(
      R"({"kind":"result","result":"MAYBE","id":"5*","once":true,"commit":0.5,"items_over":7},)"
      R"({"kind":"other_answer","status":200,"body":"x","content_type":"a/b"})");
  const Fault& fault = plan.faults().front();
  EXPECT_EQ(fault.result, "MAYBE");
  EXPECT_EQ(fault.id, "5*");
  EXPECT_TRUE(fault.once);
  EXPECT_EQ(fault.commit, 0.5);
  EXPECT_EQ(fault.items_over, 7U);
  EXPECT_EQ(plan.faults().back().status, 200);
  EXPECT_EQ(plan.faults().back().body, "x");
  EXPECT_EQ(plan.faults().back().content_type, "a/b");
}

TEST(ItemFaults, AreRefusedWithTheFieldThatIsWrong) {
  const std::pair<const char*, const char*> cases[] = {
      {R"({"kind":"result","once":1})", "faults[0].once is 1, which is not true or false"},
      {R"({"kind":"result","commit":2})", "faults[0].commit is 2, which is not a number"},
      {R"({"kind":"error_json","status":200})", "faults[0].status is 200"},
      {R"({"kind":"other_answer","content_type":"a\nb"})", "faults[0].content_type is"},
      {R"({"kind":"result","ids":"1"})", "faults[0].ids is not a field here"},
  };
  for (const auto& [text, words] : cases) {
    const auto plan = FaultPlan::parse(fmt::format(R"({{"faults":[{}]}})", text), Api::customers);
    ASSERT_FALSE(plan) << text;
    EXPECT_TRUE(plan.error().what.starts_with(words)) << plan.error().what;
  }
}

TEST(ItemFaults, HaveAShortFormForFlags) {
  const auto fault = parse_fault_flag("NOT_FOUND=0.25", Api::customers);
  ASSERT_TRUE(fault);
  EXPECT_EQ(fault->kind, FaultKind::result);
  EXPECT_EQ(fault->result, "NOT_FOUND");
  EXPECT_EQ(fault->probability, 0.25);
  EXPECT_FALSE(parse_fault_flag("NOT_FOUND=0.25"));
  EXPECT_FALSE(parse_fault_flag("gateway_timeout"));
  EXPECT_TRUE(parse_fault_flag("gateway_timeout", Api::customers));
}

}  // namespace
}  // namespace usher::sandbox
