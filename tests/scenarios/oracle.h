// SPDX-License-Identifier: Apache-2.0
// What the sandbox is to hold after an import, and what it does hold: both as plain lines, so that
// "exactly" is one comparison in which nobody can be there twice and nobody can be missing.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "scenarios/local_api.h"

namespace usher::scenarios {

// An organization is called by its external id, or by its name when it has none.
class Wanted {
 public:
  void person(const std::string& email, const std::string& external_id);
  void organization(const std::string& called);
  // No roles: the default one.
  void membership(const std::string& email, const std::string& organization,
                  const std::set<std::string>& roles);

  [[nodiscard]] std::int64_t people() const { return people_; }
  [[nodiscard]] std::int64_t organizations() const { return organizations_; }
  [[nodiscard]] std::int64_t memberships() const { return memberships_; }
  [[nodiscard]] const std::set<std::string>& lines() const { return lines_; }

 private:
  std::set<std::string> lines_;
  std::int64_t people_ = 0;
  std::int64_t organizations_ = 0;
  std::int64_t memberships_ = 0;
};

// Sorted; who is there twice is in it twice.
[[nodiscard]] std::vector<std::string> held_by(const LocalApi& api);
void expect_holds_exactly(const LocalApi& api, const Wanted& wanted);

// `rows` rows of people in one to three of 40 organizations, some of which are called by their name
// alone, some of the memberships with roles ("admin", "viewer": the sandbox is to know them), all
// scattered over the file.
struct People {
  std::string csv;
  Wanted wanted;
};
[[nodiscard]] People many_people(std::size_t rows, std::uint64_t seed);
void make_roles(const LocalApi& api);

// All kinds of faults at once, about one answer in ten, for POST /_sandbox/faults.
[[nodiscard]] std::string all_faults(std::uint64_t seed);

}  // namespace usher::scenarios
