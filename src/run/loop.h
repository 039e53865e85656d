// SPDX-License-Identifier: Apache-2.0
// The loop of one process: takes rows, and drives the machine, the store and the client in the
// order that engine/import.h asks for. The same for an import without a job, for a job in one
// process, and for each worker of many. Tested by tests/scenarios.
#pragma once

#include <cstddef>
#include <string>
#include <unordered_map>
#include <vector>

#include "engine/import.h"
#include "net/client.h"
#include "run/rows.h"
#include "run/stop_signal.h"
#include "run/user_import.h"
#include "store/store.h"

namespace usher {

// What the options mean for the machine and for the client.
[[nodiscard]] Import::Options machine_options(const UserImportOptions& options);
// How many creates a store that really writes to the disk lets begin before their turn.
[[nodiscard]] std::size_t begin_ahead(const UserImportOptions& options);
// Writes that the limits allow in the long run; 0: any number.
[[nodiscard]] double most_writes_a_second(const RateLimit& limit);
[[nodiscard]] Result<net::Client> open_client(const UserImportOptions& options);

class Loop {
 public:
  Loop(Rows& rows, net::Client client, Store& store, Import::Options options, Observer& observer,
       int stop_fd);

  // To the end of the rows, or to whatever stops it. `total_rows`: for the progress; 0: not known.
  // The report's tally is of this loop's rows alone.
  [[nodiscard]] UserImportReport go(std::uint64_t total_rows);
  // Tells and counts a warning.
  void warn(const std::string& warning);

 private:
  bool feed(Now now);
  bool look_up(Candidate& candidate);
  bool find(const Key& key, StepRecord& record);
  void obey(Turn turn, Now now);
  [[nodiscard]] bool must_write(Now now) const;
  void write(Now now);
  void end_rows(Now now);
  void mark(const RowEnd& end);
  void tell(const RowEnd& end, Now now);
  void wait(Now now);
  void hear_signals();
  void stop();
  void end_with(UserImportReport::End end, Error reason);
  [[nodiscard]] Tally tally() const;
  void report_progress(Instant now);
  [[nodiscard]] UserImportReport finish();

  Rows& rows_;
  net::Client client_;
  Store& store_;
  bool organizations_only_;
  Import import_;
  Observer& observer_;
  StopSignal signal_;
  Instant started_;
  Instant next_report_{};
  std::uint64_t total_rows_ = 0;
  std::uint64_t own_warnings_ = 0;
  std::vector<std::string> warnings_;
  // What waits to be written: steps, and the rows that end with them.
  std::vector<StepWrite> writes_;
  std::unordered_map<Key, std::size_t, Hash128Hasher> latest_;  // by key, in writes_
  std::vector<RowEnd> ends_;
  std::vector<RowMark> marks_;
  Instant oldest_{};
  bool begun_ = false;  // one of them must be on the disk before its request leaves
  bool input_ended_ = false;
  bool stopping_ = false;
  bool leave_ = false;
  bool deaf_ = false;
  UserImportReport::End end_ = UserImportReport::End::finished;
  Error reason_;
};

}  // namespace usher
