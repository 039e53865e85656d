// SPDX-License-Identifier: Apache-2.0
#include "source/csv_input.h"

#include <algorithm>
#include <array>
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

// Until something can be read (or the end, or an error), or somebody wants the run to end.
Status wait_for(int fd, int stop_fd, const std::string& name) {
  std::array<pollfd, 2> wishes = {{{fd, POLLIN, 0}, {stop_fd, POLLIN, 0}}};
  while (::poll(wishes.data(), wishes.size(), -1) < 0) {
    if (errno != EINTR) return std::unexpected(system_error("cannot wait for", name, errno));
  }
  if (wishes[0].revents == 0) return fail(name + ": reading was interrupted");
  return {};
}

Result<std::size_t> read_stream(int fd, std::span<char> room, int stop_fd,
                                const std::string& name) {
  while (true) {
    // Before the first read too: a named pipe that nobody has opened for writing yet seems ended.
    USHER_TRY(wait_for(fd, stop_fd, name));
    const ssize_t got = ::read(fd, room.data(), room.size());
    if (got >= 0) return static_cast<std::size_t>(got);
    if (errno != EINTR && errno != EAGAIN && errno != EWOULDBLOCK) {
      return std::unexpected(system_error("cannot read", name, errno));
    }
  }
}

Result<std::size_t> read_at(int fd, std::span<char> room, off_t offset, const std::string& name) {
  while (true) {
    const ssize_t got = ::pread(fd, room.data(), room.size(), offset);
    if (got >= 0) return static_cast<std::size_t>(got);
    if (errno != EINTR) return std::unexpected(system_error("cannot read", name, errno));
  }
}

// Without O_NONBLOCK, opening a named pipe waits for its writer, deaf to everything else.
Fd open_path(const std::string& path) {
  if (is_standard_input(path)) return Fd(::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3));
  return Fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
}

}  // namespace

bool is_standard_input(const std::string& path) {
  return path == "-";
}

std::string name_of(const std::string& path) {
  return is_standard_input(path) ? "standard input" : path;
}

Result<Input> open_input(const std::string& path, int stop_fd) {
  const std::string name = name_of(path);
  Fd fd = open_path(path);
  if (!fd) return std::unexpected(system_error("cannot open", name, errno));
  struct stat info{};
  if (::fstat(fd.get(), &info) != 0) {
    return std::unexpected(system_error("cannot look at", name, errno));
  }
  if (S_ISDIR(info.st_mode)) {
    return fail(name + ": is a folder, not a CSV file", "name the file inside it");
  }
  Input input;
  const off_t begin = S_ISREG(info.st_mode) ? ::lseek(fd.get(), 0, SEEK_CUR) : -1;
  // A std::function has to be copyable; the descriptor is not.
  auto shared = std::make_shared<Fd>(std::move(fd));
  if (begin < 0) {
    input.bytes = [shared, name, stop_fd](std::span<char> room) {
      return read_stream(shared->get(), room, stop_fd, name);
    };
    return input;
  }
  input.size = static_cast<std::uint64_t>(std::max<off_t>(info.st_size - begin, 0));
  // A place of its own: a standard input that is a file is read twice through one descriptor.
  input.bytes = [shared, name, at = begin](std::span<char> room) mutable -> Result<std::size_t> {
    USHER_TRY_ASSIGN(const std::size_t got, read_at(shared->get(), room, at, name));
    at += static_cast<off_t>(got);
    return got;
  };
  return input;
}

}  // namespace usher::csv
