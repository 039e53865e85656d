// SPDX-License-Identifier: Apache-2.0
// usher validate-csv as people and pipelines meet it: whole outputs, what is left behind, and a
// Ctrl-C while a pipe says nothing.
#include <algorithm>
#include <csignal>
#include <filesystem>
#include <string>

#include <fcntl.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/scratch.h"
#include "scenarios/golden.h"
#include "scenarios/local_api.h"

namespace usher::scenarios {
namespace {

using ::testing::HasSubstr;

// The mistake of which people have 205 errors: WorkOS ids in the column of their own ids.
std::string two_mistakes() {
  std::string text = "email,first_name,external_id,org_external_id,org_name\n";
  for (int i = 1; i <= 203; ++i) {
    text += fmt::format("user{0}@example.com,Test,auth0|{0},org_qavBURnvu2Qi22kZ,Test Org 19\n", i);
  }
  text += "zoe@example.com,Zoe,auth0|1,north,North\nzoe@example,Zoe,auth0|900,north,North\n";
  return text;
}

Launch validate(const ScratchFolder& folder, std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "validate-csv");
  Launch launch{std::move(arguments)};
  launch.folder = folder.path();
  return launch;
}

TEST(Validate, ShowsTwoMistakesAsTwoAndOffersTheFix) {
  const ScratchFolder folder;
  folder.write("users.csv", two_mistakes());
  Launch launch = validate(folder, {"--csv", "users.csv"});
  expect_golden("validate-two-mistakes-pipe", run(launch));
  launch.out = launch.err = Attach::terminal;
  launch.variables["TERM"] = "xterm";
  expect_golden("validate-two-mistakes-terminal", run(launch));
}

TEST(Validate, TheFixThatItOffersPutsTheIdsWhereTheyBelong) {
  const ScratchFolder folder;
  folder.write("users.csv",
               "email,first_name,external_id,org_external_id,org_name\n"
               "user@test.com,Test,auth0|123,org_qavBURnvu2Qi22kZ,Test Org 19\n");
  const Ran fixed = run(validate(folder, {"--csv", "users.csv", "--auto-fix", "--fixed-csv",
                                          "users-fixed.csv", "--fix-org-ids"}));
  expect_golden("validate-fix-org-ids-pipe", fixed);
  EXPECT_EQ(folder.read("users-fixed.csv"),
            "email,first_name,external_id,org_external_id,org_name,org_id\n"
            "user@test.com,Test,auth0|123,,Test Org 19,org_qavBURnvu2Qi22kZ\n");
  for (const char* name : {"users-fixed.csv", "validation-report.json"}) {
    struct stat info{};
    ASSERT_EQ(::stat(folder.at(name).c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 0777U, 0600U) << name;
  }
}

TEST(Validate, EverythingAtOnce) {
  const ScratchFolder folder;
  folder.write("users.csv",
               "Email,first_name,email_verified,metadata,org_id,role_slugs,department\n"
               " a@example.com,Ann,yes,{'plan':'pro'},org_1,admin,x\n"
               "A@example.com,Ann,true,,org_1,member,\n"
               "b@example.com,Ben,perhaps,\"{\"\"tags\"\":[1]}\",org_1,The Boss,\n"
               "nobody,Eve,,{oops,acme,,\n"
               "c@example.com,Carl,,,,,,one too many\n");
  const Ran ran = run(
      validate(folder, {"--csv", "users.csv", "--auto-fix", "--fixed-csv", "fixed.csv", "--dedupe",
                        "--deduped-csv", "deduped.csv", "--report", "report.json"}));
  expect_golden("validate-everything-pipe", ran);
  expect_golden("validate-everything-fixed", folder.read("fixed.csv"));
  expect_golden("validate-everything-deduped", folder.read("deduped.csv"));
  expect_golden("validate-everything-report", folder.read("report.json"));
}

TEST(Validate, ReadsTheStandardInput) {
  const ScratchFolder folder;
  folder.write("users.csv", "email\na@example.com\nb@example.com\n");
  const Fd file(::open(folder.at("users.csv").c_str(), O_RDONLY | O_CLOEXEC));
  Launch launch = validate(folder, {"--csv", "-", "--json"});
  launch.input = file.get();
  const Ran ran = run(launch);
  EXPECT_EQ(ran.code, 0);
  EXPECT_THAT(ran.out, HasSubstr("\"totalRows\":2"));
}

TEST(Validate, AnInterruptionLeavesNothing) {
  const ScratchFolder folder;
  ASSERT_EQ(::mkfifo(folder.at("pipe").c_str(), 0600), 0);
  Process process(validate(folder, {"--csv", "pipe"}));
  // Opened for writing: the program reads it now, and nothing comes.
  const Fd writer(::open(folder.at("pipe").c_str(), O_WRONLY | O_CLOEXEC));
  ASSERT_EQ(::write(writer.get(), "email\n", 6), 6);
  process.signal(SIGINT);
  EXPECT_EQ(process.wait(), 130);
  EXPECT_EQ(process.err(), "usher validate-csv: interrupted; nothing was written\n");
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder.path()), {}), 1);
}

TEST(Validate, AFullDiskIsSaidAndLeavesNothing) {
  const ScratchFolder folder;
  folder.write("users.csv", two_mistakes());
  Launch launch = validate(folder, {"--csv", "users.csv", "--quiet"});
  launch.largest_file = 4096;
  const Ran ran = run(launch);
  EXPECT_EQ(ran.code, 2);
  EXPECT_THAT(ran.err, HasSubstr("cannot write"));
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder.path()), {}), 1);
}

}  // namespace
}  // namespace usher::scenarios
