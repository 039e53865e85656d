// SPDX-License-Identifier: Apache-2.0
// Made-up people as an import CSV, for trying and measuring: seeded, so that the same options write
// the same bytes on every machine. All addresses are under example.com and .test. Tested by
// generate_test.cc.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

#include "base/result.h"

namespace usher {

struct GenerateOptions {
  std::uint64_t rows = 1000;
  std::uint64_t seed = 1;
  std::uint64_t organizations = 20;  // 0: no organization columns
  double orgs_per_person = 1.0;  // on average; 1 to 10. More than 1: people come in several rows
  double bad = 0.0;              // share of the rows that cannot be imported, every kind in turn
  double passwords = 0.0;        // share of the people with a password hash, every kind in turn
  double unusual =
      0.05;  // share of the people with letters beyond ASCII, or cells of several lines
  bool metadata = true;
  bool roles = false;  // member, admin, viewer
};

struct Generated {
  std::uint64_t rows = 0;
  std::uint64_t bad = 0;
  std::uint64_t bad_form = 0;     // of them those that mapping refuses: the others need the target
  std::uint64_t people = 0;       // different ones in the good rows
  std::uint64_t memberships = 0;  // different ones in the good rows
  std::uint64_t bytes = 0;
};

// Every hash is of this password, so that a sign-in can be tried.
constexpr std::string_view kGeneratedPassword = "Correct-Horse-7!";

// Hands the text over in pieces of some ten kilobytes. Fails when `write` does, or on options
// beyond their range.
[[nodiscard]] Result<Generated> generate_users(
    const GenerateOptions& options, const std::function<Status(std::string_view)>& write);

}  // namespace usher
