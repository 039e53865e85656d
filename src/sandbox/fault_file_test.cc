// SPDX-License-Identifier: Apache-2.0
// Fault files: what a full one means, what every slip is told, and that no text breaks the reader.
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "base/random.h"
#include "sandbox/faults.h"

namespace usher::sandbox {
namespace {

using std::chrono::milliseconds;

const std::string kFull = R"({
  "seed": 18446744073709551615,
  "faults": [
    {"kind": "latency", "delay_ms": 60, "jitter_ms": 40},
    {"kind": "throttle", "name": "busy", "probability": 0.25, "method": "POST",
     "path": "/user_management/*", "retry_after": "2", "after": 10, "count": 5},
    {"kind": "error_html", "status": 502, "every": 7, "path": "/organizations"}
  ]
})";

std::string complaint(const std::string& text) {
  const auto plan = FaultPlan::parse(text);
  return plan ? "accepted" : plan.error().what;
}

std::string one(const std::string& fields) {
  return R"({"faults": [{)" + fields + "}]}";
}

TEST(FaultFile, ReadsEveryField) {
  const auto plan = FaultPlan::parse(kFull);
  ASSERT_TRUE(plan) << plan.error().line();
  const auto& faults = plan->faults();
  ASSERT_EQ(faults.size(), 3u);
  EXPECT_EQ(faults[0].kind, FaultKind::latency);
  EXPECT_EQ(faults[0].delay, milliseconds(60));
  EXPECT_EQ(faults[0].jitter, milliseconds(40));
  EXPECT_EQ(faults[0].name, "latency");
  EXPECT_EQ(faults[1].kind, FaultKind::throttle);
  EXPECT_EQ(faults[1].name, "busy");
  EXPECT_EQ(faults[1].probability, 0.25);
  EXPECT_EQ(faults[1].method, "POST");
  EXPECT_EQ(faults[1].path, "/user_management/*");
  EXPECT_EQ(faults[1].retry_after, "2");
  EXPECT_EQ(faults[1].after, 10u);
  EXPECT_EQ(faults[1].count, 5u);
  EXPECT_EQ(faults[2].kind, FaultKind::error_html);
  EXPECT_EQ(faults[2].status, 502);
  EXPECT_EQ(faults[2].every, 7u);
  EXPECT_EQ(faults[2].method, "*");
}

TEST(FaultFile, KnowsEveryKindByTheNameItPrints) {
  for (int kind = 0; kind <= static_cast<int>(FaultKind::wrong_content_type); ++kind) {
    const auto name = std::string(to_string(static_cast<FaultKind>(kind)));
    const auto plan = FaultPlan::parse(one(R"("kind": ")" + name + "\""));
    ASSERT_TRUE(plan) << name;
    EXPECT_EQ(plan->faults().front().kind, static_cast<FaultKind>(kind)) << name;
    const auto flag = parse_fault_flag(name + "=0.5");
    ASSERT_TRUE(flag) << name;
    EXPECT_EQ(flag->kind, static_cast<FaultKind>(kind)) << name;
  }
}

TEST(FaultFile, TheSeedDecides) {
  const auto hits = [](const std::string& seed) {
    auto plan = FaultPlan::parse(R"({"seed": )" + seed +
                                 R"(, "faults": [{"kind": "throttle", "probability": 0.5}]})");
    std::string marks;
    for (int i = 0; i < 64; ++i) marks += plan->next("GET", "/").fault != nullptr ? 'x' : '.';
    return marks;
  };
  EXPECT_EQ(hits("7"), hits("7"));
  EXPECT_NE(hits("7"), hits("8"));
}

TEST(FaultFile, TakesRetryAfterAsTextOrSeconds) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"1", "1"},
      {"0", "0"},
      {R"("1.5")", "1.5"},
      {R"("")", ""},
      {R"("Fri, 31 Dec 1999 23:59:59 GMT")", "Fri, 31 Dec 1999 23:59:59 GMT"}};
  for (const auto& [given, kept] : cases) {
    const auto plan = FaultPlan::parse(one(R"("kind": "throttle", "retry_after": )" + given));
    ASSERT_TRUE(plan) << given;
    EXPECT_EQ(plan->faults().front().retry_after, kept);
  }
}

