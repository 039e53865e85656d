// SPDX-License-Identifier: Apache-2.0
// Every option of every command, given badly in every way: one line that says so (and at most one
// that says what to do), exit 2, nothing on the standard output, nothing made in the folder. The
// commands and options are the program's own list, so that a new one is tested from its first day.
#include <algorithm>
#include <filesystem>
#include <map>
#include <optional>
#include <regex>
#include <set>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/scratch.h"
#include "base/text.h"
#include "scenarios/job_trial.h"

namespace usher::scenarios {
namespace {

using ::testing::IsEmpty;
using ::testing::StartsWith;
using Words = std::vector<std::string>;

struct Option {
  std::string name;
  std::string value;  // empty: a flag; "[ID]": may be left out
  bool repeatable = false;
};
struct Command {
  std::string name;   // "jobs show"
  std::string words;  // "ID", "ID...", or nothing
  std::vector<Option> options;
};

// What makes a run of the command that only the option under test can spoil.
const std::map<std::string, Words> kSound = {
    {"import-users", {"--csv", "users.csv", "--dry-run"}},
    {"import-customers", {"customers.json", "--check"}},
    {"validate-csv", {"--csv", "users.csv"}},
    {"orchestrate-migration", {"--csv", "users.csv", "--dry-run"}},
    {"analyze-errors", {"--errors", "errors.jsonl", "--retry-csv", "retry.csv"}},
    {"jobs", {}},
    {"jobs show", {"spring"}},
    {"jobs watch", {"spring"}},
    {"jobs remove", {"spring"}},
    {"sandbox", {"--port", "0"}},
    {"generate users", {"--rows", "1"}},
    {"generate customers", {"--count", "1"}},
};

const std::set<std::string> kInputs = {"--csv",    "--role-mapping", "--faults",
                                       "--errors", "--csv-mapping",  "--profiles"};
const std::set<std::string> kOutputs = {"--errors-out",  "--out",          "--fixed-csv",
                                        "--report",      "--retry-csv",    "--output",
                                        "--deduped-csv", "--dedupe-report"};
const std::set<std::string> kNumbers = {"N", "X", "SHARE", "SECONDS", "MS[-MS]"};

Ran help(Words words) {
  Launch launch;
  words.insert(words.begin(), {"help", "--markdown"});
  launch.arguments = std::move(words);
  return run(launch);
}

// | `--csv FILE`, `--user-export FILE` | the CSV ... |
std::optional<Option> option_of(const std::string& line) {
  static const std::regex kRow(R"(\| `(--[a-z-]+)( [^`]+)?`.*)");
  std::smatch match;
  if (!std::regex_match(line, match, kRow)) return std::nullopt;
  std::string value(trim(match[2].str()));
  std::erase(value, '\\');
  return Option{match[1], value, line.contains("several times")};
}

std::vector<Command> commands_of(const std::string& page) {
  static const std::regex kUsage(R"(    usher ([a-z -]+?)(?: ([A-Z-]+(?:\.\.\.)?))? \[options\])");
  std::vector<Command> commands;
  for (const auto piece : split(page, '\n')) {
    const std::string line(piece);
    std::smatch match;
    if (std::regex_match(line, match, kUsage)) commands.push_back({match[1], match[2], {}});
    auto option = option_of(line);
    if (option && !commands.empty()) commands.back().options.push_back(std::move(*option));
  }
  return commands;
}

std::vector<Command> all_commands() {
  static const std::regex kLink(R"(\(([a-z-]+)\.md\))");
  std::vector<Command> all;
  const std::string list = help({}).out;
  for (std::sregex_iterator match(list.begin(), list.end(), kLink), end; match != end; ++match) {
    for (Command& command : commands_of(help({(*match)[1]}).out)) all.push_back(std::move(command));
  }
  return all;
}

std::set<std::string> files_in(const ScratchFolder& folder) {
  std::set<std::string> files;
  std::error_code error;
  for (std::filesystem::recursive_directory_iterator entry(folder.path(), error), end;
       !error && entry != end; entry.increment(error)) {
    files.insert(entry->path().string());
  }
  return files;
}

class BadOptions : public ::testing::Test {
 protected:
  BadOptions() {
    folder_.write("users.csv", "email\nida@north.example\n");
    folder_.write(
        "errors.jsonl",
        "{\"recordNumber\":1,\"email\":\"ida@north.example\",\"errorType\":\"user_create\","
        "\"errorMessage\":\"Internal Server Error\",\"httpStatus\":500,"
        "\"rawRow\":{\"email\":\"ida@north.example\"}}\n");
    folder_.write("customers.json", R"({"data":[]})");
    std::error_code error;
    std::filesystem::create_directory(folder_.at("folder"), error);
    EXPECT_FALSE(error);
    before_ = files_in(folder_);
  }

