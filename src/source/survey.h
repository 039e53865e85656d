// SPDX-License-Identifier: Apache-2.0
// One streaming pass over an input that answers what a dry run, a plan and a progress bar ask: how
// many rows, which cannot be right, how many people, memberships and organizations. Nothing is sent
// and memory does not grow with the input. Tested by survey_test.cc.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "model/failure.h"
#include "model/user_row.h"
#include "source/csv.h"
#include "source/user_mapping.h"

namespace usher {

struct Survey {
  static constexpr std::size_t kMaxWarnings = 100;

  Mode mode = Mode::user_only;
  std::uint64_t bytes = 0;
  std::uint64_t rows = 0;
  std::uint64_t failed = 0;  // rows that cannot be imported as they are
  // Different ones among the other rows: what a run would make, if none of it is there yet.
  std::uint64_t people = 0;         // by e-mail, ASCII case ignored
  std::uint64_t memberships = 0;    // by person and organization
  std::uint64_t organizations = 0;  // by id, external id or name
  std::uint64_t creatable = 0;      // of the organizations: some row allows to make it
  std::uint64_t warning_count = 0;
  std::vector<std::string>
      warnings;  // the first kMaxWarnings, those of the header before all others

  // Requests that create, when nothing is there yet.
  [[nodiscard]] std::uint64_t writes() const { return people + memberships + creatable; }
};

struct SurveyHooks {
  // A target's own limits; a Failure fails the row. Warnings do not name the row.
  std::function<std::optional<Failure>(const UserRow&, std::vector<std::string>&)> check;
  // A row that cannot be imported; `row` holds what could be read of it. An error ends the survey.
  std::function<Status(const csv::Record&, const UserRow& row, const Failure&)> failed;
  // Now and then: how many rows and bytes have been read. False ends the survey.
  std::function<bool(std::uint64_t rows, std::uint64_t bytes)> progressed;
};

// Fails when reading does, when a hook says so, or without room for temporary files.
[[nodiscard]] Result<Survey> survey(csv::Reader& reader, const UserMapping& mapping,
                                    const SurveyHooks& hooks);

}  // namespace usher
