// SPDX-License-Identifier: Apache-2.0
// The input of a user import, opened: the CSV, its role mapping, and the mapping from cells to
// people.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "run/user_import.h"
#include "source/csv.h"
#include "source/role_mapping.h"
#include "source/user_mapping.h"

namespace usher {

struct Input {
  csv::Reader reader;
  std::unique_ptr<RoleMapping> roles;  // the mapping points at it; may be null
  UserMapping mapping;
  std::vector<std::string> header;
  std::string path;  // absolute; empty: a pipe, which cannot be read again

  [[nodiscard]] static Result<Input> open(const UserImportOptions& options, int stop_fd);
};

// Whether somebody wants the run to end; the descriptor is left as it is.
[[nodiscard]] bool asked_to_stop(int stop_fd);

}  // namespace usher