  [[nodiscard]] Words sound(const Command& command) const {
    const auto found = kSound.find(command.name);
    EXPECT_NE(found, kSound.end()) << command.name << ": say what a sound run of it is";
    return found == kSound.end() ? Words{} : found->second;
  }

  // The sound run without this option, and then these.
  [[nodiscard]] Words with(const Command& command, const Option& option, const Words& words) const {
    Words all = sound(command);
    const auto there = std::ranges::find(all, option.name);
    if (there != all.end()) all.erase(there, there + (option.value.empty() ? 1 : 2));
    all.insert(all.end(), words.begin(), words.end());
    return all;
  }

  // Away from the network, and ended when it serves for ever.
  [[nodiscard]] Ran try_out(const Command& command, const Words& words) {
    Launch launch;
    launch.program = "/usr/bin/timeout";  // a sandbox that takes the option would serve for ever
    launch.arguments = {"30", USHER_PROGRAM};
    for (const auto word : split(command.name, ' ')) launch.arguments.emplace_back(word);
    launch.arguments.insert(launch.arguments.end(), words.begin(), words.end());
    launch.folder = folder_.path();
    launch.variables["WORKOS_API_URL"] = "http://127.0.0.1:9";  // nobody there
    ++tried_;
    return run(launch);
  }

  [[nodiscard]] bool has_made_something() const { return files_in(folder_) != before_; }

  void expect_refused(const Command& command, const Words& words) {
    const Ran ran = try_out(command, words);
    std::string line = "usher " + command.name;
    for (const std::string& word : words) line += " '" + word + "'";
    SCOPED_TRACE(line);
    EXPECT_EQ(ran.code, 2) << ran.out << ran.err;
    EXPECT_THAT(ran.out, IsEmpty());
    EXPECT_THAT(ran.err, StartsWith("usher " + command.name.substr(0, command.name.find(' '))));
    EXPECT_LE(std::ranges::count(ran.err, '\n'), 2) << ran.err;
    EXPECT_EQ(files_in(folder_), before_);
  }

  void TearDown() override {
    EXPECT_GT(tried_, 0U);
    RecordProperty("command_lines", static_cast<int>(tried_));
  }

  template <class Try>
  void for_each_option(Try attempt) {
    for (const Command& command : all_commands()) {
      for (const Option& option : command.options) attempt(command, option);
    }
  }

