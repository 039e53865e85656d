// SPDX-License-Identifier: Apache-2.0
// The bytes of an input file: read at any place, so that one descriptor serves the survey and the
// batches, and few of them open at a time, however many files there are. Tested by inputs_test.cc.
#pragma once

#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <utility>

#include "base/file.h"
#include "base/hash.h"
#include "base/result.h"
#include "source/customers/item_scanner.h"

namespace usher::customers {

// A path as messages show it: whole, and unable to draw on the terminal.
[[nodiscard]] std::string shown_path(const std::string& path);

// Exactly so many bytes of a file that is there; `path` is for errors.
[[nodiscard]] Status read_exactly(int fd, std::uint64_t offset, std::span<char> room,
                                  const std::string& path);

class OpenFile {
 public:
  OpenFile() = default;
  // Regular files alone.
  [[nodiscard]] static Result<OpenFile> open(const std::string& path);

  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] std::uint64_t size() const { return size_; }
  [[nodiscard]] Status read_at(std::uint64_t offset, std::span<char> room) const {
    return read_exactly(fd_.get(), offset, room, path_);
  }
  // From the start on; `sha` sees them all. Ends with an error when `stop_fd` can be read. For as
  // long as this is there and stays where it is.
  [[nodiscard]] Bytes bytes(Sha256* sha = nullptr, int stop_fd = -1) const;

 private:
  std::string path_;
  Fd fd_;
  std::uint64_t size_ = 0;
};

// The last few files that were asked for.
class OpenFiles {
 public:
  // Stays until the next few calls.
  [[nodiscard]] Result<const OpenFile*> get(const std::string& path);

 private:
  static constexpr std::size_t kMost = 8;
  std::deque<OpenFile> files_;  // the latest at the back
};

// Whether it is a line of failed_customers.json, as this program and the existing tool write it,
// and no item.
[[nodiscard]] bool is_failure_record(std::string_view json);

}  // namespace usher::customers
