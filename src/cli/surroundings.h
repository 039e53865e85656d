// SPDX-License-Identifier: Apache-2.0
// Everything a command touches outside itself, in one place, so that tests run the real commands
// with a made-up environment, a made-up run, and outputs they can read. program.cc fills it with
// the real things.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "app/customers/import.h"
#include "app/plan.h"
#include "base/result.h"
#include "base/time.h"
#include "cli/output.h"
#include "cli/terminal_input.h"
#include "run/job/job.h"
#include "run/user_import.h"
#include "sandbox/customers/customer_api.h"
#include "sandbox/sandbox.h"

namespace usher::cli {

// What commands do with jobs.
struct JobDoors {
  std::function<Result<UserImportReport>(const job::Request&, Observer&, int stop_fd)> run = {};
  std::function<std::vector<job::Folder>(const std::string& root)> list = {};
  std::function<job::Standing(const job::Folder&)> look = {};
  std::function<Result<job::Plan>(const job::Folder&)> plan = {};
  std::function<Status(const job::Folder&)> remove = {};
  std::function<int()> work = {};
};

// What the import of customers is made of.
struct CustomerDoors {
  std::function<Result<customers::Checked>(const customers::Inputs::Wish&, int stop_fd)> check = {};
  std::function<Result<customers::Report>(const customers::Request&, const customers::Inputs::Wish&,
                                          customers::Face&, int stop_fd)>
      import_new = {};
  std::function<Result<customers::Report>(const customers::Request&, customers::Face&, int stop_fd)>
      resume = {};
  std::function<Result<customers::Resumable>(const std::string& root, const std::string& id)> find =
      {};
};

struct Surroundings {
  Output& out;                                            // results
  Output& err;                                            // everything else
  std::function<std::string(const char*)> variable = {};  // of the environment; empty when unset
  std::string folder = ".";                               // where .env is looked for
  std::function<Result<UserImportReport>(const UserImportOptions&, Observer&, int stop_fd)>
      import_users = {};
  std::function<Status(sandbox::Options, const sandbox::Serving&)> serve_sandbox = {};
  std::function<Status(sandbox::customers::CustomerOptions, const sandbox::Serving&)>
      serve_customers = {};
  bool catch_signals = false;
  JobDoors jobs = {};
  CustomerDoors customers = {};
  std::string program = {};  // this one, to start workers from
  std::function<Now()> clock = read_clocks;
  // Waits; true when `stop_fd` became readable.
  std::function<bool(Duration, int stop_fd)> pause = {};
  std::function<Answer(std::string_view question)> ask = {};
  std::function<MigrationPlan(MigrationWish)> plan = plan_migration;
  unsigned processors = 1;

  [[nodiscard]] Looks looks(const Output& output) const {
    return looks_of(output, variable("NO_COLOR"), variable("CI"), variable("TERM"));
  }
};

// Exit codes that every command shares.
constexpr int kExitGood = 0;
constexpr int kExitSomeFailed = 1;
constexpr int kExitCouldNotRun = 2;

}  // namespace usher::cli
