// SPDX-License-Identifier: Apache-2.0
// The workers of a job, seen from their coordinator: starts them, hears them, replaces those that
// die, and stops them. Whose people are whose is dealt once: person p is in partition p % 64, and
// partition q is the q % n-th worker's, so that all scan the input side by side and chunks complete
// one after the other. A worker that is replaced loses nothing: the store knows. Tested by
// tests/scenarios.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <sys/types.h>

#include "base/file.h"
#include "base/result.h"
#include "run/job/folder.h"
#include "run/job/ledger.h"
#include "run/job/words.h"
#include "run/rows.h"
#include "run/shared_rate.h"
#include "run/user_import.h"

namespace usher::job {

class Crew {
 public:
  struct Setting {
    std::string program;              // started as `program work`
    Orders orders;                    // of every worker, but for its partitions
    int lock = -1;                    // inherited, so that the job is held until all are gone
    std::vector<std::string> header;  // of the input
    Tally tally;                      // of this run, before the workers
    int stop_fd = -1;
  };
  Crew(Setting setting, int workers, SharedRate& rate, Ledger& ledger);
  ~Crew();
  Crew(const Crew&) = delete;
  Crew& operator=(const Crew&) = delete;

  // Until all of them have ended. The tally is of this run.
  [[nodiscard]] UserImportReport work();

 private:
  struct Hand {
    std::uint64_t partitions = 0;
    pid_t process = -1;
    Fd to;
    Fd from;
    std::string heard;  // not a whole line yet
    Tally tally;        // of the process that works now
    Tally gone;         // of those before it
    int in_flight = 0;
    std::string waiting;
    int deaths = 0;  // one after the other, without a row ended
    bool ended = false;
  };

  Status start(Hand& hand);
  void hear(Hand& hand);
  void take_lines(Hand& hand);
  void take(Hand& hand, Report report);
  void buried(Hand& hand, int status);
  void hear_signals();
  void tell_all_to_stop();
  void kill_all();
  void end_with(UserImportReport::End end, Error reason);
  void report_progress();
  [[nodiscard]] Tally tally() const;
  [[nodiscard]] bool all_ended() const;

  Setting setting_;
  SharedRate& rate_;
  Ledger& ledger_;
  std::vector<Hand> hands_;
  Instant started_;
  Instant next_report_{};
  Instant next_look_{};
  bool stopping_ = false;
  bool interrupted_ = false;
  bool leaving_ = false;
  UserImportReport::End end_ = UserImportReport::End::finished;
  Error reason_;
};

}  // namespace usher::job
