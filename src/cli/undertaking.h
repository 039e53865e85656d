// SPDX-License-Identifier: Apache-2.0
// An import that a command undertakes, from the options it was given to the summary and the exit
// code; what is said after the summary is the command's own. Tested by import_command_test.cc and
// orchestrate_command_test.cc.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/command.h"
#include "cli/import_flags.h"
#include "cli/import_job.h"
#include "cli/summary.h"
#include "run/error_log.h"

namespace usher::cli {

struct Undertaking {
  std::string_view command;  // "import-users"
  UserImportOptions options;
  std::optional<ImportJob> job;
  Given given;
  std::string again;                         // the command line that does the same
  Output* summary_to = nullptr;              // as it is: the standard output
  std::function<void(const Ending&)> close;  // says the rest
};

// This very command line, to be pasted.
[[nodiscard]] std::string line_again(std::string_view command, Arguments arguments);

// Where the import goes.
[[nodiscard]] Status add_address(Undertaking& all, const ImportFlags& flags,
                                 const Surroundings& around);
// The key, unless nothing will be sent.
[[nodiscard]] Status add_key(Undertaking& all, const Surroundings& around);
// The file of failed rows, if one was asked for; nothing is changed yet.
[[nodiscard]] Result<std::optional<ErrorLog>> prepare_log(const Undertaking& all,
                                                          const ImportFlags& flags,
                                                          Surroundings& around);

struct Outcome {
  int code = kExitCouldNotRun;
  std::optional<Ending> ending;  // none: it could not begin
  Error problem;                 // then, and when something could not be written
};
[[nodiscard]] Outcome carry_out(const Undertaking& all, const ImportFlags& flags,
                                std::optional<ErrorLog>& log, Surroundings& around);

void print_lines(Output& output, const std::vector<std::string>& lines);

}  // namespace usher::cli
