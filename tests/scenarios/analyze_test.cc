// SPDX-License-Identifier: Apache-2.0
// usher analyze-errors after real imports: the lines it prints are pasted into a shell, and
// everybody arrives. And the file that seed 000 tells of, as a whole output.
#include <filesystem>
#include <fstream>
#include <string>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "base/text.h"
#include "scenarios/desk.h"
#include "scenarios/golden.h"

namespace usher::scenarios {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::string_view kHeader = "email,first_name,password,org_external_id,org_name\n";
constexpr std::string_view kAda = "ada@example.com,Ada,\"Correct, \"\"horse\"\" 7\",late,\n";
constexpr std::string_view kBob = "bob@example.com,Bob,battery-staple-8,acme,Acme Ltd\n";
constexpr std::string_view kCarl = "carl@example.com,Carl,\"line\nbreak-9-staple\",late,\n";

std::string csv_of(std::initializer_list<std::string_view> rows) {
  std::string csv(kHeader);
  for (const auto row : rows) csv += row;
  return csv;
}

// The command line that begins like this among the lines of an output; the last one.
std::string line_to_paste(const std::string& output, std::string_view begin) {
  std::string found;
  for (const auto line : split(output, '\n')) {
    if (trim(line).starts_with(begin)) found = trim(line);
  }
  EXPECT_FALSE(found.empty()) << output;
  return found;
}

bool can_sign_in(const LocalApi& api, const std::string& email, const std::string& password) {
  const std::string answer =
      api.post("/user_management/authenticate",
               R"({"client_id":"client_test","client_secret":"sk_test_scenario","grant_type":)"
               R"("password","email":")" +
                   email + R"(","password":")" + password + "\"}");
  return answer.contains("\"access_token\"") || answer.contains("\"user\"");
}

void make_late(const Desk& desk) {
  desk.api().post("/organizations", R"({"name":"Late Ltd","external_id":"late"})");
}

