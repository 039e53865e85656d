// SPDX-License-Identifier: Apache-2.0
// The helper for golden files can fail; and import-users' whole output, as the first that uses it.
#include "scenarios/golden.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/scratch.h"
#include "scenarios/local_api.h"

namespace usher::scenarios {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

TEST(Golden, TellsEveryChangedAddedAndMissingByte) {
  const ScratchFolder folder;
  const std::string text = "one\ntwo\nthree\n";
  const std::string path = folder.write("g.txt", text);
  EXPECT_THAT(golden_problem(path, text, Golden::compare), IsEmpty());
  for (std::size_t at = 0; at < text.size(); ++at) {
    std::string changed = text;
    changed[at] = '#';
    EXPECT_THAT(golden_problem(path, changed, Golden::compare), HasSubstr("+ ")) << at;
    std::string shorter = text;
    shorter.erase(at, 1);
    EXPECT_THAT(golden_problem(path, shorter, Golden::compare), HasSubstr("line ")) << at;
    std::string longer = text;
    longer.insert(at, 1, '\n');
    EXPECT_THAT(golden_problem(path, longer, Golden::compare), HasSubstr("line ")) << at;
    EXPECT_THAT(golden_problem(path, text.substr(0, at), Golden::compare), HasSubstr("line "))
        << at;
  }
}

TEST(Golden, FailsWithoutAFileAndWritesItWhenTold) {
  const ScratchFolder folder;
  const std::string path = folder.at("new.txt");
  EXPECT_THAT(golden_problem(path, "text\n", Golden::compare),
              AllOf(HasSubstr("is missing"), HasSubstr("text\n")));
  EXPECT_FALSE(folder.has("new.txt"));
  EXPECT_THAT(golden_problem(path, "text\n", Golden::write), IsEmpty());
  EXPECT_EQ(folder.read("new.txt"), "text\n");
  EXPECT_THAT(golden_problem(folder.at("no/such.txt"), "text\n", Golden::write),
              HasSubstr("cannot be written"));
}

TEST(Golden, ShowsOnlyWhatDiffersAndALittleAround) {
  EXPECT_EQ(difference("a\nb\nc\nd\ne\nf\ng\n", "a\nb\nc\nX\nY\ne\nf\ng\n"),
            "line 4 (- expected, + got)\n  b\n  c\n- d\n+ X\n+ Y\n  e\n  f\n");
  std::string many;
  for (int i = 0; i < 1000; ++i) many += std::to_string(i) + "\n";
  EXPECT_THAT(difference(many, "else\n"), HasSubstr("- ... 970 more lines\n"));
}

TEST(Golden, SeesAScreenAsAPersonDoes) {
  EXPECT_EQ(on_screen("\x1b[32m###\x1b[0m 10%\r\x1b[2Kdone\r\n"), "done\n");
  EXPECT_EQ(on_screen("kept\r\n#\r\x1b[2K##\r\x1b[2K"), "kept\n");
  EXPECT_EQ(on_screen("a \x1b[31mbad\x1b[0m one\x1b[5m\rx"),
            "a {red}bad{/} one{escape}[5m{return}x");
}

TEST(Golden, MasksWhatDiffersByNatureAndNothingElse) {
  const ScratchFolder folder;
  EXPECT_EQ(masked("see " + folder.at("a/errors.jsonl") + " at http://127.0.0.1:40517/x\n"),
            "see <folder>/a/errors.jsonl at http://127.0.0.1:<port>/x\n");
  EXPECT_EQ(masked("\"at\":\"2026-03-02T09:15:07.042Z\", 2026-03-02 09:15:07 UTC"),
            "\"at\":\"<moment>\", <moment>");
  EXPECT_EQ(masked("8f2c0a1e-5d7b-4a53-9d61-3f0b6f8f7a10 user_01JQ5C8W4Y2R7T9KX3M6N0PABC"),
            "<id> user_<id>");
  EXPECT_EQ(masked("│ Duration:       9 ms (423 rows/s)       │\n"),
            masked("│ Duration:       1.2 s (2,586.5 rows/s)  │\n"));
  EXPECT_EQ(masked("Progress: 1/2 chunks (50%) - ETA: 44m 10s\n"),
            "Progress: 1/2 chunks (50%) - ETA: <duration>\n");
  EXPECT_EQ(masked("spring took 7 days", {{"[0-9]+ days", "<days>"}}), "spring took <days>");
  for (const std::string plain :
       {"Estimated time:   ~42 minutes", "--job-id migration-2024-01-15", "1,000 of 5,000 rows",
        "within 60 s", "org_123", "at 50 writes/s"}) {
    EXPECT_EQ(masked(plain), plain);
  }
}

// --- import-users ------------------------------------------------------------------------------

constexpr std::string_view kFourRows =
    "email,first_name,org_external_id,org_name\n"
    "ida@north.example,Ida,north,North Ltd\n"
    "ola@north.example,Ola,north,North Ltd\n"
    "not-an-address,Per,north,North Ltd\n"
    "eva@gone.example,Eva,gone,\n";

TEST(GoldenImport, SaysHowItEndedOnAPipeAndOnATerminal) {
  for (const bool terminal : {false, true}) {
    SCOPED_TRACE(terminal);
    const LocalApi api;
    const ScratchFolder folder;
    folder.write("users.csv", kFourRows);
    Launch launch =
        import_into(api, folder.path(),
                    {"--csv", "users.csv", "--errors-out", "errors.jsonl", "--concurrency", "1"});
    if (terminal) launch.out = launch.err = Attach::terminal;
    expect_golden(terminal ? "import-users-terminal" : "import-users-pipe", run(launch));
  }
}

TEST(GoldenImport, SaysHowAJobEndedOnAPipeAndOnATerminal) {
  for (const bool terminal : {false, true}) {
    SCOPED_TRACE(terminal);
    const LocalApi api;
    const ScratchFolder folder;
    folder.write("users.csv", kFourRows);
    Launch launch = import_into(api, folder.path(),
                                {"--csv", "users.csv", "--job-id", "spring", "--concurrency", "1"});
    if (terminal) launch.out = launch.err = Attach::terminal;
    expect_golden(terminal ? "import-job-terminal" : "import-job-pipe", run(launch));
  }
}

}  // namespace
}  // namespace usher::scenarios
