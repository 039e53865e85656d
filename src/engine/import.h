// SPDX-License-Identifier: Apache-2.0
// The import machine: rows and answers in, one Turn of actions out. Pure: no I/O, no clock;
// everything that happens to it is a call, everything it wants done is in the Turn. The driver
// (run/) obeys in this order, which is the whole of durability:
//
//   1. apply writes      begun before sent (I1)
//   2. send sends
//   3. tell ends         settled before told (I2)
//   4. feed rows         with what the store knows *after* step 1
//
// A Turn whose writes settle steps but begin none may be sent at once: its writes, and then its
// ends, wait for the next one's; rows are fed with what waits to be written.
//
// A row walks: organization → user → membership. Rows of one person stand in one lane, one step at
// a time, in the order of the file (I4). Rows of one organization share its gate, so it is looked
// up or made once; gates of one name take turns (name_turns.h). Steps know their API
// (target/step.h); the machine repeats, paces, gives up and counts. Tested by import_test.cc and
// tests/world, which cuts it at every action.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "engine/keys.h"
#include "engine/pacer.h"
#include "engine/retry.h"
#include "model/failure.h"
#include "model/policy.h"
#include "model/step_record.h"
#include "model/tally.h"
#include "model/user_row.h"
#include "net/http.h"

namespace usher {

// A row that is ready to be worked on, with what the store knows of its steps.
struct Candidate {
  std::uint64_t record = 0;  // 1 is the first record after the header
  UserRow row;
  RowKeys keys;
  StepRecord organization;
  StepRecord user;
  StepRecord membership;
};

// not_tried: not brought to its end, because the run ended first. It may have made its user, or be
// in doubt; what was made is in the counts of things, and the next run takes it from there.
struct RowEnd {
  std::uint64_t record = 0;
  // passed: organizations_only has done what it can for the row.
  enum class How { created, unchanged, failed, not_tried, passed } how = How::unchanged;
  Failure failure = {};  // failed
  bool made_user = false;
  bool made_membership = false;
};

struct Turn {
  struct Send {
    std::uint64_t ticket = 0;
    net::Request request;
  };
  std::vector<StepWrite> writes;
  std::vector<Send> sends;
  std::vector<RowEnd> ends;
  std::vector<std::string> warnings;
};

class Import {
 public:
  struct Options {
    int concurrency = 10;  // requests in flight
    Existing existing = Existing::link;
    bool require_membership = false;
    bool one_organization = false;  // of every row: without it the run is halted
    // Creates that are begun before their turn, whenever one must be: fewer writes to a disk that
    // is slow. After a crash they are in doubt as well, and looked up.
    std::size_t begin_ahead = 0;
    // Only organizations are looked up and made; rows whose organization is there end unseen and
    // uncounted, those whose organization fails end here. The first pass of a job with workers.
    bool organizations_only = false;
    // Organizations are settled already: a row that finds its own not settled is not tried. For
    // workers, which must not make one each.
    bool organizations_settled = false;
    std::vector<RateWindow> windows;  // index = bit of the target's masks; empty: no limit
    RateShare rate;                   // of a book of these windows that other processes share
    Duration spacing{0};              // between the starts of two requests, at least
    RetryPolicy retry;
    std::uint64_t seed = 1;  // jitter
    std::string nonce;       // makes Idempotency-Keys this run's own
  };
  enum class Halt { none, denied, unreachable, organization };

  explicit Import(Options options);
  ~Import();

  [[nodiscard]] bool wants_rows() const;
  // Whether the organization's outcome is in memory, so that the store need not be asked.
  [[nodiscard]] bool knows(const Key& organization) const;
  void feed(Candidate candidate, Now now);
  // A row that failed before any step (mapping, limits): counted here so that I9 has one home.
  void count_bad_row();
  void count_untried(std::uint64_t rows);

  void answered(std::uint64_t ticket, const net::Response& response, Now now);
  [[nodiscard]] Turn turn(Now now);

  // When turn() has something to do without any event; the far future when nothing is due.
  [[nodiscard]] Instant wake(Now now);
  // A first Ctrl-C, at which people wait. From now on:
  //   what is in flight           is awaited
  //   rows that wrote nothing     end as not tried, whatever they wait for: nothing is lost
  //   rows that wrote something   are finished, so that few are left halfway: while the API answers
  //                               and lets them go on within 2 s (its pace, not our rate limit)
  //   the same, but it does not   end as not tried. In doubt they stay begun in the store, and the
  //                               next run looks them up; without a store it looks for everybody
  //                               who may be there. Waiting would not make this any safer.
  // Organizations likewise. A row whose membership was refused has failed, also when there is no
  // time left to take its user back.
  void stop();
  // Nothing left to do with the rows it was fed, and nothing of theirs under way.
  [[nodiscard]] bool idle() const;

  [[nodiscard]] Halt halt() const;
  [[nodiscard]] const Error& halt_reason() const;
  [[nodiscard]] const Tally& tally() const;
  [[nodiscard]] int in_flight() const;
  // Why nothing is leaving, for people; empty while it is working.
  [[nodiscard]] std::string waiting(Now now);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace usher
