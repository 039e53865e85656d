// SPDX-License-Identifier: Apache-2.0
// Ten thousand rows against a sandbox that mixes all its faults at ten percent: afterwards the
// directory is exactly what the input says, nobody is there twice, nobody is lost, and every row is
// counted.
#include <gtest/gtest.h>

#include "base/scratch.h"
#include "scenarios/oracle.h"

namespace usher::scenarios {
namespace {

constexpr std::size_t kRows = 10'000;
constexpr std::uint64_t kSeed = 20'261;

TEST(FaultRun, TenThousandRowsThroughEveryFaultArriveOnce) {
  const ScratchFolder folder;
  const People people = many_people(kRows, kSeed);
  folder.write("users.csv", people.csv);
  const LocalApi sandbox({"--seed", "11", "--idempotency", "off", "--multiple-roles"});
  make_roles(sandbox);
  sandbox.post("/_sandbox/faults", all_faults(11));

  Process import(import_into(sandbox, folder.path(),
                             {"--csv", "users.csv", "--rate-limit", "off", "--concurrency", "40",
                              "--timeout", "2", "--errors-out", "errors.jsonl", "--quiet"}));
  const int code = import.wait();
  SCOPED_TRACE(import.out() + import.err());
  EXPECT_EQ(code, 0);
  EXPECT_FALSE(folder.has("errors.jsonl"));
  expect_holds_exactly(sandbox, people.wanted);
}

}  // namespace
}  // namespace usher::scenarios
