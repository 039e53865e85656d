// SPDX-License-Identifier: Apache-2.0
// An import as a job: a folder that remembers everything, so that it can be killed at any moment
// and goes on where it was, in one process or in several. The faces call this through app/. Tested
// by tests/scenarios.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/result.h"
#include "run/job/folder.h"
#include "run/job/plan.h"
#include "run/user_import.h"
#include "store/job_store.h"

namespace usher::customers {
struct Standing;  // run/customers/job.h
}

namespace usher::job {

struct Request {
  std::string root{kDefaultRoot};  // --checkpoint-dir
  std::string id;                  // of a new job, or of the one to resume; empty: the most recent
  bool resume = false;
  UserImportOptions options;  // with the key
  std::uint32_t chunk_size = 1000;
  int workers = 1;
  std::set<std::string> given;  // options that were typed: "--csv", "--concurrency", ...
  std::string program;          // the program that a worker is started from
};

inline constexpr int kMostWorkers = 32;
inline constexpr std::uint32_t kLeastChunk = 100;
inline constexpr std::uint32_t kMostChunk = 10'000;

// Makes the job, or resumes it, and works on it to its end. Nothing has been sent when it fails.
[[nodiscard]] Result<UserImportReport> run(const Request& request, Observer& observer,
                                           int stop_fd = -1);

// A worker of a job in a process of its own: told what to do on the standard input, it reports on
// the standard output (run/job/words.h). Its exit code.
[[nodiscard]] int work();

// How a job stands, for somebody who looks from outside while it is working or not.
struct Standing {
  std::string id;
  std::string folder;
  // made: nothing was sent yet. done: every row succeeded. failed_rows: every row has ended, some
  // failed. stopped: interrupted, or killed. running: a process holds it. foreign: of the existing
  // toolkit, not resumed by usher yet. unreadable: see `problem`.
  enum class State { made, running, stopped, failed_rows, done, dry_run, foreign, unreadable };
  State state = State::unreadable;
  std::optional<Holder> holder;  // running
  Plan plan;                     // unless foreign or unreadable
  RowCounts rows;
  StepCounts users;
  StepCounts memberships;
  StepCounts organizations;
  std::uint64_t chunks_done = 0;
  std::vector<RunRecord> runs;
  std::uint64_t bytes = 0;  // on the disk
  WallTime used{};          // last
  Error problem;            // unreadable
  // Of a job of customers, whose plan is in here; `rows` are its items then: created those that
  // have arrived, failed those that have failed or are unconfirmed. Filled in by app/.
  std::shared_ptr<const customers::Standing> customers;
};

[[nodiscard]] std::string_view to_string(Standing::State state);  // "running", "failed rows", ...
[[nodiscard]] Standing look(const Folder& folder);
// Refuses while a process holds it, and what is no job.
[[nodiscard]] Status remove(const Folder& folder);

}  // namespace usher::job
