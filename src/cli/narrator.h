// SPDX-License-Identifier: Apache-2.0
// What a person hears while an import runs: how it starts, warnings, the first failure of each
// kind, and how far it is. Bounded: a million warnings are twenty lines and a number. Failed rows
// go to the errors file. Tested by import_command_test.cc.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "cli/output.h"
#include "cli/progress.h"
#include "run/error_groups.h"
#include "run/error_log.h"
#include "run/user_import.h"

namespace usher::cli {

class Narrator : public Observer {
 public:
  static constexpr std::uint64_t kMostWarnings = 20;
  static constexpr std::size_t kMostFailures = 5;

  struct Plan {
    std::string csv;
    std::string destination;  // "https://api.workos.com", or what a dry run says instead
    bool quiet = false;
    bool dry_run = false;
    std::function<int()> stops_seen;  // how often the person asked to stop
  };
  // `log` may be null: failed rows are counted only.
  Narrator(Plan plan, Output& output, Looks looks, ErrorLog* log)
      : plan_(std::move(plan)), colour_(looks.colour), display_(output, looks), log_(log) {}

  void job_opened(const JobStart& start) override;
  void started(Mode mode, std::uint64_t total_rows) override;
  void warned(const std::string& warning) override;
  [[nodiscard]] Status failed(const FailedRow& row) override;
  void progressed(const Progress& progress) override;

  // The run is over: the bar goes, the errors file is complete, or why it is not.
  // No report: it could not begin.
  [[nodiscard]] Status finish(const UserImportReport* report);
  [[nodiscard]] const ErrorGroups& failures() const { return failures_; }
  // How the job stood when it was opened; nothing: no job.
  [[nodiscard]] const std::optional<JobStart>& job() const { return job_; }
  [[nodiscard]] std::uint64_t chunks_done() const { return chunks_done_; }

 private:
  void replace_log();
  void tell_last_chunk(const UserImportReport& report);
  void say(std::string_view text, Tone tone = Tone::plain);

  Plan plan_;
  bool colour_;
  ProgressDisplay display_;
  ErrorLog* log_;
  Status log_status_;  // the first trouble with the errors file
  ErrorGroups failures_;
  std::uint64_t warnings_ = 0;
  std::size_t told_failures_ = 0;
  int told_stops_ = 0;
  std::optional<JobStart> job_;
  std::uint64_t chunks_done_ = 0;
};

}  // namespace usher::cli
