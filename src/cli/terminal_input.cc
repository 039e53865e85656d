// SPDX-License-Identifier: Apache-2.0
#include "cli/terminal_input.h"

#include <chrono>
#include <iostream>

#include <poll.h>
#include <unistd.h>

#include "cli/output.h"

namespace usher::cli {

std::optional<std::string> ask_person(std::string_view question) {
  if (::isatty(STDIN_FILENO) != 1 || ::isatty(STDERR_FILENO) != 1) return std::nullopt;
  FdOutput(STDERR_FILENO).write(question);
  std::string answer;
  std::getline(std::cin, answer);  // its end is an empty answer
  return answer;
}

bool pause_for(Duration span, int stop_fd) {
  const auto ms = std::chrono::ceil<std::chrono::milliseconds>(span).count();
  pollfd stop{stop_fd, POLLIN, 0};
  return ::poll(&stop, 1, static_cast<int>(ms)) > 0;
}

}  // namespace usher::cli
