// SPDX-License-Identifier: Apache-2.0
#include "cli/signals.h"

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>

#include <fcntl.h>
#include <unistd.h>

namespace usher::cli {
namespace {

// SIGHUP: the terminal, or the connection to it, is gone.
constexpr std::array<int, 3> kSignals = {SIGINT, SIGTERM, SIGHUP};

// All that the handler touches: lock-free atomics are safe in signal handlers. clang-tidy would
// name them as constants, which they are not.
std::atomic<int> write_end{-1};    // NOLINT(readability-identifier-naming)
std::atomic<int> signals_seen{0};  // NOLINT(readability-identifier-naming)
static_assert(std::atomic<int>::is_always_lock_free);

void set_action(int signal_number, void (*action)(int)) {
  struct sigaction wish{};
  wish.sa_handler = action;
  ::sigaction(signal_number, &wish, nullptr);  // no SA_RESTART: waiting calls return at once
}

extern "C" void usher_on_stop_signal(int /*signal_number*/) {
  const int saved = errno;
  const char byte = '!';
  if (::write(write_end.load(), &byte, 1) < 0) errno = 0;  // a full pipe has woken the loop anyway
  if (signals_seen.fetch_add(1) >= 1) {
    for (const int each : kSignals) set_action(each, SIG_DFL);
  }
  errno = saved;
}

}  // namespace

Result<StopSignals> StopSignals::install() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK) != 0) {
    return std::unexpected(system_error("cannot make a pipe", "signals", errno));
  }
  StopSignals result{Fd(ends[0]), Fd(ends[1])};
  write_end = ends[1];
  signals_seen = 0;
  for (const int each : kSignals) set_action(each, usher_on_stop_signal);
  return result;
}

StopSignals::~StopSignals() {
  if (!writer_) return;  // moved from
  for (const int each : kSignals) set_action(each, SIG_DFL);
  write_end = -1;
}

int StopSignals::seen() {
  return signals_seen.load();
}

void ignore_closed_pipes() {
  set_action(SIGPIPE, SIG_IGN);
  set_action(SIGXFSZ, SIG_IGN);  // a file at its size limit is an error of the write as well
}

}  // namespace usher::cli
