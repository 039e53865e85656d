// SPDX-License-Identifier: Apache-2.0
#include "source/customers/input_bytes.h"

#include <algorithm>
#include <cerrno>

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/json_walk.h"
#include "base/text.h"

namespace usher::customers {
namespace {

bool asked_to_stop(int stop_fd) {
  if (stop_fd < 0) return false;
  pollfd wish{stop_fd, POLLIN, 0};
  return ::poll(&wish, 1, 0) > 0;
}

Result<std::size_t> read_some(int fd, std::uint64_t offset, std::span<char> room,
                              const std::string& path) {
  while (true) {
    const ssize_t got = ::pread(fd, room.data(), room.size(), static_cast<off_t>(offset));
    if (got >= 0) return static_cast<std::size_t>(got);
    if (errno != EINTR) return std::unexpected(system_error("cannot read", path, errno));
  }
}

}  // namespace

Result<OpenFile> OpenFile::open(const std::string& path) {
  OpenFile file;
  file.path_ = path;
  // Without O_NONBLOCK, a named pipe that has taken the file's place would wait for its writer.
  file.fd_ = Fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
  if (!file.fd_) return std::unexpected(system_error("cannot open", path, errno));
  struct stat info{};
  if (::fstat(file.fd_.get(), &info) != 0) {
    return std::unexpected(system_error("cannot look at", path, errno));
  }
  if (!S_ISREG(info.st_mode)) return fail(shown_path(path) + ": is no regular file any more");
  file.size_ = static_cast<std::uint64_t>(info.st_size);
  return file;
}

std::string shown_path(const std::string& path) {
  constexpr std::size_t kMostPath = 4096;
  return printable(path, kMostPath);
}

Status read_exactly(int fd, std::uint64_t offset, std::span<char> room, const std::string& path) {
  while (!room.empty()) {
    USHER_TRY_ASSIGN(const std::size_t got, read_some(fd, offset, room, path));
    if (got == 0) {
      return fail(shown_path(path) + ": has become shorter since it was checked",
                  "leave the files alone while they are imported; then go on with --resume");
    }
    offset += got;
    room = room.subspan(got);
  }
  return {};
}

Bytes OpenFile::bytes(Sha256* sha, int stop_fd) const {
  return [this, sha, stop_fd,
          at = std::uint64_t{0}](std::span<char> room) mutable -> Result<std::size_t> {
    if (asked_to_stop(stop_fd)) return fail(shown_path(path_) + ": reading was interrupted");
    USHER_TRY_ASSIGN(const std::size_t got, read_some(fd_.get(), at, room, path_));
    at += got;
    if (sha != nullptr) sha->add({room.data(), got});
    return got;
  };
}

Result<const OpenFile*> OpenFiles::get(const std::string& path) {
  const auto there = std::ranges::find(files_, path, &OpenFile::path);
  if (there != files_.end()) return &*there;
  USHER_TRY_ASSIGN(OpenFile file, OpenFile::open(path));
  if (files_.size() == kMost) files_.pop_front();
  files_.push_back(std::move(file));
  return &files_.back();
}

bool is_failure_record(std::string_view json) {
  JsonWalk walk(json);
  std::string_view name;
  bool result = false;
  bool original = false;
  if (!walk.enter('{')) return false;
  while (walk.next_member(name)) {
    result = result || name == "result";
    original = original || name == "originalData";
    walk.skip();
  }
  return result && original;
}

}  // namespace usher::customers
