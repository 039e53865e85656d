// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/scratch.h"
#include "base/text.h"
#include "cli/import_samples_test.h"
#include "cli/stage.h"
#include "run/sample_failure.h"

namespace usher::cli {
namespace {

using End = UserImportReport::End;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

TEST(ImportCommand, PassesEveryFlagOn) {
  Stage stage;
  EXPECT_EQ(run_program(with_every_option("import-users"), stage.around), 0) << stage.err.text;
  ASSERT_EQ(stage.imports.size(), 1U);
  expect_every_option(stage.imports[0]);
}

TEST(ImportCommand, HasTheDefaultsThatItsHelpPromises) {
  Stage stage;
  EXPECT_EQ(stage.run({"import", "--user-export", "u.csv"}), 0);
  ASSERT_EQ(stage.imports.size(), 1U);
  const UserImportOptions& options = stage.imports[0];
  EXPECT_EQ(options.csv, "u.csv");
  EXPECT_EQ(options.single_org, OrgRef{});
  EXPECT_EQ(options.concurrency, 10);
  EXPECT_EQ(options.rate_limit.kind, RateLimit::Kind::published);
  EXPECT_EQ(options.existing, Existing::link);
  EXPECT_EQ(options.api_url, "https://api.workos.com");
  EXPECT_EQ(options.timeout, std::chrono::seconds{60});
}

TEST(ImportCommand, RefusesWhatCannotBeMeantInOneLineAndReadsNothing) {
  const struct {
    std::vector<std::string> words;
    std::string error;
  } cases[] = {
      {{}, "--csv FILE is required"},
      {{"--csv", "u", "--org-id", "a", "--org-external-id", "b"},
       "Cannot specify both --org-id and --org-external-id (choose one)"},
      {{"--csv", "u", "--create-org-if-missing"},
       "--create-org-if-missing needs --org-name (the name of the new organization)"},
      {{"--csv", "u", "--concurrency", "0"},
       "--concurrency must be a whole number from 1 to 100 (got \"0\")"},
      {{"--csv", "u", "--rate-limit", "fast"},
       "--rate-limit must be real (the published windows), off, or requests per second from 1 to "
       "1,000,000 (got \"fast\")"},
      {{"--csv", "u", "--existing", "skip"},
       "--existing must be link, fail or update (got \"skip\")"},
      {{"--csv", "u", "--errors-include-secrets"}, "--errors-include-secrets needs --errors-out"},
      {{"u.csv"}, "unexpected argument \"u.csv\""},
  };
  for (const auto& one : cases) {
    SCOPED_TRACE(one.error);
    Stage stage;
    std::vector<std::string> words = {"import-users"};
    words.insert(words.end(), one.words.begin(), one.words.end());
    EXPECT_EQ(run_program(words, stage.around), 2);
    EXPECT_EQ(stage.err.text,
              "usher import-users: " + one.error + "\nAll options: usher import-users --help\n");
    EXPECT_THAT(stage.out.text, IsEmpty());
    EXPECT_THAT(stage.imports, IsEmpty());
  }
}

TEST(ImportCommand, NeedsAKeyBeforeItReadsASingleRow) {
  Stage stage;
  stage.environment.clear();
  EXPECT_EQ(stage.run({"import-users", "--csv", "u.csv", "--org-name", "North Ltd"}), 2);
  EXPECT_THAT(stage.err.text, StartsWith("usher import-users: WORKOS_SECRET_KEY is missing\n"));
  EXPECT_THAT(stage.err.text, HasSubstr("WORKOS_SECRET_KEY=sk_test_123 usher import-users --csv "
                                        "u.csv --org-name 'North Ltd'"));
  EXPECT_THAT(stage.imports, IsEmpty());
}

TEST(ImportCommand, NeedsNoKeyForADryRun) {
  Stage stage;
  stage.environment.clear();
  EXPECT_EQ(stage.run({"import-users", "--csv", "u.csv", "--dry-run"}), 0);
  ASSERT_EQ(stage.imports.size(), 1U);
  EXPECT_TRUE(stage.imports[0].dry_run);
  EXPECT_TRUE(stage.imports[0].api_key.empty());
}

TEST(ImportCommand, DoesNotSendTheKeyInTheClearUnlessAsked) {
  Stage stage;
  EXPECT_EQ(stage.run({"import-users", "--csv", "u.csv", "--api-url", "http://api.example.com"}),
            2);
  EXPECT_THAT(stage.imports, IsEmpty());
  EXPECT_EQ(stage.run({"import-users", "--csv", "u.csv", "--api-url", "http://api.example.com",
                       "--allow-http"}),
            0);
  ASSERT_EQ(stage.imports.size(), 1U);
  EXPECT_TRUE(stage.imports[0].allow_plaintext);
}

TEST(ImportCommand, EndsWithTwoWhenTheRunCannotBegin) {
  Stage stage;
  stage.play([](Observer&) -> Result<UserImportReport> {
    return fail("u.csv: cannot open: No such file or directory", "check the path");
  });
  EXPECT_EQ(stage.run({"import-users", "--csv", "u.csv"}), 2);
  EXPECT_EQ(
      stage.err.text,
      "usher import-users: u.csv: cannot open: No such file or directory\n  check the path\n");
  EXPECT_THAT(stage.out.text, IsEmpty());
}

TEST(ImportCommand, PutsTheSummaryOnTheStandardOutputAndTheRestBesideIt) {
  Stage stage;
  stage.play([](Observer& observer) {
    observer.started(Mode::user_only, 3);
    observer.warned("Row 2: something");
    return report_of(3);
  });
  EXPECT_EQ(stage.run({"import-users", "--csv", "u.csv"}), 0);
  EXPECT_EQ(stage.err.text,
            "Importing u.csv: 3 rows, user-only, to https://api.workos.com\n"
            "Warning: Row 2: something\n");
  EXPECT_THAT(stage.out.text, StartsWith("┌─"));
  EXPECT_THAT(stage.out.text, HasSubstr("Status:         Success"));
}

TEST(ImportCommand, LeavesOnlyTheSummaryWhenQuiet) {
  Stage stage;
  stage.play([](Observer& observer) {
    observer.started(Mode::user_only, 3);
    observer.warned("Row 2: something");
    const SampleRow sample;
    EXPECT_TRUE(observer.failed(sample.row()));
    Progress progress;
    progress.elapsed = std::chrono::hours{1};
    observer.progressed(progress);
    return report_of(2, 1);
  });
  EXPECT_EQ(stage.run({"import-users", "--csv", "u.csv", "--quiet"}), 1);
  EXPECT_THAT(stage.err.text, IsEmpty());
  EXPECT_THAT(stage.out.text, HasSubstr("Status:         Completed with errors"));
}

TEST(ImportCommand, SaysTwentyWarningsAndCountsTheRest) {
  Stage stage;
  stage.play([](Observer& observer) {
    for (int i = 1; i <= 1000; ++i) observer.warned("Row " + std::to_string(i) + ": \x1b[2J");
    return report_of(1);
  });
  stage.run({"import-users", "--csv", "u.csv"});
  EXPECT_EQ(split(stage.err.text, '\n').size(), 22U);
  EXPECT_THAT(stage.err.text, HasSubstr("Warning: Row 20: \\x1b[2J\nFurther warnings are only "
                                        "counted.\n"));
}

TEST(ImportCommand, ShowsTheFirstFailureOfAKindNotEveryRow) {
  Stage stage;
  stage.play([](Observer& observer) {
    for (std::uint64_t record = 1; record <= 205; ++record) {
      const SampleRow sample;
      EXPECT_TRUE(observer.failed(sample.row(record)));
    }
    return report_of(10, 205);
  });
  EXPECT_EQ(stage.run({"import-users", "--csv", "u.csv"}), 1);
  EXPECT_THAT(stage.err.text, StartsWith("Row 1 failed: Organization not found: north\n"));
  EXPECT_THAT(stage.err.text, Not(HasSubstr("Row 2 failed")));
  EXPECT_THAT(stage.out.text,
              HasSubstr("   205 rows  org_resolution, 404 entity_not_found: Organization not "
                        "found: north (first: row 1)"));
}

class ImportCommandFiles : public ::testing::Test {
 protected:
  [[nodiscard]] std::string at(const std::string& name) const { return folder_.at(name); }
  static Result<UserImportReport> one_failure(Observer& observer) {
    observer.started(Mode::multi_org, 2);
    const SampleRow sample;
    const Status taken = observer.failed(sample.row());
    UserImportReport report = report_of(1, 1, taken ? End::finished : End::observer);
    if (!taken) report.reason = taken.error();
    return report;
  }

