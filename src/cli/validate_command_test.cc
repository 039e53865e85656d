// SPDX-License-Identifier: Apache-2.0
#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "base/scratch.h"
#include "cli/stage.h"

namespace usher::cli {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

struct Trial {
  ScratchFolder folder;
  Stage stage;

  int run(std::initializer_list<std::string> words) {
    std::vector<std::string> arguments = {"validate-csv"};
    arguments.insert(arguments.end(), words);
    if (std::ranges::find(words, "--report") == words.end()) {
      arguments.insert(arguments.end(), {"--report", folder.at("report.json")});
    }
    return run_program(arguments, stage.around);
  }
};

TEST(ValidateCommand, AGoodFilePasses) {
  Trial trial;
  const std::string csv = trial.folder.write("users.csv", "email\na@example.com\n");
  EXPECT_EQ(trial.run({"--csv", csv}), 0);
  EXPECT_THAT(trial.stage.out.text, StartsWith(std::string(60, '=') + "\nCSV VALIDATION SUMMARY"));
  EXPECT_THAT(trial.stage.out.text, EndsWith("\n✓ Validation passed: CSV is valid\n"));
  EXPECT_THAT(trial.stage.err.text, IsEmpty());
  EXPECT_TRUE(trial.folder.has("report.json"));
  struct stat info{};
  ASSERT_EQ(::stat(trial.folder.at("report.json").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777U, 0600U);
}

TEST(ValidateCommand, WarningsPassAndErrorsFail) {
  Trial trial;
  const std::string warned = trial.folder.write("w.csv", "email,department\na@example.com,x\n");
  EXPECT_EQ(trial.run({"--csv", warned}), 0);
  EXPECT_THAT(trial.stage.out.text, EndsWith("\nValidation passed with warnings\n"));
  const std::string wrong = trial.folder.write("e.csv", "email\nnobody\n");
  EXPECT_EQ(trial.run({"--csv", wrong}), 1);
  EXPECT_THAT(trial.stage.out.text, EndsWith("\nValidation failed: CSV has errors\n"));
  EXPECT_THAT(trial.stage.out.text, HasSubstr("❌ Found 1 error(s)"));
}

TEST(ValidateCommand, AfterFixingTheCopyIsJudged) {
  Trial trial;
  const std::string csv =
      trial.folder.write("users.csv", "Email,metadata\n<a@example.com>,{'a':'b'}\n");
  EXPECT_EQ(trial.run({"--csv", csv}), 1);
  EXPECT_EQ(trial.run({"--csv", csv, "--auto-fix", "--fixed-csv", trial.folder.at("f.csv")}), 0);
  EXPECT_EQ(trial.folder.read("f.csv"),
            "email,metadata\na@example.com,\"{\"\"a\"\":\"\"b\"\"}\"\n");
  EXPECT_EQ(trial.folder.read("users.csv"), "Email,metadata\n<a@example.com>,{'a':'b'}\n");
  EXPECT_THAT(trial.stage.out.text, EndsWith("\n✓ Validation passed: CSV is valid\n"));
}

TEST(ValidateCommand, DedupesWhatWasFixed) {
  Trial trial;
  const std::string csv =
      trial.folder.write("users.csv", "Email,org_id\na@b.test,org_1\n<A@b.test>,org_1\n");
  EXPECT_EQ(trial.run({"--csv", csv, "--auto-fix", "--fixed-csv", trial.folder.at("f.csv"),
                       "--dedupe", "--deduped-csv", trial.folder.at("d.csv"), "--dedupe-report",
                       trial.folder.at("d.json")}),
            0);
  EXPECT_EQ(trial.folder.read("d.csv"), "email,org_id\na@b.test,org_1\n");
  EXPECT_THAT(trial.stage.out.text, HasSubstr("DEDUPLICATION SUMMARY"));
  EXPECT_THAT(trial.stage.out.text, HasSubstr("Rows removed:      1\n"));
  EXPECT_THAT(trial.stage.out.text,
              HasSubstr("usher orchestrate-migration --csv " + trial.folder.at("d.csv")));
}

TEST(ValidateCommand, JsonIsOneObjectAndNothingElse) {
  Trial trial;
  const std::string csv = trial.folder.write("users.csv", "email\nnobody\n");
  EXPECT_EQ(trial.run({"--csv", csv, "--json"}), 1);
  const auto object = boost::json::parse(trial.stage.out.text).as_object();
  EXPECT_EQ(object.at("verdict").as_string(), "errors");
  EXPECT_EQ(object.at("summary").as_object().at("invalidRows").to_number<int>(), 1);
  EXPECT_EQ(object.at("rules").as_array().at(0).as_object().at("ruleId").as_string(),
            "email-format");
}

TEST(ValidateCommand, JsonIsOneObjectWhenItCannotRunToo) {
  const std::vector<std::vector<std::string>> cases = {
      {"--csv", "/nonexistent/users.csv"},
      {},
      {"--csv", "u.csv", "--auto-fix"},
      {"--csv", "u.csv", "--dedupe-report", "d.json"},
  };
  for (const auto& words : cases) {
    Stage stage;
    std::vector<std::string> arguments = {"validate", "--json"};
    arguments.insert(arguments.end(), words.begin(), words.end());
    EXPECT_EQ(run_program(arguments, stage.around), 2);
    const auto object = boost::json::parse(stage.out.text).as_object();
    EXPECT_EQ(object.at("exitCode").to_number<int>(), 2);
    EXPECT_FALSE(object.at("success").as_bool());
    const std::string what(object.at("error").as_string());
    EXPECT_THAT(stage.err.text, StartsWith("usher validate-csv: " + what));
    if (const auto* next = object.if_contains("next")) {
      EXPECT_THAT(stage.err.text, EndsWith("\n  " + std::string(next->as_string()) + "\n"));
    }
  }
}

TEST(ValidateCommand, BadOptionsAreOneLineAndExitTwo) {
  const ScratchFolder folder;
  const std::string csv = folder.write("users.csv", "email\n");
  struct Case {
    std::vector<std::string> words;
    std::string says;
  };
  const std::vector<Case> cases = {
      {{}, "--csv is required"},
      {{"--csv", csv, "--auto-fix"}, "--auto-fix requires --fixed-csv FILE"},
      {{"--csv", csv, "--fixed-csv", "x"}, "--fixed-csv requires --auto-fix"},
      {{"--csv", csv, "--fix-org-ids"}, "--fix-org-ids requires --auto-fix"},
      {{"--csv", csv, "--dedupe"}, "--dedupe requires --deduped-csv FILE"},
      {{"--csv", csv, "--deduped-csv", "x"}, "--deduped-csv requires --dedupe"},
      {{"--csv", csv, "--dedupe", "--deduped-csv", csv, "--report", folder.at("a")},
       "--deduped-csv names the input"},
      {{"--csv", csv, "--check-api"}, "--check-api: a validation asks nothing of an API"},
      {{"--csv", csv, "--fixed"}, "unknown option --fixed"},
      {{"--csv", folder.at("none.csv")}, "No such file or directory"},
      {{"--csv", folder.path()}, "is a folder"},
      {{"--csv", csv, "--report", csv}, "--report names the input"},
      {{"--csv", csv, "--report", folder.path()}, "is a folder"},
      {{"--csv", csv, "--report", "/dev/null"}, "is no regular file"},
      {{"--csv", csv, "--auto-fix", "--fixed-csv", folder.at("./users.csv")},
       "--fixed-csv names the input"},
      {{"--csv", csv, "--report", folder.at("a"), "--auto-fix", "--fixed-csv", folder.at("a")},
       "--report and --fixed-csv name the same file"},
      {{"--csv", csv, "--report", folder.at("no/a")}, "there is no folder"},
      {{"--csv", csv, "--dedupe-report", folder.at("a")}, "--dedupe-report requires --dedupe"},
  };
  for (const Case& wanted : cases) {
    SCOPED_TRACE(wanted.says);
    Stage stage;
    std::vector<std::string> words = {"validate"};
    words.insert(words.end(), wanted.words.begin(), wanted.words.end());
    EXPECT_EQ(run_program(words, stage.around), 2);
    EXPECT_THAT(stage.err.text, StartsWith("usher validate-csv: "));
    EXPECT_THAT(stage.err.text.substr(0, stage.err.text.find('\n')), HasSubstr(wanted.says));
    EXPECT_THAT(stage.out.text, IsEmpty());
    EXPECT_EQ(folder.read("users.csv"), "email\n");
  }
}

}  // namespace
}  // namespace usher::cli
