// SPDX-License-Identifier: Apache-2.0
// Ctrl-C and SIGTERM as bytes on a descriptor, one a signal, so that the loop that waits for the
// network waits for them too. After the second the default action is back: a third always ends the
// program. Tested by tests/scenarios.
#pragma once

#include "base/file.h"
#include "base/result.h"

namespace usher::cli {

class StopSignals {
 public:
  // One at a time per process; signals act as before once it is gone.
  [[nodiscard]] static Result<StopSignals> install();
  ~StopSignals();
  StopSignals(StopSignals&&) noexcept = default;
  StopSignals& operator=(StopSignals&&) noexcept = delete;

  [[nodiscard]] int fd() const { return reader_.get(); }
  [[nodiscard]] static int seen();  // how many have come

 private:
  StopSignals(Fd reader, Fd writer) : reader_(std::move(reader)), writer_(std::move(writer)) {}
  Fd reader_;
  Fd writer_;
};

// Writing to a closed pipe is an error of the write, not the end of the process.
void ignore_closed_pipes();

}  // namespace usher::cli
