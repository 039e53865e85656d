// SPDX-License-Identifier: Apache-2.0
// What answers mean for items: settled, or sent again in another request.
#include <algorithm>
#include <iterator>
#include <utility>

#include <fmt/format.h>

#include "engine/batch_import_impl.h"

namespace usher {
namespace {

using customers::Cause;
using customers::Change;
using customers::Identity;
using customers::ItemResult;
using customers::ItemState;
using customers::Outcome;

// That what was asked for is already so, after an attempt of ours that may have made it so.
bool is_echo(const OpenBatch::Item& item, const ItemResult& result, const Identity& who) {
  if (!item.maybe) return false;
  return (result.kind == ItemResult::Kind::conflict && who.change == Change::create) ||
         (result.kind == ItemResult::Kind::not_found && who.change == Change::del);
}

Cause cause_of(Cause::Kind kind, const Answer& answer) {
  Cause cause;
  cause.kind = kind;
  cause.http_status = answer.status;
  cause.code = answer.code;
  cause.message = answer.message;
  return cause;
}

}  // namespace

void BatchImport::Impl::ended(Dispatcher::Ended end, const net::Response& response,
                              std::span<const Identity> sent, Now now) {
  const Task& task = *end.task;
  BatchPart part = remove(task);
  BatchUnderWay& batch = *part.batch;
  if (end.move.kind == Move::Kind::parted) {
    part_in_halves(std::move(part), task, end.answer, now);
  } else if (task.given_up) {
    give_up(part, end.answer);
  } else if (end.answer.kind == Answer::Kind::refused) {
    refuse(part, end.answer);
  } else {
    take_results(std::move(part), task, response, sent, now);
  }
  if (batch.left == 0) close(batch);
}

void BatchImport::Impl::part_in_halves(BatchPart part, const Task& task, const Answer& answer,
                                       Now now) {
  ++traffic.halved;
  if (!std::exchange(told_of_halving, true)) {
    pending.warnings.push_back(fmt::format(
        "a request of {} items was too much for the API ({}): it is sent in halves, and the next "
        "ones are smaller. A smaller --batch-size avoids that",
        part.items.size(), answer.message));
  }
  size.too_much(part.items.size());
  // (It may be smaller than the bound by now.)
  const std::size_t half = (part.items.size() + 1) / 2;
  const auto middle = part.items.begin() + static_cast<std::ptrdiff_t>(half);
  BatchPart second;
  second.batch = part.batch;
  second.begun = part.begun;
  second.items.assign(middle, part.items.end());
  part.items.erase(middle, part.items.end());
  add_in_parts(std::move(part), task.failed_writes, true, now.steady);
  add_in_parts(std::move(second), task.failed_writes, true, now.steady);
}

void BatchImport::Impl::take_results(BatchPart part, const Task& task,
                                     const net::Response& response, std::span<const Identity> sent,
                                     Now now) {
  BatchUnderWay& batch = *part.batch;
  size.went_well(part.items.size());
  const int failed = task.failed_writes + 1;
  const bool last = failed >= options.retry.attempts;
  std::vector<Identity> nobody;
  if (sent.size() != part.items.size()) {  // a driver that does not know: nothing is confirmed
    nobody.resize(part.items.size());
    sent = nobody;
  }
  customers::Results results;
  if (nobody.empty()) {
    results = customers::read_results(response.body, sent);
  } else {
    results.items.resize(part.items.size());
  }
  std::vector<OpenBatch::Item> again;
  for (std::size_t i = 0; i < part.items.size(); ++i) {
    OpenBatch::Item& item = part.items[i];
    auto state = state_of(item, results.items[i], sent[i], response.status, last);
    if (state) {
      settle(batch, item.index, std::move(*state));
    } else {
      again.push_back(item);
    }
  }
  if (again.empty()) return;
  part.items = std::move(again);
  send_again(std::move(part), failed, now);
}

// Nothing: it is to be sent again.
std::optional<ItemState> BatchImport::Impl::state_of(const OpenBatch::Item& item,
                                                     const ItemResult& result, const Identity& who,
                                                     int status, bool last) {
  using Kind = ItemResult::Kind;
  ItemState state;
  if (result.kind == Kind::arrived) {
    state.outcome = Outcome::arrived;
    return state;
  }
  if (is_echo(item, result, who)) {
    state.outcome = Outcome::echo;
    return state;
  }
  if (result.kind == Kind::temporary && !last) return std::nullopt;
  Cause cause;
  cause.http_status = status;
  if (result.kind == Kind::none) {
    state.outcome = Outcome::unconfirmed;
    state.maybe = true;
    cause.kind = Cause::Kind::no_result;
    cause.message = "the answer says nothing of it";
  } else {
    state.outcome = Outcome::failed;
    state.maybe = item.maybe;
    cause.kind = Cause::Kind::result;
    cause.result = result.code;
    cause.message = result.message;
  }
  state.cause = causes.share(std::move(cause));
  return state;
}

void BatchImport::Impl::send_again(BatchPart part, int failed, Now now) {
  if (stopping || halted()) return leave(part);
  part.resting = true;
  const Duration wait = options.retry.backoff(failed, random);
  add_in_parts(std::move(part), failed, true, now.steady + wait);
}

void BatchImport::Impl::refuse(const BatchPart& part, const Answer& answer) {
  const auto cause = causes.share(cause_of(Cause::Kind::refused, answer));
  for (const OpenBatch::Item& item : part.items) {
    ItemState state;
    state.outcome = Outcome::failed;
    state.maybe = item.maybe;
    state.cause = cause;
    settle(*part.batch, item.index, std::move(state));
  }
}

// After the last attempt: an explicit error, or none that anybody could know.
void BatchImport::Impl::give_up(const BatchPart& part, const Answer& answer) {
  const auto cause = causes.share(cause_of(Cause::Kind::unanswered, answer));
  for (const OpenBatch::Item& item : part.items) {
    ItemState state;
    const bool unknown = answer.status == 0 && item.maybe;
    state.outcome = unknown ? Outcome::unconfirmed : Outcome::failed;
    state.maybe = item.maybe;
    state.cause = cause;
    settle(*part.batch, item.index, std::move(state));
  }
}

void BatchImport::Impl::settle(BatchUnderWay& batch, std::uint32_t item, ItemState state) {
  count(batch.counts, state);
  --batch.left;
  pending.writes.push_back({batch.number, item, std::move(state)});
}

// Not to be sent, or not again, in this run: pending, and no longer begun, since whatever was sent
// of it has been answered. What may have arrived all the same is remembered.
void BatchImport::Impl::leave(const BatchPart& part) {
  BatchUnderWay& batch = *part.batch;
  batch.counts.pending += part.items.size();
  batch.left -= part.items.size();
  if (!part.begun) return;  // the store knows better
  for (const OpenBatch::Item& item : part.items) {
    ItemState state;
    state.maybe = item.maybe;
    pending.writes.push_back({batch.number, item.index, std::move(state)});
  }
}

void BatchImport::Impl::leave_waiting() {
  for (const std::unique_ptr<Task>& task : dispatcher.take_waiting()) {
    BatchPart part = remove(*task);
    BatchUnderWay& batch = *part.batch;
    leave(part);
    if (batch.left == 0) close(batch);
  }
}

void BatchImport::Impl::close(BatchUnderWay& batch) {
  if (batch.counts.pending == 0) {
    pending.ends.push_back({batch.number, batch.counts, batch.http_status});
  }
  batches.erase(batch.number);
}

}  // namespace usher
