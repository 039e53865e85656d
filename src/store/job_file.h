// SPDX-License-Identifier: Apache-2.0
// The file of a job's store: how it is made, opened and looked at, and what is said when that, or
// anything later, fails. Nothing is ever deleted to make a file open. A room's secret: only
// src/store includes it. Tested by job_file_test.cc.
#pragma once

#include <memory>
#include <string>

#include "base/result.h"

namespace SQLite {
class Database;
class Exception;
}  // namespace SQLite

namespace usher {

// In this program's words, with the path in front and the next step.
[[nodiscard]] Error in_words(const std::string& path, const SQLite::Exception& error);

[[nodiscard]] Status create_job_file(const std::string& path, const char* vfs);
[[nodiscard]] Result<std::unique_ptr<SQLite::Database>> open_job_file(const std::string& path,
                                                                      const char* vfs);
[[nodiscard]] Result<std::unique_ptr<SQLite::Database>> look_at_job_file(const std::string& path);

}  // namespace usher