  Stage stage_;
  ScratchFolder folder_;
};

TEST(ImportCommand, CannotReadTwoThingsFromTheStandardInput) {
  Stage stage;
  EXPECT_EQ(stage.run({"import-users", "--csv", "-", "--role-mapping", "-"}), 2);
  EXPECT_THAT(stage.err.text, HasSubstr("cannot both be the standard input"));
}

TEST_F(ImportCommandFiles, WritesFailedRowsAndSaysWhatToDoNext) {
  stage_.play(one_failure);
  EXPECT_EQ(stage_.run({"import-users", "--csv", "u.csv", "--errors-out", at("e")}), 1);
  EXPECT_THAT(folder_.read("e.jsonl"), StartsWith("{\"recordNumber\":12,"));
  EXPECT_THAT(folder_.read("e.jsonl"), Not(HasSubstr("hunter2")));
  EXPECT_THAT(stage_.err.text, StartsWith("Failed rows go to " + at("e.jsonl")));
  EXPECT_THAT(stage_.err.text, HasSubstr("See the failed rows: " + at("e.jsonl")));
  EXPECT_THAT(stage_.err.text,
              HasSubstr("usher import-users --csv u.csv --errors-out " + at("e") + "\n"));
}

TEST_F(ImportCommandFiles, ShowsSecretsInTheErrorsFileWhenAsked) {
  stage_.play(one_failure);
  stage_.run({"import-users", "--csv", "u.csv", "--errors-out", at("e.jsonl"),
              "--errors-include-secrets"});
  EXPECT_THAT(folder_.read("e.jsonl"), HasSubstr("hunter2"));
}

TEST_F(ImportCommandFiles, LeavesNoErrorsFileWhenNothingFailed) {
  folder_.write("e.jsonl", "{\"recordNumber\":1}\n");
  stage_.play([](Observer& observer) {
    observer.started(Mode::user_only, 1);
    return report_of(1);
  });
  EXPECT_EQ(stage_.run({"import-users", "--csv", "u.csv", "--errors-out", at("e.jsonl")}), 0);
  EXPECT_FALSE(folder_.has("e.jsonl"));
}

TEST_F(ImportCommandFiles, KeepsAnOldErrorsFileWhenTheRunCannotBegin) {
  folder_.write("e.jsonl", "{\"recordNumber\":1}\n");
  stage_.play([](Observer&) -> Result<UserImportReport> { return fail("u.csv: no header"); });
  EXPECT_EQ(stage_.run({"import-users", "--csv", "u.csv", "--errors-out", at("e.jsonl")}), 2);
  EXPECT_TRUE(folder_.has("e.jsonl"));
}

// What a run that tried no row found is no reason to lose what an earlier one told.
TEST_F(ImportCommandFiles, KeepsAnOldErrorsFileWhenNoRowWasTried) {
  const std::string earlier = "{\"recordNumber\":1}\n";
  for (const End end : {End::denied, End::unreachable, End::organization, End::interrupted}) {
    for (const bool bad_row : {false, true}) {
      folder_.write("e.jsonl", earlier);
      stage_.play([&](Observer& observer) {
        observer.started(Mode::multi_org, 2);
        SampleRow sample;
        sample.failure = sample_failure(FailedAt::user_create, "Missing required email");
        if (bad_row) {
          EXPECT_TRUE(observer.failed(sample.row()));
        }
        observer.progressed({});
        return report_of(0, bad_row ? 1 : 0, end);
      });
      stage_.run({"import-users", "--csv", "u.csv", "--errors-out", at("e.jsonl")});
      EXPECT_EQ(folder_.read("e.jsonl"), earlier);
      EXPECT_THAT(stage_.err.text, HasSubstr("is as an earlier run left it"));
    }
  }
}

TEST_F(ImportCommandFiles, ReplacesAnOldErrorsFileOnceARowWasTried) {
  for (const bool finished : {false, true}) {
    folder_.write("e.jsonl", "{\"recordNumber\":1}\n");
    stage_.play([&](Observer& observer) {
      observer.started(Mode::multi_org, 2);
      EXPECT_TRUE(folder_.has("e.jsonl"));
      const SampleRow sample;
      EXPECT_TRUE(observer.failed(sample.row()));
      return report_of(0, 1, finished ? End::finished : End::denied);
    });
    stage_.run({"import-users", "--csv", "u.csv", "--errors-out", at("e.jsonl")});
    EXPECT_THAT(folder_.read("e.jsonl"), StartsWith("{\"recordNumber\":12,"));
  }
}

TEST_F(ImportCommandFiles, LeavesTheErrorsFileOfARealRunToIt) {
  const std::string earlier = "{\"recordNumber\":1}\n";
  folder_.write("e.jsonl", earlier);
  stage_.play(one_failure);
  EXPECT_EQ(
      stage_.run({"import-users", "--csv", "u.csv", "--errors-out", at("e.jsonl"), "--dry-run"}),
      1);
  EXPECT_EQ(folder_.read("e.jsonl"), earlier);
  EXPECT_THAT(folder_.read("e.dry-run.jsonl"), StartsWith("{\"recordNumber\":12,"));
  EXPECT_THAT(stage_.err.text, StartsWith("Failed rows go to " + at("e.dry-run.jsonl")));
}

TEST_F(ImportCommandFiles, DoesNotWriteOverItsOwnInput) {
  folder_.write("u.csv", "");
  EXPECT_EQ(stage_.run({"import-users", "--csv", at("u.csv"), "--errors-out", at("u.csv")}), 2);
  EXPECT_THAT(stage_.err.text, HasSubstr("names a file that is read by this run"));
  EXPECT_THAT(stage_.imports, IsEmpty());
}

TEST_F(ImportCommandFiles, StopsWhenTheDiskIsFull) {
  stage_.play(one_failure);
  EXPECT_EQ(stage_.run({"import-users", "--csv", "u.csv", "--errors-out", "/dev/full"}), 2);
  EXPECT_THAT(stage_.out.text, HasSubstr("Stopped before the end"));
  EXPECT_THAT(stage_.err.text, HasSubstr("Stopped: /dev/full: cannot write: No space left"));
}

TEST_F(ImportCommandFiles, SaysOnStandardErrorWhatTheStandardOutputCannotTake) {
  class Full : public TextOutput {
   public:
    [[nodiscard]] std::string failure() const override { return "No space left on device"; }
  } full;
  Surroundings around{full, stage_.err, stage_.around.variable, "/nonexistent",
                      stage_.around.import_users};
  EXPECT_EQ(run_program(std::vector<std::string>{"import-users", "--csv", "u.csv"}, around), 2);
  EXPECT_THAT(stage_.err.text, HasSubstr("cannot write the summary"));
  EXPECT_THAT(stage_.err.text, HasSubstr("The import itself has ended (Success (no rows))"));
  EXPECT_THAT(stage_.err.text, HasSubstr("SUMMARY"));
}

TEST(ImportCommand, DrawsABarOnATerminalAndTakesItAway) {
  Stage stage;
  stage.err.terminal = true;
  stage.play([](Observer& observer) {
    observer.started(Mode::user_only, 10);
    Progress progress;
    progress.elapsed = std::chrono::seconds{1};
    progress.total_rows = 10;
    progress.tally.rows.created = 5;
    observer.progressed(progress);
    return report_of(10);
  });
  EXPECT_EQ(stage.run({"import-users", "--csv", "u.csv"}), 0);
  EXPECT_THAT(stage.err.text, HasSubstr("50%"));
  EXPECT_THAT(stage.err.text, ::testing::EndsWith("\r\x1b[2K"));
}

}  // namespace
}  // namespace usher::cli
