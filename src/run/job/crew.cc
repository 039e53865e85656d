// SPDX-License-Identifier: Apache-2.0
#include "run/job/crew.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "model/tally_sum.h"

namespace usher::job {
namespace {

using End = UserImportReport::End;

constexpr int kMostDeaths = 5;  // of one worker, in a row, with no row ended between
constexpr int kTickMs = 100;
constexpr Duration kTick = std::chrono::milliseconds{kTickMs};
constexpr Duration kLook = std::chrono::seconds{1};
constexpr int kInheritedLock = 3;

std::uint64_t partitions_of(unsigned worker, unsigned workers) {
  std::uint64_t mask = 0;
  for (unsigned q = worker; q < Rows::kPartitions; q += workers) mask |= std::uint64_t{1} << q;
  return mask;
}

struct Pipe {
  Fd reader;
  Fd writer;
};

Result<Pipe> make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
    return std::unexpected(system_error("cannot make", "a pipe for a worker", errno));
  }
  return Pipe{Fd(ends[0]), Fd(ends[1])};
}

Result<pid_t> spawn(const std::string& program, const Fd& input, const Fd& output, int lock) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, input.get(), STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, output.get(), STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, lock, kInheritedLock);
  // Ctrl-C and the like go to every process of the terminal; the coordinator decides for all.
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t blocked;
  sigemptyset(&blocked);
  for (const int each : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&blocked, each);
  posix_spawnattr_setsigmask(&attributes, &blocked);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
  std::string name = "usher";
  std::string word = "work";
  std::array<char*, 3> arguments = {name.data(), word.data(), nullptr};
  pid_t process = -1;
  const int failed =
      ::posix_spawn(&process, program.c_str(), &actions, &attributes, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  if (failed != 0) return std::unexpected(system_error("cannot start", program, failed));
  return process;
}

// One that cannot be told has died, which is heard.
void tell(const Fd& to, std::string_view bytes) {
  static_cast<void>(write_all(to.get(), bytes, "a worker"));
}

std::string death_in_words(int status) {
  if (WIFSIGNALED(status)) {
    return fmt::format("Worker exited with signal {}", WTERMSIG(status));
  }
  return fmt::format("Worker exited with code {}", WIFEXITED(status) ? WEXITSTATUS(status) : -1);
}

}  // namespace

Crew::Crew(Setting setting, int workers, SharedRate& rate, Ledger& ledger)
    : setting_(std::move(setting)),
      rate_(rate),
      ledger_(ledger),
      hands_(static_cast<std::size_t>(workers)),
      started_(read_clocks().steady) {
  const auto count = static_cast<unsigned>(workers);
  for (unsigned i = 0; i < count; ++i) hands_[i].partitions = partitions_of(i, count);
}

Crew::~Crew() {
  kill_all();
}

UserImportReport Crew::work() {
  for (Hand& hand : hands_) {
    if (const Status started = start(hand); !started) end_with(End::workers, started.error());
  }
  if (end_ != End::finished) tell_all_to_stop();
  while (!all_ended() && !leaving_) {
    std::vector<pollfd> ready;
    ready.push_back({setting_.stop_fd, POLLIN, 0});
    for (const Hand& hand : hands_) {
      ready.push_back({hand.ended ? -1 : hand.from.get(), POLLIN, 0});
    }
    ::poll(ready.data(), ready.size(), kTickMs);
    if (ready[0].revents != 0) hear_signals();
    for (std::size_t i = 0; i < hands_.size(); ++i) {
      if (ready[i + 1].revents != 0) hear(hands_[i]);
    }
    report_progress();
  }
  if (leaving_) kill_all();
  UserImportReport report;
  report.tally = tally();
  report.elapsed = read_clocks().steady - started_;
  report.end = end_;
  report.reason = reason_;
  return report;
}

Status Crew::start(Hand& hand) {
  hand.ended = true;  // until it has begun
  USHER_TRY_ASSIGN(Pipe orders, make_pipe());
  USHER_TRY_ASSIGN(Pipe reports, make_pipe());
  USHER_TRY_ASSIGN(hand.process,
                   spawn(setting_.program, orders.reader, reports.writer, setting_.lock));
  hand.to = std::move(orders.writer);
  hand.from = std::move(reports.reader);
  hand.heard.clear();
  hand.ended = false;
  Orders mine = setting_.orders;
  mine.partitions = hand.partitions;
  tell(hand.to, to_line(mine));
  return {};
}

void Crew::hear(Hand& hand) {
  std::array<char, 1 << 16> bytes{};
  const ssize_t got = ::read(hand.from.get(), bytes.data(), bytes.size());
  if (got < 0 && errno == EINTR) return;
  if (got > 0) {
    hand.heard.append(bytes.data(), static_cast<std::size_t>(got));
    take_lines(hand);
    return;
  }
  int status = 0;
  while (::waitpid(hand.process, &status, 0) < 0 && errno == EINTR) {
  }
  hand.process = -1;
  rate_.settle_dead();
  if (!hand.ended) buried(hand, status);
}

