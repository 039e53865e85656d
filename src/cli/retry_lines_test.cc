// SPDX-License-Identifier: Apache-2.0
#include "cli/retry_lines.h"

#include <gtest/gtest.h>

namespace usher::cli {
namespace {

TEST(RetryLines, GoOnWithAJobAsTheSeedSays) {
  const job::Folder spring(std::string(job::kDefaultRoot), "migration-1768597206636");
  EXPECT_EQ(resume_line("users.csv", spring, 2),
            "usher orchestrate-migration --csv users.csv --resume migration-1768597206636 "
            "--workers 2");
  EXPECT_EQ(resume_line("users.csv", spring, 1),
            "usher orchestrate-migration --csv users.csv --resume migration-1768597206636");
}

TEST(RetryLines, LeaveAPlaceForAnInputThatIsNotKnown) {
  const job::Folder spring(std::string(job::kDefaultRoot), "spring");
  EXPECT_EQ(resume_line("", spring, 0),
            "usher orchestrate-migration --csv <your-csv> --resume spring");
}

TEST(RetryLines, SayWhereTheJobIsUnlessItIsWhereJobsUsuallyAre) {
  EXPECT_EQ(resume_line("u.csv", job::Folder("jobs", "spring"), 1),
            "usher orchestrate-migration --csv u.csv --resume spring --checkpoint-dir jobs");
  EXPECT_EQ(resume_line("u.csv", job::Folder("my jobs", "spring"), 3),
            "usher orchestrate-migration --csv u.csv --resume spring --workers 3 "
            "--checkpoint-dir 'my jobs'");
}

TEST(RetryLines, QuoteWhatAShellWouldRead) {
  const job::Folder spring(std::string(job::kDefaultRoot), "spring");
  EXPECT_EQ(resume_line("it's $HOME.csv", spring, 1),
            R"(usher orchestrate-migration --csv 'it'\''s $HOME.csv' --resume spring)");
  EXPECT_EQ(resume_line("-users.csv", spring, 1),
            "usher orchestrate-migration --csv=-users.csv --resume spring");
  EXPECT_EQ(CommandLine("import-users").option("--csv", "-").text(), "usher import-users --csv -");
}

TEST(RetryLines, SayAgainWhatAJobDoesNotKeep) {
  const Given given = {{"--api-url", "http://127.0.0.1:1"},
                       {"--checkpoint-dir", "jobs"},
                       {"--concurrency", "20"},
                       {"--csv", "u.csv"},
                       {"--errors-out", "e.jsonl"},
                       {"--org-id", "org_1"},
                       {"--errors-include-secrets", ""},
                       {"--workers", "2"}};
  const CommandLine line = CommandLine("import-users").option("--resume", "spring");
  EXPECT_EQ(resume_line(line, given, false),
            "usher import-users --resume spring --checkpoint-dir jobs --errors-out e.jsonl "
            "--errors-include-secrets --api-url http://127.0.0.1:1");
  EXPECT_EQ(resume_line(line, given, true),
            "usher import-users --resume spring --checkpoint-dir jobs --errors-out e.jsonl "
            "--errors-include-secrets --api-url http://127.0.0.1:1 --concurrency 20 --workers 2");
}

TEST(RetryLines, SayEverythingAgainTheInputAndTheOrganizationFirst) {
  const Given given = {{"--concurrency", "20"},
                       {"--create-org-if-missing", ""},
                       {"--csv", "u.csv"},
                       {"--dry-run", ""},
                       {"--org-name", "A & B"},
                       {"--job-id", "spring"},
                       {"--yes", ""}};
  EXPECT_EQ(CommandLine("import-users").all_but(given, {"--dry-run", "--yes"}).text(),
            "usher import-users --csv u.csv --job-id spring --org-name 'A & B' --concurrency 20 "
            "--create-org-if-missing");
}

}  // namespace
}  // namespace usher::cli
