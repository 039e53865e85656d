// SPDX-License-Identifier: Apache-2.0
// What a newcomer copies out of README.md and docs/ works: each command line of their shell blocks
// runs, in a folder that has what it reads, against a sandbox.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <regex>
#include <string>
#include <system_error>
#include <utility>
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

const std::string kRoot = USHER_SOURCE;

// Lines that end otherwise than with 0, by what they begin with.
const std::map<std::string, int> kExits = {
    // The tour of the README, in which some people are bad on purpose.
    {"usher validate-csv --csv people.csv", 1},
    {"usher orchestrate-migration --csv people.csv --job-id", 1},
    {"usher orchestrate-migration --resume tour", 1},
    {"usher analyze-errors --errors .workos-checkpoints/tour/", 1},
    {"usher jobs watch migration-2024-01-15", 1},   // a prepared job has rows that failed
    {"usher jobs remove migration-2024-01-15", 2},  // nobody is there to be asked
    // Two batches fail on purpose.
    {"usher import-customers customers.json --mode engage --batch-size 50", 1},
};

// Serve until somebody ends them: only their options are looked at.
constexpr const char* kServes = "usher sandbox";
constexpr const char* kNotOurs = "curl ";  // a program that may be missing

struct Block {
  std::string place;  // "docs/jobs.md:9"
  std::string text;
};

std::vector<Block> blocks_of(const std::string& path) {
  std::ifstream file(kRoot + "/" + path);
  std::vector<Block> blocks;
  bool inside = false;
  int number = 0;
  for (std::string line; std::getline(file, line);) {
    ++number;
    if (line == "```sh" || line == "```bash") {
      blocks.push_back({fmt::format("{}:{}", path, number), ""});
      inside = true;
    } else if (line.starts_with("```")) {
      inside = false;
    } else if (inside) {
      blocks.back().text += line + "\n";
    }
  }
  return blocks;
}

std::vector<std::string> pages() {
  std::vector<std::string> paths = {"README.md"};
  for (const std::string folder : {"docs", "docs/commands"}) {
    std::error_code error;
    for (std::filesystem::directory_iterator entry(fmt::format("{}/{}", kRoot, folder), error), end;
         !error && entry != end; entry.increment(error)) {
      if (entry->path().extension() != ".md") continue;
      paths.push_back(folder + "/" + entry->path().filename().string());
    }
    EXPECT_FALSE(error) << folder;
  }
  std::ranges::sort(paths);
  return paths;
}

// With what a reader has of his own, and with fewer people.
std::string with_own(std::string text, const Desk& desk) {
  return replaced(std::move(text), {{"build/usher", "usher"},
                                    {"http://127.0.0.1:4100", desk.api().url()},
                                    {" --rows 500", " --rows 90"},
                                    {" --rows 1000000", " --rows 90"},
                                    {"sleep $pause", "sleep 0"},
                                    {"org_123", desk.organization()}});
}

bool shows_usher(const std::string& text) {
  static const std::regex kWord(R"((^|[\s;&|(])(build/)?usher )");
  return std::regex_search(text, kWord);
}

// A script as a whole, anything else line by line (with what \ continues).
std::vector<std::string> lines_of(const std::string& block) {
  if (block.contains("set -e")) return {block};
  std::vector<std::string> lines;
  bool continued = false;
  for (const auto line : split(block, '\n')) {
    if (!continued && (trim(line).empty() || line.starts_with('#'))) continue;
    if (continued) {
      lines.back() += "\n" + std::string(line);
    } else {
      lines.emplace_back(line);
    }
    continued = line.ends_with('\\');
  }
  return lines;
}

int wanted_code(const std::string& line) {
  for (const auto& [begin, code] : kExits) {
    if (line.starts_with(begin)) return code;
  }
  return 0;
}

// Each option of a line that is not run.
void expect_known_options(const std::string& line) {
  static const std::regex kOption(R"(--[a-z][a-z-]*)");
  Launch launch;
  launch.arguments = {"help", "sandbox"};
  const Ran help = run(launch);
  for (std::sregex_iterator match(line.begin(), line.end(), kOption), end; match != end; ++match) {
    EXPECT_THAT(help.out, HasSubstr(" " + match->str() + " "));
  }
}

std::size_t expect_runs(const Block& block) {
  SCOPED_TRACE(block.place);
  Desk desk;
  std::string text = with_own(block.text, desk);
  desk.prepare_for(text);
  if (desk.customers() != nullptr) {
    text = replaced(std::move(text), {{"http://127.0.0.1:4200", desk.customers()->url()},
                                      {"USHER_CUSTOMER_TOKEN=... ", ""},
                                      {"https://example.test/import", desk.customers()->url()}});
  }
  std::string before;  // variables that later lines see
  std::size_t ran = 0;
  for (const std::string& line : lines_of(text)) {
    SCOPED_TRACE(line);
    if (line.starts_with(kNotOurs)) continue;
    ++ran;
    if (line.starts_with(kServes)) {
      expect_known_options(line);
      continue;
    }
    if (line.starts_with("export ")) {
      before += line + "\n";
      continue;
    }
    const Ran done = desk.run_script(before + line, "/bin/bash");
    EXPECT_EQ(done.code, wanted_code(line)) << done.out << done.err;
  }
  return ran;
}

TEST(DocsLines, RunAsTheyAreWritten) {
  std::size_t blocks = 0;
  std::size_t lines = 0;
  for (const std::string& page : pages()) {
    for (const Block& block : blocks_of(page)) {
      if (!shows_usher(block.text) && !block.text.contains("jq ")) continue;
      ++blocks;
      lines += expect_runs(block);
    }
  }
  std::cout << fmt::format("{} command lines of {} blocks ran\n", lines, blocks);
  EXPECT_GE(blocks, 10U);
  EXPECT_GE(lines, 40U);
}

}  // namespace
}  // namespace usher::scenarios
