// SPDX-License-Identifier: Apache-2.0
// What people who use the existing toolkit have in their scripts and notes goes on working: every
// command line of the documents that describe it (tests/scenarios/seeds, taken out by
// tools/seed-lines) runs here, with `npx tsx bin/X.ts` replaced by `usher X`, each in a folder of
// its own that has what the line reads.
#include <iostream>
#include <map>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.h"
#include "scenarios/desk.h"
#include "scenarios/seed_lines.h"

namespace usher::scenarios {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// --- what is known about the lines ---------------------------------------------------------------

const std::map<std::string, std::string> kLeftOut = {
    {"001:131", "asks Node for the memory of the machine"},
};

struct Exit {
  int code = 0;
  std::string why;
};
const std::map<std::string, Exit> kExits = {
    {"001:128", {2, "workers without a job: the document's own mistake"}},
    {"002:230", {1, "the document's example of an invalid configuration"}},
    {"002:514", {0, "the document's cure for it"}},
};

const std::map<std::string, std::string> kSilent = {
    {"001:160", "no failure of a prepared job has this status"},
    {"001:168", "writes into a file"},
    {"004:173", "removes a folder"},
};

// --- running them --------------------------------------------------------------------------------

Ran help_of(const std::string& command) {
  Launch launch;
  launch.arguments = {"help", command};
  return run(launch);
}

// A line that is only an option, out of a table of options.
void expect_known(const SeedLine& line, const std::string& help) {
  for (const auto word : split(line.text, ' ')) {
    const auto name = trim(word);
    if (!name.starts_with('-')) continue;
    EXPECT_THAT(help, HasSubstr(std::string(name))) << line.text;
  }
}

void expect_runs(const SeedLine& line) {
  Desk desk;
  const std::string script = as_typed(line.text, desk.organization());
  SCOPED_TRACE(script);
  desk.prepare_for(script);
  const bool bash = script.contains("set -e");  // was under #!/bin/bash
  const Ran ran = desk.run_script(script, bash ? "/bin/bash" : "/bin/sh");
  const auto exit = kExits.find(line.place);
  const int wanted = exit == kExits.end() ? 0 : exit->second.code;
  EXPECT_EQ(ran.code, wanted) << ran.out << ran.err;
  EXPECT_THAT(ran.err, Not(HasSubstr("unknown")));
  const bool silent = ran.out.empty() && ran.err.empty();
  EXPECT_EQ(silent, kSilent.contains(line.place)) << ran.out << ran.err;
}

struct Document {
  std::string name;
  std::string command;    // whose options it lists
  std::size_t lines = 0;  // in it
  std::size_t ran = 0;    // without those that are left out
};

class Seeds : public ::testing::TestWithParam<Document> {};

TEST_P(Seeds, RunAsTheyAreWritten) {
  const Document& document = GetParam();
  const std::vector<SeedLine> lines = seed_lines(document.name);
  EXPECT_EQ(lines.size(), document.lines) << "lines were lost, or are new";
  const Ran help = help_of(document.command);
  std::size_t ran = 0;
  for (const SeedLine& line : lines) {
    SCOPED_TRACE(line.place);
    if (kLeftOut.contains(line.place)) continue;
    ++ran;
    line.text.starts_with("--") ? expect_known(line, help.out) : expect_runs(line);
  }
  EXPECT_EQ(ran, document.ran);
  std::cout << fmt::format("{}: {} of {} command lines ran\n", document.name, ran, document.lines);
}

INSTANTIATE_TEST_SUITE_P(Documents, Seeds,
                         ::testing::Values(Document{"000", "orchestrate-migration", 14, 14},
                                           Document{"001", "import-users", 34, 33},
                                           Document{"002", "orchestrate-migration", 46, 46},
                                           Document{"004", "import-users", 14, 14}),
                         [](const auto& one) { return "Seed" + one.param.name; });

}  // namespace
}  // namespace usher::scenarios
