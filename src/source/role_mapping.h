// SPDX-License-Identifier: Apache-2.0
// Roles by person, out of a CSV with the columns external_id and role_slug, one pair a row. They
// hold in every organization the person joins. Kept in memory: a reader of the file has to be able
// to ask for anybody. Tested by role_mapping_test.cc.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/result.h"

namespace usher {

struct RoleMapping {
  std::unordered_map<std::string, std::vector<std::string>>
      roles;  // external_id -> slugs, no repeats
  std::vector<std::string>
      warnings;  // the first kMaxWarnings; what is beyond is counted in the last

  static constexpr std::size_t kMaxWarnings = 20;

  // A record that cannot be read is an error, not a warning: somebody would lose a role unnoticed.
  [[nodiscard]] static Result<RoleMapping> read(const std::string& path, int stop_fd = -1);
};

}  // namespace usher
