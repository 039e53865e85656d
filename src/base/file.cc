// SPDX-License-Identifier: Apache-2.0
#include "base/file.h"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/hash.h"

namespace usher {
namespace {

constexpr mode_t kPrivate = 0600;
constexpr std::size_t kBuffer = 64 << 10;

std::string folder_of(const std::string& path) {
  const auto slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

std::string hint_about_missing(const std::string& path) {
  return path.starts_with('/') ? "check the path"
                               : "check the path; it is relative to the current folder";
}

Status sync_folder(const std::string& path) {
  const std::string folder = folder_of(path);
  const Fd fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd || ::fsync(fd.get()) != 0) {
    return std::unexpected(system_error("cannot sync", folder, errno));
  }
  return {};
}

}  // namespace

Status write_all(int fd, std::string_view bytes, const std::string& path) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return std::unexpected(system_error("cannot write", path, errno));
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

void Fd::reset() {
  if (number_ >= 0) ::close(number_);
  number_ = -1;
}

Error system_error(std::string_view doing, const std::string& path, int code) {
  std::string what = path + ": " + std::string(doing) + ": " + std::strerror(code);
  switch (code) {
    case ENOSPC:
    case EDQUOT:
      return {std::move(what), "free some space on that disk, then run again"};
    case EACCES:
    case EPERM:
    case EROFS:
      return {std::move(what), "check the permissions of the file and its folder"};
    case ENOENT:
      return {std::move(what), hint_about_missing(path)};
    default:
      return {std::move(what)};
  }
}

Error creation_error(std::string_view doing, const std::string& path, int code) {
  Error error = system_error(doing, path, code);
  const std::string folder = folder_of(path);
  if (code == ENOENT && !exists(folder)) error.next = "create the folder " + folder;
  return error;
}

Result<std::string> read_file(const std::string& path, std::size_t most) {
  const Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) return std::unexpected(system_error("cannot open", path, errno));
  struct stat info{};
  if (::fstat(fd.get(), &info) == 0 && S_ISDIR(info.st_mode)) {
    return fail(path + ": is a folder, not a file");
  }
  std::string content;
  std::string chunk(kBuffer, '\0');
  while (true) {
    const ssize_t got = ::read(fd.get(), chunk.data(), chunk.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return std::unexpected(system_error("cannot read", path, errno));
    if (got == 0) return content;
    content.append(chunk, 0, static_cast<std::size_t>(got));
    if (content.size() > most) {
      return fail(path + ": is larger than " + std::to_string(most) + " bytes");
    }
  }
}

Result<Replacement> Replacement::begin(const std::string& path) {
  struct stat there{};
  if (::lstat(path.c_str(), &there) == 0 && !S_ISREG(there.st_mode)) {
    const std::string_view what = S_ISDIR(there.st_mode)   ? ": is a folder, not a file"
                                  : S_ISLNK(there.st_mode) ? ": is a link, so it is not replaced"
                                                           : ": is no regular file, so it is not "
                                                             "replaced";
    return fail(path + std::string(what), "give another name");
  }
  std::string temporary = path + "." + random_hex(4) + ".tmp";
  Fd fd(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, kPrivate));
  if (!fd) return std::unexpected(creation_error("cannot create", temporary, errno));
  return Replacement(path, std::move(temporary), std::move(fd));
}

Replacement::~Replacement() {
  if (fd_) ::unlink(temporary_.c_str());
}

Status Replacement::write(std::string_view bytes) {
  buffer_ += bytes;
  return buffer_.size() >= kBuffer ? flush() : Status{};
}

Status Replacement::flush() {
  Status done = write_all(fd_.get(), buffer_, temporary_);
  buffer_.clear();
  return done;
}

Status Replacement::commit() {
  USHER_TRY(flush());
  if (::fsync(fd_.get()) != 0) {
    return std::unexpected(system_error("cannot sync", temporary_, errno));
  }
  if (::rename(temporary_.c_str(), path_.c_str()) != 0) {
    return std::unexpected(system_error("cannot replace", path_, errno));
  }
  fd_.reset();
  return sync_folder(path_);
}

Status write_atomically(const std::string& path, std::string_view content) {
  USHER_TRY_ASSIGN(Replacement file, Replacement::begin(path));
  USHER_TRY(file.write(content));
  return file.commit();
}

Result<Fd> unlinked_file() {
  const char* folder = std::getenv("TMPDIR");
  std::string path = folder != nullptr && *folder != '\0' ? folder : "/tmp";
  Fd direct(::open(path.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, kPrivate));
  if (direct) return direct;
  path += "/usher-XXXXXX";
  Fd fd(::mkostemp(path.data(), O_CLOEXEC));
  if (!fd) {
    Error error = system_error("cannot make a temporary file", path, errno);
    error.next = "set TMPDIR to a folder that can be written";
    return std::unexpected(std::move(error));
  }
  ::unlink(path.c_str());
  return fd;
}

bool exists(const std::string& path) {
  return ::access(path.c_str(), F_OK) == 0;
}

Result<Appender> Appender::open(const std::string& path, Mode mode) {
  const int flags = O_WRONLY | O_CREAT | O_CLOEXEC | (mode == Mode::truncate ? O_TRUNC : O_APPEND);
  Fd fd(::open(path.c_str(), flags, kPrivate));
  if (!fd) return std::unexpected(creation_error("cannot open for writing", path, errno));
  struct stat info{};
  const bool regular = ::fstat(fd.get(), &info) == 0 && S_ISREG(info.st_mode);
  if (regular && ::fchmod(fd.get(), kPrivate) != 0) {
    return std::unexpected(system_error("cannot make private", path, errno));
  }
  return Appender(path, std::move(fd));
}

Status Appender::write(std::string_view bytes) {
  buffer_ += bytes;
  return buffer_.size() >= kBuffer ? flush() : Status{};
}

Status Appender::flush() {
  if (buffer_.empty()) return {};
  const std::string pending = std::exchange(buffer_, {});
  return write_all(fd_.get(), pending, path_);
}

}  // namespace usher