 private:
  ScratchFolder folder_;
  std::set<std::string> before_;
  std::size_t tried_ = 0;
};

TEST_F(BadOptions, AreFoundInTheProgramsOwnList) {
  std::set<std::string> names;
  std::size_t options = 0;
  for (const Command& command : all_commands()) {
    names.insert(command.name);
    options += command.options.size();
    expect_refused(command, {"--no-such-option"});
    expect_refused(command, {"--no-such-option=x"});
  }
  for (const std::string name : {"import-users", "generate users", "jobs remove", "sandbox"}) {
    EXPECT_TRUE(names.contains(name)) << name;
  }
  EXPECT_GE(options, 60U);
}

TEST_F(BadOptions, TooManyWords) {
  for (const Command& command : all_commands()) {
    if (command.words.ends_with("...")) continue;
    Words words = sound(command);
    words.emplace_back("surplus");
    if (command.name == "jobs") words = {"surplus"};  // a command it does not have
    expect_refused(command, words);
  }
}

TEST_F(BadOptions, WithoutTheirValue) {
  for_each_option([&](const Command& command, const Option& option) {
    if (option.value.empty()) return;
    expect_refused(command, with(command, option, {option.name + "="}));
    if (option.value.starts_with('[')) return;
    expect_refused(command, with(command, option, {option.name}));
    expect_refused(command, with(command, option, {option.name, option.name, "x"}));
  });
}

TEST_F(BadOptions, WithAnEmptyValue) {
  for_each_option([&](const Command& command, const Option& option) {
    if (option.value.empty()) return;
    for (const std::string value : {"", " "}) {
      expect_refused(command, with(command, option, {option.name, value}));
    }
  });
}

TEST_F(BadOptions, FlagsWithAValue) {
  for_each_option([&](const Command& command, const Option& option) {
    if (option.value.empty()) expect_refused(command, with(command, option, {option.name + "=no"}));
  });
}

TEST_F(BadOptions, GivenTwice) {
  for_each_option([&](const Command& command, const Option& option) {
    if (option.repeatable) return;
    Words twice = {option.name, option.name};
    if (!option.value.empty()) twice = {option.name, "1", option.name, "1"};
    expect_refused(command, with(command, option, twice));
  });
}

TEST_F(BadOptions, NumbersThatAreNone) {
  for_each_option([&](const Command& command, const Option& option) {
    if (!kNumbers.contains(option.value) && !option.value.ends_with("|N")) return;
    for (const std::string value : {"x", "5x", "-1", "1,000", "0x10", "nan", "inf",
                                    "99999999999999999999", "1e400", "\xD9\xA3"}) {
      expect_refused(command, with(command, option, {option.name, value}));
    }
  });
}

TEST_F(BadOptions, ChoicesThatAreNone) {
  for_each_option([&](const Command& command, const Option& option) {
    if (!option.value.contains('|')) return;
    const std::string first = option.value.substr(0, option.value.find('|'));
    for (const std::string& value : {std::string("nonsense"), first + "x", first + ",x"}) {
      expect_refused(command, with(command, option, {option.name, value}));
    }
  });
}

TEST_F(BadOptions, InputsThatAreNotThereOrNoFiles) {
  for_each_option([&](const Command& command, const Option& option) {
    if (option.value != "FILE" || !kInputs.contains(option.name)) return;
    for (const std::string value : {"missing", "no/such/folder/file", "folder", "users.csv/x"}) {
      expect_refused(command, with(command, option, {option.name, value}));
    }
  });
}

TEST_F(BadOptions, OutputsThatCannotBeMade) {
  for_each_option([&](const Command& command, const Option& option) {
    if (option.value != "FILE") return;
    EXPECT_NE(kInputs.contains(option.name), kOutputs.contains(option.name))
        << option.name << ": say whether it is read or written";
    if (!kOutputs.contains(option.name)) return;
    for (const std::string value : {"no/such/folder/file", "folder", "users.csv/x", "folder/"}) {
      expect_refused(command, with(command, option, {option.name, value}));
    }
  });
}

// A plan tells all of it at once: invalid is 1, an option or a file that is none is 2.
TEST_F(BadOptions, MakeAPlanThatIsNotValid) {
  for_each_option([&](const Command& command, const Option& option) {
    if (command.name != "orchestrate-migration" || option.value.empty()) return;
    std::vector<std::string> values = {""};
    if (kNumbers.contains(option.value)) values = {"", "x", "-1", "99999999999999999999"};
    if (option.value.contains('|')) values = {"", "nonsense"};
    if (option.value == "FILE") values = {"", "no/such/folder/file", "folder", "users.csv/x"};
    for (const std::string& value : values) {
      Words words = with(command, option, {"--plan", "--job-id", "j", option.name, value});
      std::erase(words, "--dry-run");
      SCOPED_TRACE(option.name + " '" + value + "'");
      const Ran ran = try_out(command, words);
      EXPECT_THAT(ran.code, ::testing::AnyOf(1, 2)) << ran.out << ran.err;
      EXPECT_FALSE(has_made_something());
    }
  });
}

}  // namespace
}  // namespace usher::scenarios
