// SPDX-License-Identifier: Apache-2.0
// What the tests of both importing commands share: a command line with every option, and how runs
// end.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "run/user_import.h"

namespace usher::cli {

inline UserImportReport report_of(std::uint64_t created, std::uint64_t failed = 0,
                                  UserImportReport::End end = UserImportReport::End::finished) {
  UserImportReport report;
  report.tally.rows = {created + failed, created, 0, failed, 0};
  report.tally.users.created = created;
  report.tally.users.failed = failed;
  report.end = end;
  return report;
}

inline std::vector<std::string> with_every_option(const std::string& command) {
  return {command,
          "--csv",
          "u.csv",
          "--org-external-id",
          "north",
          "--org-name",
          "North Ltd",
          "--create-org-if-missing",
          "--concurrency",
          "50",
          "--require-membership",
          "--role-mapping",
          "r.csv",
          "--api-url",
          "http://127.0.0.1:4100/",
          "--rate-limit",
          "50",
          "--existing",
          "update",
          "--timeout",
          "5"};
}

inline void expect_every_option(const UserImportOptions& options) {
  EXPECT_EQ(options.csv, "u.csv");
  EXPECT_EQ(options.single_org, (OrgRef{OrgRef::By::external_id, "north", "North Ltd", true}));
  EXPECT_EQ(options.concurrency, 50);
  EXPECT_TRUE(options.require_membership);
  EXPECT_FALSE(options.dry_run);
  EXPECT_EQ(options.role_mapping, "r.csv");
  EXPECT_EQ(options.api_url, "http://127.0.0.1:4100");
  EXPECT_EQ(options.rate_limit.per_second, 50U);
  EXPECT_EQ(options.existing, Existing::update);
  EXPECT_EQ(options.timeout, std::chrono::seconds{5});
  EXPECT_EQ(options.api_key, Secret(std::string("sk_test_123")));
}

// Below each other, behind an empty line, as raw strings are best read.
inline std::string joined(const std::vector<std::string>& lines) {
  std::string text = "\n";
  for (const std::string& line : lines) text += line + "\n";
  return text;
}

}  // namespace usher::cli
