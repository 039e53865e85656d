// SPDX-License-Identifier: Apache-2.0
#include "run/loop.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

#include <fmt/format.h>

#include "base/hash.h"
#include "base/text.h"
#include "target/workos/limits.h"

namespace usher {
namespace {

using End = UserImportReport::End;

constexpr Duration kTick = std::chrono::milliseconds{100};
// What nobody waits for is written together: so many rows, or after so long.
constexpr std::size_t kEndsAtOnce = 512;
constexpr Duration kEndsWait = std::chrono::milliseconds{50};

std::vector<RateWindow> windows_of(const RateLimit& limit) {
  switch (limit.kind) {
    case RateLimit::Kind::off:
      return {};
    case RateLimit::Kind::per_second:
      return {{"--rate-limit", limit.per_second, std::chrono::seconds{1}}};
    case RateLimit::Kind::published:
      break;
  }
  std::vector<RateWindow> windows;
  windows.reserve(workos::kPublishedWindows.size());
  for (const auto& published : workos::kPublishedWindows) {
    windows.push_back({std::string(published.name), published.limit, published.span});
  }
  return windows;
}

}  // namespace

Import::Options machine_options(const UserImportOptions& options) {
  Import::Options import;
  import.concurrency = options.concurrency;
  import.existing = options.existing;
  import.require_membership = options.require_membership;
  import.one_organization = options.single_org.by != OrgRef::By::none;
  import.windows = windows_of(options.rate_limit);
  import.seed = static_cast<std::uint64_t>(read_clocks().steady.time_since_epoch().count());
  import.nonce = random_hex(8);
  return import;
}

std::size_t begin_ahead(const UserImportOptions& options) {
  constexpr std::size_t kRounds = 4;  // of what is in flight
  return static_cast<std::size_t>(options.concurrency) * kRounds;
}

double most_writes_a_second(const RateLimit& limit) {
  double most = 0;
  const WindowMask mask = workos::windows_of(net::Method::post, "/user_management/users");
  const std::vector<RateWindow> windows = windows_of(limit);
  for (std::size_t i = 0; i < windows.size(); ++i) {
    if (windows.size() > 1 && (mask >> i & 1U) == 0) continue;
    const double rate = windows[i].limit / std::chrono::duration<double>(windows[i].span).count();
    most = most == 0 ? rate : std::min(most, rate);
  }
  return most;
}

Result<net::Client> open_client(const UserImportOptions& options) {
  net::Client::Options client;
  client.base_url = options.api_url;
  client.user_agent = "usher/" USHER_VERSION;
  client.bearer = options.api_key;
  client.timeout = options.timeout;
  client.max_connections = options.concurrency;
  client.allow_plaintext = options.allow_plaintext;
  return net::Client::open(std::move(client));
}

Loop::Loop(Rows& rows, net::Client client, Store& store, Import::Options options,
           Observer& observer, int stop_fd)
    : rows_(rows),
      client_(std::move(client)),
      store_(store),
      organizations_only_(options.organizations_only),
      import_(std::move(options)),
      observer_(observer),
      signal_(stop_fd),
      started_(read_clocks().steady) {}

UserImportReport Loop::go(std::uint64_t total_rows) {
  total_rows_ = total_rows;
  while (!leave_) {
    const Now now = read_clocks();
    obey(import_.turn(now), now);
    if (feed(now)) obey(import_.turn(now), now);
    if (import_.idle() && (input_ended_ || import_.halt() != Import::Halt::none || stopping_))
      break;
    report_progress(now.steady);
    wait(now);
  }
  return finish();
}

// Takes rows while the machine wants them; the store has all writes of the turns before.
bool Loop::feed(Now now) {
  bool fed = false;
  while (!input_ended_ && !stopping_ && import_.wants_rows()) {
    auto next = rows_.next(warnings_);
    for (const std::string& warning : std::exchange(warnings_, {})) warn(warning);
    if (!next) {
      hear_signals();  // which may be why: then it is no error
      end_with(End::source, std::move(next.error()));
      input_ended_ = true;
      return fed;
    }
    switch (next->kind) {
      case Rows::Next::Kind::end:
        input_ended_ = true;
        break;
      case Rows::Next::Kind::bad:
        import_.count_bad_row();
        ends_.push_back({next->record, RowEnd::How::failed, std::move(next->failure)});
        if (must_write(now)) write(now);
        break;
      case Rows::Next::Kind::row:
        fed = true;
        if (!look_up(next->candidate)) return fed;
        import_.feed(std::move(next->candidate), now);
    }
  }
  return fed;
}

bool Loop::look_up(Candidate& candidate) {
  const bool wants_org = candidate.row.org.by != OrgRef::By::none;
  if (organizations_only_) {
    return !wants_org || import_.knows(candidate.keys.organization) ||
           find(candidate.keys.organization, candidate.organization);
  }
  return find(candidate.keys.user, candidate.user) &&
         (!wants_org || (find(candidate.keys.membership, candidate.membership) &&
                         (import_.knows(candidate.keys.organization) ||
                          find(candidate.keys.organization, candidate.organization))));
}

bool Loop::find(const Key& key, StepRecord& record) {
  if (const auto waits = latest_.find(key); waits != latest_.end()) {
    record = writes_[waits->second].record;
    return true;
  }
  auto found = store_.find(key);
  if (found) {
    record = std::move(*found);
    return true;
  }
  end_with(End::store, std::move(found.error()));
  leave_ = true;
  return false;
}

void Loop::obey(Turn turn, Now now) {
  if (writes_.empty() && ends_.empty()) oldest_ = now.steady;
  for (StepWrite& write : turn.writes) {
    begun_ = begun_ || write.record.state == StepState::begun;
    latest_[write.key] = writes_.size();
    writes_.push_back(std::move(write));
  }
  std::ranges::move(turn.ends, std::back_inserter(ends_));
  if (must_write(now)) write(now);
  if (leave_) return;
  for (const Turn::Send& send : turn.sends) client_.send(send.ticket, send.request);
  for (const std::string& warning : turn.warnings) observer_.warned(warning);
}

bool Loop::must_write(Now now) const {
  if (begun_) return true;
  if (writes_.empty() && ends_.empty()) return false;
  return ends_.size() >= kEndsAtOnce || now.steady - oldest_ >= kEndsWait;
}

// Steps and the ends of their rows, in one piece. Failures are told before: a line too many is
// better than one that is missing.
void Loop::write(Now now) {
  for (const RowEnd& end : ends_) {
    if (end.how == RowEnd::How::failed) tell(end, now);
    if (end.how == RowEnd::How::created || end.how == RowEnd::How::unchanged) mark(end);
  }
  Status applied = store_.apply(writes_, marks_);
  if (applied) {
    observer_.settled(marks_);
    for (const RowEnd& end : ends_) rows_.forget(end.record);
  } else {
    end_with(End::store, std::move(applied.error()));
    leave_ = true;
  }
  writes_.clear();
  latest_.clear();
  ends_.clear();
  marks_.clear();
  begun_ = false;
}

void Loop::mark(const RowEnd& end) {
  RowMark mark;
  mark.record = end.record;
  mark.outcome = end.how == RowEnd::How::failed    ? RowOutcome::failed
                 : end.how == RowEnd::How::created ? RowOutcome::created
                                                   : RowOutcome::unchanged;
  mark.made_user = end.made_user;
  mark.made_membership = end.made_membership;
  mark.again = rows_.again(end.record);
  marks_.push_back(mark);
}

// A failure that nobody could be told of is not marked: the row is tried again.
void Loop::tell(const RowEnd& end, Now now) {
  if (deaf_) return;
  mark(end);
  if (Status told = rows_.tell(end.record, end.failure, now.wall, observer_); !told) {
    marks_.pop_back();
    deaf_ = true;
    end_with(End::observer, std::move(told.error()));
    stop();
  }
}

void Loop::wait(Now now) {
  const Instant until = std::min(import_.wake(now), now.steady + kTick);
  const std::array<int, 1> readable = {signal_.fd()};
  client_.wait(std::max(until - now.steady, Duration{0}),
               std::span(readable).first(signal_.fd() >= 0 ? 1 : 0));
  hear_signals();
  const Now later = read_clocks();
  while (auto completion = client_.next()) {
    import_.answered(completion->ticket, completion->response, later);
  }
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

void Loop::warn(const std::string& warning) {
  ++own_warnings_;
  observer_.warned(warning);
}

void Loop::end_with(End end, Error reason) {
  if (end_ != End::finished) return;
  end_ = end;
  reason_ = std::move(reason);
}

Tally Loop::tally() const {
  Tally tally = import_.tally();
  tally.warnings += own_warnings_;
  return tally;
}

void Loop::report_progress(Instant now) {
  if (now < next_report_) return;
  next_report_ = now + kTick;
  Progress progress;
  progress.tally = tally();
  progress.total_rows = total_rows_;
  progress.elapsed = now - started_;
  progress.in_flight = import_.in_flight();
  progress.waiting = import_.waiting(read_clocks());
  observer_.progressed(progress);
}

// Every row of the input ends in one count (I9): what was not read or not ended was not tried.
UserImportReport Loop::finish() {
  if (!leave_ || signal_.asked()) write(read_clocks());
  if (import_.halt() == Import::Halt::denied) end_with(End::denied, import_.halt_reason());
  if (import_.halt() == Import::Halt::organization) {
    end_with(End::organization, import_.halt_reason());
  }
  if (import_.halt() == Import::Halt::unreachable) {
    end_with(End::unreachable, import_.halt_reason());
  }
  UserImportReport report;
  report.rest_unread = !input_ended_ && rows_.size() == 0;
  if (!input_ended_ && !report.rest_unread) {
    if (const auto rest = rows_.count_rest()) import_.count_untried(*rest);
  }
  report.mode = rows_.mode();
  report.tally = tally();
  report.tally.rows.not_tried = report.tally.rows.read - report.tally.rows.done();
  report.elapsed = read_clocks().steady - started_;
  report.end = end_;
  report.reason = reason_;
  return report;
}

}  // namespace usher
