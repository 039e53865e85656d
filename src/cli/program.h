// SPDX-License-Identifier: Apache-2.0
// The command line: the list of commands, their common options and the exit codes.
// 0 everything succeeded, 1 something failed, 2 it could not run, 130 interrupted.
#pragma once

namespace usher::cli {

int run(int argc, char** argv);

}  // namespace usher::cli
