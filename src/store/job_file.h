// SPDX-License-Identifier: Apache-2.0
// The file of a job's store: how it is made and opened, and what is said when that, or anything
// later, fails. Nothing is ever deleted to make a file open. A room's secret: only src/store
// includes it. Tested by job_file_test.cc.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "base/result.h"
#include "store/sqlite_names.h"

namespace usher {

// In this program's words, with the path in front and the next step.
[[nodiscard]] Error in_words(const std::string& path, const SQLite::Exception& error);

// What the job sends. A store of one kind is told from the other's by its first bytes, and refused.
enum class JobKind : std::uint8_t { users, customers };
// Nothing: the file cannot be read, or is no store of a job.
[[nodiscard]] std::optional<JobKind> kind_of_job_file(const std::string& path);

[[nodiscard]] Status create_job_file(const std::string& path, const std::string& vfs,
                                     JobKind kind = JobKind::users);
[[nodiscard]] Result<std::unique_ptr<SQLite::Database>> open_job_file(
    const std::string& path, const std::string& vfs, JobKind kind = JobKind::users);

// The ways to read a file without writing one.
enum class Look : std::uint8_t {
  live,   // somebody has it open, or had until he was killed: through the shared memory in -shm
  still,  // nobody has it open: nothing beside it
  cut,    // what a crash left, without the -shm: a WAL that is read into this process's memory
};
[[nodiscard]] Result<std::unique_ptr<SQLite::Database>> look_at_job_file(
    const std::string& path, Look how, JobKind kind = JobKind::users);

}  // namespace usher
