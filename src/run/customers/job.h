// SPDX-License-Identifier: Apache-2.0
// A customer import as a job: every run has a folder that remembers everything, so that it can be
// killed at any moment, goes on where it was, and leaves retry files that hold exactly what has not
// arrived, if need be written by the next start. The faces call this through app/. Tested by
// tests/scenarios.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "engine/batch_import.h"
#include "model/customer.h"
#include "run/job/folder.h"
#include "source/customers/inputs.h"
#include "store/job_store.h"
#include "target/customers/endpoint.h"

namespace usher::customers {

// How fast and how stubborn. The presets' figures are those of the existing tool.
struct Pace {
  std::uint32_t batch_size = 70;                    // items, 1 to kMostInBatch
  int workers = 3;                                  // requests in flight, 1 to kMostWorkers
  Duration delay = std::chrono::milliseconds{500};  // between the starts of two requests
  int attempts = 3;                                 // of a request, the first one included, 1 to 10
  static constexpr int kMostWorkers = 64;
};

// What a job was asked for; kept in its store, without anything secret.
struct Plan {
  WallTime created{};
  std::vector<std::string> paths;  // as given, absolute
  std::string csv_mapping;
  std::string csv_mapping_sha256;
  Endpoint endpoint;
  std::string profile;   // its name; empty: none
  std::string profiles;  // the file it is in, absolute; empty: where it usually is
  std::string user;      // of the automatic login; empty: a token by hand
  Pace pace;
  std::chrono::milliseconds timeout{120'000};
  std::string out;  // folder for retry_batches_* and failed_customers/, absolute
  // Once the inputs were surveyed for the first time:
  std::vector<InputFile> files;
  std::uint64_t items = 0;
  std::uint64_t batches = 0;
  std::string retry_folder;  // that this job leaves, absolute; empty: nothing has failed yet
};
// How its inputs are opened again.
[[nodiscard]] Inputs::Wish inputs_of(const Plan& plan);
[[nodiscard]] std::string to_json(const Plan& plan);
[[nodiscard]] Result<Plan> parse_plan(std::string_view text);

struct Request {
  std::string root{job::kDefaultRoot};
  std::string id;  // of a new job: empty: made of the time; of one to resume: empty: the latest
  bool resume = false;
  Plan plan;  // of a new job; of one to resume: what `given` names counts
  Credentials credentials;
  std::set<std::string> given;  // options that were typed: "--workers", ...
};

struct JobStart {
  std::string id;
  std::string folder;
  bool resumed = false;
  std::uint64_t items = 0;
  std::uint64_t batches = 0;
  ItemCounts counts;  // as the job stands
};

struct Progress {
  ItemCounts counts;  // of the job; pending: what is left
  std::uint64_t batches = 0;
  std::uint64_t batches_done = 0;  // in all runs
  std::uint64_t retry_files = 0;   // written so far
  std::string retry_folder;        // empty: nothing has failed
  BatchImport::Traffic traffic;
  Duration elapsed{};
  std::uint64_t earlier = 0;  // items that earlier runs have brought to an end
  int in_flight = 0;
  std::string waiting;
};

class Observer {
 public:
  Observer() = default;
  Observer(const Observer&) = delete;
  Observer& operator=(const Observer&) = delete;
  virtual ~Observer() = default;
  virtual void started(const JobStart& start) = 0;
  virtual void warned(const std::string& warning) = 0;
  virtual void batch_ended(const Batch& batch, const BatchTurn::End& end) = 0;
  virtual void progressed(const Progress& progress) = 0;  // at most ten times a second
};

// How items that have not arrived are grouped for people.
struct CauseCount {
  Cause cause;
  Outcome outcome = Outcome::failed;
  std::uint64_t items = 0;
};

struct Report {
  std::string job;
  std::string folder;  // of the job
  ItemCounts counts;   // of all runs of the job: they add up to `items`
  std::uint64_t items = 0;
  std::uint64_t batches = 0;
  BatchImport::Traffic traffic;  // of this run
  Duration elapsed{};
  enum class End : std::uint8_t {
    finished,     // every item has come to its end
    interrupted,  // asked to stop
    denied,       // login or token rejected
    unreachable,
    source,  // an input could not be read, or has changed
    store,   // the store or a retry file could not be written
  } end = End::finished;
  Error reason;                    // unless finished or interrupted
  std::vector<CauseCount> causes;  // the most frequent first, at most kMostCauses
  static constexpr std::size_t kMostCauses = 100;
  // What is left for another try; empty when all has arrived.
  std::string retry_folder;
  std::uint64_t retry_files = 0;
  bool retry_complete = true;  // false: the next start writes what is missing in it
  std::string failed_file;     // failed_customers.json; empty: none
};

// An opened job: locked, its plan read.
class Job {
 public:
  // A new one, or one that goes on. Nothing has been sent, and no input read.
  [[nodiscard]] static Result<Job> open(const Request& request);
  ~Job();
  Job(Job&&) noexcept;
  Job& operator=(Job&&) noexcept;

  [[nodiscard]] const Plan& plan() const;
  [[nodiscard]] const std::string& id() const;
  [[nodiscard]] bool resumed() const;

  // Works on it to its end. `inputs` are surveyed, of the plan's paths, mapping and batch size;
  // inputs that are not what the job took are refused. `why_bad`: the words for an item that the
  // check turned down. Nothing has been sent when it fails.
  using WhyBad = std::function<std::string(const Item& item)>;
  [[nodiscard]] Result<Report> run(const Inputs& inputs, const WhyBad& why_bad, Observer& observer,
                                   int stop_fd = -1);

 private:
  struct Impl;
  explicit Job(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// Jobs of `root` that were cut off (killed, crashed) and have no retry files that say so yet: what
// to say of each, after their retry files were written. Jobs that somebody works on are left alone.
struct Finalised {
  std::string job;
  std::string retry_folder;  // empty when it could not be written
  ItemCounts counts;
  Error problem;
};
[[nodiscard]] std::vector<Finalised> finalise_cut_off(const std::string& root);

// How a job stands, for somebody who looks from outside (run/job/job.h has the states' words).
struct Standing {
  Plan plan;
  ItemCounts counts;
  std::vector<RunRecord> runs;
};
[[nodiscard]] bool is_customer_job(const job::Folder& folder);
[[nodiscard]] Result<Standing> look(const job::Folder& folder);

}  // namespace usher::customers
