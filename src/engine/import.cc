// SPDX-License-Identifier: Apache-2.0
#include "engine/import.h"

#include <algorithm>
#include <deque>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>

#include "base/text.h"
#include "engine/count.h"
#include "engine/dispatcher.h"
#include "engine/foresight.h"
#include "engine/gates.h"
#include "engine/lane.h"
#include "target/workos/membership_step.h"
#include "target/workos/organization_step.h"
#include "target/workos/removal_step.h"
#include "target/workos/user_step.h"

namespace usher {
namespace {

constexpr std::size_t kGatesKept = 10'000;  // organizations whose outcome stays in memory

enum class Pass { on, waits };  // on: to the next stage, or the row has ended

std::string row_prefix(const Row& row) {
  return fmt::format("Row {}: ", row.candidate.record);
}

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

struct Import::Impl {
  explicit Impl(Options given) : options(std::move(given)), dispatcher(options) {}

  Options options;
  Dispatcher dispatcher;
  Foresight foresight;
  workos::RoleSetting role_setting;
  Tally tally;
  Turn pending;
  std::unordered_map<Key, std::unique_ptr<Lane>, Hash128Hasher> lanes;
  Gates gates{kGatesKept};
  std::size_t rows = 0;
  std::uint64_t steps = 0;
  bool stopping = false;
  bool withdrawn = false;
  bool learned = false;  // about the first person

  [[nodiscard]] bool halted() const { return dispatcher.halt() != Halt::none; }
  // Until something is known of a person no more than can be sent at once, so that not everybody is
  // looked for before foresight has learned.
  [[nodiscard]] std::size_t most_rows() const {
    const auto concurrency = static_cast<std::size_t>(options.concurrency);
    return learned ? concurrency * 8 + 256 : concurrency;
  }

  void walk(Lane& lane, Now now);
  Pass pass(Lane& lane, Now now);
  Pass pass_gate(Lane& lane, Row& row, Now now);
  Pass pass_user(Lane& lane, Row& row, Now now);
  Pass pass_membership(Lane& lane, Row& row, Now now);
  bool known_person(Lane& lane, Row& row);
  Pass start_membership(Lane& lane, Row& row, const StepRecord& known, Now now);

  void ended(Dispatcher::Ended end, Now now);
  void organization_ended(Gate& gate, const Task& task, Move& move, Now now);
  void user_ended(Lane& lane, const Task& task, Move& move);
  void membership_ended(Lane& lane, const Task& task, Move& move, Now now);
  void removal_ended(Lane& lane, const Move& move);
  StepRecord settle(const Task& task, const Move& move, Tally::Things& things);
  void end_row(Lane& lane, RowEnd::How how, Failure failure = {});
  void withdraw(Now now);
  void abandon();

