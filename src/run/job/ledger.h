// SPDX-License-Identifier: Apache-2.0
// Keeps a job's views true while it is worked on, in this process or in workers, and lets the face
// see the whole of the job rather than this run of it. Tested by tests/scenarios.
#pragma once

#include <string>

#include "run/job/checkpoint.h"
#include "run/job/chunks.h"
#include "run/job/errors.h"
#include "run/job/folder.h"
#include "run/job/plan.h"
#include "run/user_import.h"

namespace usher::job {

class Ledger : public Observer {
 public:
  Ledger(const Folder& folder, const Plan& plan, JobStore& store, Errors errors, Chunks chunks,
         Observer& face);

  void started(Mode mode, std::uint64_t total_rows) override { face_.started(mode, total_rows); }
  void warned(const std::string& warning) override { face_.warned(warning); }
  [[nodiscard]] Status failed(const FailedRow& row) override;
  void progressed(const Progress& progress) override;
  void settled(std::span<const RowMark> marks) override;

  // The same of rows that ended in another process.
  void settled(const ChunkChanges& changes);
  // The views as they stay, counted anew: workers that died had settled what they never reported.
  // `last` is what is told at the end of the run. The first trouble with them, or nothing.
  [[nodiscard]] Status finish(const Progress& last);

 private:
  void write_checkpoint(Now now);

  const Folder& folder_;
  const Plan& plan_;
  JobStore& store_;
  Errors errors_;
  Chunks chunks_;
  RowCounts before_;  // when this run began
  double most_writes_ = 0;
  Observer& face_;
  Instant written_{};
  Status status_;
};

}  // namespace usher::job
