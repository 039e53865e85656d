// SPDX-License-Identifier: Apache-2.0
// An input that is read several times and has to be the same each time. A regular file stays open
// and must not change; what can be read only once (a pipe, the standard input) is first copied to a
// file without a name. Tested by snapshot_test.cc.
#pragma once

#include <cstdint>
#include <string>

#include <sys/types.h>

#include "base/file.h"
#include "base/result.h"
#include "source/csv.h"

namespace usher::check {

class Snapshot {
 public:
  // Waiting for a pipe ends with an error when `stop_fd` can be read.
  [[nodiscard]] static Result<Snapshot> take(const std::string& path, int stop_fd);

  // From the beginning, as often as wished. Outlived by this.
  [[nodiscard]] csv::Bytes bytes() const;
  // As many bytes as are there, at most `room`.
  [[nodiscard]] Result<std::size_t> read_at(std::uint64_t offset, std::span<char> room) const;

  [[nodiscard]] const std::string& name() const { return name_; }  // as people are told
  [[nodiscard]] std::uint64_t size() const { return size_; }
  // Fails when the file is not what it was.
  [[nodiscard]] Status still_the_same() const;

 private:
  Snapshot(std::string name, Fd fd) : name_(std::move(name)), fd_(std::move(fd)) {}
  [[nodiscard]] Status note_state();

  std::string name_;
  Fd fd_;
  std::uint64_t size_ = 0;
  timespec changed_{};
};

}  // namespace usher::check