TEST(FaultFile, NamesTheFaultAndTheField) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {R"({"faults": [{"kind": "latency"}, 7]})", "faults[1] is not an object"},
      {R"({"faults": [{"kind": "latency"}, {}]})", "faults[1].kind is missing"},
      {one(R"("kind": "explode")"), R"(faults[0].kind is "explode")"},
      {one(R"("kind": 7)"), "faults[0].kind is 7"},
      {one(R"("kind": "latency", "delay": 5)"), "faults[0].delay is not a field here"},
      {one(R"("kind": "latency", "delay_ms": -1)"), "faults[0].delay_ms is -1"},
      {one(R"("kind": "latency", "delay_ms": 1.5)"), "faults[0].delay_ms is 1.5"},
      {one(R"("kind": "latency", "delay_ms": "5")"), R"(faults[0].delay_ms is "5")"},
      {one(R"("kind": "latency", "delay_ms": 600001)"), "faults[0].delay_ms is 600001"},
      {one(R"("kind": "latency", "jitter_ms": null)"), "faults[0].jitter_ms is null"},
      {one(R"("kind": "latency", "probability": 3)"), "faults[0].probability is 3"},
      {one(R"("kind": "latency", "probability": -0.1)"), "faults[0].probability is -1E-1"},
      {one(R"("kind": "latency", "probability": "1")"), R"(faults[0].probability is "1")"},
      {one(R"("kind": "error_json", "status": 200)"), "faults[0].status is 200"},
      {one(R"("kind": "error_json", "status": 600)"), "faults[0].status is 600"},
      {one(R"("kind": "latency", "method": "post")"), R"(faults[0].method is "post")"},
      {one(R"("kind": "latency", "method": "")"), R"(faults[0].method is "")"},
      {one(R"("kind": "latency", "path": "users")"), R"(faults[0].path is "users")"},
      {one(R"("kind": "latency", "path": 1)"), "faults[0].path is 1"},
      {one(R"("kind": "latency", "after": 1e30)"), "faults[0].after is 1E30"},
      {one(R"("kind": "latency", "every": 2, "probability": 0.5)"),
       "faults[0].every and probability"},
      {one(R"("kind": "throttle", "retry_after": "1\r\nX: y")"), "faults[0].retry_after is"},
      {one(R"("kind": "throttle", "retry_after": true)"), "faults[0].retry_after is true"},
      {one(R"("kind": "latency", "name": [])"), "faults[0].name is []"},
      {R"({"seed": -1, "faults": []})", "seed is -1"},
      {R"({"sed": 1, "faults": []})", "sed is not a field here"},
      {R"({"seed": 1})", "faults is missing or not an array"},
      {R"({"faults": {}})", "faults is missing or not an array"},
      {"[]", "the fault file is not an object"},
  };
  for (const auto& [text, begins] : cases) {
    const auto told = complaint(text);
    EXPECT_EQ(told.substr(0, begins.size()), begins) << text << "\n" << told;
  }
}

TEST(FaultFile, NamesTheLineThatIsNotJson) {
  EXPECT_EQ(complaint("").substr(0, 7), "line 1:");
  EXPECT_EQ(complaint("{\n  \"faults\": [\n    {\"kind\": }\n").substr(0, 7), "line 3:");
  EXPECT_EQ(complaint("{\"faults\": []}\n\nmore").substr(0, 7), "line 3:");
}

TEST(FaultFile, IsRefusedWhenCutAnywhere) {
  for (std::size_t length = 0; length < kFull.size(); ++length) {
    EXPECT_FALSE(FaultPlan::parse(kFull.substr(0, length))) << length;
  }
}

TEST(FaultFile, IsReadOrRefusedWhateverIsInIt) {
  Random random(21);
  for (int i = 0; i < 5000; ++i) {
    auto text = kFull;
    for (std::uint64_t n = 1 + random.below(4); n > 0; --n) {
      text[random.below(text.size())] = static_cast<char>(random.below(256));
    }
    const auto plan = FaultPlan::parse(text);
    if (plan) continue;
    for (const char letter : plan.error().what) {
      ASSERT_GE(static_cast<unsigned char>(letter), 0x20) << "draws on the terminal: " << i;
    }
  }
}

TEST(FaultFile, IsBounded) {
  EXPECT_EQ(complaint(std::string((1 << 20) + 1, ' ')), "the fault file is larger than 1 MiB");
  std::string many;
  for (int i = 0; i < 1001; ++i) many += (i ? "," : "") + std::string(R"({"kind": "latency"})");
  EXPECT_EQ(complaint(R"({"faults": [)" + many + "]}"), "faults has more than 1000 entries");
  EXPECT_EQ(complaint(std::string(100'000, '[')).substr(0, 7), "line 1:");
  EXPECT_EQ(complaint(one(R"("kind": "latency", "name": ")" + std::string(1025, 'n') + "\"")),
            "faults[0].name is longer than 1024 bytes");
}

TEST(FaultFlag, SetsOneKindOverEveryRequest) {
  const auto fault = parse_fault_flag("commit_then_cut=0.01");
  ASSERT_TRUE(fault);
  EXPECT_EQ(fault->kind, FaultKind::commit_then_cut);
  EXPECT_EQ(fault->probability, 0.01);
  EXPECT_EQ(fault->path, "*");
  const auto always = parse_fault_flag("error_html");
  ASSERT_TRUE(always);
  EXPECT_EQ(always->probability, 1.0);
  EXPECT_GT(parse_fault_flag("latency=1")->jitter, milliseconds(0));
  EXPECT_GT(parse_fault_flag("slow_body=1")->delay, milliseconds(0));
}

TEST(FaultFlag, SaysWhatItCannotRead) {
  for (const char* text :
       {"", "=", "explode", "explode=0.1", "latency=", "latency=x", "latency=2", "latency=-0.1",
        "latency=0.1x", "latency=nan", "latency=inf", "LATENCY=0.1", "latency=0.1=0.2"}) {
    const auto fault = parse_fault_flag(text);
    ASSERT_FALSE(fault) << text;
    EXPECT_TRUE(fault.error().what.starts_with("--fault")) << fault.error().what;
    EXPECT_FALSE(fault.error().next.empty());
  }
}

}  // namespace
}  // namespace usher::sandbox
