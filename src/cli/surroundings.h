// SPDX-License-Identifier: Apache-2.0
// Everything a command touches outside itself, in one place, so that tests run the real commands
// with a made-up environment, a made-up run, and outputs they can read. program.cc fills it with
// the real things.
#pragma once

#include <functional>
#include <string>

#include "base/result.h"
#include "cli/output.h"
#include "run/user_import.h"
#include "sandbox/sandbox.h"

namespace usher::cli {

struct Surroundings {
  Output& out;                                            // results
  Output& err;                                            // everything else
  std::function<std::string(const char*)> variable = {};  // of the environment; empty when unset
  std::string folder = ".";                               // where .env is looked for
  std::function<Result<UserImportReport>(const UserImportOptions&, Observer&, int stop_fd)>
      import_users = {};
  std::function<Status(sandbox::Options, const sandbox::Serving&)> serve_sandbox = {};
  bool catch_signals = false;

  [[nodiscard]] Looks looks(const Output& output) const {
    return looks_of(output, variable("NO_COLOR"), variable("CI"), variable("TERM"));
  }
};

// Exit codes that every command shares.
constexpr int kExitGood = 0;
constexpr int kExitSomeFailed = 1;
constexpr int kExitCouldNotRun = 2;

}  // namespace usher::cli
