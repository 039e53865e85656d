// SPDX-License-Identifier: Apache-2.0
// Ten thousand rows against a sandbox that mixes all its faults at ten percent: afterwards the
// directory is exactly what the input says, nobody is there twice, nobody is lost, and every row is
// counted.
#include <map>
#include <set>

#include <boost/json.hpp>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/random.h"
#include "base/scratch.h"
#include "scenarios/local_api.h"

namespace usher::scenarios {
namespace {

namespace json = boost::json;

constexpr std::size_t kRows = 10'000;
constexpr std::uint64_t kSeed = 20'261;

struct Expected {
  std::map<std::string, std::string> people;                               // e-mail -> external id
  std::map<std::pair<std::string, std::string>, std::string> memberships;  // e-mail, org -> role
};

// People in one to three organizations, their rows scattered over the file.
std::string make_input(Expected& expected) {
  Random random(kSeed);
  std::vector<std::string> lines;
  for (std::size_t person = 0; lines.size() < kRows; ++person) {
    const std::string email = fmt::format("person{}@example.com", person);
    const std::string external_id = fmt::format("crm-{}", person);
    expected.people[email] = external_id;
    std::set<std::uint64_t> organizations;
    const auto wanted = 1 + random.below(3);
    while (organizations.size() < wanted) organizations.insert(random.below(40));
    for (const std::uint64_t number : organizations) {
      const std::string organization = fmt::format("acct-{}", number);
      const std::string role = random.chance(0.3) ? "admin" : "";
      expected.memberships[{email, organization}] = role.empty() ? "member" : role;
      lines.push_back(fmt::format("{},First,{},{},{},Organization {},{}\n", email, external_id,
                                  organization, external_id, number, role));
    }
  }
  for (std::size_t i = lines.size() - 1; i > 0; --i)
    std::swap(lines[i], lines[random.below(i + 1)]);
  std::string csv = "email,first_name,external_id,org_external_id,last_name,org_name,role_slugs\n";
  for (const std::string& line : lines) csv += line;
  return csv;
}

std::vector<json::object> all(const LocalApi& sandbox, const std::string& path) {
  std::vector<json::object> result;
  std::string next = path;
  while (true) {
    const json::value page = json::parse(sandbox.get(next));
    for (const json::value& element : page.at("data").as_array())
      result.push_back(element.as_object());
    const json::value& cursor = page.at("list_metadata").at("after");
    if (!cursor.is_string()) return result;
    next = fmt::format("{}&after={}", path, std::string_view(cursor.as_string()));
  }
}

std::string text(const json::object& object, std::string_view name) {
  return std::string(object.at(name).as_string());
}

void expect_directory(const LocalApi& sandbox, const Expected& expected) {
  std::map<std::string, std::string> organizations;
  for (const json::object& organization : all(sandbox, "/organizations?limit=100")) {
    EXPECT_TRUE(
        organizations.emplace(text(organization, "id"), text(organization, "external_id")).second);
  }
  std::set<std::string> distinct;
  for (const auto& [id, external_id] : organizations)
    EXPECT_TRUE(distinct.insert(external_id).second);

  std::map<std::string, std::string> people;
  for (const json::object& user : all(sandbox, "/user_management/users?limit=100")) {
    EXPECT_TRUE(people.emplace(text(user, "email"), text(user, "external_id")).second);
  }
  EXPECT_TRUE(people == expected.people) << people.size() << " of " << expected.people.size();

  std::map<std::pair<std::string, std::string>, std::string> memberships;
  for (const auto& [id, external_id] : organizations) {
    const std::string path =
        "/user_management/"
        "organization_memberships?limit=100&statuses=active,inactive,pending&organization_id=" +
        id;
    for (const json::object& membership : all(sandbox, path)) {
      const std::string email = text(membership.at("user").as_object(), "email");
      EXPECT_EQ(text(membership, "status"), "active");
      EXPECT_TRUE(memberships
                      .emplace(std::pair(email, external_id),
                               text(membership.at("role").as_object(), "slug"))
                      .second);
    }
  }
  EXPECT_TRUE(memberships == expected.memberships)
      << memberships.size() << " of " << expected.memberships.size();
}

constexpr std::string_view kFaults = R"({"seed": 11, "faults": [
  {"kind": "latency", "probability": 0.10, "delay_ms": 1, "jitter_ms": 9},
  {"kind": "throttle", "probability": 0.005, "retry_after": "0"},
  {"kind": "throttle", "probability": 0.001, "retry_after": "1"},
  {"kind": "throttle", "probability": 0.004},
  {"kind": "error_json", "probability": 0.01, "status": 500},
  {"kind": "error_html", "probability": 0.01, "status": 502},
  {"kind": "error_html", "probability": 0.005, "status": 503},
  {"kind": "reset_before", "probability": 0.01},
  {"kind": "commit_then_cut", "probability": 0.02},
  {"kind": "commit_then_hang", "probability": 0.002},
  {"kind": "commit_then_error", "probability": 0.01, "status": 500},
  {"kind": "slow_body", "probability": 0.005, "delay_ms": 30},
  {"kind": "cut_body", "probability": 0.01},
  {"kind": "wrong_content_type", "probability": 0.01}
]})";

TEST(FaultRun, TenThousandRowsThroughEveryFaultArriveOnce) {
  const ScratchFolder folder;
  Expected expected;
  folder.write("users.csv", make_input(expected));
  const LocalApi sandbox(
      {"--faults", folder.write("faults.json", kFaults), "--idempotency", "off"});
  sandbox.post("/authorization/roles", R"({"slug":"admin","name":"Admin"})");

  Process import(import_into(sandbox, folder.path(),
                             {"--csv", "users.csv", "--rate-limit", "off", "--concurrency", "40",
                              "--timeout", "2", "--errors-out", "errors.jsonl", "--quiet"}));
  const int code = import.wait();
  SCOPED_TRACE(import.out() + import.err());
  EXPECT_EQ(code, 0);
  EXPECT_FALSE(folder.has("errors.jsonl"));
  sandbox.remove("/_sandbox/faults");
  expect_directory(sandbox, expected);
}

}  // namespace
}  // namespace usher::scenarios
