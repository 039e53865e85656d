// SPDX-License-Identifier: Apache-2.0
#include "cli/program.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

#include <fmt/format.h>
#include <unistd.h>

#include "app/jobs.h"
#include "base/text.h"
#include "cli/signals.h"
#include "cli/terminal_input.h"

namespace usher::cli {
namespace {

// A worker process of a job: started by usher itself, never typed.
int work_command(Arguments /*arguments*/, Surroundings& around) {
  return around.jobs.work();
}

struct Command {
  std::string_view name;
  std::string_view alias;  // empty: none; several are parted by blanks
  std::string_view summary;
  int (*run)(Arguments arguments, Surroundings& around);
  bool hidden = false;
  std::string_view parts = {};  // commands under this one, which stand on its page
};

constexpr std::array kCommands = {
    Command{"validate-csv", "validate", "what is wrong with a CSV, before anything is sent",
            validate_command},
    Command{"import-users", "import", "create users, organizations and memberships from a CSV",
            import_users_command},
    Command{"import-customers", "customers",
            "post customers or households in batches, with retry files for what fails",
            import_customers_command},
    Command{"orchestrate-migration", "orchestrate migrate",
            "plan an import, check its configuration, and carry it out",
            orchestrate_migration_command},
    Command{"analyze-errors", "analyze", "what failed and why, and the rows to try again",
            analyze_errors_command},
    Command{"jobs", "", "list the jobs, and look at, watch or remove one", jobs_command, false,
            "show watch remove"},
    Command{"sandbox", "", "a local copy of the WorkOS API to try an import on", sandbox_command},
    Command{"generate", "", "made-up people to try an import with, as many as you like",
            generate_command, false, "customers"},
    Command{"work", "", "", work_command, true},
};

const Command* find_command(std::string_view word) {
  const auto* found = std::ranges::find_if(kCommands, [&](const Command& command) {
    const auto aliases = split(command.alias, ' ');
    return command.name == word ||
           (!word.empty() && std::ranges::find(aliases, word) != aliases.end());
  });
  return found == kCommands.end() ? nullptr : found;
}

std::string overview() {
  std::string text =
      "usher moves people into an API in bulk, and cannot lose one.\n\nUsage: usher COMMAND "
      "[options]\n\nCommands:\n";
  for (const Command& command : kCommands) {
    if (command.hidden) continue;
    text += fmt::format("  {:<24}{}\n", command.name, command.summary);
    if (!command.alias.empty()) {
      text += fmt::format("    or {}\n", fmt::join(split(command.alias, ' '), ", "));
    }
  }
  text += fmt::format("  {:<24}{}\n", "help COMMAND", "the options of a command, with examples");
  text += fmt::format("  {:<24}{}\n", "version", "what this is");
  text +=
      "\nTry it without an account:\n"
      "  usher sandbox\n"
      "  WORKOS_SECRET_KEY=sk_test_1 usher import-users --csv users.csv --api-url "
      "http://127.0.0.1:4100\n"
      "\nExit codes: 0 all succeeded, 1 some failed, 2 could not run, 130 interrupted\n";
  return text;
}

int unknown_command(const std::string& word, Surroundings& around) {
  if (word.starts_with('-')) {
    around.err.line(
        fmt::format("usher: a command comes first: usher import-users {} ...", printable(word)));
  } else {
    std::vector<std::string> names = {"help", "version"};
    for (const Command& command : kCommands) {
      if (command.hidden) continue;
      names.emplace_back(command.name);
      for (const auto alias : split(command.alias, ' ')) names.emplace_back(alias);
    }
    const std::string meant = nearest(word, names);
    around.err.line(fmt::format("usher: unknown command {}{}", printable(word),
                                meant.empty() ? "" : " (did you mean " + meant + "?)"));
  }
  around.err.line("All commands: usher --help");
  return kExitCouldNotRun;
}

// The list of docs/commands/README.md, out of which `./dev docs` takes the names of the pages.
std::string contents() {
  std::string text =
      "<!-- Written by `./dev docs` out of the text of --help. -->\n\n# The commands of usher\n\n"
      "| Command | What it does |\n|---|---|\n";
  for (const Command& command : kCommands) {
    if (command.hidden) continue;
    text += fmt::format("| [usher {0}]({0}.md) | {1} |\n", command.name, command.summary);
  }
  return text;
}

int page(const Command& command, Surroundings& around) {
  const int code = command.run(std::vector{std::string(kAskPage)}, around);
  for (const auto alias : split(command.alias, ' ')) {
    if (alias.empty()) continue;
    around.out.write(fmt::format("\n`usher {}` is short for `usher {}`.\n", alias, command.name));
  }
  for (const auto part : split(command.parts, ' ')) {
    if (part.empty()) continue;
    command.run(std::vector{std::string(part), std::string(kAskPagePart)}, around);
  }
  return code;
}

int help(Arguments arguments, Surroundings& around) {
  const bool markdown = !arguments.empty() && arguments.front() == "--markdown";
  if (markdown && arguments.size() == 1) {
    around.out.write(contents());
    return kExitGood;
  }
  if (markdown) arguments = arguments.subspan(1);
  if (arguments.empty()) {
    around.out.write(overview());
    return kExitGood;
  }
  const Command* command = find_command(arguments.front());
  if (command == nullptr || command->hidden) return unknown_command(arguments.front(), around);
  if (markdown) return page(*command, around);
  std::vector<std::string> words(arguments.begin() + 1, arguments.end());
  words.emplace_back("--help");
  return command->run(words, around);
}

}  // namespace

int run_program(Arguments arguments, Surroundings& around) {
  if (arguments.empty()) {
    around.err.write(overview());
    return kExitCouldNotRun;
  }
  const std::string& word = arguments.front();
  const Arguments rest = arguments.subspan(1);
  if (word == "help" || word == "--help" || word == "-h") return help(rest, around);
  if (word == "version" || word == "--version" || word == "-V") {
    around.out.line("usher " USHER_VERSION);
    return kExitGood;
  }
  const Command* command = find_command(word);
  return command == nullptr ? unknown_command(word, around) : command->run(rest, around);
}

int run(int argc, char** argv) {
  ignore_closed_pipes();
  FdOutput out(STDOUT_FILENO);
  FdOutput err(STDERR_FILENO);
  Surroundings around{out, err};
  around.variable = [](const char* name) -> std::string {
    const char* value = std::getenv(name);  // one thread
    return value == nullptr ? std::string() : std::string(value);
  };
  around.import_users = import_users;
  around.serve_sandbox = sandbox::serve;
  around.serve_customers = sandbox::customers::serve;
  around.catch_signals = true;
  around.jobs = {job::run, job::list, look_at_job, plan_of_job, job::remove, job::work};
  around.customers = {customers::check, customers::import_new, customers::resume,
                      customers::find_resumable};
  around.program = "/proc/self/exe";  // still this very file when a newer one stands at its place
  around.pause = pause_for;
  around.ask = ask_person;
  around.processors = std::thread::hardware_concurrency();
  const std::vector<std::string> arguments(argv + std::min(argc, 1), argv + argc);
  const int code = run_program(arguments, around);
  if (code != kExitGood || out.failure().empty()) return code;
  err.line("usher: cannot write to the standard output: " + out.failure());
  return kExitCouldNotRun;
}

}  // namespace usher::cli
