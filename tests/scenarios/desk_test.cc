// SPDX-License-Identifier: Apache-2.0
#include "scenarios/desk.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace usher::scenarios {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(Desk, FindsWhatAScriptReads) {
  const Reads reads = reads_of(
      "usher validate-csv --csv users.csv --fixed-csv fixed.csv\n"
      "usher import-users --csv fixed.csv \\\n  --role-mapping roles.csv --errors-out e.jsonl\n"
      "usher analyze-errors --errors e.jsonl; usher analyze-errors --errors old.jsonl\n"
      "cat .workos-checkpoints/spring/errors.jsonl | jq .\n"
      "usher import-users --resume summer --workers 2 && usher jobs remove autumn winter --yes\n");
  EXPECT_THAT(reads.csvs, ElementsAre("roles.csv", "users.csv"));
  EXPECT_THAT(reads.errors, ElementsAre("old.jsonl"));
  EXPECT_THAT(reads.jobs, ElementsAre("autumn", "spring", "summer", "winter"));
  for (const std::string script :
       {"usher import --resume", "usher import --resume\n", "usher import --resume --workers 2",
        "usher import --resume |"}) {
    EXPECT_THAT(reads_of(script).jobs, ElementsAre("latest")) << script;
  }
  EXPECT_THAT(reads_of("usher import --csv u.csv --job-id new && usher import --resume new").jobs,
              IsEmpty());
}

TEST(Desk, HasAShellAKeyAndAnApi) {
  Desk desk;
  const std::string script = "usher import-users --csv users.csv --org-id " + desk.organization();
  EXPECT_EQ(desk.run_script(script).code, 2);
  desk.prepare_for(script);
  const Ran ran = desk.run_script(script + " | grep -c Success");
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_EQ(ran.out, "1\n");
  EXPECT_EQ(desk.api().count("organization_memberships"), 4);
  EXPECT_EQ(desk.run_script("exit 7").code, 7);
  EXPECT_NE(desk.run_script("usher nothing").code, 0);
}

TEST(Desk, PreparesAJobWhoseResumeSucceeds) {
  Desk desk;
  desk.prepare_for("usher import-users --resume spring");
  EXPECT_EQ(desk.run_script("wc -l < .workos-checkpoints/spring/errors.jsonl").out, "3\n");
  const Ran ran = desk.run_script("usher import-users --resume spring");
  EXPECT_EQ(ran.code, 0) << ran.out << ran.err;
  EXPECT_THAT(ran.err, HasSubstr("Resuming job: spring"));
}

}  // namespace
}  // namespace usher::scenarios
