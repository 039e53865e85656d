// SPDX-License-Identifier: Apache-2.0
#include "run/stop_signal.h"

#include <array>

#include <poll.h>
#include <unistd.h>

namespace usher {

void StopSignal::hear() {
  pollfd ready{fd_, POLLIN, 0};
  if (fd_ < 0 || ::poll(&ready, 1, 0) <= 0) return;
  std::array<char, 16> bytes{};
  const ssize_t got = ::read(fd_, bytes.data(), bytes.size());
  if (got == 0) gone_ = true;  // a worker's coordinator
  if (got > 0) bytes_ += static_cast<int>(got);
}

}  // namespace usher
