// SPDX-License-Identifier: Apache-2.0
#include "run/customers/loop.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <span>

#include "target/customers/identity.h"

namespace usher::customers {
namespace {

using End = Report::End;

constexpr Duration kTick = std::chrono::milliseconds{100};
// What nobody waits for is written together: so many items, or after so long.
constexpr std::size_t kWritesAtOnce = 8'192;
constexpr Duration kWritesWait = std::chrono::milliseconds{50};
// Bytes of batches that wait for their turn; beyond, they are read again when it comes.
constexpr std::size_t kMostRead = std::size_t{8} << 20;

ItemCounts& operator+=(ItemCounts& a, const ItemCounts& b) {
  a.arrived += b.arrived;
  a.echoes += b.echoes;
  a.failed += b.failed;
  a.unconfirmed += b.unconfirmed;
  a.pending += b.pending;
  a.invalid += b.invalid;
  a.in_doubt += b.in_doubt;
  return a;
}

ItemCounts& operator-=(ItemCounts& a, const ItemCounts& b) {
  a.arrived -= b.arrived;
  a.echoes -= b.echoes;
  a.failed -= b.failed;
  a.unconfirmed -= b.unconfirmed;
  a.pending -= b.pending;
  a.invalid -= b.invalid;
  a.in_doubt -= b.in_doubt;
  return a;
}

}  // namespace

Loop::Loop(Opened& job, const Inputs& inputs, net::Client client, BatchImport::Options machine,
           const Job::WhyBad& why_bad, RetryFolder& retry, Observer& observer, StopSignal& signal)
    : job_(job),
      inputs_(inputs),
      type_(inputs.type()),
      client_(std::move(client)),
      import_(std::move(machine)),
      why_bad_(why_bad),
      retry_(retry),
      observer_(observer),
      signal_(signal),
      started_(read_clocks().steady) {}

Loop::Ended Loop::go() {
  leave_ = !count_done();
  while (!leave_) {
    const Now now = read_clocks();
    obey(import_.turn(now), now);
    if (!leave_ && feed(now)) obey(import_.turn(now), now);
    const bool over =
        next_batch_ > inputs_.batches() || stopping_ || import_.halt() != BatchImport::Halt::none;
    if (over && import_.idle()) break;
    report_progress(now);
    wait(now);
  }
  return finish();
}

// How the job stands before this run.
bool Loop::count_done() {
  auto counts = job_.store->count_items(inputs_.items());
  for (std::uint64_t number = 1; counts && number <= inputs_.batches(); ++number) {
    const auto states = job_.store->batch(number);
    if (!states) {
      counts = std::unexpected(states.error());
      break;
    }
    const bool done = !states->empty() && std::ranges::none_of(*states, [](const ItemState& state) {
      return state.outcome == Outcome::pending;
    });
    batches_done_ += done ? 1 : 0;
  }
  if (!counts) {
    end_with(End::store, std::move(counts.error()));
    return false;
  }
  counts_ = *counts;
  earlier_ = counts_.total() - counts_.pending;
  return true;
}

// Takes batches while the machine wants them. The store has all writes of the turns before.
bool Loop::feed(Now now) {
  bool fed = false;
  while (!stopping_ && !leave_ && next_batch_ <= inputs_.batches() && import_.wants_batches()) {
    fed = open(next_batch_++, now) || fed;
    if (must_write(now)) write();
    hear_signals();  // a million batches that are done may have to be passed
  }
  return fed;
}

// Of a batch: what has not arrived goes to the machine, but for what the check has turned down.
bool Loop::open(std::uint64_t number, Now now) {
  const Batch batch = inputs_.batch(number);
  auto states = states_of(*job_.store, batch);
  if (!states) {
    end_with(End::store, std::move(states.error()));
    leave_ = true;
    return false;
  }
  if (!any_missing(*states)) return false;
  const auto read = bytes_of(number);
  if (read == nullptr) return false;
  OpenBatch open;
  open.number = number;
  UnderWay under_way;
  under_way.done_before = true;
  for (std::uint32_t i = 0; i < batch.size; ++i) {
    const ItemState& state = (*states)[i];
    const Item& item = read->items[i];
    if (state.outcome == Outcome::pending) under_way.done_before = false;
    if (has_arrived(state.outcome)) continue;
    count(under_way.before, state);
    if (item.bad) {
      ItemState invalid = invalid_state(item, state);
      count(under_way.invalid, invalid);
      writes_.push_back({number, batch.size, i, std::move(invalid)});
    } else {
      open.items.push_back({i, may_be_there(state, item)});
    }
  }
  if (writes_.size() == under_way.invalid.failed && ends_.empty()) oldest_ = now.steady;
  under_way_.emplace(number, under_way);
  if (open.items.empty()) {
    ends_.push_back({number, {}, 0});
    return false;
  }
  if (read_bytes_ < kMostRead) {
    read_bytes_ += read->bytes.size();
    read_[number] = read;
  }
  import_.feed(std::move(open), now);
  return true;
}

// Never sent; what an earlier run did not know of it stays unknown.
ItemState Loop::invalid_state(const Item& item, const ItemState& before) {
  std::string words = why_bad_(item);
  if (last_invalid_ == nullptr || last_invalid_->message != words) {
    Cause cause;
    cause.kind = Cause::Kind::invalid;
    cause.message = std::move(words);
    last_invalid_ = std::make_shared<const Cause>(std::move(cause));
  }
  ItemState state;
  state.outcome = Outcome::failed;
  state.maybe = may_be_there(before, item);
  state.cause = last_invalid_;
  return state;
}

void Loop::obey(BatchTurn turn, Now now) {
  if (writes_.empty() && ends_.empty()) oldest_ = now.steady;
  for (BatchTurn::Write& write : turn.writes) {
    begun_ = begun_ || write.state.begun;
    const std::uint32_t size = inputs_.batch(write.batch).size;
    writes_.push_back({write.batch, size, write.item, std::move(write.state)});
  }
  std::ranges::move(turn.ends, std::back_inserter(ends_));
  if (must_write(now)) write();
  for (BatchTurn::Send& one : turn.sends) {
    if (leave_) return;
    send(one);
  }
  if (!turn.sends.empty()) import_.started(read_clocks().steady);
  for (const std::string& warning : turn.warnings) observer_.warned(warning);
}

bool Loop::must_write(Now now) const {
  if (begun_) return true;
  if (writes_.empty() && ends_.empty()) return false;
  return writes_.size() >= kWritesAtOnce || now.steady - oldest_ >= kWritesWait;
}

// What has become of items, in one piece; their batches' ends are told when it is on the disk.
void Loop::write() {
  Status applied = job_.store->apply(writes_);
  writes_.clear();
  begun_ = false;
  if (!applied) {
    end_with(End::store, std::move(applied.error()));
    leave_ = true;
    return;
  }
  for (const BatchTurn::End& end : std::exchange(ends_, {})) tell(end);
}

void Loop::tell(const BatchTurn::End& end) {
  BatchTurn::End told = end;
  if (const auto found = under_way_.find(end.batch); found != under_way_.end()) {
    told.counts += found->second.invalid;
    counts_ -= found->second.before;
    counts_ += told.counts;
    if (!found->second.done_before) ++batches_done_;
    under_way_.erase(found);
  }
  if (told.counts.missing() > 0) keep_rest(end.batch);
  if (const auto kept = read_.find(end.batch); kept != read_.end()) {
    read_bytes_ -= kept->second->bytes.size();
    read_.erase(kept);
  }
  observer_.batch_ended(inputs_.batch(end.batch), told);
}

void Loop::keep_rest(std::uint64_t number) {
  const Batch batch = inputs_.batch(number);
  const auto read = bytes_of(number);
  if (read == nullptr) return;
  auto states = states_of(*job_.store, batch);
  Status kept;
  if (states) {
    RunFacts facts;
    facts.now = read_clocks().wall;
    facts.complete = false;
    facts.end = "under way";
    facts.counts = counts_;
    kept = retry_.add({batch, std::move(*states), read->items}, std::move(facts));
  } else {
    kept = std::unexpected(std::move(states.error()));
  }
  if (kept) return;
  end_with(End::store, std::move(kept.error()));
  stop();
}

// Nothing, and the run ends: they could not be read.
std::shared_ptr<Loop::Read> Loop::bytes_of(std::uint64_t number) {
  if (const auto kept = read_.find(number); kept != read_.end()) return kept->second;
  auto read = std::make_shared<Read>();
  auto items = inputs_.read(inputs_.batch(number), read->bytes);
  if (!items) {
    hear_signals();  // which may be why: then it is no error
    end_with(End::source, std::move(items.error()));
    stop();
    return nullptr;
  }
  read->items = std::move(*items);
  return read;
}

void Loop::send(BatchTurn::Send& send) {
  if (send.batch == 0) return client_.send(send.ticket, send.request);
  const auto read = bytes_of(send.batch);
  if (read == nullptr) {  // it has begun and cannot leave: as after a kill
    leave_ = true;
    return;
  }
  Flight flight;
  std::string& body = send.request.body;
  body.reserve(read->bytes.size() + send.items.size() + 32);
  body = type_ == ImportType::customers ? "{\"data\":[" : "{\"households\":[";
  flight.items.reserve(send.items.size());
  for (const std::uint32_t index : send.items) {
    if (!flight.items.empty()) body += ',';
    const std::string_view json = read->items.at(index).json;
    flight.items.emplace_back(body.size(), json.size());
    body += json;
  }
  body += "]}";
  client_.send(send.ticket, send.request);
  flight.body = std::move(body);
  flights_.emplace(send.ticket, std::move(flight));
}

void Loop::wait(Now now) {
  const Instant until = std::min(import_.wake(now), now.steady + kTick);
  const std::array<int, 1> readable = {signal_.fd()};
  client_.wait(std::max(until - now.steady, Duration{0}),
               std::span(readable).first(signal_.fd() >= 0 ? 1 : 0));
  hear_signals();
  const Now later = read_clocks();
  while (const auto completion = client_.next()) answered(*completion, later);
}

void Loop::answered(const net::Client::Completion& completion, Now now) {
  std::vector<Identity> sent;
  const auto found = flights_.find(completion.ticket);
  if (found != flights_.end()) {
    const bool good = completion.response.status >= 200 && completion.response.status < 300;
    const std::string_view body = found->second.body;
    // An answer without a list says nothing of anybody.
    if (good && completion.response.body.contains('[')) {
      sent.reserve(found->second.items.size());
      for (const auto& [at, size] : found->second.items) {
        sent.push_back(parse_identity(body.substr(at, size), type_));
      }
    }
  }
  import_.answered(completion.ticket, completion.response, sent, now);
  if (found != flights_.end()) flights_.erase(found);
}

void Loop::hear_signals() {
  signal_.hear();
  if (!signal_.stop()) return;
  leave_ = leave_ || signal_.leave();
  end_with(End::interrupted, {"interrupted"});
  if (!stopping_) stop();
}

void Loop::stop() {
  stopping_ = true;
  import_.stop();
}

void Loop::end_with(End end, Error reason) {
  if (end_ != End::finished) return;
  end_ = end;
  reason_ = std::move(reason);
}

void Loop::report_progress(Now now) {
  if (now.steady < next_report_) return;
  next_report_ = now.steady + kTick;
  Progress progress;
  progress.counts = counts_;
  progress.batches = inputs_.batches();
  progress.batches_done = batches_done_;
  progress.retry_files = retry_.files();
  progress.retry_folder = retry_.files() > 0 ? retry_.path() : "";
  progress.traffic = import_.traffic();
  progress.elapsed = now.steady - started_;
  progress.earlier = earlier_;
  progress.in_flight = import_.in_flight();
  progress.waiting = import_.waiting(now);
  observer_.progressed(progress);
}

Loop::Ended Loop::finish() {
  if (end_ != End::store || !leave_) write();
  if (import_.halt() == BatchImport::Halt::denied) end_with(End::denied, import_.halt_reason());
  if (import_.halt() == BatchImport::Halt::unreachable) {
    end_with(End::unreachable, import_.halt_reason());
  }
  next_report_ = {};
  report_progress(read_clocks());
  Ended ended;
  ended.end = end_;
  ended.reason = reason_;
  ended.traffic = import_.traffic();
  ended.left = leave_;
  return ended;
}

}  // namespace usher::customers
