// SPDX-License-Identifier: Apache-2.0
#include "cli/terminal_input.h"

#include <array>
#include <cerrno>
#include <chrono>
#include <utility>

#include <poll.h>
#include <unistd.h>

#include "cli/output.h"
#include "cli/signals.h"

namespace usher::cli {
namespace {

constexpr std::size_t kLongestAnswer = 4096;

// Until there is something to read; false: somebody wants to leave instead.
bool wait_for_input(int stop_fd) {
  std::array<pollfd, 2> wishes = {{{STDIN_FILENO, POLLIN, 0}, {stop_fd, POLLIN, 0}}};
  while (true) {
    const int ready = ::poll(wishes.data(), wishes.size(), -1);
    if (ready < 0 && errno != EINTR) return false;
    if (wishes[1].revents != 0) return false;
    if (ready > 0) return true;
  }
}

// Byte by byte, so that what is typed ahead stays for the next question. Nothing: the end.
bool read_line(std::string& line, int stop_fd) {
  while (line.size() < kLongestAnswer) {
    char byte = 0;
    if (!wait_for_input(stop_fd)) return false;
    const ssize_t got = ::read(STDIN_FILENO, &byte, 1);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    if (byte == '\n') return true;
    line += byte;
  }
  return true;
}

}  // namespace

Answer ask_person(std::string_view question) {
  if (::isatty(STDIN_FILENO) != 1 || ::isatty(STDERR_FILENO) != 1) return {};
  FdOutput terminal(STDERR_FILENO);
  const auto signals = StopSignals::install();
  terminal.write(question);
  std::string line;
  if (read_line(line, signals ? signals->fd() : -1)) {
    return {Answer::Kind::given, std::move(line)};
  }
  terminal.write("\n");
  return {Answer::Kind::left};
}

bool pause_for(Duration span, int stop_fd) {
  const auto ms = std::chrono::ceil<std::chrono::milliseconds>(span).count();
  pollfd stop{stop_fd, POLLIN, 0};
  return ::poll(&stop, 1, static_cast<int>(ms)) > 0;
}

}  // namespace usher::cli