TEST(AnalyzeErrors, GivesARetryCsvThatBringsEverybodyWithTheirPasswords) {
  const Desk desk;
  desk.folder().write("users.csv", csv_of({kAda, kBob, kCarl}));
  ASSERT_EQ(desk.run_script("usher import-users --csv users.csv --errors-out errors.jsonl").code,
            1);
  EXPECT_THAT(desk.folder().read("errors.jsonl"), Not(HasSubstr("staple")));

  const Ran analyzed = desk.run_script(
      "usher analyze-errors --errors errors.jsonl --retry-csv retry.csv --include-all");
  EXPECT_EQ(analyzed.code, 1) << analyzed.out << analyzed.err;
  EXPECT_EQ(desk.folder().read("retry.csv"), csv_of({kAda, kCarl}));
  struct stat info{};
  ASSERT_EQ(::stat(desk.folder().at("retry.csv").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777U, 0600U);
  EXPECT_THAT(desk.folder().read("error-analysis-report.json"), Not(HasSubstr("horse")));

  make_late(desk);
  const Ran again = desk.run_script(line_to_paste(analyzed.out, "usher import-users"));
  EXPECT_EQ(again.code, 0) << again.out << again.err;
  EXPECT_TRUE(can_sign_in(desk.api(), "ada@example.com", R"(Correct, \"horse\" 7)"));
  EXPECT_TRUE(can_sign_in(desk.api(), "carl@example.com", R"(line\nbreak-9-staple)"));
}

TEST(AnalyzeErrors, GivesTheSameForAnImportFromTheStandardInputWithTheFileNamed) {
  const Desk desk;
  desk.folder().write("users.csv", csv_of({kAda, kBob}));
  ASSERT_EQ(desk.run_script("usher import-users --csv - --errors-out errors.jsonl <users.csv").code,
            1);
  const std::string analyze = "usher analyze --errors errors.jsonl --include-all --retry-csv r.csv";
  const Ran without = desk.run_script(analyze);
  EXPECT_THAT(without.err, HasSubstr("r.csv: 1 cell in column password left empty"));
  EXPECT_THAT(desk.folder().read("r.csv"), HasSubstr("ada@example.com,Ada,,late,\n"));
  const Ran with = desk.run_script(analyze + " --csv users.csv");
  EXPECT_EQ(with.err, "");
  EXPECT_EQ(desk.folder().read("r.csv"), csv_of({kAda}));
}

TEST(AnalyzeErrors, GoesOnWithAJobOfSeveralWorkers) {
  const Desk desk;
  desk.folder().write("users.csv", csv_of({kAda, kBob, kCarl}));
  ASSERT_EQ(desk.run_script("usher import-users --csv users.csv --job-id spring --workers 2").code,
            1);
  const std::string analyze =
      "usher analyze-errors --errors .workos-checkpoints/spring/errors.jsonl";
  const Ran analyzed = desk.run_script(analyze + " --retry-csv retry.csv --include-all");
  EXPECT_EQ(analyzed.code, 1);
  EXPECT_EQ(analyzed.err, "");
  EXPECT_EQ(desk.folder().read("retry.csv"), csv_of({kAda, kCarl}));
  const std::string line = line_to_paste(analyzed.out, "usher orchestrate-migration");
  EXPECT_EQ(line, "usher orchestrate-migration --csv " + desk.folder().at("users.csv") +
                      " --resume spring --workers 2");
  make_late(desk);
  const Ran resumed = desk.run_script(line);
  EXPECT_EQ(resumed.code, 0) << resumed.out << resumed.err;
  EXPECT_TRUE(can_sign_in(desk.api(), "carl@example.com", R"(line\nbreak-9-staple)"));
  EXPECT_FALSE(desk.folder().has(".workos-checkpoints/spring/errors.jsonl"));
}

TEST(AnalyzeErrors, NoticesThatTheInputOfAJobHasChanged) {
  const Desk desk;
  desk.folder().write("users.csv", csv_of({kAda, kBob, kCarl}));
  ASSERT_EQ(desk.run_script("usher import-users --csv users.csv --job-id spring").code, 1);
  desk.folder().write("users.csv", csv_of({"dora@example.com,Dora,x,late,\n", kBob, kCarl}));
  const Ran analyzed = desk.run_script(
      "usher analyze-errors --errors .workos-checkpoints/spring/errors.jsonl --retry-csv retry.csv "
      "--include-all");
  EXPECT_THAT(analyzed.err, HasSubstr("Row 1 is not in the retry CSV: email is not what it was"));
  EXPECT_EQ(desk.folder().read("retry.csv"), csv_of({kCarl}));
}

TEST(AnalyzeErrors, RetriesWhatTheExistingToolkitGaveUpForAPassingReason) {
  const Desk desk;
  desk.folder().write(
      "errors.jsonl",
      R"({"recordNumber":1,"email":"eve@example.com","errorType":"user_create","errorMessage":)"
      R"("Internal Server Error","httpStatus":500,"rawRow":{"email":"eve@example.com",)"
      R"("password":"battery-staple-8"}})"
      "\n");
  const Ran analyzed =
      desk.run_script("usher analyze-errors --errors errors.jsonl --retry-csv retry.csv");
  EXPECT_EQ(analyzed.code, 0);
  const Ran again = desk.run_script(line_to_paste(analyzed.out, "usher import-users"));
  EXPECT_EQ(again.code, 0) << again.out << again.err;
  EXPECT_TRUE(can_sign_in(desk.api(), "eve@example.com", "battery-staple-8"));
}

// --- seed 000 ----------------------------------------------------------------------------------

std::string seed_000() {
  std::string text;
  for (int record = 1; record <= 205; ++record) {
    const bool user = record <= 2;
    const std::string org = fmt::format("org_qavBURnvu2Qi{:02}kZ", 20 + record % 19);
    const std::string email = user ? "zac@example.com" : fmt::format("user{}@example.com", record);
    text += fmt::format(
        R"({{"recordNumber":{},"email":"{}","errorType":"{}","errorMessage":"{}",{})"
        R"("timestamp":"2026-01-16T21:00:06.636Z","rawRow":{{"email":"{}","first_name":"Test",)"
        R"("external_id":"auth0|{}","org_external_id":"{}","org_name":"Test Org {}"}}}})"
        "\n",
        record, email, user ? "user_create" : "org_resolution",
        user ? "Could not create user."
             : "The external_id provided has already been assigned to another organization.",
        user ? R"("httpStatus":400,"workosCode":"user_creation_error","workosErrors":[{"code":)"
               R"("email_not_available","message":"This email is not available."}],)"
             : fmt::format(R"("orgExternalId":"{}",)", org),
        email, record, org, record % 19);
  }
  return text;
}

constexpr const char* kSeedJob = ".workos-checkpoints/migration-1768597206636";

TEST(AnalyzeErrors, TellsSeed000WhichColumnToChange) {
  const Desk desk;
  std::filesystem::create_directories(desk.folder().at(kSeedJob));
  desk.folder().write(std::string(kSeedJob) + "/errors.jsonl", seed_000());
  Launch launch;
  launch.folder = desk.folder().path();
  launch.arguments = {"analyze-errors", "--errors", std::string(kSeedJob) + "/errors.jsonl"};
  const Ran piped = run(launch);
  EXPECT_EQ(piped.code, 1);
  expect_golden("analyze-errors-seed-pipe", piped);
  launch.out = launch.err = Attach::terminal;
  launch.arguments.insert(launch.arguments.end(), {"--retry-csv", "retry.csv"});
  expect_golden("analyze-errors-seed-terminal", run(launch));
}

TEST(AnalyzeErrors, ShowsAJobOfOursWhole) {
  Desk desk;
  desk.prepare_for("usher jobs show spring", false);
  Launch launch;
  launch.folder = desk.folder().path();
  launch.arguments = {"analyze-errors", "--errors", ".workos-checkpoints/spring/errors.jsonl",
                      "--retry-csv", "retry.csv"};
  const Ran piped = run(launch);
  EXPECT_EQ(piped.code, 0);
  expect_golden("analyze-errors-job-pipe", piped);
  launch.out = launch.err = Attach::terminal;
  expect_golden("analyze-errors-job-terminal", run(launch));
}

}  // namespace
}  // namespace usher::scenarios
