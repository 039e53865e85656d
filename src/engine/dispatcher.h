// SPDX-License-Identifier: Apache-2.0
// Carries steps to their end: which request leaves when. Holds the queues, the pacer, the retry
// policy, the outage watch and the bound on requests in flight; knows nothing of rows, and of the
// API only what its target says. Pure, like everything in engine/. Tested by dispatcher_test.cc.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <queue>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/random.h"
#include "base/result.h"
#include "engine/import.h"
#include "engine/outage.h"
#include "engine/pacer.h"
#include "target/step.h"
#include "target/target.h"

namespace usher {

struct Task {
  std::unique_ptr<Step> step;
  Key key;
  StepRecord record;      // as the store knows it; state becomes begun when a create is sent
  void* owner = nullptr;  // the caller's
  bool removal = false;   // the caller's: takes a user back
  bool owed = false;      // the caller's: what it belongs to has written something already

  // The dispatcher's own.
  StepState before = StepState::absent;  // of the record, when the task was added
  bool in_doubt = false;                 // a create may have been carried out: not settled yet
  bool sent = false;                     // something has been put on the wire for it
  bool wrote = false;                    // and not only to look
  bool resting = false;                  // waits because the last attempt came to nothing
  bool given_up = false;                 // ended for want of a useful answer
  int failed_writes = 0;                 // that came to nothing, in all
  int failed_reads = 0;                  // since the last that was of use
  std::uint64_t order = 0;               // of asking
  net::Request request;                  // the next one, once it is due
};

class Dispatcher {
 public:
  Dispatcher(const Import::Options& options, const Target& target);
  ~Dispatcher();
  Dispatcher(const Dispatcher&) = delete;
  Dispatcher& operator=(const Dispatcher&) = delete;

  void add(std::unique_ptr<Task> task, Instant not_before);
  // A step that came to its end with this answer.
  struct Ended {
    std::unique_ptr<Task> task;
    Move move;
    Answer answer;
  };
  struct Heard {
    std::optional<bool> was_there;  // the step has just learned it (target/step.h)
    std::optional<Ended> ended;
    // The token was no longer good: the step waits, like all others, to leave with the next one.
    std::optional<Answer> stale;
  };
  [[nodiscard]] Heard answered(std::uint64_t ticket, const net::Response& response, Now now);
  // Lets out what may leave now. What has been begun is finished before more is begun: steps that
  // have asked before and memberships go first.
  void pump(Now now, Turn& turn);
  // What the last pump() let out was put on the wire then, later than its `now`: the spacing counts
  // from there.
  void started(Instant when);
  // While held nothing leaves, and no time is awaited: for want of a token.
  void hold(bool held) { held_ = held; }

  // When pump() may have something to do; nothing leaves before.
  [[nodiscard]] Instant wake(Instant now);
  [[nodiscard]] std::string waiting(Instant now);
  [[nodiscard]] int in_flight() const { return static_cast<int>(in_flight_.size()); }
  // Whose request it is; nothing: not in flight.
  [[nodiscard]] const Task* task_of(std::uint64_t ticket) const;
  // No task is with it, waiting or in flight.
  [[nodiscard]] bool idle() const;
  [[nodiscard]] Import::Halt halt() const { return halt_; }
  [[nodiscard]] const Error& halt_reason() const { return halt_reason_; }
  // Nothing leaves any more. The first reason stays.
  void stop_for(Import::Halt halt, Error reason);
  // The tasks that will not be carried out, after a halt.
  [[nodiscard]] std::vector<std::unique_ptr<Task>> take_waiting();
  // After a stop: the waiting tasks that are left undone. Those for which nothing has been written,
  // and all others while the target does not answer: in an outage, or when they would not leave
  // within kPatience because an attempt failed or the target asked to wait. Our own pace is no
  // reason.
  static constexpr Duration kPatience = std::chrono::seconds{2};
  [[nodiscard]] std::vector<std::unique_ptr<Task>> take_undone(Instant now);

  Tally::Traffic traffic;

 private:
  struct Flight {
    std::unique_ptr<Task> task;
    net::Method method = net::Method::get;
    WindowMask mask = 0;
  };
  struct Later {
    Instant when{};
    std::uint64_t order = 0;
    Task* task = nullptr;                       // owned
    bool operator<(const Later& other) const {  // the earliest on top
      return when != other.when ? when > other.when : order > other.order;
    }
  };

  void enqueue(std::unique_ptr<Task> task);
  void delay(std::unique_ptr<Task> task, Instant when);
  void send(std::unique_ptr<Task> task, WindowMask mask, Now now, Turn& turn);
  void announce(Now now, Turn& turn);
  static void begin(Task& task, Now now, Turn& turn);
  [[nodiscard]] bool stays(const Task& task, Instant when, Instant now) const;
  [[nodiscard]] WindowMask mask_of(const net::Request& request) const;
  [[nodiscard]] int allowed() const;
  Heard judged(Flight flight, const Answer& answer, Now now);
  Heard moved(Flight flight, const Answer& answer, Now now);
  std::optional<Ended> try_again(Flight flight, const Answer& answer, Now now);
  void throttled(std::unique_ptr<Task> task, const Answer& answer, Now now);

  const Target& target_;
  int concurrency_;
  std::size_t ahead_;
  Duration spacing_;
  Instant next_start_{};
  bool held_ = false;
  RetryPolicy retry_;
  bool limited_;
  Pacer pacer_;
  Outage outage_;
  Random random_;
  struct Queue {
    int rank = 0;
    WindowMask mask = 0;
    friend auto operator<=>(const Queue&, const Queue&) = default;
  };
  std::map<Queue, std::deque<std::unique_ptr<Task>>> ready_;
  std::priority_queue<Later> later_;
  std::unordered_map<std::uint64_t, Flight> in_flight_;
  std::uint64_t next_ticket_ = 1;
  std::uint64_t next_order_ = 1;
  int throttled_rounds_ = 0;  // in a row
  std::string trouble_;       // the last one, for people
  Import::Halt halt_ = Import::Halt::none;
  Error halt_reason_;
};

}  // namespace usher
