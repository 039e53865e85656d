// SPDX-License-Identifier: Apache-2.0
#include "world/batch_world.h"

#include <algorithm>
#include <optional>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "engine/pacer.h"

namespace usher::world {
namespace {

using customers::Change;
using customers::ItemState;
using customers::Outcome;

net::Response reply(int status, std::string body = {}) {
  net::Response response;
  response.status = status;
  response.body = std::move(body);
  return response;
}

net::Response no_reply(net::Transport transport, bool timed_out = false) {
  net::Response response;
  response.transport = transport;
  response.timed_out = timed_out;
  response.detail = "no reply";
  return response;
}

std::string id_of(std::uint64_t batch, std::uint32_t item) {
  return fmt::format("{}-{}", batch, item);
}

}  // namespace

BatchWorld::BatchWorld(std::uint64_t seed, std::vector<WantedBatch> input)
    : random_(seed), input_(std::move(input)) {
  now_.steady = Instant{std::chrono::hours{1}};
  now_.wall = WallTime{std::chrono::milliseconds{1'772'442'000'000}};
  for (std::uint64_t batch = 1; batch <= input_.size(); ++batch) {
    for (std::uint32_t item = 0; item < input_[batch - 1].size(); ++item) {
      const Place place{batch, item};
      people_[place].there = wanted(place).there_before;
      disk_[place] = {};
    }
  }
}

void BatchWorld::violate(std::string what) {
  if (violations_.size() < 5) violations_.push_back(std::move(what));
}

// --- the API -----------------------------------------------------------------------------------

// The published contract: what one item is answered, and what that leaves behind.
std::string BatchWorld::commit(const Place& place) {
  const WantedItem& item = wanted(place);
  Person& person = people_[place];
  if (item.bad) return "ERROR";
  switch (item.change) {
    case Change::create:
      if (person.there) return "CONFLICT";
      person = {true, true};
      return "SUCCESS";
    case Change::del:
      if (!person.there) return "NOT_FOUND";
      person = {false, true};
      return "SUCCESS";
    default:
      person.there = person.by_us = true;
      return "SUCCESS";
  }
}

void BatchWorld::commit_some(const BatchTurn::Send& send) {
  const std::size_t most = random_.below(3) == 0 ? 0
                           : random_.chance(0.5) ? send.items.size()
                                                 : random_.below(send.items.size() + 1);
  for (std::size_t i = 0; i < most; ++i) commit({send.batch, send.items[i]});
}

bool BatchWorld::token_is_good(const net::Request& request) {
  if (request.headers.empty()) return false;
  if (!automatic) return request.headers[0].value.reveal() == "Bearer by hand";
  return request.headers[0].value.reveal() == "Bearer " + token_ && token_left_-- > 0;
}

net::Response BatchWorld::log_in() {
  if (random_.chance(troubles.login)) return reply(503);
  token_ = fmt::format("t{}", ++tokens_);
  token_left_ = troubles.token_uses;
  return reply(200, fmt::format(R"({{"access_token":"{}","expires_in":{}}})", token_,
                                10 + random_.below(600)));
}

net::Response BatchWorld::too_large(const BatchTurn::Send& send) {
  if (troubles.refuses_size) return reply(413, "<html>");
  commit_some(send);
  return random_.chance(0.5) ? reply(504, "<html>") : no_reply(net::Transport::lost, true);
}

net::Response BatchWorld::carry(const BatchTurn::Send& send) {
  if (send.batch == 0) return log_in();
  if (random_.chance(troubles.unreachable)) return no_reply(net::Transport::unreachable);
  if (random_.chance(troubles.throttled)) return reply(random_.chance(0.7) ? 429 : 425);
  if (!token_is_good(send.request)) return reply(401);
  if (random_.chance(troubles.lost)) {
    commit_some(send);
    return no_reply(net::Transport::lost, random_.chance(0.3));
  }
  if (random_.chance(troubles.error)) {
    commit_some(send);
    return reply(random_.chance(0.5) ? 503 : 500);
  }
  if (send.items.size() > troubles.gateway) return too_large(send);
  return answer(send);
}

net::Response BatchWorld::answer(const BatchTurn::Send& send) {
  std::vector<std::string> results;
  for (const std::uint32_t item : send.items) {
    const Place place{send.batch, item};
    std::string code;
    if (random_.chance(troubles.failed)) {
      code = "FAILED";
    } else {
      code = commit(place);
    }
    if (random_.chance(troubles.unsaid)) continue;
    results.push_back(fmt::format(R"({{"changeType":"CREATE","customerId":"{}","result":"{}"}})",
                                  id_of(send.batch, item), code));
  }
  if (random_.chance(troubles.garbled)) return reply(200, "<html>OK</html>");
  for (std::size_t i = results.size(); i > 1; --i) {
    if (random_.chance(0.2)) std::swap(results[i - 1], results[random_.below(i)]);
  }
  return reply(201, fmt::format(R"({{"data":[{}]}})", fmt::join(results, ",")));
}

// --- the driver --------------------------------------------------------------------------------

std::vector<customers::Identity> BatchWorld::people(const BatchTurn::Send& send) const {
  std::vector<customers::Identity> sent;
  sent.reserve(send.items.size());
  for (const std::uint32_t item : send.items) {
    sent.push_back({wanted({send.batch, item}).change, id_of(send.batch, item), "", ""});
  }
  return sent;
}

bool BatchWorld::send(BatchTurn::Send send) {
  if (!act()) return false;
  for (const std::uint32_t item : send.items) {
    const ItemState& state = disk_[{send.batch, item}];
    if (!state.begun) violate(fmt::format("I1: {}-{} was not begun", send.batch, item));
    if (state.outcome != Outcome::pending) {
      violate(fmt::format("{}-{} was sent after its end", send.batch, item));
    }
    for (const Flight& other : flights_) {
      if (other.send.batch == send.batch &&
          std::ranges::find(other.send.items, item) != other.send.items.end()) {
        violate(fmt::format("{}-{} is under way twice", send.batch, item));
      }
    }
  }
  if (send.batch != 0) {
    if (now_.steady - last_start_ < spacing) violate("two starts are too close");
    last_start_ = now_.steady;
    const auto imports = std::ranges::count_if(
        flights_, [](const Flight& flight) { return flight.send.batch != 0; });
    if (imports >= workers) violate("more requests than workers");
  }
  flights_.push_back({std::move(send)});
  return true;
}

bool BatchWorld::write(Life& life) {
  if (!waiting_writes_.empty()) {
    if (!act()) return false;
    for (BatchTurn::Write& write : waiting_writes_) {
      ItemState& state = disk_[{write.batch, write.item}];
      if (state.outcome != Outcome::pending) violate("an item was settled twice");
      state = std::move(write.state);
    }
    waiting_writes_.clear();
  }
  for (const BatchTurn::End& end : std::exchange(waiting_ends_, {})) {
    if (!act()) return false;
    for (const auto& [place, state] : disk_) {
      if (place.first == end.batch && state.outcome == Outcome::pending) {
        violate(fmt::format("I2: batch {} ended before its items", end.batch));
      }
    }
    life.ended.arrived += end.counts.arrived;
    life.ended.echoes += end.counts.echoes;
    life.ended.failed += end.counts.failed;
    life.ended.unconfirmed += end.counts.unconfirmed;
    life.ended.pending += end.counts.pending;
  }
  return true;
}

// What settles only may wait, as long as nothing is to be begun.
bool BatchWorld::obey(BatchTurn turn, Life& life) {
  const bool begins = std::ranges::any_of(
      turn.writes, [](const BatchTurn::Write& write) { return write.state.begun; });
  std::ranges::move(turn.writes, std::back_inserter(waiting_writes_));
  std::ranges::move(turn.ends, std::back_inserter(waiting_ends_));
  if ((begins || random_.chance(0.5)) && !write(life)) return false;
  for (BatchTurn::Send& each : turn.sends) {
    if (!send(std::move(each))) return false;
  }
  return true;
}

void BatchWorld::feed(BatchImport& import, std::uint64_t& next) {
  while (next <= input_.size() && import.wants_batches()) {
    OpenBatch batch;
    batch.number = next++;
    for (std::uint32_t item = 0; item < input_[batch.number - 1].size(); ++item) {
      const ItemState& state = disk_[{batch.number, item}];
      if (state.outcome != Outcome::pending) continue;
      batch.items.push_back({item, state.maybe || state.begun});
    }
    if (!batch.items.empty()) import.feed(std::move(batch), now_);
  }
}

void BatchWorld::pass(Duration span) {
  now_.steady += span;
  now_.wall += std::chrono::duration_cast<std::chrono::milliseconds>(span);
}

bool BatchWorld::happen(BatchImport& import) {
  const Instant wake = import.wake(now_);
  const bool due = wake != Pacer::kFarFuture;
  if (flights_.empty() && !due) {
    violate("it would wait for ever");
    return false;
  }
  if (flights_.empty() || (due && random_.chance(0.2))) {
    pass(std::clamp<Duration>(wake - now_.steady, Duration{0}, std::chrono::hours{1}));
    return true;
  }
  if (!act()) return false;
  const std::size_t which = random_.below(flights_.size());
  const Flight flight = std::move(flights_[which]);
  flights_.erase(flights_.begin() + static_cast<std::ptrdiff_t>(which));
  pass(std::chrono::milliseconds{random_.below(200)});
  const net::Response response = carry(flight.send);
  import.answered(flight.send.ticket, response, people(flight.send), now_);
  return true;
}

BatchImport::Options BatchWorld::options() {
  BatchImport::Options options;
  options.endpoint.api_url = "https://api.example.test/customers";
  options.endpoint.auth_url = "https://login.example.test/token";
  if (automatic) {
    options.credentials.user = "till";
  } else {
    options.credentials.token = Secret(std::string_view("by hand"));
  }
  options.workers = workers;
  options.spacing = spacing;
  options.begin_ahead = begin_ahead;
  options.retry.attempts = 3;
  options.seed = random_.next();
  return options;
}

BatchWorld::Life BatchWorld::live(std::uint64_t cut_at) {
  Life life;
  actions_ = 0;
  cut_at_ = cut_at;
  flights_.clear();
  waiting_writes_.clear();
  waiting_ends_.clear();
  pass(std::chrono::minutes{10});
  BatchImport import(options());
  std::uint64_t next = 1;
  std::optional<Instant> stopped;
  bool alive = true;
  while (alive) {
    if (!stopped && actions_ >= stop_at) {
      stopped = now_.steady;
      import.stop();
    }
    alive = obey(import.turn(now_), life);
    if (!alive) break;
    feed(import, next);
    alive = obey(import.turn(now_), life);
    const bool over = next > input_.size() || stopped || import.halt() != BatchImport::Halt::none;
    if (!alive || (import.idle() && over)) break;
    alive = happen(import);
  }
  alive = alive && write(life);
  life.halt = import.halt();
  life.stopped = alive && stopped.has_value();
  if (life.stopped) life.stopping = now_.steady - *stopped;
  life.finished = alive && !stopped && life.halt == BatchImport::Halt::none;
  life.actions = actions_;
  for (const Flight& flight : flights_) {  // of a process that is gone
    if (flight.send.batch != 0 && random_.chance(0.5)) commit_some(flight.send);
  }
  return life;
}

void BatchWorld::retry() {
  for (auto& [place, state] : disk_) {
    if (customers::has_arrived(state.outcome)) continue;
    const bool maybe = state.maybe || state.begun;
    state = {};
    state.maybe = maybe;
  }
}

// --- what is so --------------------------------------------------------------------------------

std::size_t BatchWorld::items() const {
  return disk_.size();
}

customers::ItemCounts BatchWorld::counts() const {
  customers::ItemCounts counts;
  for (const auto& [place, state] : disk_) {
    counts.arrived += state.outcome == Outcome::arrived ? 1 : 0;
    counts.echoes += state.outcome == Outcome::echo ? 1 : 0;
    counts.failed += state.outcome == Outcome::failed ? 1 : 0;
    counts.unconfirmed += state.outcome == Outcome::unconfirmed ? 1 : 0;
    counts.pending += state.outcome == Outcome::pending ? 1 : 0;
  }
  return counts;
}

void BatchWorld::check_claims() {
  for (const auto& [place, state] : disk_) {
    const Person& person = people_[place];
    const std::string who = id_of(place.first, place.second);
    const bool wants_there = wanted(place).change != Change::del;
    if (customers::has_arrived(state.outcome) && person.there != wants_there) {
      violate(who + " is called arrived and is not as it should be");
    }
    const bool certain = !customers::has_arrived(state.outcome) && !state.maybe && !state.begun;
    if (certain && person.by_us) violate(who + " was carried out and is told not to have been");
    const bool explained =
        state.outcome == Outcome::failed || state.outcome == Outcome::unconfirmed;
    if (explained != (state.cause != nullptr)) violate(who + " has no cause, or one too many");
  }
}

std::size_t BatchWorld::missing() const {
  std::size_t missing = 0;
  for (const auto& [place, person] : people_) {
    const bool wants_there = wanted(place).change != Change::del;
    if (!wanted(place).bad && person.there != wants_there) ++missing;
  }
  return missing;
}

}  // namespace usher::world
