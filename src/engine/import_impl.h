// SPDX-License-Identifier: Apache-2.0
// The inside of the import machine (import.h), for the files that are its parts: import.cc walks
// rows, import_ends.cc ends them.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>

#include "engine/dispatcher.h"
#include "engine/foresight.h"
#include "engine/gates.h"
#include "engine/import.h"
#include "engine/lane.h"
#include "engine/name_turns.h"
#include "target/workos/judge.h"
#include "target/workos/membership_step.h"

namespace usher {

enum class Pass { on, waits };  // on: to the next stage, or the row has ended

struct Import::Impl {
  static constexpr std::size_t kGatesKept = 10'000;  // organizations whose outcome stays in memory

  explicit Impl(Options given) : options(std::move(given)), dispatcher(options, api) {}

  Options options;
  workos::Api api;
  Dispatcher dispatcher;
  Foresight foresight;
  workos::RoleSetting role_setting;
  Tally tally;
  Turn pending;
  std::unordered_map<Key, std::unique_ptr<Lane>, Hash128Hasher> lanes;
  Gates gates{kGatesKept};
  NameTurns turns{kGatesKept};
  std::size_t rows = 0;
  std::uint64_t steps = 0;
  bool stopping = false;
  bool learned = false;      // about the first person
  std::size_t doubtful = 0;  // rows fed so far whose person is in doubt

  [[nodiscard]] bool halted() const { return dispatcher.halt() != Halt::none; }
  // Until something is known of a person no more than can be sent at once, so that not everybody is
  // looked for before foresight has learned. Those in doubt are looked for anyway, with pauses.
  [[nodiscard]] std::size_t most_rows() const {
    const auto concurrency = static_cast<std::size_t>(options.concurrency);
    const std::size_t most = concurrency * 8 + 256;
    return learned ? most : std::min(concurrency + doubtful, most);
  }

  void walk(Lane& lane, Now now);
  Pass pass(Lane& lane, Now now);
  Pass pass_gate(Lane& lane, Row& row);
  void open_gate(Row& row, Now now);
  void start_gate(Gate& gate, Now now);
  Pass pass_user(Lane& lane, Row& row, Now now);
  Pass pass_membership(Lane& lane, Row& row, Now now);
  bool known_person(Lane& lane, Row& row);
  Pass start_membership(Lane& lane, Row& row, const StepRecord& known, Now now);

  void ended(Dispatcher::Ended end, Now now);
  void organization_ended(Gate& gate, const Task& task, Move& move, Now now);
  void warn_of_clash(const Gate& gate);
  void user_ended(Lane& lane, const Task& task, Move& move);
  void membership_ended(Lane& lane, const Task& task, Move& move, Now now);
  void removal_ended(Lane& lane, const Move& move, bool certain);
  StepRecord settle(const Task& task, const Move& move, Tally::Things& things);
  void end_row(Lane& lane, RowEnd::How how, Failure failure = {});
  void withdraw(Now now);
  void leave_undone(std::unique_ptr<Task> task, Now now);
  void leave_row(Lane& lane);
  void unbegin(const Task& task);
  void abandon();

  static void leave_gate(Row& row);
  [[nodiscard]] static StepRecord known_membership(const Lane& lane, const Row& row);
  void warn(std::string text);
  // Every step asks under a name of its own (target/workos/idempotency.h).
  std::string step_nonce() { return fmt::format("{}-{}", options.nonce, ++steps); }
  Pass start(Task task, Start begin, Now now);
};

inline std::string row_prefix(const Row& row) {
  return fmt::format("Row {}: ", row.candidate.record);
}

}  // namespace usher
