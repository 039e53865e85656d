// SPDX-License-Identifier: Apache-2.0
// What every command does alike: read its options, show its help, tell a usage error in one line.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "cli/options.h"
#include "cli/surroundings.h"

namespace usher::cli {

using Arguments = std::span<const std::string>;  // what follows the command's name

// The exit code when there is nothing left to do (help, or a mistake that was told).
[[nodiscard]] std::optional<int> read_options(Options& options, Arguments arguments,
                                              Surroundings& around);
// With --json the next two print an object too: success, exitCode, error, next.
[[nodiscard]] int usage_error(const Options& options, Surroundings& around, const Error& error);
[[nodiscard]] int could_not_run(const Options& options, Surroundings& around, const Error& error);
// In words alone, when --json has had its one object.
[[nodiscard]] int could_not_finish(const Options& options, Surroundings& around,
                                   const Error& error);

int analyze_errors_command(Arguments arguments, Surroundings& around);
int import_customers_command(Arguments arguments, Surroundings& around);
int import_users_command(Arguments arguments, Surroundings& around);
int generate_command(Arguments arguments, Surroundings& around);
int generate_customers_command(Arguments arguments, Surroundings& around);
int jobs_command(Arguments arguments, Surroundings& around);
int orchestrate_migration_command(Arguments arguments, Surroundings& around);
int sandbox_command(Arguments arguments, Surroundings& around);
int validate_command(Arguments arguments, Surroundings& around);

}  // namespace usher::cli
