// SPDX-License-Identifier: Apache-2.0
#include "cli/command.h"

#include <fmt/format.h>

#include "cli/plan_words.h"

namespace usher::cli {
namespace {

// A program that asked for one object gets one, whatever happens.
void tell_programs(const Options& options, Surroundings& around, const Error& error) {
  if (!options.given().contains("--json")) return;
  around.out.line(to_json(Execution{kExitCouldNotRun, nullptr, "", error.what, error.next}));
}

}  // namespace

std::optional<int> read_options(Options& options, Arguments arguments, Surroundings& around) {
  const auto wish = options.parse(arguments);
  if (!wish) return usage_error(options, around, wish.error());
  if (*wish == Options::Wish::help) {
    around.out.write(options.help(around.out.width()));
    return kExitGood;
  }
  if (*wish == Options::Wish::page || *wish == Options::Wish::page_part) {
    around.out.write(options.page(*wish == Options::Wish::page ? 1 : 2));
    return kExitGood;
  }
  return std::nullopt;
}

int usage_error(const Options& options, Surroundings& around, const Error& error) {
  const std::string& command = options.manual().command;
  around.err.line(fmt::format("usher {}: {}", command, error.line()));
  if (error.next.empty()) around.err.line(fmt::format("All options: usher {} --help", command));
  tell_programs(options, around, error);
  return kExitCouldNotRun;
}

int could_not_run(const Options& options, Surroundings& around, const Error& error) {
  tell_programs(options, around, error);
  return could_not_finish(options, around, error);
}

int could_not_finish(const Options& options, Surroundings& around, const Error& error) {
  around.err.line(fmt::format("usher {}: {}", options.manual().command, error.line()));
  return kExitCouldNotRun;
}

}  // namespace usher::cli
