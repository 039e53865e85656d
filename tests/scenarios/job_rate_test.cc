// SPDX-License-Identifier: Apache-2.0
// I7 for real: the processes of a job share the published limits, however uneven their work, and
// whoever resumes at once after a kill knows what the killed have used. How much of the allowance
// they use is measured by ./dev bench.
#include <csignal>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/scratch.h"
#include "scenarios/job_trial.h"
#include "scenarios/oracle.h"

namespace usher::scenarios {
namespace {

// 740 writes, of which 8 people want 328 between them.
std::string uneven_people(Wanted& wanted) {
  std::string csv = "email,external_id,org_external_id,org_name\n";
  const auto person = [&](const std::string& name, int organization) {
    const std::string email = name + "@example.com";
    wanted.person(email, name);
    if (organization < 0) {
      csv += fmt::format("{},{},,\n", email, name);
      return;
    }
    const std::string called = fmt::format("acct-{}", organization);
    wanted.organization(called);
    wanted.membership(email, called, {});
    csv += fmt::format("{},{},{},Organization {}\n", email, name, called, organization);
  };
  for (int busy = 0; busy < 8; ++busy) {
    for (int i = 0; i < 40; ++i) person(fmt::format("busy{}", busy), i);
  }
  for (int i = 0; i < 372; ++i) person(fmt::format("calm{}", i), -1);
  return csv;
}

TEST(JobRate, I7FourUnevenWorkersAreNeverThrottledNotEvenAfterAKill) {
  const LocalApi api({"--rate-limit", "real"});
  const ScratchFolder folder;
  Wanted wanted;
  folder.write("users.csv", uneven_people(wanted));
  Process killed(import_into(api, folder.path(),
                             {"--csv", "users.csv", "--job-id", "spring", "--workers", "4"}));
  api.wait_for("requests.writes_accepted", 250);
  killed.signal(SIGKILL);
  const Ran last = run(import_into(api, folder.path(), {"--resume", "spring", "--workers", "4"}));
  EXPECT_EQ(last.code, 0) << last.out << last.err;
  EXPECT_EQ(api.count("requests.throttled"), 0);
  expect_holds_exactly(api, wanted);
}

}  // namespace
}  // namespace usher::scenarios
