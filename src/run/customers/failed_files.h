// SPDX-License-Identifier: Apache-2.0
// failed_customers/ (failed_households/): what failed and why, item by item, in the form of the
// existing tool: failed_customers.json and single_failures/. What an earlier job has left there is
// set aside under the time it was written, never overwritten. Tested by failed_files_test.cc.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/file.h"
#include "base/result.h"
#include "base/time.h"
#include "run/customers/causes.h"
#include "run/customers/job.h"
#include "run/customers/rest.h"
#include "run/customers/single_failures.h"

namespace usher::customers {

class FailedFiles {
 public:
  // Beyond so many records the items themselves are left to the retry files: nobody opens a list of
  // a gigabyte, and everything else of a record is there.
  static constexpr std::uint64_t kMostOriginals = 10'000;

  FailedFiles(const Plan& plan, const Inputs& inputs, std::string job, WallTime now);
  ~FailedFiles();
  FailedFiles(const FailedFiles&) = delete;
  FailedFiles& operator=(const FailedFiles&) = delete;

  // What of the batch failed, or is not confirmed; what was not sent is no failure.
  [[nodiscard]] Status add(const Rest& rest);
  // Puts all of it in its place. Nothing failed: what this job wrote earlier says so.
  [[nodiscard]] Status finish();

  // failed_customers.json; "" when nothing failed.
  [[nodiscard]] std::string path() const;

 private:
  [[nodiscard]] Status begin();
  [[nodiscard]] Status put_list(bool own);
  [[nodiscard]] Status put_singles();
  void remove_drafts() const;
  [[nodiscard]] Status write_record(const Rest& rest, std::size_t index, const Identity& who);
  [[nodiscard]] bool is_of_this_job(const std::string& path) const;
  [[nodiscard]] Status set_aside(const std::string& path, const std::string& stem,
                                 const std::string& ending);
  [[nodiscard]] std::string name(std::string_view ending) const;

  const Plan& plan_;
  const Inputs& inputs_;
  std::string job_;
  WallTime now_;
  std::string timestamp_;  // of every record
  std::string folder_;     // failed_customers
  std::string list_draft_;
  std::string singles_draft_;
  std::unique_ptr<Appender> list_;
  std::unique_ptr<SingleFailures> singles_;
  CauseWords words_;
  std::uint64_t records_ = 0;
};

}  // namespace usher::customers
