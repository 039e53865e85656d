// SPDX-License-Identifier: Apache-2.0
// An import against the small API, for the tests of import.h.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "engine/machine_test.h"
#include "engine/small_api_test.h"

namespace usher {

inline const std::string kUsers = "/user_management/users";
inline const std::string kMemberships = "/user_management/organization_memberships";

inline UserRow person(const std::string& name, const std::string& organization = "",
                      std::vector<std::string> roles = {}) {
  UserRow row;
  row.email = name + "@example.com";
  row.external_id = "crm-" + name;
  row.roles = std::move(roles);
  if (!organization.empty()) row.org = {OrgRef::By::external_id, organization, "Name", true};
  return row;
}

// p0, p1, ...
inline std::vector<UserRow> people(int count, const std::string& organization = "") {
  std::vector<UserRow> rows;
  rows.reserve(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) rows.push_back(person("p" + std::to_string(i), organization));
  return rows;
}

class Imports : public testing::Test {
 protected:
  Machine& machine() {
    if (!machine_) {
      machine_.emplace(options_, [this](const net::Request& request) {
        if (instead_) {
          if (auto response = instead_(request)) return *response;
        }
        return api_(request);
      });
    }
    return *machine_;
  }
  void run(const std::vector<UserRow>& rows) { machine().run(rows); }
  // Every row's end as a letter: c(reated), u(nchanged), f(ailed), n(ot tried).
  std::string hows() {
    std::string text;
    for (const auto& [record, end] : machine().ends) {
      text += "cufn"[static_cast<std::size_t>(end.how)];
    }
    return text;
  }
  const Failure& failure(std::uint64_t record) { return machine().ends.at(record).failure; }
  const Tally& tally() { return machine().import.tally(); }

  Import::Options options_;
  SmallApi api_;
  // Answers in the API's place, where it wants to.
  std::function<std::optional<net::Response>(const net::Request&)> instead_;

 private:
  std::optional<Machine> machine_;
};

}  // namespace usher
