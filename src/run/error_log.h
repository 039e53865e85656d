// SPDX-License-Identifier: Apache-2.0
// The file of failed rows: JSON lines (docs/errors.md), or CSV when the name ends in .csv. Written
// while the run goes on, 0600, passwords masked. The file appears with the first failure, so that
// "if [ -f errors.jsonl ]" means what it says. One that an earlier run left stays until the next
// has tried a row: a run that is refused at its first request, or a dry run, takes nothing away.
// The record formats are pure functions. Tested by error_log_test.cc.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "base/result.h"
#include "base/time.h"
#include "run/user_import.h"

namespace usher {

class ErrorLog {
 public:
  enum class Format { json_lines, csv };

  struct Wish {
    std::string path;
    bool include_secrets = false;
    bool dry_run = false;
    std::vector<std::string> inputs = {};  // the files that the run reads
  };

  // Where `wish.path` leads: no extension and .json become .jsonl; devices and pipes are taken as
  // named. A dry run that finds the file of an earlier run writes errors.dry-run.jsonl beside it.
  // Fails, with the reason, when nothing can be written there, and when the file is read by this
  // run or holds something that no run of ours wrote. Nothing is changed yet.
  [[nodiscard]] static Result<ErrorLog> prepare(const Wish& wish);

  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] bool renamed() const { return renamed_; }  // path() is not what was wished

  // A row has been tried: what an earlier run left goes away. Until then records are held back when
  // there is such a file, and they end its life when they become too many.
  [[nodiscard]] Status begin();
  [[nodiscard]] Status add(const FailedRow& row);
  // Puts what is buffered on the disk, unless that was done in the last 100 ms.
  [[nodiscard]] Status settle(WallTime now);
  [[nodiscard]] Status close();

  [[nodiscard]] bool written() const { return file_.has_value(); }
  // The file is still the one of an earlier run.
  [[nodiscard]] bool untouched() const { return old_; }

 private:
  ErrorLog(std::string path, Format format, bool include_secrets)
      : path_(std::move(path)), format_(format), include_secrets_(include_secrets) {}

  Status write(std::string_view records);

  std::string path_;
  Format format_;
  bool include_secrets_;
  bool renamed_ = false;
  bool begun_ = false;
  bool old_ = false;  // an earlier run's file stands there
  std::string held_;  // records, until it may be replaced
  std::optional<Appender> file_;
  WallTime flushed_{};
};

// One record, line end included.
void append_json_line(std::string& out, const FailedRow& row, bool include_secrets);
void append_csv_line(std::string& out, const FailedRow& row, bool include_secrets);
[[nodiscard]] std::string_view csv_header();  // line end included

}  // namespace usher
