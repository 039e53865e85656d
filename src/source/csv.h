// SPDX-License-Identifier: Apache-2.0
// Reading CSV: RFC 4180 with a UTF-8 byte order mark, LF or CRLF (or CR) line ends, quoted cells
// with line ends inside, streamed in bounded memory. A record that cannot be right is a Record with
// a problem, never the end of the file. Tested by csv_test.cc and tests/fuzz/csv_fuzz.cc.
#pragma once

#include <cstdint>
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
  std::span<const std::string_view> cells;  // unquoted, not trimmed; valid until the next next()
  std::string_view raw;                     // the record's bytes as they stand in the file
  std::string
      problem;  // empty: well-formed. Else one sentence: ragged, NUL, invalid UTF-8, oversize ...
};

class Reader {
 public:
  static constexpr std::size_t kMaxRecord =
      4 << 20;  // bytes; a longer record is a problem and skipped
  static constexpr std::size_t kMaxCells = 4096;

  // Opens a regular file or a pipe and reads the header. Errors, each with the next step: missing,
  // folder, unreadable, empty, no header, duplicate or blank column names, not UTF-8 (UTF-16 is
  // named), NUL bytes, a delimiter that is not the comma.
  [[nodiscard]] static Result<Reader> open(const std::string& path);
  ~Reader();
  Reader(Reader&&) noexcept;
  Reader& operator=(Reader&&) noexcept;

  [[nodiscard]] std::span<const std::string> header() const;  // trimmed names, BOM removed

  // The next record; false at the end of the file. Blank lines are skipped. Fails only when reading
  // does.
  [[nodiscard]] Result<bool> next(Record& record);

  [[nodiscard]] std::uint64_t bytes_read() const;  // how far next() has come
  [[nodiscard]] std::uint64_t size() const;        // of the file; 0 when unknown (a pipe)

 private:
  struct Impl;
  explicit Reader(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace usher::csv
