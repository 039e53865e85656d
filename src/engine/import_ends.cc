// SPDX-License-Identifier: Apache-2.0
// Ends: of steps, which settle, count and let rows go on; of rows; and of the run before its time.
#include <utility>

#include <fmt/format.h>

#include "base/text.h"
#include "engine/count.h"
#include "engine/import.h"
#include "engine/import_impl.h"
#include "target/workos/removal_step.h"

namespace usher {
namespace {

StepState state_after(const Task& task, const Move& move) {
  if (move.kind == Move::Kind::failed) {
    return task.in_doubt ? StepState::unsure : StepState::failed;
  }
  if (move.kind == Move::Kind::created) return StepState::created;
  // What this job made and found again is still of its making.
  if (task.before == StepState::created) return StepState::created;
  const bool updated = move.updated || task.before == StepState::updated;
  return updated ? StepState::updated : StepState::already_there;
}

}  // namespace

// --- ends --------------------------------------------------------------------------------------

void Import::Impl::ended(Dispatcher::Ended end, Now now) {
  const Task& task = *end.task;
  for (std::string& warning : end.task->step->warnings) warn(std::move(warning));
  tally.roles_assigned += task.step->roles_assigned;
  if (task.record.kind == StepKind::organization) {
    organization_ended(*static_cast<Gate*>(task.owner), task, end.move, now);
    return;
  }
  Lane& lane = *static_cast<Lane*>(task.owner);
  if (task.removal) {
    removal_ended(lane, end.move, !task.given_up);
  } else if (task.record.kind == StepKind::user) {
    user_ended(lane, task, end.move);
  } else {
    membership_ended(lane, task, end.move, now);
    if (end.move.kind == Move::Kind::ask) return;  // a removal is under way
  }
  walk(lane, now);
}

// Writes how the step is settled and counts it.
StepRecord Import::Impl::settle(const Task& task, const Move& move, Tally::Things& things) {
  StepRecord record = task.record;
  record.state = task.before;
  if (move.kind == Move::Kind::failed && record.holds()) {
    record.wish = 0;  // it is still there, but not with the roles this row asked for
  } else {
    record.state = state_after(task, move);
    record.id = move.id;
  }
  recount(things, task.before, record.state);
  pending.writes.push_back({task.key, record});
  return record;
}

void Import::Impl::organization_ended(Gate& gate, const Task& task, Move& move, Now now) {
  gate.record = settle(task, move, tally.organizations);
  gate.failure = std::move(move.failure);
  gate.resolving = false;
  warn_of_clash(gate);
  const std::vector<Gate*> next = turns.end(gate);
  if (options.one_organization && !gate.record.holds()) {
    dispatcher.stop_for(Halt::organization,
                        {gate.failure.message, "nobody was imported: every row is to join it"});
    return;
  }
  for (Gate* its_turn : next) start_gate(*its_turn, now);
  const std::vector<Lane*> waiting = std::exchange(gate.waiting, {});
  for (Lane* lane : waiting) walk(*lane, now);
}

// Two of one name, and rows have been put into the other by that name alone.
void Import::Impl::warn_of_clash(const Gate& gate) {
  if (gate.record.state != StepState::created) return;
  const std::string other = turns.clashes(gate.wish);
  if (other.empty()) return;
  warn(
      fmt::format("two organizations are named \"{}\" now: {}, which rows named by its name "
                  "alone, and {}, made for org_external_id \"{}\". Give every row of an "
                  "organization its org_external_id: a name that two have is refused",
                  printable(gate.wish.name), other, gate.record.id, printable(gate.wish.value)));
}

void Import::Impl::user_ended(Lane& lane, const Task& task, Move& move) {
  lane.user = settle(task, move, tally.users);
  if (move.kind == Move::Kind::failed) {
    lane.user_failure = move.failure;
    end_row(lane, RowEnd::How::failed, std::move(move.failure));
    return;
  }
  Row& row = lane.rows.front();
  row.wrote = task.wrote;
  row.made_user = move.kind == Move::Kind::created;
  row.made_something = row.made_user || move.updated;
  row.stage = Stage::membership;
}

void Import::Impl::membership_ended(Lane& lane, const Task& task, Move& move, Now now) {
  const StepRecord record = settle(task, move, tally.memberships);
  std::erase_if(lane.memberships, [&](const StepWrite& old) { return old.key == task.key; });
  lane.memberships.push_back({task.key, record});
  Row& row = lane.rows.front();
  if (move.kind != Move::Kind::failed) {
    row.made_membership = move.kind == Move::Kind::created;
    const bool made = row.made_membership || move.updated || row.made_something;
    end_row(lane, made ? RowEnd::How::created : RowEnd::How::unchanged);
    return;
  }
  // Only for a refusal: a membership that was given up may be there, or come with the next run.
  const bool take_back = options.require_membership && row.made_user && !task.given_up;
  if (!take_back || halted()) {
    end_row(lane, RowEnd::How::failed, std::move(move.failure));
    return;
  }
  row.failure = std::move(move.failure);
  Task removal;
  removal.step = std::make_unique<workos::RemovalStep>(lane.user.id);
  removal.key = lane.key;
  removal.record = lane.user;
  removal.owner = &lane;
  removal.removal = removal.owed = true;
  // Who is killed from here on cannot know whether the user is still there: that is to be looked
  // up.
  StepRecord unknown = lane.user;
  unknown.state = StepState::begun;
  pending.writes.push_back({lane.key, std::move(unknown)});
  start(std::move(removal), {}, now);
  move = Move::ask();
}

// `certain`: the API has answered. Else the user stays in doubt, for the next run to look up.
void Import::Impl::removal_ended(Lane& lane, const Move& move, bool certain) {
  Failure failure = std::move(lane.rows.front().failure);
  if (move.kind == Move::Kind::created) {
    recount(tally.users, lane.user.state, StepState::removed);
    lane.user.state = StepState::removed;
    lane.rows.front().made_user = false;
    lane.user.id.clear();
    pending.writes.push_back({lane.key, lane.user});
    failure.user_id.clear();
  } else if (certain) {
    pending.writes.push_back({lane.key, lane.user});
  }
  if (move.kind == Move::Kind::failed) {
    warn(fmt::format("{}the user {} has no membership and could not be removed: {}",
                     row_prefix(lane.rows.front()), lane.user.id, move.failure.message));
  }
  end_row(lane, RowEnd::How::failed, std::move(failure));
}

void Import::Impl::end_row(Lane& lane, RowEnd::How how, Failure failure) {
  Row& row = lane.rows.front();
  switch (how) {
    case RowEnd::How::created:
      ++tally.rows.created;
      break;
    case RowEnd::How::unchanged:
      ++tally.rows.unchanged;
      break;
    case RowEnd::How::failed:
      ++tally.rows.failed;
      if (row.stage == Stage::organization && lane.user.state == StepState::absent) {
        ++tally.rows.without_organization;
      }
      break;
    case RowEnd::How::not_tried:
      ++tally.rows.not_tried;
      break;
    case RowEnd::How::passed:
      --tally.rows.read;
      break;
  }
  leave_gate(row);
  pending.ends.push_back(
      {row.candidate.record, how, std::move(failure), row.made_user, row.made_membership});
  lane.rows.pop_front();
  --rows;
}

// After stop(), in every turn: what is not to be waited for. What leaves a lane may bring the next.
void Import::Impl::withdraw(Now now) {
  for (Gate* gate : turns.take_waiting()) {
    gate->resolving = false;
    for (Lane* waiting : std::exchange(gate->waiting, {})) walk(*waiting, now);
  }
  for (auto tasks = dispatcher.take_undone(now.steady); !tasks.empty();
       tasks = dispatcher.take_undone(now.steady)) {
    for (std::unique_ptr<Task>& task : tasks) leave_undone(std::move(task), now);
  }
}

void Import::Impl::leave_undone(std::unique_ptr<Task> task, Now now) {
  unbegin(*task);
  if (task->record.kind == StepKind::organization) {
    Gate& gate = *static_cast<Gate*>(task->owner);
    gate.resolving = false;
    static_cast<void>(turns.end(gate));  // nobody waits any more
    for (Lane* waiting : std::exchange(gate.waiting, {})) walk(*waiting, now);
    return;
  }
  Lane& lane = *static_cast<Lane*>(task->owner);
  task.reset();  // it refers to the row
  leave_row(lane);
  walk(lane, now);
}

void Import::Impl::leave_row(Lane& lane) {
  if (lane.rows.front().failure.message.empty()) return end_row(lane, RowEnd::How::not_tried);
  Failure unfinished;  // of the removal: the row has failed before
  unfinished.message = "the run ended first";
  removal_ended(lane, Move::failed(std::move(unfinished)), false);
}

// A create that was begun ahead of its turn and never left: there is nothing to look up.
void Import::Impl::unbegin(const Task& task) {
  if (task.wrote || task.record.state != StepState::begun || in_doubt(task.before)) return;
  StepRecord record = task.record;
  record.state = task.before;
  pending.writes.push_back({task.key, std::move(record)});
}

// After a halt, once nothing is in flight any more: what has not ended was not tried to its end.
void Import::Impl::abandon() {
  for (const std::unique_ptr<Task>& task : dispatcher.take_waiting()) unbegin(*task);
  for (auto& [key, lane] : lanes) {
    while (!lane->rows.empty()) leave_row(*lane);
  }
  lanes.clear();
  gates.clear();
  turns.clear();
}

void Import::Impl::warn(std::string text) {
  ++tally.warnings;
  pending.warnings.push_back(std::move(text));
}

}  // namespace usher
