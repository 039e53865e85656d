// SPDX-License-Identifier: Apache-2.0
// The lines of an errors file, one after the other, and again by their place. What is no regular
// file is kept in an unlinked temporary file when lines are wanted again. The CSV form is turned
// into the same lines, so that nobody else knows of it. Tested by error_lines_test.cc.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/file.h"
#include "base/result.h"

namespace usher::analysis {

class ErrorLines {
 public:
  static constexpr std::size_t kLongest = 4 << 20;  // bytes of a line

  // "-" is the standard input. `again`: lines will be read again. Refuses what cannot be an errors
  // file: folders, and one JSON document instead of lines.
  [[nodiscard]] static Result<ErrorLines> open(const std::string& path, bool again);
  ~ErrorLines();
  ErrorLines(ErrorLines&&) noexcept;
  ErrorLines& operator=(ErrorLines&&) noexcept;

  struct Line {
    std::string_view text;     // without its end; valid until the next next()
    std::uint64_t number = 0;  // in the file
    std::uint64_t place = 0;   // for again()
    std::string problem;       // it cannot be read: too long
  };
  // False at the end. Blank lines are skipped.
  [[nodiscard]] Result<bool> next(Line& line);
  // A line that next() gave, into `text`.
  [[nodiscard]] Status again(std::uint64_t place, std::string& text) const;
  // Of all the bytes that were read.
  [[nodiscard]] std::string sha256();

 private:
  struct Impl;
  explicit ErrorLines(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace usher::analysis