  Gate& gate_of(const Row& row);
  [[nodiscard]] static StepRecord known_membership(const Lane& lane, const Row& row);
  void warn(std::string text);
  // Every step asks under a name of its own (target/workos/idempotency.h).
  std::string step_nonce() { return fmt::format("{}-{}", options.nonce, ++steps); }
  Pass start(Task task, Start begin, Now now);
};

// --- the public face ---------------------------------------------------------------------------

Import::Import(Options options) : impl_(std::make_unique<Impl>(std::move(options))) {}
Import::~Import() = default;

bool Import::wants_rows() const {
  return !impl_->stopping && !impl_->halted() && impl_->rows < impl_->most_rows();
}

bool Import::knows(const Key& organization) const {
  return impl_->gates.knows(organization);
}

void Import::feed(Candidate candidate, Now now) {
  ++impl_->tally.rows.read;
  ++impl_->rows;
  auto& slot = impl_->lanes[candidate.keys.user];
  const bool new_lane = !slot;
  if (new_lane) {
    slot = std::make_unique<Lane>();
    slot->key = candidate.keys.user;
    slot->user = candidate.user;
  }
  Row row;
  row.candidate = std::move(candidate);
  slot->rows.push_back(std::move(row));
  if (new_lane) impl_->walk(*slot, now);
}

void Import::count_bad_row() {
  ++impl_->tally.rows.read;
  ++impl_->tally.rows.failed;
}

void Import::count_untried(std::uint64_t rows) {
  impl_->tally.rows.read += rows;
  impl_->tally.rows.not_tried += rows;
}

void Import::answered(std::uint64_t ticket, const net::Response& response, Now now) {
  Dispatcher::Heard heard = impl_->dispatcher.answered(ticket, response, now);
  const bool person = heard.ended && heard.ended->task->record.kind != StepKind::organization;
  impl_->learned = impl_->learned || heard.was_there || person;
  if (heard.was_there) *heard.was_there ? impl_->foresight.found() : impl_->foresight.missing();
  if (heard.ended) impl_->ended(std::move(*heard.ended), now);
}

Turn Import::turn(Now now) {
  if (impl_->stopping && !std::exchange(impl_->withdrawn, true)) impl_->withdraw(now);
  impl_->dispatcher.pump(now, impl_->pending);
  if (impl_->halted() && impl_->dispatcher.in_flight() == 0) impl_->abandon();
  return std::exchange(impl_->pending, {});
}

Instant Import::wake(Now now) {
  return impl_->dispatcher.wake(now.steady);
}
void Import::stop() {
  impl_->stopping = true;
}
bool Import::idle() const {
  return impl_->rows == 0;
}
Import::Halt Import::halt() const {
  return impl_->dispatcher.halt();
}
const Error& Import::halt_reason() const {
  return impl_->dispatcher.halt_reason();
}
int Import::in_flight() const {
  return impl_->dispatcher.in_flight();
}
std::string Import::waiting(Now now) {
  return impl_->dispatcher.waiting(now.steady);
}

const Tally& Import::tally() const {
  impl_->tally.traffic = impl_->dispatcher.traffic;
  return impl_->tally;
}

// --- walking -----------------------------------------------------------------------------------

// Moves the front row on until it waits for something, and the rows behind it after it. The lane is
// gone when nothing is left in it.
void Import::Impl::walk(Lane& lane, Now now) {
  while (!lane.rows.empty()) {
    if (pass(lane, now) == Pass::waits) return;
  }
  const Key key = lane.key;
  lanes.erase(key);
}

Pass Import::Impl::pass(Lane& lane, Now now) {
  Row& row = lane.rows.front();
  if (stopping && !row.begun) {
    end_row(lane, RowEnd::How::not_tried);
    return Pass::on;
  }
  switch (row.stage) {
    case Stage::organization:
      return pass_gate(lane, row, now);
    case Stage::user:
      return pass_user(lane, row, now);
    case Stage::membership:
      break;
  }
  return pass_membership(lane, row, now);
}

Pass Import::Impl::start(Task task, Start begin, Now now) {
  if (halted()) return Pass::waits;
  begin.in_doubt = task.record.in_doubt();
  begin.now = begin.in_doubt ? task.record.begun_at : now.wall;
  task.step->start(begin);
  dispatcher.add(std::make_unique<Task>(std::move(task)), now.steady);
  return Pass::waits;
}

Pass Import::Impl::pass_gate(Lane& lane, Row& row, Now now) {
  const OrgRef& wish = row.candidate.row.org;
  if (wish.by == OrgRef::By::none) {
    row.stage = Stage::user;
    if (options.require_membership) {
      Failure failure;
      failure.at = FailedAt::membership_create;
      failure.message = "the row names no organization, and --require-membership is set";
      end_row(lane, RowEnd::How::failed, std::move(failure));
    }
    return Pass::on;
  }
  Gate& gate = gate_of(row);
  if (gate.record.holds()) {
    row.organization_id = gate.record.id;
    row.stage = Stage::user;
    return Pass::on;
  }
  if (!gate.failure.message.empty()) {
    end_row(lane, RowEnd::How::failed, gate.failure);
    return Pass::on;
  }
  gate.waiting.push_back(&lane);
  if (std::exchange(gate.resolving, true)) return Pass::waits;
  Task task;
  task.step = std::make_unique<workos::OrganizationStep>(wish, step_nonce());
  task.key = gate.key;
  task.record = gate.record;
  task.record.kind = StepKind::organization;
  task.owner = &gate;
  return start(std::move(task), {}, now);
}

Pass Import::Impl::pass_user(Lane& lane, Row& row, Now now) {
  const RowKeys& keys = row.candidate.keys;
  if (lane.user.holds()) {
    if (known_person(lane, row)) row.stage = Stage::membership;
    return Pass::on;
  }
  const bool same_words = lane.user.identity == keys.identity && lane.user.wish == keys.profile;
  if (lane.user.state == StepState::failed && same_words && !lane.user_failure.message.empty()) {
    end_row(lane, RowEnd::How::failed, lane.user_failure);
    return Pass::on;
  }
  row.begun = true;
  Task task;
  task.step = std::make_unique<workos::UserStep>(row.candidate.row, options.existing, step_nonce());
  task.key = lane.key;
  task.record = lane.user;
  task.record.kind = StepKind::user;
  task.record.identity = keys.identity;
  task.record.wish = keys.profile;
  task.owner = &lane;
  return start(std::move(task), {.look_first = foresight.look_first()}, now);
}

// The person is there through another row, or through an earlier life of the job.
bool Import::Impl::known_person(Lane& lane, Row& row) {
  const RowKeys& keys = row.candidate.keys;
  if (keys.identity != 0 && lane.user.identity != 0 && keys.identity != lane.user.identity) {
    Failure failure;
    failure.message =
        "Email already exists: another row of this file has it with another external_id";
    failure.user_id = lane.user.id;
    end_row(lane, RowEnd::How::failed, std::move(failure));
    return false;
  }
  if (keys.profile != lane.user.wish) {
    warn(fmt::format("{}Duplicate user {} - using existing user, ignoring new user data",
                     row_prefix(row), printable(row.candidate.row.email)));
  }
  return true;
}

StepRecord Import::Impl::known_membership(const Lane& lane, const Row& row) {
  for (const StepWrite& settled : lane.memberships) {
    if (settled.key == row.candidate.keys.membership) return settled.record;
  }
  return row.candidate.membership;
}

Pass Import::Impl::pass_membership(Lane& lane, Row& row, Now now) {
  const RowKeys& keys = row.candidate.keys;
  const bool wanted = row.candidate.row.org.by != OrgRef::By::none;
  const StepRecord known = wanted ? known_membership(lane, row) : StepRecord{};
  const bool settled = known.holds() && (keys.roles == 0 || known.wish == keys.roles);
  if (!wanted || settled) {
    end_row(lane, row.made_something ? RowEnd::How::created : RowEnd::How::unchanged);
    return Pass::on;
  }
  return start_membership(lane, row, known, now);
}

Pass Import::Impl::start_membership(Lane& lane, Row& row, const StepRecord& known, Now now) {
  row.begun = true;
  Task task;
  task.step = std::make_unique<workos::MembershipStep>(
      workos::MembershipStep::Wish{.user_id = lane.user.id,
                                   .organization_id = row.organization_id,
                                   .roles = row.candidate.row.roles,
                                   .row = row_prefix(row),
                                   .made_by_this_job = known.holds()},
      options.existing, role_setting, step_nonce());
  task.key = row.candidate.keys.membership;
  task.record = known;
  task.record.kind = StepKind::membership;
  task.record.wish = row.candidate.keys.roles;
  task.owner = &lane;
  const bool look_first = known.holds() || lane.user.state != StepState::created;
  return start(std::move(task), {.look_first = look_first}, now);
}

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
    removal_ended(lane, end.move);
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
  if (options.one_organization && !gate.record.holds()) {
    dispatcher.stop_for(Halt::organization,
                        {gate.failure.message, "nobody was imported: every row is to join it"});
    return;
  }
  const std::vector<Lane*> waiting = std::exchange(gate.waiting, {});
  for (Lane* lane : waiting) walk(*lane, now);
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
    const bool made = move.kind == Move::Kind::created || move.updated || row.made_something;
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
  removal.removal = true;
  start(std::move(removal), {}, now);
  move = Move::ask();
}

void Import::Impl::removal_ended(Lane& lane, const Move& move) {
  Failure failure = std::move(lane.rows.front().failure);
  if (move.kind == Move::Kind::created) {
    recount(tally.users, lane.user.state, StepState::removed);
    lane.user.state = StepState::removed;
    lane.user.id.clear();
    pending.writes.push_back({lane.key, lane.user});
    failure.user_id.clear();
  } else if (move.kind == Move::Kind::failed) {
    warn(fmt::format("{}the user {} has no membership and could not be removed: {}",
                     row_prefix(lane.rows.front()), lane.user.id, move.failure.message));
  }
  end_row(lane, RowEnd::How::failed, std::move(failure));
}

void Import::Impl::end_row(Lane& lane, RowEnd::How how, Failure failure) {
  switch (how) {
    case RowEnd::How::created:
      ++tally.rows.created;
      break;
    case RowEnd::How::unchanged:
      ++tally.rows.unchanged;
      break;
    case RowEnd::How::failed:
      ++tally.rows.failed;
      break;
    case RowEnd::How::not_tried:
      ++tally.rows.not_tried;
      break;
  }
  pending.ends.push_back({lane.rows.front().candidate.record, how, std::move(failure)});
  lane.rows.pop_front();
  --rows;
}

// After stop(): a row that has written nothing is not begun, though its step waits to leave.
void Import::Impl::withdraw(Now now) {
  for (std::unique_ptr<Task>& task : dispatcher.take_unwritten()) {
    if (task->record.kind == StepKind::organization) {
      auto& gate = *static_cast<Gate*>(task->owner);
      gate.resolving = false;
      for (Lane* waiting : std::exchange(gate.waiting, {})) walk(*waiting, now);
      continue;
    }
    Lane& lane = *static_cast<Lane*>(task->owner);
    if (task->removal || lane.rows.front().wrote) {
      dispatcher.add(std::move(task), now.steady);
      continue;
    }
    lane.rows.front().begun = false;
    task.reset();  // it refers to the row
    walk(lane, now);
  }
}

// After a halt, once nothing is in flight any more: what has not ended was not tried to its end.
void Import::Impl::abandon() {
  static_cast<void>(dispatcher.take_waiting());
  for (auto& [key, lane] : lanes) {
    while (!lane->rows.empty()) end_row(*lane, RowEnd::How::not_tried);
  }
  lanes.clear();
  gates.clear();
}

Gate& Import::Impl::gate_of(const Row& row) {
  return gates.at(row.candidate.keys.organization, row.candidate.organization);
}

void Import::Impl::warn(std::string text) {
  ++tally.warnings;
  pending.warnings.push_back(std::move(text));
}

}  // namespace usher
