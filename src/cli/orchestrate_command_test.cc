// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/scratch.h"
#include "cli/import_samples_test.h"
#include "cli/sample_job.h"
#include "cli/stage.h"
#include "run/sample_failure.h"

namespace usher::cli {
namespace {

using End = UserImportReport::End;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

// The command with a made-up plan, so that no test depends on the disk.
class Orchestrate : public ::testing::Test {
 protected:
  Orchestrate() {
    plan_.valid = true;
    plan_.csv = "users.csv";
    plan_.mode = Mode::multi_org;
    set_rows(3);
    stage_.around.plan = [this](const MigrationWish& wish) {
      wishes_.push_back(wish);
      MigrationPlan plan = plan_;
      plan.command = wish.command;
      plan.organization_missing = wish.organization_missing;
      if (wish.organization_missing) {
        plan.valid = false;
        plan.errors = {"Single-org mode requires --org-id, --org-external-id, or --org-name"};
      }
      return plan;
    };
    stage_.play([](Observer&) { return report_of(3); });
  }
  void set_rows(std::uint64_t rows) {
    plan_.rows = plan_.rows_to_do = plan_.work.users = rows;
    plan_.duration = "~42 minutes";
  }
  // What a person answers, one after the other; then nobody is there.
  void answers(std::vector<Answer> given) {
    stage_.around.ask = [this, given = std::move(given),
                         next = std::size_t{0}](std::string_view question) mutable {
      stage_.questions.emplace_back(question);
      return next < given.size() ? given[next++] : Answer{};
    };
  }
  static Answer said(const std::string& text) { return {Answer::Kind::given, text}; }
  static constexpr auto kLeft = Answer::Kind::left;

