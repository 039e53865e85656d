// SPDX-License-Identifier: Apache-2.0
// The main story: a CSV goes in, the API holds what it says, and a second run sends nothing that
// writes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "base/scratch.h"
#include "base/text.h"
#include "scenarios/local_api.h"

namespace usher::scenarios {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr std::string_view kMixed =
    "email,first_name,password,org_external_id,org_name,role_slugs\n"
    "ida@north.example,Ida,Correct-Horse-7!,north,North Ltd,\n"
    "ida@north.example,Ida,Correct-Horse-7!,south,South Ltd,\n"
    "ola@north.example,Ola,,north,North Ltd,\n"
    "per@north.example,Per,swordfish-secret,nowhere,,\n"
    "not-an-address,No,swordfish-secret,north,North Ltd,\n";

TEST(Import, MakesWhatTheFileSaysAndNothingTwice) {
  const LocalApi api;
  const ScratchFolder folder;
  folder.write("u.csv", kMixed);
  const Launch launch =
      import_into(api, folder.path(), {"--csv", "u.csv", "--errors-out", "errors.jsonl"});
  Process first(launch);
  EXPECT_EQ(first.wait(), 1) << first.err();
  EXPECT_EQ(api.count("organizations"), 2);
  EXPECT_EQ(api.count("organization_memberships"), 3);
  EXPECT_THAT(first.out(),
              HasSubstr("Rows                      5            3             0          2"));
  EXPECT_THAT(first.err(), HasSubstr("See the failed rows: errors.jsonl"));
  const std::string directory = api.get("/_sandbox/dump");
  const std::int64_t writes = api.count("requests.writes_accepted");
  Process second(launch);
  EXPECT_EQ(second.wait(), 1);
  EXPECT_EQ(api.count("requests.writes_accepted"), writes) << second.out();
  EXPECT_EQ(api.get("/_sandbox/dump"), directory);
  EXPECT_THAT(second.out(),
              HasSubstr("Rows                      5            0             3          2"));
}

TEST(Import, WritesErrorsThatTheSeedsCanRead) {
  const LocalApi api;
  const ScratchFolder folder;
  folder.write("u.csv", kMixed);
  Process import(import_into(api, folder.path(), {"--csv", "u.csv", "--errors-out", "errors"}));
  EXPECT_EQ(import.wait(), 1);
  const std::string errors = folder.read("errors.jsonl");
  EXPECT_THAT(errors, HasSubstr("\"errorType\":\"org_resolution\""));
  EXPECT_THAT(errors, HasSubstr("\"httpStatus\":404"));
  EXPECT_THAT(errors, HasSubstr("\"workosRequestId\":\""));
  EXPECT_THAT(errors, HasSubstr("\"orgExternalId\":\"nowhere\""));
  EXPECT_THAT(errors, Not(HasSubstr("swordfish")));
  struct stat info{};
  ASSERT_EQ(::stat(folder.at("errors.jsonl").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777U, 0600U);
}

TEST(Import, LeavesNoErrorsFileWhenNothingFailed) {
  const LocalApi api;
  const ScratchFolder folder;
  folder.write("u.csv", people(10));
  folder.write("errors.jsonl", "{\"recordNumber\":1,\"email\":\"old@example.com\"}\n");
  Process import(
      import_into(api, folder.path(), {"--csv", "u.csv", "--errors-out", "errors.jsonl"}));
  EXPECT_EQ(import.wait(), 0);
  EXPECT_FALSE(folder.has("errors.jsonl"));
}

TEST(Import, DryRunSendsNothingAndNeedsNoKey) {
  const LocalApi api;
  const ScratchFolder folder;
  folder.write("u.csv", kMixed);
  Launch launch = import_into(api, folder.path(), {"--csv", "u.csv", "--dry-run"});
  launch.variables.erase("WORKOS_SECRET_KEY");
  Process import(launch);
  EXPECT_EQ(import.wait(), 1) << import.err();
  EXPECT_THAT(import.out(), HasSubstr("SUMMARY (dry run: nothing was sent)"));
  EXPECT_EQ(api.count("requests.total"), 0);
}

TEST(Import, PutsEverybodyIntoOneOrganization) {
  const LocalApi api;
  const ScratchFolder folder;
  folder.write("u.csv", people(20));
  Process missing(
      import_into(api, folder.path(), {"--csv", "u.csv", "--org-external-id", "north"}));
  EXPECT_NE(missing.wait(), 0);
  EXPECT_EQ(api.count("users"), 0) << missing.out() << missing.err();
  Process import(import_into(api, folder.path(),
                             {"--csv", "u.csv", "--org-external-id", "north", "--org-name",
                              "North Ltd", "--create-org-if-missing"}));
  EXPECT_EQ(import.wait(), 0) << import.err();
  EXPECT_EQ(api.count("users"), 20);
  EXPECT_EQ(api.count("organizations"), 1);
  EXPECT_EQ(api.count("organization_memberships"), 20);
}

TEST(Import, TakesGeneratedPeopleButTheBadOnes) {
  const LocalApi api;
  const ScratchFolder folder;
  Launch generate;
  generate.arguments = {"generate", "users", "--rows", "300",   "--orgs-per-person",
                        "2",        "--bad", "0.05",   "--out", "p.csv"};
  generate.folder = folder.path();
  Process generated(generate);
  EXPECT_EQ(generated.wait(), 0) << generated.err();
  EXPECT_THAT(generated.out(), HasSubstr("p.csv: 300 rows (15 of them bad on purpose)"));
  Process import(import_into(api, folder.path(), {"--csv", "p.csv", "--rate-limit", "off"}));
  EXPECT_EQ(import.wait(), 1) << import.err();
  EXPECT_THAT(import.out(),
              HasSubstr("Rows                    300          285             0         15"));
}

TEST(Program, HelpsAndTellsItsVersion) {
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"--help"}, {"help", "import-users"}, {"sandbox", "--help"}}) {
    Launch launch;
    launch.arguments = words;
    Process help(launch);
    EXPECT_EQ(help.wait(), 0);
    EXPECT_THAT(help.out(), HasSubstr("Usage: usher"));
    EXPECT_THAT(help.err(), ::testing::IsEmpty());
  }
  Launch launch;
  launch.arguments = {"--version"};
  Process version(launch);
  EXPECT_EQ(version.wait(), 0);
  EXPECT_THAT(version.out(), StartsWith("usher "));
}

}  // namespace
}  // namespace usher::scenarios
