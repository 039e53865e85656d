// SPDX-License-Identifier: Apache-2.0
#include "scenarios/oracle.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include <boost/json.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include "base/random.h"
#include "base/text.h"

namespace usher::scenarios {
namespace {

namespace json = boost::json;

constexpr std::size_t kShown = 10;

std::string person_line(const std::string& email, const std::string& external_id) {
  return fmt::format("user {} {}", email, external_id);
}

std::string membership_line(const std::string& email, const std::string& organization,
                            const std::string& roles, std::string_view status) {
  return fmt::format("membership {} in {} as {} {}", email, organization, roles, status);
}

std::string text_of(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : "";
}

std::string in_words(const json::object& thing) {
  const std::string type = text_of(thing, "type");
  const std::string external_id = text_of(thing, "external_id");
  if (type == "user") return person_line(text_of(thing, "email"), external_id);
  if (type == "organization") {
    return "organization " + (external_id.empty() ? text_of(thing, "name") : external_id);
  }
  std::vector<std::string> roles;
  for (const json::value& role : thing.at("roles").as_array()) {
    roles.emplace_back(role.as_string());
  }
  return membership_line(text_of(thing, "email"), text_of(thing, "organization"),
                         fmt::format("{}", fmt::join(roles, "+")), text_of(thing, "status"));
}

void tell(const char* what, const std::vector<std::string>& lines) {
  if (lines.empty()) return;
  const std::vector<std::string> first(
      lines.begin(), lines.begin() + static_cast<std::ptrdiff_t>(std::min(lines.size(), kShown)));
  ADD_FAILURE() << lines.size() << " " << what << ", among them:\n"
                << fmt::format("{}", fmt::join(first, "\n"));
}

}  // namespace

void Wanted::person(const std::string& email, const std::string& external_id) {
  people_ += lines_.insert(person_line(email, external_id)).second ? 1 : 0;
}

void Wanted::organization(const std::string& called) {
  organizations_ += lines_.insert("organization " + called).second ? 1 : 0;
}

void Wanted::membership(const std::string& email, const std::string& organization,
                        const std::set<std::string>& roles) {
  const std::string all = roles.empty() ? "member" : fmt::format("{}", fmt::join(roles, "+"));
  memberships_ += lines_.insert(membership_line(email, organization, all, "active")).second ? 1 : 0;
}

std::vector<std::string> held_by(const LocalApi& api) {
  std::vector<std::string> lines;
  const std::string dump = api.get("/_sandbox/dump");
  for (const auto line : split(dump, '\n')) {
    if (!line.empty()) lines.push_back(in_words(json::parse(line).as_object()));
  }
  std::ranges::sort(lines);
  return lines;
}

void expect_holds_exactly(const LocalApi& api, const Wanted& wanted) {
  const std::vector<std::string> held = held_by(api);
  std::vector<std::string> missing;
  std::vector<std::string> beyond;
  std::ranges::set_difference(wanted.lines(), held, std::back_inserter(missing));
  std::ranges::set_difference(held, wanted.lines(), std::back_inserter(beyond));
  tell("are lost", missing);
  tell("are there twice, or should not be", beyond);
}

People many_people(std::size_t rows, std::uint64_t seed) {
  constexpr std::uint64_t kOrganizations = 40;
  constexpr std::uint64_t kWithExternalId = 32;
  Random random(seed);
  People people;
  std::vector<std::string> lines;
  for (std::size_t number = 0; lines.size() < rows; ++number) {
    const std::string email = fmt::format("person{}@example.com", number);
    const std::string external_id = fmt::format("crm-{}", number);
    people.wanted.person(email, external_id);
    std::set<std::uint64_t> organizations;
    const std::size_t most = std::min<std::size_t>(3, rows - lines.size());
    const std::uint64_t many = 1 + random.below(most);
    while (organizations.size() < many) organizations.insert(random.below(kOrganizations));
    for (const std::uint64_t which : organizations) {
      const std::string name = fmt::format("Organization {}", which);
      const std::string reference = which < kWithExternalId ? fmt::format("acct-{}", which) : "";
      std::set<std::string> roles;
      if (random.chance(0.3)) roles.insert("admin");
      if (random.chance(0.15)) roles.insert("viewer");
      const std::string& called = reference.empty() ? name : reference;
      people.wanted.organization(called);
      people.wanted.membership(email, called, roles);
      lines.push_back(fmt::format("{},First,{},{},{},\"{}\"\n", email, external_id, reference, name,
                                  fmt::join(roles, ",")));
    }
  }
  for (std::size_t i = lines.size() - 1; i > 0; --i) {
    std::swap(lines[i], lines[random.below(i + 1)]);
  }
  people.csv = "email,first_name,external_id,org_external_id,org_name,role_slugs\n";
  for (const std::string& line : lines) people.csv += line;
  return people;
}

void make_roles(const LocalApi& api) {
  api.post("/authorization/roles", R"({"slug":"admin","name":"Admin"})");
  api.post("/authorization/roles", R"({"slug":"viewer","name":"Viewer"})");
}

std::string all_faults(std::uint64_t seed) {
  return fmt::format(R"({{"seed": {}, "faults": [
  {{"kind": "latency", "probability": 0.10, "delay_ms": 1, "jitter_ms": 9}},
  {{"kind": "throttle", "probability": 0.005, "retry_after": "0"}},
  {{"kind": "throttle", "probability": 0.001, "retry_after": "1"}},
  {{"kind": "throttle", "probability": 0.004}},
  {{"kind": "error_json", "probability": 0.01, "status": 500}},
  {{"kind": "error_html", "probability": 0.01, "status": 502}},
  {{"kind": "error_html", "probability": 0.005, "status": 503}},
  {{"kind": "reset_before", "probability": 0.01}},
  {{"kind": "commit_then_cut", "probability": 0.02}},
  {{"kind": "commit_then_hang", "probability": 0.002}},
  {{"kind": "commit_then_error", "probability": 0.01, "status": 500}},
  {{"kind": "slow_body", "probability": 0.005, "delay_ms": 30}},
  {{"kind": "cut_body", "probability": 0.01}},
  {{"kind": "wrong_content_type", "probability": 0.01}}
]}})",
                     seed);
}

}  // namespace usher::scenarios
