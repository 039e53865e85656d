// SPDX-License-Identifier: Apache-2.0
// Reading CSV: RFC 4180 with a UTF-8 byte order mark, LF or CRLF (or CR) line ends, quoted cells
// with line ends inside, streamed in bounded memory. A record that cannot be right is a Record with
// a problem, never the end of the file. Tested by csv_test.cc, csv_oracle_test.cc and
// tests/fuzz/csv_fuzz.cc.
//
// Strict where leniency would guess: a quote inside an unquoted cell, or text after a closing
// quote, is a problem of that record, which then ends at the next line end outside quotes.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace usher::csv {

struct Record {
  std::uint64_t number = 0;  // 1 is the first record after the header
  std::uint64_t line = 0;    // physical line where it begins; the header is usually line 1
  std::uint64_t offset = 0;  // byte offset where it begins
  // Unquoted, not trimmed; valid until the next next(). Whatever could be told apart when there is
  // a problem; nothing at all when the record was too long to keep.
  std::span<const std::string_view> cells;
  std::string_view raw;  // the record's bytes as they stand in the file, without its line end
  std::string problem;   // empty: well-formed. Else one sentence: ragged, NUL, invalid UTF-8 ...
};

// Fills as much of the span as is there, at least one byte; 0 is the end.
using Bytes = std::function<Result<std::size_t>(std::span<char>)>;

class Reader {
 public:
  static constexpr std::size_t kMaxRecord =
      4 << 20;  // bytes; a longer record is a problem and skipped
  static constexpr std::size_t kMaxCells = 4096;

  struct Limits {
    std::size_t record = kMaxRecord;
    std::size_t window = 256 << 10;  // bytes asked for at a time
  };

  // Opens a regular file, a pipe or "-" (the standard input) and reads the header. Waiting for a
  // pipe ends with an error when `stop_fd` can be read. Errors, each with the next step: missing,
  // folder, unreadable, empty, no header, duplicate or blank column names, not UTF-8 (UTF-16 is
  // named), NUL bytes, a delimiter that is not the comma.
  [[nodiscard]] static Result<Reader> open(const std::string& path, int stop_fd = -1);
  // The same over bytes from anywhere; `name` is what errors call them.
  [[nodiscard]] static Result<Reader> over(Bytes bytes, std::string name, Limits limits);
  ~Reader();
  Reader(Reader&&) noexcept;
  Reader& operator=(Reader&&) noexcept;

  [[nodiscard]] std::span<const std::string> header() const;  // trimmed names, BOM removed

  // The next record; false at the end of the file. Blank lines are skipped. Fails only when reading
  // does.
  [[nodiscard]] Result<bool> next(Record& record);

  [[nodiscard]] std::uint64_t bytes_read() const;  // how far next() has come
  [[nodiscard]] std::uint64_t size()
      const;  // of the file; 0 when unknown: what can be read only once

 private:
  struct Impl;
  explicit Reader(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace usher::csv
