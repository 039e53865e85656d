// SPDX-License-Identifier: Apache-2.0
// The options of usher import-customers, and what they ask for together. Tested by
// command_test.cc.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "app/customers/import.h"
#include "cli/options.h"
#include "cli/surroundings.h"

namespace usher::cli {

struct CustomerFlags {
  std::vector<std::string> paths;
  customers::TargetWish target;
  std::string profile;
  std::string profiles;  // the file
  std::string csv_mapping;
  std::optional<customers::Pace> preset;
  std::int64_t batch_size = 0;  // 0: the preset's
  std::int64_t workers = 0;
  std::int64_t attempts = 0;
  double delay = -1;  // below zero: the preset's
  std::int64_t timeout_seconds = 120;
  std::string job_id;
  std::optional<std::string> resume;  // "": the latest
  std::string root{job::kDefaultRoot};
  std::string out = ".";
  bool check = false;
  bool quiet = false;
  bool json = false;
};

void declare_customers(Options& options, CustomerFlags& flags);
// Options that cannot be meant together.
[[nodiscard]] Status check_customers(const CustomerFlags& flags, const Options& options);

// `otherwise`: without a preset.
[[nodiscard]] customers::Pace pace_of(const CustomerFlags& flags,
                                      const customers::Pace& otherwise = {});
[[nodiscard]] customers::Inputs::Wish wish_of(const CustomerFlags& flags);
// The profile, if one is named.
[[nodiscard]] Result<std::optional<customers::Profile>> profile_of(const CustomerFlags& flags,
                                                                   const Surroundings& around);
// Of a new job, with its target; `origins`: of the retry folders among the paths.
[[nodiscard]] Result<customers::Request> request_of(
    const CustomerFlags& flags, const std::vector<customers::RetryOrigin>& origins,
    const Surroundings& around, std::vector<std::string>& notes);
// Of a job that goes on.
[[nodiscard]] Result<customers::Request> request_to_resume(const CustomerFlags& flags,
                                                           const Options& options,
                                                           const customers::Resumable& job,
                                                           const Surroundings& around);

}  // namespace usher::cli