void Crew::take_lines(Hand& hand) {
  std::size_t begin = 0;
  while (true) {
    const std::size_t end = hand.heard.find('\n', begin);
    if (end == std::string::npos) break;
    auto report = parse_report(std::string_view(hand.heard).substr(begin, end - begin));
    begin = end + 1;
    if (report) {
      take(hand, std::move(*report));
    } else {
      end_with(End::workers, std::move(report.error()));
      tell_all_to_stop();
    }
  }
  hand.heard.erase(0, begin);
}

void Crew::take(Hand& hand, Report report) {
  if (const auto* progress = std::get_if<ProgressReport>(&report)) {
    if (progress->tally.rows.done() > hand.tally.rows.done()) hand.deaths = 0;
    hand.tally = progress->tally;
    hand.in_flight = progress->in_flight;
    hand.waiting = progress->waiting;
  } else if (const auto* changes = std::get_if<ChunkChanges>(&report)) {
    ledger_.settled(*changes);
  } else if (const auto* warning = std::get_if<WarningReport>(&report)) {
    ledger_.warned(warning->text);
  } else if (const auto* failure = std::get_if<FailureReport>(&report)) {
    const Status told = ledger_.failed(
        FailedRow{failure->record, failure->line, setting_.header, failure->cells, failure->org,
                  failure->email, failure->failure, failure->at, setting_.orders.plan.csv.path});
    if (told) return;
    end_with(End::observer, told.error());
    tell_all_to_stop();
  } else if (auto* end = std::get_if<EndReport>(&report)) {
    hand.tally = end->tally;
    hand.ended = true;
    hand.in_flight = 0;
    hand.waiting.clear();
    if (end->end == End::finished || end->end == End::interrupted) return;
    end_with(end->end, std::move(end->reason));
    tell_all_to_stop();
  }
}

// It went without a word: killed, crashed, or out of memory.
void Crew::buried(Hand& hand, int status) {
  const std::string how = death_in_words(status);
  add(hand.gone, hand.tally);
  hand.tally = {};
  hand.in_flight = 0;
  hand.waiting.clear();
  if (stopping_) {
    hand.ended = true;
    ledger_.warned(how);
    return;
  }
  ledger_.warned(how + "; another takes its place, and its people go on from the store");
  if (++hand.deaths < kMostDeaths) {
    const Status started = start(hand);
    if (started) return;
    end_with(End::workers, started.error());
  }
  hand.ended = true;
  end_with(End::workers,
           {fmt::format("workers keep dying: {}", how),
            "look for the cause (memory, another program that kills), then resume; fewer "
            "workers need less memory"});
  tell_all_to_stop();
}

void Crew::hear_signals() {
  std::array<char, 16> bytes{};
  const ssize_t got = ::read(setting_.stop_fd, bytes.data(), bytes.size());
  for (ssize_t i = 0; i < got; ++i) {
    if (interrupted_) leaving_ = true;
    interrupted_ = true;
    end_with(End::interrupted, {"interrupted"});
    tell_all_to_stop();
  }
}

void Crew::tell_all_to_stop() {
  if (std::exchange(stopping_, true)) return;
  for (Hand& hand : hands_) {
    if (!hand.ended) tell(hand.to, "s");
  }
}

void Crew::kill_all() {
  for (Hand& hand : hands_) {
    if (hand.process <= 0) continue;
    if (!hand.ended) ::kill(hand.process, SIGKILL);
    hand.to.reset();
    int status = 0;
    while (::waitpid(hand.process, &status, 0) < 0 && errno == EINTR) {
    }
    hand.process = -1;
  }
}

void Crew::end_with(End end, Error reason) {
  if (end_ != End::finished) return;
  end_ = end;
  reason_ = std::move(reason);
}

Tally Crew::tally() const {
  Tally sum = setting_.tally;
  for (const Hand& hand : hands_) {
    add(sum, hand.gone);
    add(sum, hand.tally);
  }
  return sum;
}

bool Crew::all_ended() const {
  return std::ranges::all_of(hands_, [](const Hand& hand) { return hand.ended; });
}

void Crew::report_progress() {
  const Instant now = read_clocks().steady;
  if (now >= next_look_) {
    next_look_ = now + kLook;
    rate_.settle_dead();
  }
  if (now < next_report_) return;
  next_report_ = now + kTick;
  Progress progress;
  progress.tally = tally();
  progress.elapsed = now - started_;
  bool all_wait = true;
  for (const Hand& hand : hands_) {
    progress.in_flight += hand.in_flight;
    if (hand.ended) continue;
    all_wait = all_wait && !hand.waiting.empty();
    if (!hand.waiting.empty()) progress.waiting = hand.waiting;
  }
  if (!all_wait) progress.waiting.clear();
  ledger_.progressed(progress);
}

}  // namespace usher::job
