// SPDX-License-Identifier: Apache-2.0
// One run of a user import: reads the CSV, drives the engine, the store and the client, and tells
// an Observer what happens. Deciding is engine/'s; this is the thin code that acts. The faces call
// it through app/. Tested by tests/world and tests/scenarios.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/secret.h"
#include "base/time.h"
#include "model/failure.h"
#include "model/policy.h"
#include "model/row_record.h"
#include "model/tally.h"
#include "model/user_row.h"
#include "source/user_mapping.h"
#include "store/job_store.h"

namespace usher {

struct UserImportOptions {
  std::string csv;           // path; "-": the standard input
  OrgRef single_org;         // by != none: single-org mode
  std::string role_mapping;  // path; empty: none
  int concurrency = 10;      // requests in flight, 1-100
  bool require_membership = false;
  bool dry_run = false;
  Existing existing = Existing::link;
  RateLimit rate_limit;
  std::string api_url;
  bool allow_plaintext = false;  // http:// to another machine
  Secret api_key;                // empty only for a dry run
  std::chrono::milliseconds timeout{60'000};
};

// A row that failed, with its cells for rawRow. References are valid during the call only.
struct FailedRow {
  std::uint64_t record = 0;  // 1 is the first record after the header
  std::uint64_t line = 0;
  const std::vector<std::string>& header;
  const std::vector<std::string>& cells;  // fewer or more than the header when the record is ragged
  const OrgRef& org;
  std::string email;
  const Failure& failure;
  WallTime at{};
  std::string_view csv_path = {};  // absolute; empty when the input cannot be read again
};

struct Progress {
  std::string_view things = "rows";  // what is counted, for people
  Tally tally;
  std::uint64_t total_rows = 0;  // 0: not known
  Duration elapsed{};
  int in_flight = 0;
  std::string waiting;  // why nothing is being sent right now, for people; empty: it is working
  std::uint64_t earlier = 0;  // rows of `tally` that earlier runs of the job have done
  std::uint64_t chunks = 0;   // of a job; 0: none
  std::uint64_t chunks_done = 0;
  double most_writes = 0;  // a second, by the rate limits; 0: unlimited
};

// How a job stands when a run of it begins.
struct JobStart {
  std::string id;
  std::string folder;
  bool resumed = false;
  bool adopted = false;  // a job of the existing toolkit, which has no store
  std::uint64_t chunks = 0;
  std::uint64_t chunks_done = 0;
  std::uint64_t rows = 0;
  std::uint64_t rows_done = 0;   // succeeded in earlier runs: skipped
  std::uint64_t rows_again = 0;  // failed in earlier runs: tried again
  int workers = 1;
  std::optional<InputChange> change;  // when the input is another than before
};

class Observer {
 public:
  Observer() = default;
  Observer(const Observer&) = delete;
  Observer& operator=(const Observer&) = delete;
  virtual ~Observer() = default;
  virtual void started(Mode mode, std::uint64_t total_rows) = 0;
  virtual void warned(const std::string& warning) = 0;
  // A Status that is an error (a full disk) stops the run in good order.
  [[nodiscard]] virtual Status failed(const FailedRow& row) = 0;
  virtual void progressed(const Progress& progress) = 0;  // at most ten times a second
  // How these rows ended is on the disk now.
  virtual void settled(std::span<const RowMark> /*marks*/) {}
  // A job begins, or goes on. Before started().
  virtual void job_opened(const JobStart& /*start*/) {}
};

struct UserImportReport {
  Mode mode = Mode::user_only;
  bool dry_run = false;
  Tally tally;
  Duration elapsed{};
  enum class End {
    finished,      // every row was tried
    interrupted,   // asked to stop; what was in flight was awaited
    denied,        // the API refuses the key
    organization,  // the one organization of a single-org run is not to be had
    unreachable,   // the API could not be reached for too long
    observer,      // an Observer's error, in `reason`
    source,        // reading the input failed on the way
    store,         // the store could not be written
    workers,       // worker processes kept dying
  } end = End::finished;
  Error reason;  // unless finished or interrupted
  // It stopped early, and what a pipe still had to say is in no count: it may never end.
  bool rest_unread = false;
  // Of a job: its counts are of all its runs together, as the store has them.
  std::string job;     // its id; empty: none
  std::string folder;  // of the job
};

// Fails (nothing was sent) on unusable input or options. `stop_fd`: becomes readable when the run
// shall end: one byte asks it to stop admitting and to await what is in flight, a second to leave.
[[nodiscard]] Result<UserImportReport> import_users(const UserImportOptions& options,
                                                    Observer& observer, int stop_fd = -1);

}  // namespace usher
