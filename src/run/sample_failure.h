// SPDX-License-Identifier: Apache-2.0
// For tests: failures and failed rows made by hand, alike wherever failures are shown or written.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "model/failure.h"
#include "run/user_import.h"

namespace usher {

// 2026-03-02T09:15:07.042Z
inline constexpr WallTime kSampleMoment{std::chrono::milliseconds{1772442907042}};

inline Failure sample_failure(FailedAt at, std::string message, int status = 0,
                              std::string code = {}) {
  Failure failure;
  failure.at = at;
  failure.message = std::move(message);
  failure.http_status = status;
  failure.code = std::move(code);
  return failure;
}

struct SampleRow {
  std::vector<std::string> header = {"email", "first_name", "password", "org_external_id"};
  std::vector<std::string> cells = {"ida@north.example", "Ida", "hunter2 hunter2", "north"};
  OrgRef org{OrgRef::By::external_id, "north", "", false};
  Failure failure = sample_failure(FailedAt::org_resolution, "Organization not found: north", 404,
                                   "entity_not_found");

  // Valid as long as this is.
  [[nodiscard]] FailedRow row(std::uint64_t record = 12) const {
    return {record, record + 1, header, cells, org, "ida@north.example", failure, kSampleMoment};
  }
};

}  // namespace usher
