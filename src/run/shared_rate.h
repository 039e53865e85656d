// SPDX-License-Identifier: Apache-2.0
// One rate for all processes of a job: the RateBook in a file that each of them has mapped, under a
// mutex in the same file that survives the death of its owner. Also one rate from run to run: who
// resumes at once after a kill finds in the file what the killed have used.
//
// Who is alive is asked of the kernel: a worker holds a lock on one byte of the file for as long as
// it lives. Instants are the kernel's monotonic clock, alike in all processes until the next boot;
// a book of another boot counts as used up when this one began. The file can be removed whenever no
// run is on; then what was used is not known. It holds no data of people.
//
//   coordinator   open(); settle_dead() when a child has ended
//   worker        open(), join() → Import::Options::rate; goes with the process, however it ends
//
// Linux only (robust mutexes, OFD locks). The folder is on a local disk, or at least used by one
// machine at a time. Tested by shared_rate_test.cc.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "engine/rate_book.h"
#include "run/rate_file.h"

namespace usher {

class SharedRate final : public RateBook::Turns, public std::enable_shared_from_this<SharedRate> {
 public:
  // The file of these windows: made (0600), or taken over from an earlier run with what was used.
  // When that had other windows or limits, waits up to three seconds for its last processes to go.
  // No windows are fine: then only pauses are shared.
  [[nodiscard]] static Result<std::shared_ptr<SharedRate>> open(const std::string& path,
                                                                std::vector<RateWindow> windows,
                                                                RateClock clock = {});
  ~SharedRate() override;

  // Makes this process a holder, once. The share keeps this object alive.
  [[nodiscard]] Result<RateShare> join();
  // Settles what processes that are gone have left in flight; how many they were. Cheap enough to
  // call at the end of each child, and once a second for those whose end nobody saw.
  int settle_dead();

  void enter() override;
  void leave() override;

 private:
  SharedRate(RateFile file, std::string path, std::vector<RateWindow> windows, RateClock clock);
  int bury_dead();

  RateFile file_;
  std::string path_;
  RateBook book_;
  RateClock clock_;
  std::optional<std::uint32_t> holder_;
};

}  // namespace usher
