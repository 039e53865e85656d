// SPDX-License-Identifier: Apache-2.0
#include "run/user_import.h"

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <utility>

#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/text.h"
#include "engine/import.h"
#include "net/client.h"
#include "run/dry_run.h"
#include "run/rows.h"
#include "store/store.h"
#include "target/workos/limits.h"

namespace usher {
namespace {

using End = UserImportReport::End;

constexpr Duration kTick = std::chrono::milliseconds{100};

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

Import::Options import_options(const UserImportOptions& options) {
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

// The loop of one run. Each round obeys the machine in the order that engine/import.h asks for.
class Run {
 public:
  Run(std::unique_ptr<Rows> rows, net::Client client, std::unique_ptr<Store> store,
      const UserImportOptions& options, Observer& observer, int stop_fd)
      : rows_(std::move(rows)),
        client_(std::move(client)),
        store_(std::move(store)),
        import_(import_options(options)),
        observer_(observer),
        stop_fd_(stop_fd),
        started_(read_clocks().steady) {}

  UserImportReport go(std::uint64_t total_rows) {
    total_rows_ = total_rows;
    for (const std::string& warning : rows_->header_warnings()) warn(warning);
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

 private:
  // Takes rows while the machine wants them; the store has all writes of the turns before.
  bool feed(Now now) {
    bool fed = false;
    while (!input_ended_ && !stopping_ && import_.wants_rows()) {
      auto next = rows_->next(warnings_);
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
          tell(next->record, next->failure, now);
          break;
        case Rows::Next::Kind::row:
          fed = true;
          if (!look_up(next->candidate)) return fed;
          import_.feed(std::move(next->candidate), now);
      }
    }
    return fed;
  }

  bool look_up(Candidate& candidate) {
    const bool wants_org = candidate.row.org.by != OrgRef::By::none;
    return find(candidate.keys.user, candidate.user) &&
           (!wants_org || (find(candidate.keys.membership, candidate.membership) &&
                           (import_.knows(candidate.keys.organization) ||
                            find(candidate.keys.organization, candidate.organization))));
  }

  bool find(const Key& key, StepRecord& record) {
    auto found = store_->find(key);
    if (found) {
      record = std::move(*found);
      return true;
    }
    end_with(End::store, std::move(found.error()));
    leave_ = true;
    return false;
  }

  void obey(Turn turn, Now now) {
    if (!turn.writes.empty()) {
      if (Status applied = store_->apply(turn.writes, {}); !applied) {
        end_with(End::store, std::move(applied.error()));
        leave_ = true;
        return;
      }
    }
    for (const Turn::Send& send : turn.sends) client_.send(send.ticket, send.request);
    for (const std::string& warning : turn.warnings) observer_.warned(warning);
    for (const RowEnd& end : turn.ends) {
      if (end.how == RowEnd::How::failed) {
        tell(end.record, end.failure, now);
      } else {
        rows_->forget(end.record);
      }
    }
  }

  void tell(std::uint64_t record, const Failure& failure, Now now) {
    if (deaf_) return rows_->forget(record);
    if (Status told = rows_->tell(record, failure, now.wall, observer_); !told) {
      deaf_ = true;
      end_with(End::observer, std::move(told.error()));
      stop();
    }
  }

  void wait(Now now) {
    const Instant until = std::min(import_.wake(now), now.steady + kTick);
    const std::array<int, 1> readable = {stop_fd_};
    client_.wait(std::max(until - now.steady, Duration{0}),
                 std::span(readable).first(stop_fd_ >= 0 ? 1 : 0));
    hear_signals();
    const Now later = read_clocks();
    while (auto completion = client_.next()) {
      import_.answered(completion->ticket, completion->response, later);
    }
  }

  void hear_signals() {
    pollfd ready{stop_fd_, POLLIN, 0};
    if (stop_fd_ < 0 || ::poll(&ready, 1, 0) <= 0) return;
    std::array<char, 16> bytes{};
    const ssize_t got = ::read(stop_fd_, bytes.data(), bytes.size());
    for (ssize_t i = 0; i < got; ++i) {
      if (interrupted_) leave_ = true;
      interrupted_ = true;
      end_with(End::interrupted, {"interrupted"});
      stop();
    }
  }

  void stop() {
    stopping_ = true;
    import_.stop();
  }

  void warn(const std::string& warning) {
    ++own_warnings_;
    observer_.warned(warning);
  }

  void end_with(End end, Error reason) {
    if (end_ != End::finished) return;
    end_ = end;
    reason_ = std::move(reason);
  }

  [[nodiscard]] Tally tally() const {
    Tally tally = import_.tally();
    tally.warnings += own_warnings_;
    return tally;
  }

  void report_progress(Instant now) {
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
  UserImportReport finish() {
    if (import_.halt() == Import::Halt::denied) end_with(End::denied, import_.halt_reason());
    if (import_.halt() == Import::Halt::organization) {
      end_with(End::organization, import_.halt_reason());
    }
    if (import_.halt() == Import::Halt::unreachable) {
      end_with(End::unreachable, import_.halt_reason());
    }
    UserImportReport report;
    report.rest_unread = !input_ended_ && rows_->size() == 0;
    if (!input_ended_ && !report.rest_unread) {
      if (const auto rest = rows_->count_rest()) import_.count_untried(*rest);
    }
    report.mode = rows_->mode();
    report.tally = tally();
    report.tally.rows.not_tried = report.tally.rows.read - report.tally.rows.done();
    report.elapsed = read_clocks().steady - started_;
    report.end = end_;
    report.reason = reason_;
    return report;
  }

  std::unique_ptr<Rows> rows_;
  net::Client client_;
  std::unique_ptr<Store> store_;
  Import import_;
  Observer& observer_;
  int stop_fd_;
  Instant started_;
  Instant next_report_{};
  std::uint64_t total_rows_ = 0;
  std::uint64_t own_warnings_ = 0;
  std::vector<std::string> warnings_;
  bool input_ended_ = false;
  bool stopping_ = false;
  bool interrupted_ = false;
  bool leave_ = false;
  bool deaf_ = false;
  End end_ = End::finished;
  Error reason_;
};

// For the progress bar.
Result<std::uint64_t> count_rows(const std::string& path) {
  USHER_TRY_ASSIGN(csv::Reader reader, csv::Reader::open(path));
  std::uint64_t rows = 0;
  csv::Record record;
  while (true) {
    USHER_TRY_ASSIGN(const bool more, reader.next(record));
    if (!more) return rows;
    ++rows;
  }
}

Result<UserImportReport> import_for_real(const UserImportOptions& options, Observer& observer,
                                         int stop_fd) {
  USHER_TRY_ASSIGN(net::Client client, open_client(options));
  USHER_TRY_ASSIGN(std::unique_ptr<Rows> rows, Rows::open(options, stop_fd));
  USHER_TRY_ASSIGN(std::unique_ptr<Store> store, open_temporary_store());
  std::uint64_t total = 0;
  if (rows->size() > 0) {  // a regular file: nothing else can be read twice
    USHER_TRY_ASSIGN(total, count_rows(options.csv));
  }
  observer.started(rows->mode(), total);
  Run run(std::move(rows), std::move(client), std::move(store), options, observer, stop_fd);
  return run.go(total);
}

}  // namespace

Result<UserImportReport> import_users(const UserImportOptions& options, Observer& observer,
                                      int stop_fd) {
  auto report = options.dry_run ? dry_run(options, observer, stop_fd)
                                : import_for_real(options, observer, stop_fd);
  if (report || !asked_to_stop(stop_fd)) return report;
  UserImportReport stopped;  // before the first row
  stopped.dry_run = options.dry_run;
  stopped.end = End::interrupted;
  return stopped;
}

}  // namespace usher
