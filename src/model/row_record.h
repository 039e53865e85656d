// SPDX-License-Identifier: Apache-2.0
// What a job knows of one row of its input: how it ended, in which run, and digests that tell
// whether a repaired input still says the same. No cell value. Tested by store/job_store_test.cc.
#pragma once

#include <cstdint>

namespace usher {

// Numbers reach the disk: never renumber.
enum class RowOutcome : std::uint8_t {
  pending = 0,    // not ended yet
  created = 1,    // something the row asks for was made
  unchanged = 2,  // all of it was there
  failed = 3,     // tried again by every later run
};

// How a row has just ended.
struct RowMark {
  std::uint64_t record = 0;  // 1 is the first record after the header
  RowOutcome outcome = RowOutcome::pending;
  bool made_user = false;
  bool made_membership = false;
  bool again = false;  // it had failed in an earlier run; not kept
};

// What is known of a row when a run comes to it.
struct RowState {
  RowOutcome outcome = RowOutcome::pending;
  std::uint32_t run = 0;      // the run that ended it; 1 is a job's first
  bool taken = false;         // it is a row of the input as the job took it
  std::uint64_t content = 0;  // what it said then (RowPrint); with taken

  [[nodiscard]] bool succeeded() const {
    return outcome == RowOutcome::created || outcome == RowOutcome::unchanged;
  }
};

// What a row says, as digests under the job's own key.
struct RowPrint {
  std::uint64_t record = 0;
  std::uint64_t content = 0;  // of everything the row asks for
  std::uint64_t person = 0;   // of whom it is about
  bool member = false;        // it asks for a membership
};

}  // namespace usher
