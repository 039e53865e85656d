// SPDX-License-Identifier: Apache-2.0
// usher orchestrate-migration as a person meets it: whole outputs, plans that change nothing,
// questions at a terminal, and the lines it prints, pasted into a shell.
#include <csignal>
#include <filesystem>
#include <map>
#include <string>
#include <system_error>
#include <vector>

#include <boost/json/parse.hpp>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "base/scratch.h"
#include "base/text.h"
#include "scenarios/desk.h"
#include "scenarios/golden.h"
#include "scenarios/person.h"
#include "scenarios/seed_lines.h"

namespace usher::scenarios {
namespace {

namespace fs = std::filesystem;

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

constexpr std::string_view kFourRows =
    "email,first_name,org_external_id,org_name\n"
    "ida@north.example,Ida,north,North Ltd\n"
    "ola@north.example,Ola,north,North Ltd\n"
    "not-an-address,Per,north,North Ltd\n"
    "eva@gone.example,Eva,gone,\n";

constexpr const char* kBad = "email,external_id\nida@north.example,u1\nno-address,u2\n";
constexpr const char* kGood = "email,external_id\nida@north.example,u1\nper@north.example,u2\n";

Launch orchestrate(const LocalApi& api, const ScratchFolder& folder,
                   std::vector<std::string> arguments) {
  Launch launch = import_into(api, folder.path(), std::move(arguments));
  launch.arguments.front() = "orchestrate-migration";
  return launch;
}

// --- whole outputs -------------------------------------------------------------------------------

TEST(GoldenOrchestrate, PlansOnAPipeAndOnATerminal) {
  const Masks processors = {{"[0-9]+ CPUs", "<n> CPUs"}};
  for (const bool terminal : {false, true}) {
    const LocalApi api;
    const ScratchFolder folder;
    folder.write("users.csv", kFourRows);
    Launch launch = orchestrate(api, folder, {"--csv", "users.csv", "--workers", "4", "--plan"});
    if (terminal) launch.out = launch.err = Attach::terminal;
    expect_golden(terminal ? "plan-terminal" : "plan-pipe", run(launch), processors);
    launch.arguments.insert(launch.arguments.end(),
                            {"--org-id", "org_123", "--org-external-id", "org_ext_456",
                             "--concurrency", "0", "--errors-out", "no/such/errors.jsonl"});
    expect_golden(terminal ? "plan-invalid-terminal" : "plan-invalid-pipe", run(launch));
  }
}

TEST(GoldenOrchestrate, ImportsOnAPipeAndOnATerminal) {
  for (const bool terminal : {false, true}) {
    const LocalApi api;
    const ScratchFolder folder;
    folder.write("users.csv", kFourRows);
    Launch launch = orchestrate(api, folder,
                                {"--csv", "users.csv", "--concurrency", "1", "--job-id", "spring"});
    if (terminal) launch.out = launch.err = Attach::terminal;
    expect_golden(terminal ? "orchestrate-terminal" : "orchestrate-pipe", run(launch));
    launch.arguments = {"orchestrate", "--csv", "users.csv", "--resume", "spring", "--plan"};
    expect_golden(terminal ? "plan-resume-terminal" : "plan-resume-pipe", run(launch));
  }
}

TEST(OrchestrateJson, IsOneObjectOnTheStandardOutputWhateverHappens) {
  const Desk desk;
  desk.folder().write("users.csv", kGood);
  desk.folder().write("bad.csv", kBad);
  const struct {
    std::string options;
    int code = 0;
    std::string begins;
  } cases[] = {
      {"--csv users.csv --dry-run", 0,
       R"({"success":true,"exitCode":0,"status":"Success","dryRun":true,"mode":"user-only",)"
       R"("summary":{"total":2,"successes":2,"failures":0,)"},
      {"--csv bad.csv --dry-run", 1, R"({"success":false,"exitCode":1,)"},
      {"--csv users.csv", 0, R"({"success":true,"exitCode":0,)"},
      {"--csv bad.csv --job-id spring", 1, R"({"success":false,"exitCode":1,)"},
      {"--csv none.csv", 2, R"({"success":false,"exitCode":2,"error":"CSV file not found: )"},
      {"--csv none.csv --plan", 2, R"({"valid":false,"summary":{"csvPath":"none.csv",)"},
      {"--csv users.csv --concurrency 0 --plan", 1, R"({"valid":false,)"},
      {"--csv users.csv --plan", 0, R"({"valid":true,)"},
  };
  for (const auto& one : cases) {
    SCOPED_TRACE(one.options);
    const Ran ran = desk.run_script("usher orchestrate --json " + one.options);
    EXPECT_EQ(ran.code, one.code) << ran.err;
    EXPECT_THAT(ran.out, StartsWith(one.begins));
    EXPECT_EQ(ran.out.find('\n'), ran.out.size() - 1);
    boost::system::error_code error;
    EXPECT_TRUE(boost::json::parse(ran.out, error).is_object());
    EXPECT_FALSE(error) << error.message();
  }
}

// --- a plan changes nothing ----------------------------------------------------------------------

// Every file of the folder with what is in it and when it was changed.
std::map<std::string, std::string> snapshot(const ScratchFolder& folder) {
  std::map<std::string, std::string> files;
  std::error_code error;
  for (fs::recursive_directory_iterator at(folder.path(), error), end; !error && at != end;
       at.increment(error)) {
    const std::string name = at->path().lexically_relative(folder.path()).string();
    struct stat status{};
    EXPECT_EQ(::lstat(at->path().c_str(), &status), 0);
    files[name] = fmt::format("{:o} {}.{:09} ", status.st_mode, status.st_mtim.tv_sec,
                              status.st_mtim.tv_nsec);
    if (S_ISREG(status.st_mode)) files[name] += folder.read(name);
    if (S_ISDIR(status.st_mode)) files[name] = "folder";
  }
  return files;
}

TEST(OrchestratePlan, ChangesNothingAnywhere) {
  const LocalApi api;
  const ScratchFolder folder;
  folder.write("users.csv", kFourRows);
  Launch launch = orchestrate(api, folder, {"--csv", "users.csv", "--job-id", "spring"});
  ASSERT_EQ(run(launch).code, 1);
  const auto before = snapshot(folder);
  const auto requests = api.count("requests.total");
  const std::vector<std::vector<std::string>> cases = {
      {},
      {"--json"},
      {"--org-name", "New Ltd", "--create-org-if-missing"},
      {"--job-id", "summer", "--workers", "2", "--errors-out", "errors.jsonl"},
      {"--job-id", "summer", "--checkpoint-dir", "not/there/yet"},
      {"--resume", "spring", "--workers", "3"},
      {"--resume"},
      {"--dry-run", "--errors-out", "errors.csv"},
  };
  for (const auto& options : cases) {
    launch.arguments = {"orchestrate", "--csv", "users.csv", "--plan"};
    launch.arguments.insert(launch.arguments.end(), options.begin(), options.end());
    SCOPED_TRACE(fmt::format("{}", fmt::join(launch.arguments, " ")));
    const Ran ran = run(launch);
    EXPECT_EQ(ran.code, 0) << ran.out << ran.err;
    EXPECT_EQ(snapshot(folder), before);
  }
  EXPECT_EQ(api.count("requests.total"), requests);
}

TEST(OrchestratePlan, IsMadeWhereNothingCanBeWritten) {
  const LocalApi api;
  const ScratchFolder folder;
  folder.write("users.csv", kFourRows);
  ASSERT_EQ(::chmod(folder.path().c_str(), S_IRUSR | S_IXUSR), 0);
  Launch launch = orchestrate(api, folder, {"--csv", "users.csv", "--plan"});
  launch.minds_modes = true;
  const Ran fine = run(launch);
  launch.arguments.insert(launch.arguments.end(), {"--job-id", "spring"});
  const Ran job = run(launch);
  launch.arguments.insert(launch.arguments.end(), {"--errors-out", "errors.jsonl"});
  const Ran both = run(launch);
  ASSERT_EQ(::chmod(folder.path().c_str(), S_IRWXU), 0);
  EXPECT_EQ(fine.code, 0) << fine.out << fine.err;
  EXPECT_EQ(job.code, 1);
  EXPECT_THAT(job.out,
              HasSubstr("  • Cannot create checkpoint directory (parent not writable): ."));
  EXPECT_THAT(both.out, HasSubstr("  • errors.jsonl: cannot create: Permission denied"));
}

TEST(OrchestratePlan, ReadsThePipeItIsGiven) {
  const LocalApi api;
  Desk desk;
  desk.folder().write("users.csv", kFourRows);
  const Ran ran = desk.run_script("cat users.csv | usher orchestrate --csv - --plan");
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("CSV:              standard input\nTotal rows:       4\n"));
  EXPECT_EQ(desk.run_script("cat users.csv | usher orchestrate --csv -").code, 1);
}

TEST(OrchestratePlan, KnowsAJobAsItStands) {
  const Desk desk;
  desk.folder().write("users.csv", kFourRows);
  ASSERT_EQ(desk.run_script("usher orchestrate --csv users.csv --job-id spring --workers 2").code,
            1);
  const std::string plan = "usher orchestrate --plan --resume spring";
  Ran ran = desk.run_script(plan);
  EXPECT_THAT(ran.out, HasSubstr("Existing checkpoint found (2 of 4 rows done)\n"));
  EXPECT_THAT(ran.out, HasSubstr("  Workers:        2\n"));
  EXPECT_THAT(ran.out, HasSubstr("To execute: usher orchestrate-migration --resume spring\n"));
  EXPECT_THAT(ran.out, Not(HasSubstr("has changed")));

  desk.folder().write("users.csv", std::string(kFourRows) + "new@north.example,New,north,\n");
  ran = desk.run_script(plan);
  EXPECT_EQ(ran.code, 0);
  EXPECT_THAT(ran.out, HasSubstr("  • The CSV has changed since the job was made"));
  desk.folder().write("users.csv", "email\nida@north.example\n");
  ran = desk.run_script(plan);
  EXPECT_EQ(ran.code, 1);
  EXPECT_THAT(ran.out, HasSubstr("is a user-only file now, and the job is multi-org"));

  ran = desk.run_script("usher orchestrate --plan --csv users.csv --job-id spring");
  EXPECT_EQ(ran.code, 1);
  EXPECT_THAT(ran.out, HasSubstr("  • There is a job spring already, in "));
  ran = desk.run_script("usher orchestrate --plan --resume spring --org-id org_1 --csv users.csv");
  EXPECT_THAT(ran.out, HasSubstr("would change what the job is"));
  ran = desk.run_script("usher orchestrate --resume winter --csv users.csv");
  EXPECT_EQ(ran.code, 2);
  EXPECT_EQ(ran.err,
            "usher orchestrate-migration: Migration plan is invalid: Checkpoint not found for job: "
            "winter (there are: spring)\n");
}

// A copy that holds only what had failed, put right: fewer rows than the job has done already.
TEST(OrchestratePlan, CountsWhatIsOpenOfAnotherFile) {
  const Desk desk;
  desk.folder().write("users.csv", kFourRows);
  ASSERT_EQ(desk.run_script("usher orchestrate --csv users.csv --job-id spring").code, 1);
  desk.folder().write("failed.csv",
                      "email,first_name,org_external_id,org_name\n"
                      "per@north.example,Per,north,North Ltd\n"
                      "eva@gone.example,Eva,gone,Gone Ltd\n");
  desk.folder().write("all.csv",
                      "email,first_name,org_external_id,org_name\n"
                      "eva@gone.example,Eva,gone,Gone Ltd\n"
                      "ola@north.example,Ola,north,North Ltd\n"
                      "ida@north.example,Ida,north,North Ltd\n");
  const std::string resume = "usher orchestrate --resume spring --csv ";
  for (int time = 1; time <= 2; ++time) {
    Ran ran = desk.run_script(resume + "failed.csv --plan");
    EXPECT_EQ(ran.code, 0) << ran.err;
    EXPECT_THAT(ran.out, Not(HasSubstr("rows done")));
    EXPECT_THAT(ran.out, HasSubstr("Ready to go on: 2 of 2 rows to do"));
    ran = desk.run_script(resume + "all.csv --plan");
    EXPECT_THAT(ran.out, HasSubstr("(2 of 3 rows done)"));
    EXPECT_THAT(ran.out, HasSubstr("Ready to go on: 1 of 3 rows to do"));
  }
  const Ran ran = desk.run_script(resume + "all.csv");
  EXPECT_EQ(ran.code, 0) << ran.out << ran.err;
  EXPECT_THAT(ran.err, HasSubstr("Importing all.csv: 1 of 3 rows"));
}

// --- questions -----------------------------------------------------------------------------------

class Questions : public ::testing::Test {
 protected:
  Questions() { folder_.write("users.csv", people(10'001)); }

  // What was said to somebody who types this.
  Ran asked(std::string_view typed, std::vector<std::string> options, bool interrupted = false) {
    const Person person(typed);
    options.insert(options.begin(), {"--csv", "users.csv", "--rate-limit", "off"});
    Launch launch = orchestrate(api_, folder_, std::move(options));
    launch.input = person.theirs.get();
    launch.err = Attach::terminal;
    Process process(launch);
    if (interrupted) {
      EXPECT_TRUE(process.read_until([&] { return process.err().contains("›"); }));
      process.signal(SIGINT);
    }
    Ran ran;
    ran.code = process.wait();
    ran.out = process.out();
    ran.err = process.err();
    return ran;
  }
  [[nodiscard]] std::int64_t users() const { return api_.count("users"); }

  LocalApi api_;
  ScratchFolder folder_;
};

TEST_F(Questions, LetALargeImportBegin) {
  for (const char* yes : {"\n", "y\n", "Yes\n"}) {
    const Ran ran = asked(yes, {"--quiet"});
    EXPECT_EQ(ran.code, 0) << ran.out << ran.err;
    EXPECT_THAT(ran.err, HasSubstr("⚠️  Large import detected: 10,001 rows\r\nEstimated duration: "
                                   "~8 minutes\r\n\r\n? Proceed with import? › (Y/n) "));
    EXPECT_EQ(users(), 10'001);
  }
}

TEST_F(Questions, KeepALargeImportFromBeginning) {
  expect_golden("orchestrate-declined", asked("n\n", {}));
  for (const auto& [typed, interrupted] :
       {std::pair{std::string_view("no\n"), false}, {kCtrlD, false}, {"", true}, {"y", true}}) {
    const Ran ran = asked(typed, {}, interrupted);
    EXPECT_EQ(ran.code, 130) << ran.err;
    EXPECT_THAT(ran.out, ::testing::EndsWith("Import cancelled\n"));
  }
  EXPECT_EQ(users(), 0);
  EXPECT_EQ(api_.count("requests.total"), 0);
}

TEST_F(Questions, AskForTheOrganization) {
  folder_.write("users.csv", "email\nida@north.example\n");
  for (const auto& [typed, interrupted] :
       {std::pair{kCtrlD, false}, {std::string_view(""), true}}) {
    const Ran ran = asked(typed, {"--org-id", ""}, interrupted);
    EXPECT_EQ(ran.code, 130) << ran.err;
    EXPECT_THAT(ran.err, HasSubstr("⚠️  Single-org mode requires an organization identifier\r\n"
                                   "? Enter organization ID: › "));
    EXPECT_EQ(ran.out, "Import cancelled\n");
  }
  EXPECT_EQ(api_.count("requests.total"), 0);
  const Ran ran = asked("org_nobody_has\n", {"--org-id", ""});
  EXPECT_EQ(ran.code, 2);
  EXPECT_THAT(ran.out, HasSubstr("Mode:             single-org\n"));
  EXPECT_THAT(ran.err, HasSubstr("org_nobody_has"));
}

TEST_F(Questions, AreToldOfWhereNobodyCanAnswer) {
  Launch launch = orchestrate(api_, folder_, {"--csv", "users.csv"});
  Ran ran = run(launch);
  EXPECT_EQ(ran.code, 2);
  EXPECT_EQ(ran.err,
            "usher orchestrate-migration: 10,001 rows are to be imported, and there is no terminal "
            "to confirm it on: add --yes\n");
  launch.arguments.insert(launch.arguments.end(), {"--org-id", ""});
  ran = run(launch);
  EXPECT_EQ(ran.code, 2);
  EXPECT_THAT(ran.err, StartsWith("usher orchestrate-migration: Single-org mode requires an "
                                  "organization, and there is no terminal"));
  EXPECT_THAT(ran.out, IsEmpty());
  EXPECT_EQ(api_.count("requests.total"), 0);
}

// --- lines to paste ------------------------------------------------------------------------------

// The command under the headline of its kind.
std::string pasted(const Ran& ran) {
  const auto lines = split(ran.out, '\n');
  for (std::size_t i = 0; i + 1 < lines.size(); ++i) {
    if (lines[i].starts_with("  # ")) return std::string(trim(lines[i + 1]));
  }
  ADD_FAILURE() << "no command to paste in " << ran.out << ran.err;
  return "false";
}

// The command behind "Analyze errors: ".
std::string named(const Ran& ran, std::string_view what) {
  const auto at = ran.out.find(what);
  if (at == std::string::npos) return "false";
  const auto begin = at + what.size();
  return ran.out.substr(begin, ran.out.find('\n', begin) - begin);
}

constexpr const char* kOddName = "my \"best\" user's $HOME list.csv";

std::string shell(const std::string& word) {
  return "'" + replaced(word, {{"'", "'\\''"}}) + "'";
}

struct Paste {
  std::string name;
  std::string options;  // ORG, URL: what is there
  bool job = false;
};

class Pasted : public ::testing::TestWithParam<Paste> {};

// The run, then the line it prints: it says the same again, and with a corrected file it succeeds.
TEST_P(Pasted, GoesOnWithTheSameImport) {
  const Desk desk;
  desk.folder().write(".env", "WORKOS_SECRET_KEY=sk_test_scenario\n");  // the API only by option
  desk.folder().write(kOddName, kBad);
  desk.folder().write("the roles.csv", "external_id,role_slug\nu1,member\n");
  const std::string odd = shell(kOddName);
  const std::string options =
      replaced(GetParam().options, {{"ORG", desk.organization()}, {"URL", desk.api().url()}});
  const Ran first = desk.run_script("usher orchestrate-migration --csv " + odd + " " + options);
  ASSERT_EQ(first.code, 1) << first.out << first.err;
  const std::string line = pasted(first);
  SCOPED_TRACE(line);
  EXPECT_THAT(line, StartsWith(GetParam().job ? "usher orchestrate-migration" : "usher import"));

  const Ran again = desk.run_script(line);
  EXPECT_EQ(again.code, 1) << again.out << again.err;
  EXPECT_THAT(again.out, HasSubstr("Invalid email: \"no-address\""));
  const std::string review = named(first, "Review errors: ");
  const bool kept = review.starts_with("cat ");
  const Ran errors = desk.run_script(kept ? review : "cat errors.jsonl");
  EXPECT_EQ(errors.code, 0) << errors.err;
  EXPECT_THAT(errors.out, HasSubstr("no-address"));
  const Ran analysis = desk.run_script(named(first, "Analyze errors: "));
  EXPECT_EQ(analysis.code, 1) << analysis.err;  // what is wrong is in the file
  EXPECT_THAT(analysis.out, HasSubstr("Invalid email"));

  desk.folder().write(kOddName, kGood);
  const Ran last = desk.run_script(line);
  EXPECT_EQ(last.code, 0) << last.out << last.err;
  EXPECT_EQ(desk.api().count("users"), 3);  // and the one that was there
  const std::int64_t members = GetParam().options.contains("--org") ? 2 : 0;
  EXPECT_EQ(desk.api().count("organization_memberships"), members);
}

INSTANTIATE_TEST_SUITE_P(
    Lines, Pasted,
    ::testing::Values(
        Paste{"Plain", "--api-url URL"},
        Paste{"Everything",
              "--api-url URL --org-id ORG --require-membership --role-mapping 'the roles.csv' "
              "--errors-out 'the errors.jsonl' --errors-include-secrets --concurrency 5 "
              "--rate-limit off --existing link --timeout 30 --yes"},
        Paste{"NewOrganization", "--api-url URL --org-name 'A & B; \"C\"' --create-org-if-missing"},
        Paste{"OwnOrganization", "--api-url URL --org-external-id ext_456 --workers 2"},
        Paste{"Job", "--api-url URL --job-id spring", true},
        Paste{"JobElsewhere",
              "--api-url URL --job-id spring --checkpoint-dir \"the job's folder\" --workers 2 "
              "--org-id ORG --require-membership --role-mapping 'the roles.csv' --chunk-size 100",
              true},
        Paste{"JobWithErrors",
              "--api-url URL --job-id spring --errors-out 'the errors.jsonl' --org-external-id new "
              "--org-name 'New Ltd' --create-org-if-missing",
              true}),
    [](const auto& one) { return one.param.name; });

TEST(OrchestratePlan, PrintsALineThatDoesWhatWasPlanned) {
  const Desk desk;
  desk.folder().write(kOddName, kGood);
  const Ran plan = desk.run_script("usher migrate --plan --csv " + shell(kOddName) +
                                   " --org-name 'A & B' --create-org-if-missing --job-id spring "
                                   "--checkpoint-dir 'my jobs' --yes");
  ASSERT_EQ(plan.code, 0) << plan.out << plan.err;
  const Ran ran = desk.run_script(named(plan, "To execute: "));
  EXPECT_EQ(ran.code, 0) << ran.out << ran.err;
  EXPECT_THAT(ran.out, ::testing::EndsWith("✓ Import completed successfully\n"));
  EXPECT_EQ(desk.api().count("organization_memberships"), 2);
  EXPECT_TRUE(desk.folder().has("my jobs/spring/job.db"));
}

}  // namespace
}  // namespace usher::scenarios
