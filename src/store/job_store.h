// SPDX-License-Identifier: Apache-2.0
// The store of a job: one SQLite file (WAL, synchronous FULL) that several processes share. Beside
// the steps it keeps the job's notes (its plan and the like), how each row ended, and its runs.
// What apply() and the setters returned for survives a crash and a loss of power. Nothing here is a
// cell of the input: keys and digests are hashes under the job's own key.
//
// Tables, for people with the sqlite3 tool: docs/jobs.md. Tested by job_store_test.cc and, what
// concerns inputs, job_input_test.cc.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "model/row_record.h"
#include "store/store.h"

namespace usher {

// How a new input differs from the one before. Rows are the same when their content is, wherever
// they stand; what is left is paired by person.
struct InputChange {
  std::uint64_t same = 0;
  std::uint64_t repaired = 0;  // the same person, saying something else
  std::uint64_t added = 0;
  std::uint64_t gone = 0;
  std::uint64_t done = 0;  // of the same: those that had succeeded, and stay so
};

struct StepCounts {
  std::uint64_t created = 0;
  std::uint64_t already_there = 0;  // of them `updated`
  std::uint64_t updated = 0;
  std::uint64_t failed = 0;  // settled as failed or unsure
  std::uint64_t open = 0;    // begun, not settled
};

struct RowCounts {
  std::uint64_t total = 0;
  std::uint64_t created = 0;
  std::uint64_t unchanged = 0;
  std::uint64_t failed = 0;
  std::uint64_t made_users = 0;        // rows that made their person
  std::uint64_t made_memberships = 0;  // rows that made their membership
  std::uint64_t members = 0;           // rows that ask for a membership
  std::uint64_t members_done = 0;      // of them succeeded
  [[nodiscard]] std::uint64_t succeeded() const { return created + unchanged; }
  [[nodiscard]] std::uint64_t pending() const { return total - succeeded() - failed; }
};

struct RunRecord {
  std::uint32_t number = 0;  // 1 is the first
  WallTime began{};
  std::optional<WallTime> ended;  // none: under way, or it was killed
  std::string end;                // "finished", "interrupted", ...: run/ decides
  int workers = 1;
};

class JobStore : public Store {
 public:
  // Makes the file, 0600; refuses one that is there. `vfs`: SQLite's file layer, for tests that
  // break it.
  [[nodiscard]] static Result<std::unique_ptr<JobStore>> create(const std::string& path,
                                                                const char* vfs = nullptr);
  // Refuses, each in words of its own: a file that is not there, that is no store of ours, that a
  // newer version wrote, that is damaged, that cannot be written. A crash's leftovers are mended.
  [[nodiscard]] static Result<std::unique_ptr<JobStore>> open(const std::string& path,
                                                              const char* vfs = nullptr);
  // To look at while another process works: nothing can be written, nothing waits.
  [[nodiscard]] static Result<std::unique_ptr<JobStore>> look(const std::string& path);

  // Small texts by name ("plan", "csv_sha256"); "" when there is none. All or nothing.
  using Note = std::pair<std::string_view, std::string>;
  [[nodiscard]] virtual Result<std::string> note(std::string_view name) = 0;
  [[nodiscard]] virtual Status set_notes(std::span<const Note> notes) = 0;

  // Takes the rows of an input, records 1, 2, 3, ... in order, until `next` gives nothing or fails:
  // the rows of the input before are compared with them. Rows that are the same and succeeded stay
  // ended, all others are pending again; steps that have failed are forgotten when anything
  // differs; the notes are set. All or nothing.
  using NextRow = std::function<Result<std::optional<RowPrint>>()>;
  [[nodiscard]] virtual Result<InputChange> take_input(const NextRow& next,
                                                       std::span<const Note> notes) = 0;

  // What take_input() would say; nothing is taken.
  [[nodiscard]] virtual Result<InputChange> compare_input(const NextRow& next) = 0;

  // Marks of rows are of this run from now on.
  [[nodiscard]] virtual Result<std::uint32_t> begin_run(WallTime now, int workers) = 0;
  // Another process of the run that is under way. Again before it takes over the rows of a process
  // that died: how those ended may have been read ahead.
  [[nodiscard]] virtual Status join_run(std::uint32_t run) = 0;
  [[nodiscard]] virtual Status end_run(WallTime now, std::string_view end) = 0;
  [[nodiscard]] virtual Result<std::vector<RunRecord>> runs() = 0;

  [[nodiscard]] virtual Result<StepCounts> count_steps(StepKind kind) = 0;
  [[nodiscard]] virtual Result<RowCounts> count_rows() = 0;
  // The same for each `size` rows; the last may be shorter.
  [[nodiscard]] virtual Result<std::vector<RowCounts>> count_chunks(std::uint32_t size) = 0;
};

}  // namespace usher