  Stage stage_;
  MigrationPlan plan_;
  std::vector<MigrationWish> wishes_;
};

TEST_F(Orchestrate, PassesEveryFlagOn) {
  EXPECT_EQ(run_program(with_every_option("orchestrate-migration"), stage_.around), 0)
      << stage_.err.text;
  ASSERT_THAT(stage_.imports, SizeIs(1));
  expect_every_option(stage_.imports[0]);
  ASSERT_THAT(wishes_, SizeIs(1));
  EXPECT_EQ(wishes_[0].org.external_id, "north");
  EXPECT_EQ(wishes_[0].concurrency, 50);
  EXPECT_EQ(wishes_[0].processors, 4U);
  EXPECT_FALSE(wishes_[0].may_use_up_input);
}

TEST_F(Orchestrate, HasAliases) {
  for (const auto* name : {"orchestrate", "migrate"}) {
    EXPECT_EQ(stage_.run({name, "--csv", "u.csv", "--plan"}), 0);
  }
  EXPECT_THAT(stage_.out.text, HasSubstr("To execute: usher orchestrate-migration --csv u.csv\n"));
}

TEST_F(Orchestrate, PlansWithoutAKeyAndRunsNothing) {
  stage_.environment.clear();
  EXPECT_EQ(stage_.run({"orchestrate", "--csv", "my users.csv", "--plan", "--org-id", "org_1",
                        "--yes", "--concurrency", "20"}),
            0);
  EXPECT_THAT(stage_.imports, IsEmpty());
  EXPECT_THAT(stage_.err.text, IsEmpty());
  EXPECT_THAT(stage_.out.text,
              EndsWith("To execute: usher orchestrate-migration --csv 'my users.csv' --org-id "
                       "org_1 --yes --concurrency 20\n"));
  ASSERT_THAT(wishes_, SizeIs(1));
  EXPECT_TRUE(wishes_[0].may_use_up_input);
  EXPECT_THAT(wishes_[0].warnings, ElementsAre(HasSubstr("WORKOS_SECRET_KEY is missing")));
}

TEST_F(Orchestrate, EndsAPlanWithTheCodeOfTheSeed) {
  plan_.valid = false;
  plan_.errors = {"Concurrency must be between 1 and 100 (got 0)"};
  EXPECT_EQ(stage_.run({"orchestrate", "--csv", "u", "--concurrency", "0", "--plan"}), 1);
  plan_.input_unusable = true;
  plan_.errors = {"CSV file not found: u"};
  stage_.out.text.clear();
  EXPECT_EQ(stage_.run({"orchestrate", "--csv", "u", "--plan"}), 2);
  EXPECT_THAT(stage_.out.text, IsEmpty());
  EXPECT_EQ(stage_.err.text, "usher orchestrate-migration: CSV file not found: u\n");
  EXPECT_EQ(stage_.run({"orchestrate", "--csv", "u", "--plan", "--json"}), 2);
  EXPECT_THAT(stage_.out.text, EndsWith("}\n"));
}

TEST_F(Orchestrate, JudgesNumbersInThePlanAndRefusesWhatIsNone) {
  EXPECT_EQ(stage_.run({"orchestrate", "--csv", "u", "--plan", "--concurrency", "-5",
                        "--chunk-size", "1", "--workers", "99"}),
            0);
  EXPECT_EQ(wishes_[0].concurrency, -5);
  EXPECT_EQ(wishes_[0].job.chunk_size, 1);
  EXPECT_EQ(wishes_[0].job.workers, 99);
  const struct {
    std::vector<std::string> words;
    std::string error;
  } cases[] = {
      {{}, "--csv FILE is required"},
      {{"--csv", "u", "--concurrency", "many"},
       "--concurrency must be a whole number (got \"many\")"},
      {{"--csv", "u", "--workers", "2.5"}, "--workers must be a whole number (got \"2.5\")"},
      {{"--csv", "u", "--errors-include-secrets"}, "--errors-include-secrets needs --errors-out"},
      {{"--csv", "-", "--job-id", "a"},
       "a job cannot read the standard input, which cannot be read again\n  save it to a file "
       "first"},
      {{"--csv", " "}, "--csv is empty: give a value, or leave it out"},
      {{"--csv", "u", "--paln"}, "unknown option --paln (did you mean --plan?)"},
      {{"u.csv"}, "unexpected argument \"u.csv\""},
  };
  for (const auto& one : cases) {
    for (const bool plan : {false, true}) {
      SCOPED_TRACE(one.error);
      Stage stage;
      std::vector<std::string> words = {"migrate"};
      words.insert(words.end(), one.words.begin(), one.words.end());
      if (plan) words.emplace_back("--plan");
      EXPECT_EQ(run_program(words, stage.around), 2);
      const std::string hint =
          one.error.contains('\n') ? "" : "All options: usher orchestrate-migration --help\n";
      EXPECT_EQ(stage.err.text, "usher orchestrate-migration: " + one.error + "\n" + hint);
      EXPECT_THAT(stage.out.text, IsEmpty());
      EXPECT_THAT(stage.imports, IsEmpty());
    }
  }
}

TEST_F(Orchestrate, GoesOnWithoutJobOptionsWhereThereIsNoJob) {
  EXPECT_EQ(stage_.run({"orchestrate", "--csv", "u.csv", "--workers", "4", "--chunk-size", "500"}),
            0)
      << stage_.err.text;
  EXPECT_THAT(stage_.imports, SizeIs(1));
  EXPECT_EQ(wishes_[0].job.workers, 4);  // the plan warns
}

TEST_F(Orchestrate, NeedsAKeyBeforeItReadsAnything) {
  stage_.environment.clear();
  EXPECT_EQ(stage_.run({"orchestrate", "--csv", "u.csv"}), 2);
  EXPECT_THAT(stage_.err.text,
              StartsWith("usher orchestrate-migration: WORKOS_SECRET_KEY is missing\n"));
  EXPECT_THAT(wishes_, IsEmpty());
  EXPECT_EQ(stage_.run({"orchestrate", "--csv", "u.csv", "--dry-run"}), 0);
}

TEST_F(Orchestrate, RefusesAnInvalidPlanInOneLineAndRunsNothing) {
  plan_.valid = false;
  plan_.errors = {"Cannot specify both org-id and org-external-id"};
  EXPECT_EQ(stage_.run({"orchestrate", "--csv", "u", "--org-id", "a", "--org-external-id", "b"}),
            2);
  EXPECT_EQ(stage_.err.text,
            "usher orchestrate-migration: Migration plan is invalid: Cannot specify both org-id "
            "and org-external-id\n");
  stage_.err.text.clear();
  plan_.errors.emplace_back("Concurrency must be between 1 and 100 (got 0)");
  EXPECT_EQ(stage_.run({"orchestrate", "--csv", "u"}), 2);
  EXPECT_EQ(stage_.err.text,
            "usher orchestrate-migration: Migration plan is invalid\n"
            "  • Cannot specify both org-id and org-external-id\n"
            "  • Concurrency must be between 1 and 100 (got 0)\n");
  plan_.errors = {"CSV file not found: u"};
  plan_.input_unusable = true;
  stage_.err.text.clear();
  EXPECT_EQ(stage_.run({"orchestrate", "--csv", "u"}), 2);
  EXPECT_EQ(stage_.err.text, "usher orchestrate-migration: CSV file not found: u\n");
  EXPECT_THAT(stage_.out.text, IsEmpty());
  EXPECT_THAT(stage_.imports, IsEmpty());
}

TEST_F(Orchestrate, TellsOfASuccess) {
  plan_.warnings = {"something"};
  EXPECT_EQ(stage_.run({"orchestrate", "--csv", "users.csv"}), 0);
  EXPECT_THAT(stage_.out.text, StartsWith("╔═"));
  EXPECT_THAT(stage_.out.text,
              HasSubstr("Workers:          1\n\n⚠️  Warnings:\n  • something\n\nStarting import..."
                        "\n\n┌─"));
  EXPECT_THAT(stage_.out.text, EndsWith("┘\n\n✓ Import completed successfully\n"));
  EXPECT_THAT(stage_.questions, IsEmpty());
}

TEST_F(Orchestrate, LeavesTheSummaryAndTheVerdictWhenQuiet) {
  stage_.play([](Observer&) { return report_of(2, 1); });
  EXPECT_EQ(stage_.run({"orchestrate", "--csv", "users.csv", "--quiet"}), 1);
  EXPECT_THAT(stage_.out.text, StartsWith("┌─"));
  EXPECT_THAT(stage_.out.text, EndsWith("┘\n\n⚠️  Some imports failed\n"));
  EXPECT_THAT(stage_.err.text, IsEmpty());
}

TEST_F(Orchestrate, SaysHowToTryAgainWithEveryOptionThatIsNeeded) {
  stage_.play([](Observer&) { return report_of(2, 1); });
  EXPECT_EQ(stage_.run({"orchestrate", "--require-membership", "--csv", "my users.csv", "--yes",
                        "--org-id", "org_1", "--api-url", "http://127.0.0.1:4100", "--workers", "2",
                        "--role-mapping", "it's.csv"}),
            1);
  EXPECT_THAT(stage_.out.text,
              HasSubstr("\n⚠️  Some imports failed\n\nNext steps:\n  1. Review errors: none "
                        "were kept; the retry below writes them to errors.jsonl\n"));
  EXPECT_THAT(stage_.out.text,
              HasSubstr("\n  # Retry import (full re-run):\n  usher import-users --csv 'my "
                        "users.csv' --org-id org_1 --api-url http://127.0.0.1:4100 --errors-out "
                        "errors.jsonl --require-membership --role-mapping 'it'\\''s.csv'\n"));
}

TEST_F(Orchestrate, GoesFromAFailedJobToItsResume) {
  stage_.play_job([](Observer& observer) {
    JobStart start;
    start.id = "spring";
    start.rows = 3;
    observer.job_opened(start);
    return report_of(2, 1);
  });
  EXPECT_EQ(stage_.run({"orchestrate", "--csv", "u.csv", "--job-id", "spring", "--workers", "2",
                        "--org-id", "org_1", "--checkpoint-dir", "my jobs", "--concurrency", "20"}),
            1);
  EXPECT_THAT(stage_.out.text, HasSubstr("Review errors: cat 'my jobs/spring/errors.jsonl'\n"));
  EXPECT_THAT(stage_.out.text,
              HasSubstr("\n  # Resume from checkpoint (retries failed records):\n  usher "
                        "orchestrate-migration --csv u.csv --resume spring --workers 2 "
                        "--checkpoint-dir 'my jobs'\n"));
  ASSERT_THAT(stage_.job_runs, SizeIs(1));
  EXPECT_EQ(stage_.job_runs[0].workers, 2);
  EXPECT_EQ(stage_.job_runs[0].options.concurrency, 20);
}

TEST_F(Orchestrate, ResumesWithTheFileOfTheJobAndItsWorkers) {
  stage_.jobs = {sample_job()};
  stage_.jobs[0].plan.workers = 4;
  stage_.play_job([](Observer& observer) {
    JobStart start;
    start.id = "spring";
    observer.job_opened(start);
    return report_of(2, 1, End::interrupted);
  });
  EXPECT_EQ(stage_.run({"orchestrate", "--resume", "--rate-limit", "20"}), 130);
  EXPECT_THAT(stage_.err.text,
              HasSubstr("Go on where it stopped:\n       usher orchestrate-migration --csv "
                        "/data/users.csv --resume spring --workers 4 --rate-limit 20\n"));
  EXPECT_EQ(wishes_[0].check_command, "usher validate-csv --csv /data/users.csv");
}

TEST_F(Orchestrate, IsOneObjectForPrograms) {
  stage_.play([](Observer& observer) {
    observer.started(Mode::user_only, 3);
    return report_of(2, 1);
  });
  EXPECT_EQ(stage_.run({"orchestrate", "--csv", "users.csv", "--json"}), 1);
  EXPECT_THAT(stage_.out.text, StartsWith("{\"success\":false,\"exitCode\":1,"));
  EXPECT_THAT(stage_.out.text, EndsWith("\"retryCommand\":\"usher import-users --csv users.csv "
                                        "--errors-out errors.jsonl\"}\n"));
  EXPECT_THAT(stage_.err.text, HasSubstr("SUMMARY"));
  EXPECT_THAT(stage_.err.text, HasSubstr("Some imports failed"));
}

TEST_F(Orchestrate, TellsProgramsWhyItDidNotBegin) {
  stage_.environment.clear();
  EXPECT_EQ(stage_.run({"orchestrate", "--csv", "users.csv", "--json"}), 2);
  EXPECT_THAT(stage_.out.text,
              StartsWith("{\"success\":false,\"exitCode\":2,\"error\":\"WORKOS_S"));
  stage_.environment["WORKOS_SECRET_KEY"] = "sk_1";
  stage_.play([](Observer&) -> Result<UserImportReport> { return fail("no header"); });
  stage_.out.text.clear();
  EXPECT_EQ(stage_.run({"orchestrate", "--csv", "users.csv", "--json"}), 2);
  EXPECT_EQ(stage_.out.text, "{\"success\":false,\"exitCode\":2,\"error\":\"no header\"}\n");
}

// --- the large import ---------------------------------------------------------------------------

TEST_F(Orchestrate, AsksBeforeALargeImport) {
  for (const char* yes : {"", "y", "Yes", " YES "}) {
    set_rows(10'001);
    stage_.imports.clear();
    answers({said(yes)});
    EXPECT_EQ(stage_.run({"orchestrate", "--csv", "users.csv"}), 0);
    EXPECT_THAT(stage_.imports, SizeIs(1)) << yes;
  }
  EXPECT_THAT(stage_.questions.front(), HasSubstr("Large import detected: 10,001 rows"));
  stage_.questions.clear();
  set_rows(10'000);
  EXPECT_EQ(stage_.run({"orchestrate", "--csv", "users.csv"}), 0);
  EXPECT_THAT(stage_.questions, IsEmpty());
}

TEST_F(Orchestrate, DoesNothingWhenDeclined) {
  set_rows(50'000);
  const std::vector<std::vector<Answer>> cases = {
      {said("n")}, {said("No")}, {{kLeft}}, {said("what"), said("hm"), said("x"), said("y")}};
  for (const auto& given : cases) {
    answers(given);
    EXPECT_EQ(stage_.run({"orchestrate", "--csv", "users.csv"}), 130);
    EXPECT_THAT(stage_.out.text, EndsWith("Import cancelled\n"));
  }
  answers({said("what"), said("y")});
  EXPECT_EQ(stage_.run({"orchestrate", "--csv", "users.csv"}), 0);
  EXPECT_THAT(stage_.imports, SizeIs(1));
}

TEST_F(Orchestrate, AsksNothingWithYesOrInADryRun) {
  set_rows(50'000);
  for (const char* flag : {"--yes", "-y"}) {
    EXPECT_EQ(stage_.run({"orchestrate", "--csv", "users.csv", flag}), 0);
  }
  plan_.dry_run = true;
  EXPECT_EQ(stage_.run({"orchestrate", "--csv", "users.csv", "--dry-run"}), 0);
  EXPECT_THAT(stage_.questions, IsEmpty());
}

TEST_F(Orchestrate, DoesNothingWhenItHasToAskAndNobodyIsThere) {
  set_rows(50'000);
  EXPECT_EQ(stage_.run({"orchestrate", "--csv", "users.csv"}), 2);
  EXPECT_EQ(stage_.err.text,
            "usher orchestrate-migration: 50,000 rows are to be imported, and there is no terminal "
            "to confirm it on: add --yes\n");
  stage_.err.text.clear();
  stage_.answer = "y";  // but the standard input is the CSV
  EXPECT_EQ(stage_.run({"orchestrate", "--csv", "-", "--org-id", ""}), 2);
  EXPECT_EQ(stage_.err.text,
            "usher orchestrate-migration: Single-org mode requires an organization, and there is "
            "no terminal to ask on: add --org-id ID\n");
  EXPECT_THAT(stage_.imports, IsEmpty());
}

// --- the missing organization -------------------------------------------------------------------

TEST_F(Orchestrate, AsksForTheOrganizationOfASingleOrgImport) {
  const std::vector<std::vector<std::string>> cases = {{"--org-id", ""},
                                                       {"--org-external-id", "  "},
                                                       {"--org-name", ""},
                                                       {"--create-org-if-missing"}};
  for (const auto& options : cases) {
    stage_.imports.clear();
    stage_.out.text.clear();
    stage_.play([](Observer&) { return report_of(2, 1); });
    answers({said(" "), said(" org_7 ")});
    std::vector<std::string> words = {"orchestrate", "--csv", "users.csv"};
    words.insert(words.end(), options.begin(), options.end());
    EXPECT_EQ(run_program(words, stage_.around), 1);
    ASSERT_THAT(stage_.imports, SizeIs(1));
    EXPECT_EQ(stage_.imports[0].single_org, (OrgRef{OrgRef::By::id, "org_7", "", false}));
    EXPECT_THAT(stage_.out.text, HasSubstr("usher import-users --csv users.csv --org-id org_7 "
                                           "--errors-out errors.jsonl\n"));
  }
}

TEST_F(Orchestrate, DoesNotAskForTheOrganizationWithYesOrInAPlan) {
  answers({said("org_7")});
  EXPECT_EQ(stage_.run({"orchestrate", "--csv", "users.csv", "--org-id", "", "--yes"}), 2);
  EXPECT_THAT(stage_.err.text, HasSubstr("Single-org mode requires --org-id, --org-external-id"));
  EXPECT_EQ(stage_.run({"orchestrate", "--csv", "users.csv", "--org-id", "", "--plan"}), 1);
  answers({{kLeft}});
  EXPECT_EQ(stage_.run({"orchestrate", "--csv", "users.csv", "--org-id", ""}), 130);
  answers({said(""), said(""), said("")});
  EXPECT_EQ(stage_.run({"orchestrate", "--csv", "users.csv", "--org-id", ""}), 130);
  EXPECT_THAT(stage_.imports, IsEmpty());
}

}  // namespace
}  // namespace usher::cli
