// SPDX-License-Identifier: Apache-2.0
// Files: owned descriptors, whole-file reads with a bound, atomic replacement (temporary file,
// fsync, rename, fsync of the folder), and an appending writer that reports a full disk instead of
// losing lines. Files that hold people's data are created 0600. Tested by file_test.cc.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"

namespace usher {

class Fd {
 public:
  Fd() = default;
  explicit Fd(int number) : number_(number) {}
  ~Fd() { reset(); }
  Fd(Fd&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Fd& operator=(Fd&& other) noexcept {
    if (this != &other) {
      reset();
      number_ = std::exchange(other.number_, -1);
    }
    return *this;
  }

  [[nodiscard]] int get() const { return number_; }
  explicit operator bool() const { return number_ >= 0; }
  void reset();

 private:
  int number_ = -1;
};

// "No such file or directory" in this program's words, with the path in front.
[[nodiscard]] Error system_error(std::string_view doing, const std::string& path, int code);
// The same of a file that was to be made: its folder may be what is missing.
[[nodiscard]] Error creation_error(std::string_view doing, const std::string& path, int code);

// Refuses folders, and files of more than `most` bytes.
[[nodiscard]] Result<std::string> read_file(const std::string& path, std::size_t most);
// To a descriptor that waits, in as many writes as it takes; `path` is for the error alone.
[[nodiscard]] Status write_all(int fd, std::string_view bytes, const std::string& path);
// The whole of `content` or the old file, never a part; mode 0600.
[[nodiscard]] Status write_atomically(const std::string& path, std::string_view content);
[[nodiscard]] bool exists(const std::string& path);

// A file without a name, gone with its descriptor: what does not fit in memory. In $TMPDIR or /tmp.
[[nodiscard]] Result<Fd> unlinked_file();

// A file that is written piece by piece and appears whole, or not at all: under a name of its own
// in the same folder, mode 0600, until commit() puts it in its place. Without a commit it is gone,
// and an old file of that name is as it was. Only a regular file is ever replaced: a device that is
// renamed away (/dev/null) is missed by everybody.
class Replacement {
 public:
  [[nodiscard]] static Result<Replacement> begin(const std::string& path);
  ~Replacement();
  Replacement(Replacement&& other) noexcept = default;
  Replacement& operator=(Replacement&&) = delete;

  [[nodiscard]] Status write(std::string_view bytes);  // buffered
  [[nodiscard]] Status commit();
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  Replacement(std::string path, std::string temporary, Fd fd)
      : path_(std::move(path)), temporary_(std::move(temporary)), fd_(std::move(fd)) {}
  [[nodiscard]] Status flush();

  std::string path_;
  std::string temporary_;
  Fd fd_;
  std::string buffer_;
};

// Lines added to a file. What a failed write left half done is said by the error.
class Appender {
 public:
  enum class Mode { truncate, append };
  [[nodiscard]] static Result<Appender> open(const std::string& path, Mode mode);

  [[nodiscard]] Status write(std::string_view bytes);  // buffered, 64 KiB
  [[nodiscard]] Status flush();
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  Appender(std::string path, Fd fd) : path_(std::move(path)), fd_(std::move(fd)) {}
  std::string path_;
  Fd fd_;
  std::string buffer_;
};

}  // namespace usher
