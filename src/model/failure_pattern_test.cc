// SPDX-License-Identifier: Apache-2.0
#include "model/failure_pattern.h"

#include <gtest/gtest.h>

#include "base/random.h"
#include "base/text.h"

namespace usher {
namespace {

struct Case {
  const char* message;
  const char* pattern;
};

TEST(FailurePattern, TakesOutWhatNamesOneThing) {
  constexpr Case kCases[] = {
      {"Invalid email: ida@north.example", "Invalid email: <EMAIL>"},
      {"ida@north.example and ada@south.test, again", "<EMAIL> and <EMAIL>, again"},
      {"User user_01HXYZABCDEFGHJKMNPQRSTVWX not found", "User <USER_ID> not found"},
      {"Organization org_qavBURnvu2Qi22kZ is gone.", "Organization <ORG_ID> is gone."},
      {"request 8F2C0A1E-5d7b-4a53-9d61-3f0b6f8f7a10 failed", "request <UUID> failed"},
      {"after 12345 of 99999 bytes", "after <NUMBER> of <NUMBER> bytes"},
      {"HTTP 500 after 8 attempts, 1234 rows", "HTTP 500 after 8 attempts, 1234 rows"},
      {"Line 9: the record has 10 cells; it begins in line 12",
       "Line <NUMBER>: the record has 10 cells; it begins in line <NUMBER>"},
      {"Metadata is invalid JSON (character 2): no",
       "Metadata is invalid JSON (character <NUMBER>): no"},
      {"crm-000123 and cus_7", "<ID> and <ID>"},
      {"white \t\n  space\r\n", "white space"},
      {"Failed to create organization \"Test Org 19\": taken",
       "Failed to create organization \"<NAME>\": taken"},
      {"Role 'ghost' is not a valid role.", "Role '<NAME>' is not a valid role."},
      {"it can't be, and won't", "it can't be, and won't"},
      {"an open \"quote", "an open \"quote"},
      {"Organization not found: Acme Inc", "Organization not found: <NAME>"},
      {"Organization not found: org_external_id holds \"x\", which is an id",
       "Organization not found: org_external_id holds \"<NAME>\", which is an id"},
      {"org_resolution failed in user_management", "org_resolution failed in user_management"},
      {"The external_id provided has already been assigned to another organization.",
       "The external_id provided has already been assigned to another organization."},
      {"", ""},
  };
  for (const Case& one : kCases) EXPECT_EQ(failure_pattern(one.message), one.pattern);
}

TEST(FailurePattern, IsTheSameForMessagesThatDifferInNamesOnly) {
  const auto message = [](const std::string& org, const std::string& email) {
    return "organization \"" + org + "\" has no place for " + email + " (org_" +
           to_hex(org + "0123456789") + ")";
  };
  EXPECT_EQ(failure_pattern(message("Acme", "a@b.test")),
            failure_pattern(message("Globex, Inc.", "very.long+name@example.com")));
}

TEST(FailurePattern, IsBoundedAndWellFormedWhateverTheMessageHolds) {
  for (std::uint64_t seed = 1; seed <= 500; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    constexpr std::string_view kPieces[] = {"\"", "'", "`", "ü", "@", "9", "org_", " ", ":", "日"};
    std::string message;
    for (std::uint64_t left = random.below(600); left > 0; --left) {
      message += kPieces[random.below(std::size(kPieces))];
    }
    const std::string pattern = failure_pattern(message);
    EXPECT_LE(pattern.size(), 4000U);
    EXPECT_FALSE(find_invalid_utf8(pattern));
  }
}

}  // namespace
}  // namespace usher
