// SPDX-License-Identifier: Apache-2.0
// The file of failed rows: JSON lines (docs/errors.md), or CSV when the name ends in .csv. Written
// while the run goes on, 0600, passwords masked. The file appears with the first failure, so that
// "if [ -f errors.jsonl ]" means what it says; one that an earlier run left is removed when the
// next run begins. The record formats are pure functions. Tested by error_log_test.cc.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/file.h"
#include "base/result.h"
#include "base/time.h"
#include "run/user_import.h"

namespace usher {

class ErrorLog {
 public:
  enum class Format { json_lines, csv };

  // Where `wished` leads: no extension and .json become .jsonl; devices and pipes are taken as
  // named. Fails, with the reason, when nothing can be written there, and when the file holds
  // something that no run of ours wrote. Nothing is changed yet.
  [[nodiscard]] static Result<ErrorLog> prepare(const std::string& wished, bool include_secrets);

  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] bool renamed() const { return renamed_; }  // path() is not what was wished

  // A run begins: what an earlier one left goes away.
  [[nodiscard]] Status begin();
  [[nodiscard]] Status add(const FailedRow& row);
  // Puts what is buffered on the disk, unless that was done in the last 100 ms.
  [[nodiscard]] Status settle(WallTime now);
  [[nodiscard]] Status close();

  [[nodiscard]] bool written() const { return file_.has_value(); }

 private:
  ErrorLog(std::string path, Format format, bool include_secrets)
      : path_(std::move(path)), format_(format), include_secrets_(include_secrets) {}

  std::string path_;
  Format format_;
  bool include_secrets_;
  bool renamed_ = false;
  std::optional<Appender> file_;
  WallTime flushed_{};
};

// One record, line end included.
void append_json_line(std::string& out, const FailedRow& row, bool include_secrets);
void append_csv_line(std::string& out, const FailedRow& row, bool include_secrets);
[[nodiscard]] std::string_view csv_header();  // line end included

}  // namespace usher
