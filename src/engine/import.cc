// SPDX-License-Identifier: Apache-2.0
// Rows and their walk: what a row waits for next, and what is started for it.
#include "engine/import.h"

#include <utility>

#include <fmt/format.h>

#include "base/text.h"
#include "engine/import_impl.h"
#include "target/workos/organization_step.h"
#include "target/workos/user_step.h"

namespace usher {

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
  impl_->doubtful += candidate.user.in_doubt() || candidate.membership.in_doubt() ? 1 : 0;
  auto& slot = impl_->lanes[candidate.keys.user];
  const bool new_lane = !slot;
  if (new_lane) {
    slot = std::make_unique<Lane>();
    slot->key = candidate.keys.user;
    slot->user = candidate.user;
  }
  Lane& lane = *slot;
  lane.rows.emplace_back();
  lane.rows.back().candidate = std::move(candidate);
  impl_->open_gate(lane.rows.back(), now);
  if (new_lane) impl_->walk(lane, now);
}

void Import::count_bad_row() {
  ++impl_->tally.rows.read;
  ++impl_->tally.rows.failed;
  ++impl_->tally.rows.unusable;
}

void Import::count_untried(std::uint64_t rows) {
  impl_->tally.rows.read += rows;
  impl_->tally.rows.not_tried += rows;
}

void Import::answered(std::uint64_t ticket, const net::Response& response, Now now) {
  Dispatcher::Heard heard = impl_->dispatcher.answered(ticket, response, now);
  const bool person = heard.ended && heard.ended->task->record.kind == StepKind::user &&
                      !in_doubt(heard.ended->task->before);
  impl_->learned = impl_->learned || heard.was_there || person;
  if (heard.was_there) *heard.was_there ? impl_->foresight.found() : impl_->foresight.missing();
  if (heard.ended) impl_->ended(std::move(*heard.ended), now);
}

Turn Import::turn(Now now) {
  if (impl_->stopping) impl_->withdraw(now);
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
  return impl_->rows == 0 && impl_->dispatcher.idle();
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
      return pass_gate(lane, row);
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

Pass Import::Impl::pass_gate(Lane& lane, Row& row) {
  const OrgRef& wish = row.candidate.row.org;
  if (wish.by == OrgRef::By::none) {
    row.stage = Stage::user;
    if (options.organizations_only) {
      end_row(lane, RowEnd::How::passed);
    } else if (options.require_membership) {
      Failure failure;
      failure.at = FailedAt::membership_create;
      failure.message = "the row names no organization, and --require-membership is set";
      ++tally.rows.unusable;
      end_row(lane, RowEnd::How::failed, std::move(failure));
    }
    return Pass::on;
  }
  Gate& gate = *row.gate;
  if (gate.record.holds()) {
    row.organization_id = gate.record.id;
    row.stage = Stage::user;
    leave_gate(row);
    if (options.organizations_only) end_row(lane, RowEnd::How::passed);
    return Pass::on;
  }
  if (!gate.failure.message.empty()) {
    end_row(lane, RowEnd::How::failed, gate.failure);
    return Pass::on;
  }
  if (options.organizations_settled) {
    end_row(lane, RowEnd::How::not_tried);
    return Pass::on;
  }
  gate.waiting.push_back(&lane);
  return Pass::waits;
}

// Sees to it that the row's organization is being resolved.
void Import::Impl::open_gate(Row& row, Now now) {
  const OrgRef& wish = row.candidate.row.org;
  if (wish.by == OrgRef::By::none) return;
  Gate& gate = gates.at(row.candidate.keys.organization, row.candidate.organization);
  row.gate = &gate;
  ++gate.wanted;
  const bool ended = gate.record.holds() || !gate.failure.message.empty();
  if (ended || options.organizations_settled || std::exchange(gate.resolving, true)) return;
  gate.wish = wish;
  if (turns.ask(gate)) start_gate(gate, now);
}

void Import::Impl::start_gate(Gate& gate, Now now) {
  Task task;
  task.step =
      std::make_unique<workos::OrganizationStep>(gate.wish, step_nonce(), turns.made(gate.wish));
  task.key = gate.key;
  task.record = gate.record;
  task.record.kind = StepKind::organization;
  task.owner = &gate;
  start(std::move(task), {}, now);
}

void Import::Impl::leave_gate(Row& row) {
  if (row.gate != nullptr) --std::exchange(row.gate, nullptr)->wanted;
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
  task.owed = row.wrote;
  const bool look_first = known.holds() || lane.user.state != StepState::created;
  return start(std::move(task), {.look_first = look_first}, now);
}

}  // namespace usher
