// SPDX-License-Identifier: Apache-2.0
// What a job is to do, as it was asked for when it was made: every option but the key, and which
// input. It is kept in the store, so that a resume needs no option again. Tested by plan_test.cc.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"
#include "run/user_import.h"

namespace usher::job {

// A file as it was read: resumed jobs notice when it says something else.
struct InputFile {
  std::string path;  // absolute; empty: none
  std::string sha256;
  std::uint64_t bytes = 0;
  friend bool operator==(const InputFile&, const InputFile&) = default;
};

struct Plan {
  std::string id;
  WallTime created{};
  UserImportOptions options;  // without the key
  InputFile csv;
  InputFile role_mapping;
  Mode mode = Mode::user_only;
  std::uint64_t rows = 0;  // as the store counts them; no part of what is kept
  std::uint32_t chunk_size = 1000;
  int workers = 1;
  std::string hash_key;  // of the store's keys and digests

  [[nodiscard]] std::uint64_t chunks() const { return (rows + chunk_size - 1) / chunk_size; }
};

[[nodiscard]] std::string to_json(const Plan& plan);
// Refuses what a newer version, or nobody, has written.
[[nodiscard]] Result<Plan> parse_plan(std::string_view text);

// Reads a regular file once, from its start to its end.
[[nodiscard]] Result<InputFile> fingerprint(const std::string& path);

// The options of this command line over those of the plan. `given`: the names of the options that
// were typed. What may change from run to run is taken over; what would change the meaning of the
// job is refused, in words.
[[nodiscard]] Status override_options(Plan& plan, const UserImportOptions& typed, int workers,
                                      std::uint32_t chunk_size, const std::set<std::string>& given);

}  // namespace usher::job
