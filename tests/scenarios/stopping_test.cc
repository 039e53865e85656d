// SPDX-License-Identifier: Apache-2.0
// Everything that ends a run early: keys, signals, pipes, disks. What was done is told and kept,
// and the same command again completes it.
#include <csignal>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/scratch.h"
#include "base/text.h"
#include "scenarios/local_api.h"

namespace usher::scenarios {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

TEST(Key, IsAskedForBeforeASingleRowIsRead) {
  const ScratchFolder folder;
  Launch launch;
  launch.arguments = {"import-users", "--csv", "missing.csv"};
  launch.folder = folder.path();
  Process import(launch);
  EXPECT_EQ(import.wait(), 2);
  EXPECT_THAT(import.err(), StartsWith("usher import-users: WORKOS_SECRET_KEY is missing\n"));
  EXPECT_THAT(import.err(), HasSubstr("WORKOS_SECRET_KEY=sk_test_123 usher import-users"));
  EXPECT_THAT(import.err(), HasSubstr("echo 'WORKOS_SECRET_KEY=sk_test_123' > .env"));
}

TEST(Key, MayStandInDotenv) {
  const LocalApi api;
  const ScratchFolder folder;
  folder.write("u.csv", people(3));
  folder.write(".env", "# mine\nexport WORKOS_SECRET_KEY='sk_test_file'\nWORKOS_API_URL=" +
                           api.url() + "\n");
  Launch launch;
  launch.arguments = {"import-users", "--csv", "u.csv"};
  launch.folder = folder.path();
  Process import(launch);
  EXPECT_EQ(import.wait(), 0) << import.err();
  EXPECT_EQ(api.count("users"), 3);
}

TEST(Key, ThatIsRefusedStopsTheRunAtOnce) {
  const LocalApi api;
  const ScratchFolder folder;
  folder.write("u.csv", people(1000));
  folder.write("e.jsonl", "{\"recordNumber\":7}\n");
  Launch launch = import_into(api, folder.path(), {"--csv", "u.csv", "--errors-out", "e.jsonl"});
  launch.variables["WORKOS_SECRET_KEY"] = "pk_wrong_swordfish";
  Process import(launch);
  EXPECT_EQ(import.wait(), 2);
  EXPECT_LE(api.count("requests.total"), 10);
  EXPECT_EQ(api.count("users"), 0);
  EXPECT_THAT(import.out(), HasSubstr("Stopped before the end"));
  EXPECT_THAT(import.err(), HasSubstr("WORKOS_SECRET_KEY"));
  EXPECT_THAT(import.out() + import.err(), Not(HasSubstr("swordfish")));
  EXPECT_EQ(folder.read("e.jsonl"), "{\"recordNumber\":7}\n");
}

TEST(Key, ThatTheSandboxWasNotGivenIsRefused) {
  const LocalApi api({"--api-key", "sk_other", "--api-key", "sk_test_scenario"});
  const ScratchFolder folder;
  folder.write("u.csv", people(3));
  Launch launch = import_into(api, folder.path(), {"--csv", "u.csv"});
  Process import(launch);
  EXPECT_EQ(import.wait(), 0) << import.err();
  launch.variables["WORKOS_SECRET_KEY"] = "sk_test_stranger";
  Process stranger(launch);
  EXPECT_EQ(stranger.wait(), 2);
  EXPECT_THAT(stranger.err(), HasSubstr("401"));
}

// For the same requests in the same order.
TEST(Sandbox, GivesTheSameIdsAgainBySeed) {
  const auto users = [] {
    const LocalApi api({"--seed", "9"});
    const ScratchFolder folder;
    folder.write("u.csv", people(5));
    Process import(import_into(api, folder.path(), {"--csv", "u.csv", "--concurrency", "1"}));
    EXPECT_EQ(import.wait(), 0) << import.err();
    const std::string list = api.get("/user_management/users?limit=100");
    std::vector<std::string> ids;
    for (auto at = list.find("\"user_"); at != std::string::npos;
         at = list.find("\"user_", at + 1)) {
      ids.push_back(list.substr(at, 33));
    }
    return ids;
  };
  const auto first = users();
  EXPECT_GE(first.size(), 5U);
  EXPECT_EQ(first, users());
}

TEST(Interrupt, TellsWhatWasDoneAndTheSameCommandCompletesIt) {
  const LocalApi api({"--latency", "5"});
  const ScratchFolder folder;
  folder.write("u.csv", people(300));
  const Launch launch = import_into(
      api, folder.path(), {"--csv", "u.csv", "--concurrency", "2", "--rate-limit", "off"});
  Process import(launch);
  api.wait_for("users", 20);
  import.signal(SIGINT);
  EXPECT_EQ(import.wait(), 130);
  const std::int64_t done = api.count("users");
  EXPECT_LT(done, 300);
  EXPECT_THAT(import.out(), HasSubstr("Interrupted"));
  EXPECT_THAT(import.out(), HasSubstr("not tried"));
  EXPECT_THAT(import.err(), HasSubstr("usher import-users --csv u.csv --concurrency 2"));
  Process again(launch);
  EXPECT_EQ(again.wait(), 0) << again.err();
  EXPECT_EQ(api.count("users"), 300);
  EXPECT_THAT(again.out(), HasSubstr("Success"));
}

TEST(Interrupt, BySigtermIsTheSame) {
  const LocalApi api({"--latency", "5"});
  const ScratchFolder folder;
  folder.write("u.csv", people(1000));
  Process import(import_into(api, folder.path(), {"--csv", "u.csv", "--concurrency", "2"}));
  api.wait_for("users", 10);
  import.signal(SIGTERM);
  EXPECT_EQ(import.wait(), 130);
  EXPECT_THAT(import.out(), HasSubstr("Interrupted"));
}

TEST(Interrupt, TwiceLeavesAtOnce) {
  const LocalApi api({"--latency", "600000"});
  const ScratchFolder folder;
  folder.write("u.csv", people(5));
  Process import(import_into(api, folder.path(), {"--csv", "u.csv", "--timeout", "3600"}));
  api.wait_for("requests.max_in_flight", 5);
  import.signal(SIGINT);
  EXPECT_TRUE(import.read_until([&] { return import.err().contains("Stopping"); }));
  import.signal(SIGINT);
  EXPECT_EQ(import.wait(), 130);
  EXPECT_THAT(import.out(), HasSubstr("Interrupted"));
}

TEST(Pipe, ThatIsClosedChangesNothingButTheOutput) {
  const LocalApi api;
  const ScratchFolder folder;
  folder.write("u.csv", people(50));
  Launch launch = import_into(api, folder.path(), {"--csv", "u.csv"});
  launch.out = Attach::closed;
  Process import(launch);
  EXPECT_EQ(import.wait(), 0);
  EXPECT_EQ(api.count("users"), 50);
  launch.err = Attach::closed;
  Process deaf(launch);
  EXPECT_EQ(deaf.wait(), 0);
}

TEST(Disk, ThatIsFullForTheSummaryLeavesItOnTheStandardError) {
  const LocalApi api;
  const ScratchFolder folder;
  folder.write("u.csv", people(5));
  Launch launch = import_into(api, folder.path(), {"--csv", "u.csv", "--quiet"});
  launch.out = Attach::full;
  Process import(launch);
  EXPECT_EQ(import.wait(), 2);
  EXPECT_EQ(api.count("users"), 5);
  EXPECT_THAT(import.err(), HasSubstr("No space left on device"));
  EXPECT_THAT(import.err(), HasSubstr("The import itself has ended (Success)"));
  EXPECT_THAT(import.err(), HasSubstr("SUMMARY"));
}

TEST(Disk, ThatIsFullForFailedRowsStopsTheRunInGoodOrder) {
  const LocalApi api;
  const ScratchFolder folder;
  std::string csv = "email,first_name\nnot-an-address,X\n";
  for (int i = 0; i < 2000; ++i) csv += "q" + std::to_string(i) + "@example.com,Q\n";
  folder.write("u.csv", csv);
  Process import(import_into(api, folder.path(), {"--csv", "u.csv", "--errors-out", "/dev/full"}));
  EXPECT_EQ(import.wait(), 2);
  EXPECT_THAT(import.err(), HasSubstr("/dev/full: cannot write: No space left on device"));
  EXPECT_THAT(import.out(), HasSubstr("Stopped before the end"));
  EXPECT_LT(api.count("users"), 100);
}

TEST(Api, ThatIsNotThereIsNamed) {
  const ScratchFolder folder;
  folder.write("u.csv", people(1));
  Launch launch;
  launch.arguments = {"import-users", "--csv", "u.csv", "--api-url", "https://"};
  launch.folder = folder.path();
  launch.variables = {{"WORKOS_SECRET_KEY", "sk_test_1"}};
  Process import(launch);
  EXPECT_EQ(import.wait(), 2);
  EXPECT_THAT(import.err(), HasSubstr("API address"));
  EXPECT_THAT(import.out(), IsEmpty());
}

TEST(Api, ThatSpeaksNoTlsEndsTheRunAtOnce) {
  const LocalApi api;
  const ScratchFolder folder;
  folder.write("u.csv", people(100));
  Launch launch = import_into(api, folder.path(), {"--csv", "u.csv"});
  const std::string place = api.url().substr(std::string("http://").size());
  launch.arguments.insert(launch.arguments.end(), {"--api-url", "https://" + place});
  Process import(launch);
  EXPECT_EQ(import.wait(), 2);
  EXPECT_THAT(import.err(),
              HasSubstr("Stopped: the API cannot be reached: " + place + " does not speak TLS"));
  EXPECT_THAT(import.err(), HasSubstr("\n  check --api-url\n"));
  EXPECT_THAT(import.err(), Not(HasSubstr("too long")));
}

TEST(Sandbox, EndsInOrderOnASignal) {
  for (const int number : {SIGINT, SIGTERM}) {
    LocalApi api;
    api.process().signal(number);
    EXPECT_EQ(api.process().wait(), 0);
    EXPECT_THAT(api.process().out(), StartsWith("usher sandbox: http://127.0.0.1:"));
  }
}

TEST(Sandbox, SaysWhenItsPortIsTaken) {
  const LocalApi api;
  Launch launch;
  launch.arguments = {"sandbox", "--port", api.url().substr(api.url().rfind(':') + 1)};
  Process second(launch);
  EXPECT_EQ(second.wait(), 2);
  EXPECT_THAT(second.err(), HasSubstr("Address already in use"));
}

}  // namespace
}  // namespace usher::scenarios
