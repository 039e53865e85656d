// SPDX-License-Identifier: Apache-2.0
#include "app/plan.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/scratch.h"

namespace usher {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

MigrationWish wish_for(const std::string& csv = "users.csv") {
  MigrationWish wish;
  wish.options.csv = csv;
  wish.options.rate_limit.kind = RateLimit::Kind::off;
  wish.processors = 4;
  wish.command = "usher orchestrate-migration --csv users.csv";
  wish.check_command = "usher validate-csv --csv users.csv";
  return wish;
}

// A CSV of so many people, in an organization each row names.
Survey survey_of(std::uint64_t rows, Mode mode = Mode::multi_org) {
  Survey survey;
  survey.mode = mode;
  survey.rows = survey.people = rows;
  if (mode != Mode::user_only) survey.memberships = rows;
  return survey;
}

MigrationFacts facts_of(const Survey& survey) {
  MigrationFacts facts;
  facts.mode = survey.mode;
  facts.survey = survey;
  return facts;
}

MigrationFacts facts_of(std::uint64_t rows, Mode mode = Mode::multi_org) {
  return facts_of(survey_of(rows, mode));
}

TEST(Plan, CountsWhatWouldBeMade) {
  Survey survey = survey_of(5000);
  survey.organizations = 20;
  survey.creatable = 5;
  const MigrationPlan plan = make_plan(wish_for(), facts_of(survey));
  EXPECT_TRUE(plan.valid);
  EXPECT_EQ(plan.csv, "users.csv");
  EXPECT_EQ(plan.rows, 5000U);
  EXPECT_EQ(plan.rows_to_do, 5000U);
  EXPECT_EQ(plan.mode, Mode::multi_org);
  EXPECT_FALSE(plan.has_checkpoint);
  EXPECT_EQ(plan.duration, "~4 minutes");
  EXPECT_EQ(plan.work.writes(), 10'005U);
  EXPECT_EQ(plan.concurrency, 10);
  EXPECT_EQ(plan.workers, 1);
  EXPECT_FALSE(plan.chunks);
  EXPECT_FALSE(plan.large());
}

TEST(Plan, ResolvesOrganizationsAsItsModeAsks) {
  EXPECT_EQ(org_resolution(Mode::single_org), "upfront");
  EXPECT_EQ(org_resolution(Mode::multi_org), "per-row");
  EXPECT_EQ(org_resolution(Mode::user_only), "none");
  EXPECT_EQ(make_plan(wish_for(), facts_of(1, Mode::user_only)).mode, Mode::user_only);
}

TEST(Plan, HasChunksOnlyWithAJob) {
  MigrationWish wish = wish_for();
  wish.job.id = "spring";
  MigrationPlan plan = make_plan(wish, facts_of(50'001));
  EXPECT_EQ(plan.chunks, 51U);
  EXPECT_EQ(plan.chunk_size, 1000);
  wish.job.chunk_size = 500;
  wish.job.workers = 4;
  wish.concurrency = 20;
  plan = make_plan(wish, facts_of(50'000));
  EXPECT_EQ(plan.chunks, 100U);
  EXPECT_EQ(plan.workers, 4);
  EXPECT_EQ(plan.concurrency, 20);
  EXPECT_EQ(plan.duration, "~5 minutes");
}

TEST(Plan, GoesOnWithOneWorkerWhereNoJobAllowsMore) {
  MigrationWish wish = wish_for();
  wish.job.workers = 4;
  const MigrationPlan plan = make_plan(wish, facts_of(100));
  EXPECT_TRUE(plan.valid);
  EXPECT_EQ(plan.workers, 1);
  EXPECT_THAT(plan.warnings, ElementsAre("Workers set to 4 but checkpoint mode not enabled. "
                                         "Workers require --job-id or --resume."));
}

TEST(Plan, CountsOnlyWhatIsOpenOfAJobThatGoesOn) {
  MigrationWish wish = wish_for();
  wish.job.resume = "spring";
  MigrationFacts facts = facts_of(5000);
  facts.resumed = true;
  facts.rows_known = 5000;
  facts.rows_done = 4795;
  const MigrationPlan plan = make_plan(wish, facts);
  EXPECT_TRUE(plan.has_checkpoint);
  EXPECT_EQ(plan.rows_to_do, 205U);
  EXPECT_EQ(plan.rows_done, 4795U);
  EXPECT_EQ(plan.work.users, 205U);
  EXPECT_EQ(plan.duration, "~10 seconds");
  EXPECT_EQ(plan.chunks, 5U);
}

TEST(Plan, TakesItsShareOfHugeNumbersToo) {
  MigrationWish wish = wish_for();
  wish.job.resume = "spring";
  MigrationFacts facts = facts_of(4'000'000'000'000);
  facts.resumed = true;
  facts.rows_done = 3'960'000'000'000;
  EXPECT_EQ(make_plan(wish, facts).work.users, 40'000'000'000U);
}

// --- rules --------------------------------------------------------------------------------------

struct Rule {
  std::function<void(MigrationWish&)> break_it;
  std::string error;
};

std::vector<Rule> rules() {
  return {
      {[](auto& wish) { wish.org = {"org_1", "ext_1", "", false}; },
       "Cannot specify both org-id and org-external-id"},
      {[](auto& wish) { wish.org = {"org_1", "", "Name", false}; },
       "Cannot specify both org-id and org-name"},
      {[](auto& wish) { wish.organization_missing = true; },
       "Single-org mode requires --org-id, --org-external-id, or --org-name"},
      {[](auto& wish) { wish.concurrency = 0; }, "Concurrency must be between 1 and 100 (got 0)"},
      {[](auto& wish) { wish.concurrency = 101; },
       "Concurrency must be between 1 and 100 (got 101)"},
      {[](auto& wish) { wish.concurrency = INT64_MIN; },
       "Concurrency must be between 1 and 100 (got -9223372036854775808)"},
      {[](auto& wish) {
         wish.given = {"--chunk-size"};
         wish.job.chunk_size = 99;
       },
       "Chunk size must be between 100 and 10000 (got 99)"},
      {[](auto& wish) {
         wish.given = {"--chunk-size"};
         wish.job.chunk_size = 10'001;
       },
       "Chunk size must be between 100 and 10000 (got 10001)"},
      {[](auto& wish) { wish.job.workers = 0; }, "Workers must be between 1 and 32 (got 0)"},
      {[](auto& wish) { wish.job.workers = 33; }, "Workers must be between 1 and 32 (got 33)"},
      {[](auto& wish) {
         wish.job.id = "a";
         wish.job.resume = "b";
       },
       "Cannot specify both --job-id and --resume (choose one)"},
      {[](auto& wish) { wish.errors = {"--api-url is no address"}; }, "--api-url is no address"},
  };
}

TEST(PlanRules, HoldAtTheEndsOfTheirRanges) {
  for (const auto& [concurrency, chunk] : {std::pair{1, 100}, std::pair{100, 10'000}}) {
    MigrationWish wish = wish_for();
    wish.given = {"--chunk-size", "--concurrency"};
    wish.concurrency = concurrency;
    wish.job.id = "spring";
    wish.job.chunk_size = chunk;
    wish.job.workers = concurrency == 1 ? 1 : 32;
    EXPECT_THAT(make_plan(wish, facts_of(10)).errors, IsEmpty());
  }
}

TEST(PlanRules, EachMakeThePlanInvalid) {
  for (const Rule& rule : rules()) {
    SCOPED_TRACE(rule.error);
    MigrationWish wish = wish_for();
    rule.break_it(wish);
    const MigrationPlan plan = make_plan(wish, facts_of(200'000));
    EXPECT_FALSE(plan.valid);
    EXPECT_FALSE(plan.input_unusable);
    EXPECT_THAT(plan.errors, ElementsAre(rule.error));
    EXPECT_THAT(plan.recommendations, IsEmpty());
  }
}

TEST(PlanRules, AreAllToldTogether) {
  MigrationWish wish = wish_for();
  wish.org = {"org_1", "ext_1", "Name", true};
  wish.concurrency = 0;
  wish.given = {"--chunk-size"};
  wish.job.chunk_size = 1;
  MigrationFacts facts = facts_of(10);
  facts.errors = {"Checkpoint not found for job: x"};
  EXPECT_THAT(make_plan(wish, facts).errors,
              ElementsAre("Cannot specify both org-id and org-external-id",
                          "Cannot specify both org-id and org-name",
                          "Concurrency must be between 1 and 100 (got 0)",
                          "Chunk size must be between 100 and 10000 (got 1)",
                          "Checkpoint not found for job: x"));
}

TEST(PlanRules, LetAMissingOrganizationBeAskedForWhenNothingElseIsWrong) {
  MigrationWish wish = wish_for();
  wish.organization_missing = true;
  EXPECT_TRUE(make_plan(wish, facts_of(10)).organization_missing);
  EXPECT_EQ(make_plan(wish, {}).mode, Mode::single_org);
  wish.concurrency = 0;
  EXPECT_FALSE(make_plan(wish, facts_of(10)).organization_missing);
}

TEST(PlanRules, TakeTheOrganizationOfAJobFromTheJob) {
  MigrationWish wish = wish_for();
  wish.job.resume = "spring";
  wish.job.chunk_size = 50;  // whatever it was made with
  EXPECT_THAT(make_plan(wish, facts_of(10)).errors, IsEmpty());
}

// --- warnings and recommendations ---------------------------------------------------------------

TEST(PlanWarnings, NameALargeImportWithoutAJob) {
  const std::string warning =
      "Large import (10,001 rows) without checkpoint mode. Consider using --job-id for "
      "resumability.";
  EXPECT_THAT(make_plan(wish_for(), facts_of(10'001)).warnings, ElementsAre(warning));
  EXPECT_THAT(make_plan(wish_for(), facts_of(10'000)).warnings, IsEmpty());
  MigrationWish wish = wish_for();
  wish.job.id = "spring";
  EXPECT_THAT(make_plan(wish, facts_of(10'001)).warnings, IsEmpty());
}

TEST(PlanWarnings, SayWhichOptionsNeedAJob) {
  MigrationWish wish = wish_for();
  wish.given = {"--chunk-size", "--checkpoint-dir"};
  EXPECT_THAT(make_plan(wish, facts_of(1)).warnings,
              ElementsAre("--chunk-size has no effect without --job-id or --resume.",
                          "--checkpoint-dir has no effect without --job-id or --resume."));
}

TEST(PlanWarnings, CountRowsThatCannotBeImportedAndSayHowToSeeThem) {
  Survey survey = survey_of(2000);
  survey.failed = 1205;
  survey.warning_count = 4;
  MigrationFacts facts = facts_of(survey);
  facts.header_words = {"Unknown column \"x\""};
  MigrationPlan plan = make_plan(wish_for(), facts);
  EXPECT_TRUE(plan.valid);
  EXPECT_THAT(plan.warnings, ElementsAre("1,205 rows cannot be imported as they are (see them: "
                                         "usher validate-csv --csv users.csv)"));
  EXPECT_THAT(plan.input_warnings, ElementsAre("Unknown column \"x\"",
                                               "3 warnings about single rows (see them: usher "
                                               "validate-csv --csv users.csv)"));
  survey.failed = 1;
  plan = make_plan(wish_for(), facts_of(survey));
  EXPECT_THAT(plan.warnings[0], StartsWith("1 row cannot be imported as it is (see it:"));
  EXPECT_THAT(make_plan(wish_for(), facts_of(0)).warnings, ElementsAre("The CSV has no rows."));
}

TEST(PlanAdvice, HasTheTriggersOfTheSeed) {
  const std::string job = "Use --job-id for imports >10K rows to enable resumability";
  const std::string workers = "Use --workers 3 for faster processing (4 CPUs available)";
  const std::string errors = "Add --errors-out errors.jsonl to capture failures for retry";
  const std::string caching = "Multi-org mode uses organization caching for performance";
  const std::string concurrency = "Consider increasing --concurrency for large imports (try 20-50)";
  const auto advice = [](std::uint64_t rows, Mode mode, const MigrationWish& wish = wish_for()) {
    return make_plan(wish, facts_of(rows, mode)).recommendations;
  };
  EXPECT_THAT(advice(10'000, Mode::user_only), ElementsAre(errors));
  EXPECT_THAT(advice(10'001, Mode::user_only), ElementsAre(job, errors));
  EXPECT_THAT(advice(49'999, Mode::single_org), ElementsAre(job, errors));
  EXPECT_THAT(advice(50'000, Mode::multi_org), ElementsAre(job, workers, errors, caching));
  EXPECT_THAT(advice(100'000, Mode::user_only), ElementsAre(job, workers, errors));
  EXPECT_THAT(advice(100'001, Mode::user_only), ElementsAre(job, workers, errors, concurrency));
  MigrationWish wish = wish_for();
  wish.job.id = "spring";
  EXPECT_THAT(advice(100'001, Mode::user_only, wish), ElementsAre(workers, concurrency));
  wish.job.workers = 2;
  wish.concurrency = 20;
  EXPECT_THAT(advice(100'001, Mode::user_only, wish), IsEmpty());
  wish = wish_for();
  wish.errors_out = "errors.jsonl";
  EXPECT_THAT(advice(10, Mode::user_only, wish), IsEmpty());
}

TEST(PlanAdvice, NamesAsManyWorkersAsTheProcessorsBear) {
  const struct {
    unsigned processors;
    std::string advice;  // empty: none
  } cases[] = {
      {0, ""}, {1, ""}, {2, ""}, {3, "--workers 2"}, {5, "--workers 4"}, {64, "--workers 4"}};
  for (const auto& one : cases) {
    SCOPED_TRACE(one.processors);
    MigrationWish wish = wish_for();
    wish.processors = one.processors;
    const auto advice = make_plan(wish, facts_of(60'000)).recommendations;
    const auto any = Contains(HasSubstr("--workers"));
    if (one.advice.empty()) {
      EXPECT_THAT(advice, Not(any));
    } else {
      EXPECT_THAT(advice, Contains(HasSubstr(one.advice + " for faster")));
    }
  }
}

TEST(Plan, IsJsonForPrograms) {
  MigrationWish wish = wish_for();
  wish.job.id = "spring";
  EXPECT_EQ(
      to_json(make_plan(wish, facts_of(2000))),
      R"({"valid":true,"summary":{"csvPath":"users.csv","totalRows":2000,"rowsToDo":2000,)"
      R"("rowsFailing":0,"mode":"multi-org","hasCheckpoint":false,)"
      R"("estimatedDuration":"~2 minutes","estimatedChunks":2,"people":2000,"memberships":2000,)"
      R"("organizations":0,"writes":4000,"secondsByFormula":100,"secondsByLimits":0},)"
      R"("configuration":{"concurrency":10,"workers":1,"chunkSize":1000,)"
      R"("orgResolution":"per-row","dryRun":false},"validation":{"errors":[],"warnings":[]},)"
      R"("recommendations":["Multi-org mode uses organization caching for performance"],)"
      R"("command":"usher orchestrate-migration --csv users.csv"})");
}

// --- what it finds on the disk ------------------------------------------------------------------

class PlanFiles : public ::testing::Test {
 protected:
  PlanFiles() {
    folder_.write("users.csv", "email,org_id\na@example.com,org_1\nb@example.com,org_1\n");
    wish_ = wish_for(folder_.at("users.csv"));
    wish_.job.root = folder_.at("jobs");
  }
  [[nodiscard]] std::vector<std::string> errors() const { return plan_migration(wish_).errors; }

  ScratchFolder folder_;
  MigrationWish wish_;
};

TEST_F(PlanFiles, KnowsTheModeByHeaderAndOptions) {
  MigrationPlan plan = plan_migration(wish_);
  EXPECT_TRUE(plan.valid);
  EXPECT_EQ(plan.mode, Mode::multi_org);
  EXPECT_EQ(plan.work.users, 2U);
  EXPECT_EQ(plan.work.organizations, 1U);
  wish_.org.name = "Name";
  plan = plan_migration(wish_);
  EXPECT_EQ(plan.mode, Mode::single_org);
  EXPECT_THAT(plan.input_warnings, ElementsAre(HasSubstr("columns are ignored: \"org_id\"")));
  wish_.org.name.clear();
  folder_.write("users.csv", "\xEF\xBB\xBF\"email\"\r\na@example.com\r\n");
  plan = plan_migration(wish_);
  EXPECT_EQ(plan.mode, Mode::user_only);
  EXPECT_EQ(plan.rows, 1U);
}

TEST_F(PlanFiles, TellsAMissingFileFromAnInvalidPlan) {
  wish_.options.csv = folder_.at("nothing.csv");
  MigrationPlan plan = plan_migration(wish_);
  EXPECT_TRUE(plan.input_unusable);
  EXPECT_THAT(plan.errors, ElementsAre("CSV file not found: " + folder_.at("nothing.csv")));
  EXPECT_EQ(plan.duration, "N/A");
  wish_.options.csv = folder_.path();
  plan = plan_migration(wish_);
  EXPECT_TRUE(plan.input_unusable);
  EXPECT_THAT(plan.errors, ElementsAre(StartsWith("CSV file is not readable: ")));
}

TEST_F(PlanFiles, FindsAHeaderWithoutEmail) {
  folder_.write("users.csv", "name\nAda\n");
  const MigrationPlan plan = plan_migration(wish_);
  EXPECT_FALSE(plan.valid);
  EXPECT_FALSE(plan.input_unusable);
  EXPECT_THAT(plan.errors, ElementsAre(HasSubstr("email")));
  folder_.write("users.csv", "");
  EXPECT_THAT(errors(), ElementsAre(HasSubstr("empty")));
}

TEST_F(PlanFiles, FindsARoleMappingThatCannotBeRead) {
  wish_.options.role_mapping = folder_.at("roles.csv");
  EXPECT_THAT(errors(), ElementsAre(HasSubstr("roles.csv: cannot open")));
  folder_.write("roles.csv", "external_id,role_slug\nu1,admin\n");
  EXPECT_THAT(errors(), IsEmpty());
}

TEST_F(PlanFiles, FindsAnErrorsFileThatCannotBeMade) {
  wish_.errors_out = folder_.at("nothing/errors.jsonl");
  EXPECT_THAT(errors(), ElementsAre(HasSubstr("create the folder")));
  wish_.errors_out = folder_.at("users.csv");
  EXPECT_THAT(errors(), ElementsAre(HasSubstr("read by this run")));
  wish_.errors_out = folder_.at("errors.jsonl");
  EXPECT_THAT(errors(), IsEmpty());
}

TEST_F(PlanFiles, FindsACheckpointFolderThatCannotBeMade) {
  wish_.job.id = "spring";
  EXPECT_THAT(errors(), IsEmpty());
  folder_.write("jobs", "");
  EXPECT_THAT(errors(), ElementsAre("Checkpoint directory is not writable: " + folder_.at("jobs")));
  wish_.job.root = folder_.at("jobs/deeper");
  EXPECT_THAT(errors(), ElementsAre(StartsWith("Cannot create checkpoint directory")));
}

TEST_F(PlanFiles, FindsThatThereIsNoJobToGoOnWith) {
  wish_.job.resume = "spring";
  EXPECT_THAT(errors(), ElementsAre("Checkpoint not found for job: spring"));
  wish_.job.resume = "";
  EXPECT_THAT(errors(), ElementsAre(StartsWith("No checkpoint found to resume.")));
}

TEST_F(PlanFiles, RefusesANewJobWhereOneIs) {
  std::error_code error;
  std::filesystem::create_directories(folder_.at("jobs/spring"), error);
  folder_.write("jobs/spring/checkpoint.json", "{}");
  wish_.job.id = "spring";
  EXPECT_THAT(errors(), ElementsAre(StartsWith("There is a job spring already, in ")));
  wish_.job.id.clear();
  wish_.job.resume = "summer";
  EXPECT_THAT(errors(), ElementsAre("Checkpoint not found for job: summer (there are: spring)"));
  wish_.job.resume = "spring";
  const MigrationPlan plan = plan_migration(wish_);
  EXPECT_TRUE(plan.has_checkpoint);
  EXPECT_THAT(plan.warnings, ElementsAre(HasSubstr("one of the existing toolkit")));
}

TEST_F(PlanFiles, LeavesTheFolderAsItWas) {
  wish_.job.id = "spring";
  wish_.errors_out = folder_.at("errors.jsonl");
  EXPECT_TRUE(plan_migration(wish_).valid);
  std::error_code error;
  std::size_t files = 0;
  for (std::filesystem::directory_iterator at(folder_.path(), error), end; at != end; ++at) ++files;
  EXPECT_EQ(files, 1U);
}

}  // namespace
}  // namespace usher
