// SPDX-License-Identifier: Apache-2.0
#include "source/csv_input.h"

#include <cerrno>
#include <memory>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

namespace usher::csv {
namespace {

Result<std::size_t> read_some(int fd, std::span<char> room, const std::string& path) {
  while (true) {
    const ssize_t got = ::read(fd, room.data(), room.size());
    if (got >= 0) return static_cast<std::size_t>(got);
    if (errno == EINTR) continue;
    if (errno != EAGAIN && errno != EWOULDBLOCK) {
      return std::unexpected(system_error("cannot read", path, errno));
    }
    // A pipe that somebody made non-blocking.
    pollfd wait{.fd = fd, .events = POLLIN, .revents = 0};
    if (::poll(&wait, 1, -1) < 0 && errno != EINTR) {
      return std::unexpected(system_error("cannot wait for", path, errno));
    }
  }
}

}  // namespace

Result<Input> open_input(const std::string& path) {
  Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY));
  if (!fd) return std::unexpected(system_error("cannot open", path, errno));
  struct stat info{};
  if (::fstat(fd.get(), &info) != 0) {
    return std::unexpected(system_error("cannot look at", path, errno));
  }
  if (S_ISDIR(info.st_mode)) {
    return fail(path + ": is a folder, not a CSV file", "name the file inside it");
  }
  Input input;
  if (S_ISREG(info.st_mode)) input.size = static_cast<std::uint64_t>(info.st_size);
  // A std::function has to be copyable; the descriptor is not.
  auto shared = std::make_shared<Fd>(std::move(fd));
  input.bytes = [shared, path](std::span<char> room) {
    return read_some(shared->get(), room, path);
  };
  return input;
}

}  // namespace usher::csv
