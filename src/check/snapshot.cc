// SPDX-License-Identifier: Apache-2.0
#include "check/snapshot.h"

#include <cerrno>
#include <span>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "source/csv_input.h"

namespace usher::check {
namespace {

Result<Fd> copy_of(const std::string& path, int stop_fd) {
  USHER_TRY_ASSIGN(csv::Input input, csv::open_input(path, stop_fd));
  USHER_TRY_ASSIGN(Fd copy, unlinked_file());
  std::string room(256 << 10, '\0');
  while (true) {
    USHER_TRY_ASSIGN(const std::size_t got, input.bytes(room));
    if (got == 0) return copy;
    USHER_TRY(write_all(copy.get(), std::string_view(room).substr(0, got), "a temporary file"));
  }
}

}  // namespace

Result<Snapshot> Snapshot::take(const std::string& path, int stop_fd) {
  struct stat info{};
  Fd fd;
  if (!csv::is_standard_input(path) && ::stat(path.c_str(), &info) == 0 && S_ISREG(info.st_mode)) {
    fd = Fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY));
    if (!fd) return std::unexpected(system_error("cannot open", path, errno));
  } else {
    USHER_TRY_ASSIGN(fd, copy_of(path, stop_fd));
  }
  Snapshot snapshot(csv::name_of(path), std::move(fd));
  USHER_TRY(snapshot.note_state());
  return snapshot;
}

Status Snapshot::note_state() {
  struct stat info{};
  if (::fstat(fd_.get(), &info) != 0) {
    return std::unexpected(system_error("cannot look at", name_, errno));
  }
  size_ = static_cast<std::uint64_t>(info.st_size);
  changed_ = info.st_mtim;
  return {};
}

Status Snapshot::still_the_same() const {
  struct stat info{};
  if (::fstat(fd_.get(), &info) != 0) {
    return std::unexpected(system_error("cannot look at", name_, errno));
  }
  const bool same = static_cast<std::uint64_t>(info.st_size) == size_ &&
                    info.st_mtim.tv_sec == changed_.tv_sec &&
                    info.st_mtim.tv_nsec == changed_.tv_nsec;
  if (same) return {};
  return fail(name_ + ": changed while it was read", "run again when nobody writes to it");
}

Result<std::size_t> Snapshot::read_at(std::uint64_t offset, std::span<char> room) const {
  while (true) {
    const ssize_t got = ::pread(fd_.get(), room.data(), room.size(), static_cast<off_t>(offset));
    if (got >= 0) return static_cast<std::size_t>(got);
    if (errno != EINTR) return std::unexpected(system_error("cannot read", name_, errno));
  }
}

csv::Bytes Snapshot::bytes() const {
  return [this, at = std::uint64_t{0}](std::span<char> room) mutable -> Result<std::size_t> {
    USHER_TRY_ASSIGN(const std::size_t got, read_at(at, room));
    at += got;
    return got;
  };
}

}  // namespace usher::check
