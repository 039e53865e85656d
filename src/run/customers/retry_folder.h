// SPDX-License-Identifier: Apache-2.0
// The folder of retry files of a job: retry_batches_YYYYMMDD_HHMMSS. It appears with the first
// batch that fails, that batch's file already in it, and grows while the run goes on; at the end it
// is made anew beside itself, in batch order, out of the store and the inputs alone, and swapped
// in. So whoever looks sees a whole folder at any time, and a run that was killed can be brought to
// the same end by the next start. Tested by retry_folder_test.cc.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "base/result.h"
#include "run/customers/causes.h"
#include "run/customers/opening.h"
#include "run/customers/rest.h"
#include "run/customers/retry_summary.h"

namespace usher::customers {

class RetryFolder {
 public:
  // `job.plan.retry_folder` is kept up to date, in the store too.
  RetryFolder(Opened& job, const Inputs& inputs);

  // A batch has come to its end in this run, and not all of it has arrived.
  [[nodiscard]] Status add(const Rest& rest, RunFacts facts);

  // The folder as it stays. `see`: every batch that misses something, in order, once. When nothing
  // is missing the folder is marked as used, if there is one.
  using See = std::function<Status(const Rest& rest)>;
  [[nodiscard]] Status finish(RunFacts facts, const See& see);

  [[nodiscard]] const std::string& path() const { return plan_.retry_folder; }
  [[nodiscard]] std::uint64_t files() const { return files_; }
  // Once finished.
  [[nodiscard]] const std::vector<CauseCount>& causes() const { return causes_; }

 private:
  struct Interim {
    std::uint64_t number = 0;  // of the file
    std::array<char, 64> sha256{};
  };

  [[nodiscard]] Status choose(WallTime now);
  [[nodiscard]] Status appear(const Rest& rest, const RunFacts& facts);
  [[nodiscard]] Status put(const std::string& folder, std::uint64_t number, int width,
                           const Rest& rest, RetrySummary& summary);
  [[nodiscard]] Status fill(const std::string& draft, const std::vector<bool>& missing,
                            RunFacts& facts, const See& see);
  [[nodiscard]] Status swap_in(const std::string& draft);
  void keep_edited(const std::string& old) const;
  [[nodiscard]] std::string draft() const;
  [[nodiscard]] bool is_there() const;

  Opened& job_;
  Plan& plan_;
  const Inputs& inputs_;
  bool earlier_ = false;  // an earlier run has left it whole: it stays as it is until the end
  std::map<std::uint64_t, Interim> interim_;  // by batch
  std::uint64_t files_ = 0;
  std::vector<CauseCount> causes_;
};

}  // namespace usher::customers
