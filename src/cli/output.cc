// SPDX-License-Identifier: Apache-2.0
#include "cli/output.h"

#include <cerrno>
#include <cstring>

#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace usher::cli {
namespace {

constexpr int kFallbackWidth = 80;

// A terminal shared with a program that made it non-blocking is waited for, not lost.
void wait_until_writable(int fd) {
  pollfd wish{fd, POLLOUT, 0};
  ::poll(&wish, 1, 1000);
}

}  // namespace

void Output::line(std::string_view text) {
  std::string whole(text);
  whole += '\n';
  write(whole);
}

FdOutput::FdOutput(int fd) : fd_(fd), terminal_(::isatty(fd) == 1) {}

void FdOutput::write(std::string_view text) {
  while (!text.empty() && !gone_) {
    const ssize_t written = ::write(fd_, text.data(), text.size());
    if (written >= 0) {
      text.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno == EAGAIN) {
      wait_until_writable(fd_);
    } else if (errno != EINTR) {
      gone_ = true;
      if (errno != EPIPE) failure_ = std::strerror(errno);
    }
  }
}

int FdOutput::width() const {
  winsize size{};
  if (!terminal_ || ::ioctl(fd_, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) {
    return kFallbackWidth;
  }
  return size.ws_col;
}

Looks looks_of(const Output& output, std::string_view no_color, std::string_view ci,
               std::string_view term) {
  const bool lively = output.is_terminal() && term != "dumb";
  return {lively && no_color.empty() && ci.empty(), lively};
}

std::string toned(std::string_view text, Tone tone, bool colour) {
  if (!colour || tone == Tone::plain) return std::string(text);
  std::string_view code;
  switch (tone) {
    case Tone::good:
      code = "\x1b[32m";
      break;
    case Tone::warning:
      code = "\x1b[33m";
      break;
    case Tone::bad:
      code = "\x1b[31m";
      break;
    case Tone::faint:
    case Tone::plain:
      code = "\x1b[2m";
      break;
  }
  std::string result(code);
  result += text;
  result += "\x1b[0m";
  return result;
}

}  // namespace usher::cli
