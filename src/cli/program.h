// SPDX-License-Identifier: Apache-2.0
// The command line: the list of commands, their common options and the exit codes.
// 0 everything succeeded, 1 something failed, 2 it could not run, 130 interrupted.
// Tested by program_test.cc and tests/scenarios.
#pragma once

#include "cli/command.h"
#include "cli/surroundings.h"

namespace usher::cli {

// `arguments` without the program's own name.
int run_program(Arguments arguments, Surroundings& around);

int run(int argc, char** argv);

}  // namespace usher::cli
