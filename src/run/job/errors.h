// SPDX-License-Identifier: Apache-2.0
// errors.jsonl of a job: the rows that are failed as of now, one JSON object a line (docs/
// errors.md). A view: lines are added while a run goes on (`tail -f` works), and what later
// attempts have overtaken is taken out when a run begins and when it ends. The store knows which
// rows have failed; without any the file is not there. Tested by errors_test.cc.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/file.h"
#include "base/result.h"
#include "run/user_import.h"
#include "store/job_store.h"

namespace usher::job {

class Errors {
 public:
  // Takes out what is overtaken; lines added from now on are of this run.
  [[nodiscard]] static Result<Errors> begin(std::string path, JobStore& store, std::uint32_t run);
  // Another input: records mean something else, so nothing of the file holds any more.
  [[nodiscard]] static Status clear(const std::string& path, JobStore& store);

  // The line is in the file when this returns: before the store knows that the row has failed.
  [[nodiscard]] Status add(const FailedRow& row);
  [[nodiscard]] Status finish();

 private:
  Errors(std::string path, JobStore& store, std::uint32_t run)
      : path_(std::move(path)), store_(&store), run_(run) {}

  std::string path_;
  JobStore* store_;
  std::uint32_t run_;
  std::optional<Appender> file_;
};

}  // namespace usher::job
