// SPDX-License-Identifier: Apache-2.0
// Batches and their way out: what is sent when, and with which token.
#include "engine/batch_import.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include <fmt/format.h>

#include "engine/batch_import_impl.h"

namespace usher {
namespace {

Import::Options pace_of(const BatchImport::Options& options) {
  Import::Options pace;
  pace.concurrency = options.workers;
  pace.spacing = options.spacing;
  pace.begin_ahead = options.begin_ahead;
  pace.retry = options.retry;
  pace.seed = options.seed;
  return pace;
}

customers::Tokens tokens_of(const customers::Credentials& credentials) {
  return credentials.automatic() ? customers::Tokens::automatic : customers::Tokens::by_hand;
}

Key key_of(std::uint64_t number) {
  Key key;
  std::memcpy(key.bytes.data(), &number, sizeof number);
  return key;
}

}  // namespace

BatchImport::Impl::Impl(Options given)
    : options(std::move(given)),
      api(tokens_of(options.credentials)),
      dispatcher(pace_of(options), api),
      login(options.endpoint, options.credentials, options.seed + 1),
      random(options.seed + 2) {}

// --- the public face ---------------------------------------------------------------------------

BatchImport::BatchImport(Options options) : impl_(std::make_unique<Impl>(std::move(options))) {}
BatchImport::~BatchImport() = default;

bool BatchImport::wants_batches() const {
  if (impl_->stopping || impl_->halted()) return false;
  const auto workers = static_cast<std::size_t>(impl_->options.workers);
  const std::size_t most = 2 * workers + impl_->options.begin_ahead;
  return impl_->awake < most && impl_->batches.size() < most + Impl::kMostResting;
}

void BatchImport::feed(OpenBatch batch, Now now) {
  BatchUnderWay& under_way = impl_->batches[batch.number];
  under_way.number = batch.number;
  under_way.left = batch.items.size();
  if (batch.items.empty()) return impl_->close(under_way);
  BatchPart part;
  part.batch = &under_way;
  part.items = std::move(batch.items);
  impl_->add_in_parts(std::move(part), 0, false, now.steady);
}

void BatchImport::answered(std::uint64_t ticket, const net::Response& response,
                           std::span<const customers::Identity> sent, Now now) {
  if ((ticket & Impl::kLogin) != 0) {
    impl_->login.answered(response, now);
    return impl_->take_halts();
  }
  const Task* task = impl_->dispatcher.task_of(ticket);
  if (task == nullptr) return;
  BatchPart& part = *static_cast<BatchPart*>(task->owner);
  part.batch->http_status = response.status;
  const std::uint64_t token = part.token;
  Dispatcher::Heard heard = impl_->dispatcher.answered(ticket, response, now);
  if (heard.stale) return impl_->token_refused(part, *heard.stale);
  part.refusals = 0;
  if (!heard.ended) return;
  using Kind = Answer::Kind;
  const Kind kind = heard.ended->answer.kind;
  if (kind == Kind::ok || kind == Kind::refused) impl_->login.taken(token);
  impl_->ended(std::move(*heard.ended), response, sent, now);
}

BatchTurn BatchImport::turn(Now now) {
  if (impl_->stopping || impl_->halted()) impl_->leave_waiting();
  impl_->log_in(now);
  impl_->dispatcher.hold(!impl_->login.token(now.steady));
  Turn turn;
  impl_->dispatcher.pump(now, turn);
  impl_->translate(std::move(turn), now);
  if (impl_->halted()) impl_->leave_waiting();
  return std::exchange(impl_->pending, {});
}

void BatchImport::started(Instant when) {
  if (impl_->let_out) impl_->dispatcher.started(when);
}

Instant BatchImport::wake(Now now) {
  const Instant login = impl_->works() ? impl_->login.wake(now.steady) : Pacer::kFarFuture;
  return std::min(impl_->dispatcher.wake(now.steady), login);
}

void BatchImport::stop() {
  impl_->stopping = true;
}

bool BatchImport::idle() const {
  return impl_->batches.empty() && impl_->dispatcher.idle();
}

BatchImport::Halt BatchImport::halt() const {
  switch (impl_->dispatcher.halt()) {
    case Import::Halt::denied:
      return Halt::denied;
    case Import::Halt::unreachable:
      return Halt::unreachable;
    case Import::Halt::none:
    case Import::Halt::organization:
      break;
  }
  return Halt::none;
}

const Error& BatchImport::halt_reason() const {
  return impl_->dispatcher.halt_reason();
}

const BatchImport::Traffic& BatchImport::traffic() const {
  const Tally::Traffic& carried = impl_->dispatcher.traffic;
  impl_->traffic.requests = carried.requests;
  impl_->traffic.retries = carried.retries;
  impl_->traffic.throttled = carried.throttled;
  return impl_->traffic;
}

int BatchImport::in_flight() const {
  return impl_->dispatcher.in_flight() + (impl_->login.asking() ? 1 : 0);
}

std::string BatchImport::waiting(Now now) {
  if (!impl_->halted() && impl_->dispatcher.in_flight() == 0 && impl_->works()) {
    if (std::string why = impl_->login.waiting(now.steady); !why.empty()) return why;
  }
  return impl_->dispatcher.waiting(now.steady);
}

// --- on the way out ----------------------------------------------------------------------------

// As few as may be, of about the same size.
void BatchImport::Impl::add_in_parts(BatchPart part, int failed, bool again, Instant not_before) {
  std::size_t left = part.items.size();
  std::size_t count = (left + size.most() - 1) / size.most();
  if (count <= 1) return add(std::move(part), failed, again, not_before);
  auto next = part.items.begin();
  for (; count > 0; --count) {
    const std::size_t items = (left + count - 1) / count;
    BatchPart some;
    some.batch = part.batch;
    some.begun = part.begun;
    some.resting = part.resting;
    some.items.assign(next, next + static_cast<std::ptrdiff_t>(items));
    next += static_cast<std::ptrdiff_t>(items);
    left -= items;
    add(std::move(some), failed, again, not_before);
  }
}

// `failed`: attempts behind it; `again`: some of its items have left before.
void BatchImport::Impl::add(BatchPart part, int failed, bool again, Instant not_before) {
  const bool begun = part.begun;
  auto step = std::make_unique<BatchStep>(std::move(part), options.endpoint.api_url);
  BatchPart& held = step->part;
  BatchUnderWay& batch = *held.batch;
  if (batch.parts == batch.resting && !held.resting) ++awake;
  ++batch.parts;
  batch.resting += held.resting ? 1 : 0;
  auto task = std::make_unique<Task>();
  task->key = key_of(next_part++);
  task->owner = &held;
  task->record.kind = StepKind::user;
  if (begun) task->record.state = StepState::begun;
  task->failed_writes = failed;
  task->sent = again;
  parts.emplace(task->key, &held);
  task->step = std::move(step);
  dispatcher.add(std::move(task), not_before);
}

// The part of a task that the dispatcher has given back.
BatchPart BatchImport::Impl::remove(const Task& task) {
  BatchPart& part = *static_cast<BatchPart*>(task.owner);
  BatchUnderWay& batch = *part.batch;
  if (part.resting) {
    --batch.resting;
  } else if (batch.parts - batch.resting == 1) {
    --awake;
  }
  --batch.parts;
  parts.erase(task.key);
  return std::move(part);
}

void BatchImport::Impl::set_resting(BatchPart& part, bool resting) {
  if (part.resting == resting) return;
  BatchUnderWay& batch = *part.batch;
  const bool slept = batch.parts == batch.resting;
  part.resting = resting;
  batch.resting = resting ? batch.resting + 1 : batch.resting - 1;
  const bool sleeps = batch.parts == batch.resting;
  if (slept && !sleeps) ++awake;
  if (!slept && sleeps) --awake;
}

void BatchImport::Impl::log_in(Now now) {
  if (!works()) return;
  auto request = login.pump(now);
  if (!request) return;
  ++traffic.logins;
  BatchTurn::Send send;
  send.ticket = kLogin | next_login++;
  send.request = std::move(*request);
  pending.sends.push_back(std::move(send));
}

void BatchImport::Impl::take_halts() {
  if (login.halt() == Login::Halt::none) return;
  dispatcher.stop_for(
      login.halt() == Login::Halt::denied ? Import::Halt::denied : Import::Halt::unreachable,
      login.halt_reason());
}

void BatchImport::Impl::translate(Turn turn, Now now) {
  for (const StepWrite& write : turn.writes) {  // all of them begin
    BatchPart& part = *parts.at(write.key);
    part.begun = true;
    for (const OpenBatch::Item& item : part.items) {
      customers::ItemState state;
      state.begun = true;
      state.maybe = item.maybe;
      pending.writes.push_back({part.batch->number, item.index, std::move(state)});
    }
  }
  let_out = !turn.sends.empty();
  for (Turn::Send& carried : turn.sends) {
    BatchPart& part = *static_cast<BatchPart*>(dispatcher.task_of(carried.ticket)->owner);
    set_resting(part, false);
    BatchTurn::Send send;
    send.ticket = carried.ticket;
    send.request = std::move(carried.request);
    dress(send.request, part, now);
    send.batch = part.batch->number;
    send.items.reserve(part.items.size());
    for (const OpenBatch::Item& item : part.items) send.items.push_back(item.index);
    pending.sends.push_back(std::move(send));
  }
}

void BatchImport::Impl::dress(net::Request& request, BatchPart& part, Now now) const {
  const auto token = login.token(now.steady);
  if (!token) return;  // not so: the dispatcher was held
  part.token = token->number;
  request.headers.push_back(
      {"Authorization", Secret(fmt::format("Bearer {}", token->text->reveal()))});
  const bool passport = options.endpoint.platform == customers::Platform::c4r &&
                        !options.credentials.passport.empty();
  if (passport) request.headers.push_back({"GK-Passport", options.credentials.passport});
}

// Many requests may have left with the same token: the first one refused has it renewed. One that
// is refused again and again, while others go through, is refused for another reason.
void BatchImport::Impl::token_refused(BatchPart& part, const Answer& answer) {
  const Login::Refusal refusal = login.refused(part.token);
  if (refusal == Login::Refusal::outdated) return;
  if (refusal == Login::Refusal::renewed && ++part.refusals < kMostRefusals) return;
  dispatcher.stop_for(Import::Halt::denied, {fmt::format("the API refuses a new token: HTTP {} {}",
                                                         answer.status, answer.message),
                                             answer.advice});
}

}  // namespace usher
