// SPDX-License-Identifier: Apache-2.0
// A step of an import as its target knows it: a small pure machine that says what to ask, and makes
// the next move out of every answer. It performs no I/O, reads no clock, and never retries:
// repeating, pacing and giving up are the engine's. One class per step and target
// (workos/*_step.h).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/time.h"
#include "model/failure.h"
#include "net/http.h"
#include "target/answer.h"

namespace usher {

// The next move of a step: ask (again), or an end.
struct Move {
  // parted: it asked for too much, and whoever gave it makes several smaller ones of it.
  enum class Kind { ask, created, already_there, failed, parted } kind = Kind::ask;
  Duration after{0};     // ask: not before; for look-ups that may lag behind a write
  std::string id;        // created, already_there: the target's id
  bool updated = false;  // already_there, and something was added to it or changed
  Failure failure;       // failed

  static Move ask(Duration after = Duration{0}) {
    Move move;
    move.after = after;
    return move;
  }
  static Move created(std::string id) {
    Move move;
    move.kind = Kind::created;
    move.id = std::move(id);
    return move;
  }
  static Move already_there(std::string id, bool updated = false) {
    Move move;
    move.kind = Kind::already_there;
    move.id = std::move(id);
    move.updated = updated;
    return move;
  }
  static Move failed(Failure failure) {
    Move move;
    move.kind = Kind::failed;
    move.failure = std::move(failure);
    return move;
  }
};

// How a step begins.
struct Start {
  bool in_doubt = false;    // an earlier life has begun it and may have succeeded
  bool look_first = false;  // it is likely to be there: look before asking to create
  WallTime now{};           // for telling our own echo from an older record
};

class Step {
 public:
  Step() = default;
  Step(const Step&) = delete;
  Step& operator=(const Step&) = delete;
  virtual ~Step() = default;

  // Chooses the first request. Always an ask.
  virtual void start(const Start& start) = 0;
  // What to send now.
  [[nodiscard]] virtual net::Request request() const = 0;
  // The request about to be sent may make something new: begun must be durable first.
  [[nodiscard]] virtual bool creates() const = 0;
  // To an answer that is ok or refused.
  virtual Move answered(const Answer& answer) = 0;
  // The write just sent is in doubt. Turns to the look-up; its next answer settles the doubt.
  virtual void doubted() = 0;

  [[nodiscard]] virtual FailedAt failed_at() const = 0;
  // It asks for several things, which could be asked for in several requests.
  [[nodiscard]] virtual bool can_part() const { return false; }
  // What is in doubt is sent again, for want of a look-up: each time counts, also in an outage.
  [[nodiscard]] virtual bool sends_blindly() const { return false; }

  std::vector<std::string> warnings;  // taken by the engine after each move
  std::uint64_t roles_assigned = 0;   // with an end
  std::optional<bool> was_there;      // set once known: what the step makes existed beforehand
};

}  // namespace usher
