// SPDX-License-Identifier: Apache-2.0
#include "cli/narrator.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "cli/job_words.h"

namespace usher::cli {

void Narrator::say(std::string_view text, Tone tone) {
  if (!plan_.quiet) display_.say(toned(text, tone, colour_));
}

void Narrator::job_opened(const JobStart& start) {
  job_ = start;
  chunks_done_ = start.chunks_done;
  display_.begin_at(start.chunks_done);
  for (const std::string& line : opening_lines(start)) say(line);
}

void Narrator::started(Mode mode, std::uint64_t total_rows) {
  if (plan_.dry_run) replace_log();  // its file is its own
  const std::uint64_t earlier = job_ && !plan_.dry_run ? job_->rows_done : 0;
  std::string rows;
  if (total_rows > 0 && earlier > 0) rows = with_commas(total_rows - earlier) + " of ";
  if (total_rows > 0) rows += with_commas(total_rows) + " rows, ";
  const std::string crew =
      job_ && job_->workers > 1 ? fmt::format(", {} workers", job_->workers) : std::string();
  say(fmt::format("{} {}: {}{}{}, to {}", plan_.dry_run ? "Trying" : "Importing",
                  printable(plan_.csv), rows, to_string(mode), crew, plan_.destination));
}

void Narrator::warned(const std::string& warning) {
  if (warnings_ < kMostWarnings) say("Warning: " + printable(warning, 400), Tone::warning);
  if (warnings_ == kMostWarnings) say("Further warnings are only counted.", Tone::warning);
  ++warnings_;
}

// A row has been tried: the errors file of an earlier run has done its service.
void Narrator::replace_log() {
  if (log_ != nullptr && log_status_) log_status_ = log_->begin();
}

Status Narrator::failed(const FailedRow& row) {
  if (row.failure.http_status != 0 || !row.failure.request_id.empty()) replace_log();
  USHER_TRY(log_status_);
  const bool first = failures_.add(row.record, row.failure);
  if (first && told_failures_ < kMostFailures) {
    ++told_failures_;
    say(fmt::format("Row {} failed: {}", with_commas(row.record),
                    printable(row.failure.message, 300)),
        Tone::bad);
    if (told_failures_ == 1) say("(the first failure of a kind is shown; all are counted)");
  }
  return log_ == nullptr ? Status{} : log_->add(row);
}

void Narrator::progressed(const Progress& progress) {
  if (progress.tally.rows.succeeded() > progress.earlier) replace_log();
  chunks_done_ = std::max(chunks_done_, progress.chunks_done);
  if (log_ != nullptr && log_status_) log_status_ = log_->settle(read_clocks().wall);
  if (plan_.quiet) return;
  const int stops = plan_.stops_seen ? plan_.stops_seen() : 0;
  if (stops > 0 && told_stops_ == 0) {
    say("Stopping: the rows under way are finished first. Ctrl-C again leaves at once.",
        Tone::warning);
  }
  told_stops_ = stops;
  display_.show(progress);
}

// The last chunk ends with the run, after the last progress was told.
void Narrator::tell_last_chunk(const UserImportReport& report) {
  if (plan_.quiet || plan_.dry_run || !job_ || report.tally.rows.not_tried > 0) return;
  if (job_->rows_done == job_->rows) return;  // there was nothing to do
  Progress progress;
  progress.tally = report.tally;
  progress.total_rows = job_->rows;
  progress.elapsed = report.elapsed;
  progress.earlier = job_->rows_done;
  progress.chunks = progress.chunks_done = job_->chunks;
  display_.show(progress);
}

Status Narrator::finish(const UserImportReport* report) {
  if (report != nullptr) tell_last_chunk(*report);
  display_.finish();
  using End = UserImportReport::End;
  const std::uint64_t earlier = job_ ? job_->rows_done : 0;
  if (report != nullptr &&
      (report->end == End::finished || report->tally.rows.succeeded() > earlier)) {
    replace_log();
  }
  if (log_ != nullptr && log_status_) log_status_ = log_->close();
  return log_status_;
}

}  // namespace usher::cli
