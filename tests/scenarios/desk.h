// SPDX-License-Identifier: Apache-2.0
// A person at work: a folder with inputs, `usher` on the PATH, a key in .env, and a sandbox as the
// API. Command lines out of documents run here as they are written, in a shell. Their inputs are
// found in the lines themselves: a file that is read and not made there is prepared, and so is a
// job that is resumed or looked at. Tested by desk_test.cc.
#pragma once

#include <memory>
#include <set>
#include <string>

#include "base/scratch.h"
#include "scenarios/customer_side.h"
#include "scenarios/job_trial.h"
#include "scenarios/local_api.h"

namespace usher::scenarios {

class Desk {
 public:
  Desk();

  // Makes what `script` reads. Of a prepared job two of four rows have failed. `put_right`: their
  // reasons are gone now, and a resume succeeds; else every import fails in these two.
  void prepare_for(const std::string& script, bool put_right = true);
  // In the folder. Inputs that are not there are not made.
  [[nodiscard]] Ran run_script(const std::string& script,
                               const std::string& interpreter = "/bin/sh") const;

  [[nodiscard]] const LocalApi& api() const { return api_; }
  // Of a script that was prepared for and is about customers; null: of none.
  [[nodiscard]] const CustomerSide* customers() const { return customers_.get(); }
  [[nodiscard]] const ScratchFolder& folder() const { return folder_; }
  // An organization that is there.
  [[nodiscard]] const std::string& organization() const { return organization_; }

 private:
  void make_job(const std::string& id) const;
  void make_errors(const std::string& path) const;
  void take_away_troubles() const;

  LocalApi api_;
  ScratchFolder folder_;
  ScratchFolder programs_;
  std::unique_ptr<CustomerSide> customers_;
  std::string organization_;
  std::string in_the_way_;  // a user
};

// What a script reads and does not make, by its options and paths.
struct Reads {
  std::set<std::string> csvs;    // --csv, --role-mapping
  std::set<std::string> errors;  // --errors, or read by jq, outside of a job
  std::set<std::string> jobs;    // --resume, .workos-checkpoints/ID, jobs show
};
[[nodiscard]] Reads reads_of(const std::string& script);

}  // namespace usher::scenarios
