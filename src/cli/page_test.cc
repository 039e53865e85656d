// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/options.h"
#include "cli/stage.h"

namespace usher::cli {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

struct Sample {
  std::string file;
  std::string kind;
  bool quiet = false;
  std::vector<std::string> ids;
  Options options{Manual{"sample",
                         "do things, until they are done",
                         "Needs --file, and [much] more.\n\nSecond.",
                         {{"First", "usher sample --file a"}, {"Then", "usher sample | wc -l"}},
                         {"0    good", "130  interrupted by a|b"},
                         {{"look at one", "show ID"}},
                         "story"}};

  Sample() {
    options.words("ID...", 0, 2, ids)
        .text("--file,--input", "FILE", "a file; see --quiet.", file)
        .heading("More")
        .text("--kind", "a|b", "a or *b*", kind)
        .flag("--quiet,-q", "say less", quiet);
  }
};

TEST(Page, HasAllThatHelpHas) {
  EXPECT_EQ(Sample().options.page(1),
            "<!-- Written by `./dev docs` out of the text of --help. -->\n"
            "\n# usher sample\n\n"
            "Do things, until they are done.\n"
            "How it behaves: [story.md](../story.md).\n"
            "\n    usher sample ID... [options]\n"
            "\nNeeds `--file`, and \\[much\\] more.\n"
            "\nSecond.\n"
            "\n## Commands\n\n"
            "| Command | What it does |\n|---|---|\n"
            "| `usher sample show ID` | look at one |\n"
            "\n## Options\n\n"
            "| Option | What it does |\n|---|---|\n"
            "| `--file FILE`, `--input FILE` | a file; see `--quiet`. |\n"
            "\n## More\n\n"
            "| Option | What it does |\n|---|---|\n"
            "| `--kind a\\|b` | a or \\*b\\* |\n"
            "| `--quiet`, `-q` | say less |\n"
            "\n## Examples\n\n"
            "```sh\n# First\nusher sample --file a\n\n# Then\nusher sample | wc -l\n```\n"
            "\n## Exit codes\n\n"
            "| Code | Meaning |\n|---|---|\n| 0 | good |\n| 130 | interrupted by a\\|b |\n");
}

TEST(Page, StandsUnderAnotherAsItsPart) {
  const std::string part = Sample().options.page(2);
  EXPECT_THAT(part, StartsWith("\n## usher sample\n"));
  EXPECT_THAT(part, AllOf(HasSubstr("\n### Options\n"), HasSubstr("\n### Exit codes\n"),
                          Not(HasSubstr("Written by"))));
}

TEST(Page, IsPrintedForEveryCommandAndListedInTheContents) {
  Stage list;
  EXPECT_EQ(list.run({"help", "--markdown"}), 0);
  for (const std::string name : {"import-users", "jobs", "sandbox", "generate"}) {
    EXPECT_THAT(list.out.text, HasSubstr(fmt::format("| [usher {0}]({0}.md) | ", name)));
    Stage page;
    EXPECT_EQ(page.run({"help", "--markdown", name}), 0);
    EXPECT_THAT(page.out.text, HasSubstr("\n# usher " + name));
    EXPECT_THAT(page.out.text, HasSubstr("\n## Exit codes\n"));
    EXPECT_THAT(page.err.text, IsEmpty());
  }
  EXPECT_THAT(list.out.text, Not(HasSubstr("work")));
}

TEST(Page, OfACommandHasItsPartsAndItsAlias) {
  Stage jobs;
  EXPECT_EQ(jobs.run({"help", "--markdown", "jobs"}), 0);
  for (const auto* part : {"show", "watch", "remove"}) {
    EXPECT_THAT(jobs.out.text, HasSubstr("\n## usher jobs " + std::string(part) + "\n"));
  }
  Stage import;
  EXPECT_EQ(import.run({"help", "--markdown", "import"}), 0);
  EXPECT_THAT(import.out.text, HasSubstr("\n`usher import` is short for `usher import-users`.\n"));
  Stage unknown;
  EXPECT_EQ(unknown.run({"help", "--markdown", "nothing"}), 2);
  EXPECT_THAT(unknown.err.text, HasSubstr("unknown command nothing"));
}

}  // namespace
}  // namespace usher::cli
